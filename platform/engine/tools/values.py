"""What a tool is to those who offer and call it, and what it gives back: plain values.

Invariant: frozen and serialisable; nothing here imports Django, an HTTP client or a vendor SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from engine.gateway.protocol import ToolSpec


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage the answer may cite as `[n]`; `n` counts from 1 within a run."""

    n: int
    passage: str
    title: str
    heading: str
    quote: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class HandOff:
    """The wish to pass the conversation to a person; `reason` is a short code, `note` says why in words."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back. `text` is untrusted and goes to the model; `hand_off` ends the run.

    `code` names an error for the record; `waiting` is the id of the approval that the call now waits for; `taint`
    says for the record where the arguments came from, where that was looked at; `checks` are the verdicts about it.
    """

    text: str
    is_error: bool = False
    citations: tuple[Citation, ...] = ()
    hand_off: HandOff | None = None
    code: str = ""
    waiting: str = ""
    taint: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[Mapping[str, Any], ...] = ()


class Risk(StrEnum):
    """What a call can do: nothing, something that can be taken back or repeated under its key, or neither."""

    READ = "read"
    WRITE = "write"
    IRREVERSIBLE = "irreversible"


TAINTS = ("", "trace", "approve", "open")
"""What happens to a call with arguments of unknown origin, once untrusted text was read: see `Policy.taint`."""
IDENTITIES = ("anonymous", "claimed", "signed", "stepped_up")
"""How far a customer is known, in rising order; the names of `conversations.models.Identity`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may have a tool called, how often, and under which conditions.

    Args:
        identity: the least that the customer must be known, of `IDENTITIES`.
        segments: customer segments that may; empty: all.
        releases: numbers of the releases that may; empty: all.
        calls_per_minute: of the tenant; 0: no limit.
        requires_approval: a member has to say yes to every call.
        requires_verification: the customer has to be `stepped_up`.
        timeout_seconds: for one attempt; result_bytes: what is kept of a result.
        cache_seconds: how long the same call may be answered from memory; reads only.
        taint: once untrusted text was read, arguments have to come from the customer's own words or records.
            Otherwise "trace" refuses the call and has the customer asked, "approve" asks a member, "open" makes it.
            Empty: "trace" for what writes and for reads of records, "open" for other reads.
        results: "records" of the customer's own, the tenant's own "catalogue", or "untrusted"; "own" of a built-in
            tool, which tells nothing that others wrote.
        free_arguments: names of arguments that the model may word by itself, such as `note` or `items.remark`.
        asked_with: words with which customers ask for what this does; empty: any mention of an argument counts.
    """

    risk: Risk = Risk.READ
    identity: str = "anonymous"
    segments: tuple[str, ...] = ()
    releases: tuple[int, ...] = ()
    calls_per_minute: int = 0
    requires_approval: bool = False
    requires_verification: bool = False
    timeout_seconds: float = 15.0
    result_bytes: int = 16_384
    cache_seconds: int = 0
    taint: str = ""
    results: str = "untrusted"
    free_arguments: tuple[str, ...] = ()
    asked_with: tuple[str, ...] = ()

    @property
    def tracing(self) -> str:
        """What `taint` means for this tool: "trace", "approve" or "open"."""
        if self.taint:
            return self.taint
        return "trace" if self.risk is not Risk.READ or self.results == "records" else "open"


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool of a tenant as it stands now. `tool_id` is its row; None for a built-in one without a row."""

    spec: ToolSpec
    policy: Policy
    kind: Literal["builtin", "http", "mcp"]
    tool_id: int | None = None
    result_schema: Mapping[str, Any] | None = None
    target: Any = field(default=None, repr=False)
    """How it is reached: `http.HttpTarget`, `mcp.McpTarget`, or None."""

    @property
    def name(self) -> str:
        return self.spec.name


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom tools are offered: the customer of a turn and the release that answers."""

    tenant_id: int
    release: int
    identity: str = "anonymous"
    segments: tuple[str, ...] = ()
