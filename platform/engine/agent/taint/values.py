"""The values that the taint rule takes and gives.

Invariant: frozen facts in JSON's own types, so that a verdict can stand in a step's row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.tools.values import Policy

UNTRACED, FREE, CONSTANT = "untraced", "free", "constant"
CUSTOMER, CONFIRMED, PROFILE = "customer", "confirmed", "profile"
RECORD, CATALOGUE, APPROVAL = "record", "catalogue", "approval"


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the conversation's log, by who truly wrote it."""

    author: Literal["customer", "member", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """A tool call that is over, of this run or an earlier one of the conversation.

    Args:
        arguments: JSON, as it was called with.
        detail: the code of what went wrong; taint: the verdict that was written down about it, if there is one.
    """

    tool: str
    arguments: str
    text: str
    is_error: bool = False
    detail: str = ""
    taint: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A tool as results come from it. `is_outside`: others wrote them, whatever the policy says of their values."""

    policy: Policy
    parameters: Mapping[str, Any]
    is_outside: bool = True

    @property
    def is_untrusted(self) -> bool:
        return self.is_outside or self.policy.results == "untrusted"


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one value of a call comes from.

    Args:
        path: such as `address.lines[0]`.
        origin: customer, confirmed, profile, constant, free, approval, untraced, or record:TOOL and catalogue:TOOL.
    """

    path: str
    value: Any
    origin: str

    @property
    def is_traced(self) -> bool:
        return self.origin != UNTRACED


@dataclass(frozen=True, slots=True)
class TaintVerdict:
    """What was found about a call.

    Args:
        is_asked: whether the customer has asked for anything like this call.
        why: what is wrong, in a sentence for a manager; empty where nothing is.
        read: the tools whose results may have deceived the assistant.
    """

    allowed: bool
    traces: tuple[Trace, ...] = ()
    is_asked: bool = True
    why: str = ""
    read: tuple[str, ...] = ()

    @property
    def untraced(self) -> tuple[Trace, ...]:
        return tuple(trace for trace in self.traces if not trace.is_traced)

    def as_data(self, action: str) -> dict[str, Any]:
        """For a step's row, without the values, which stand in its call.

        Args:
            action: what became of the call: made, refused, asked (a member), approved.
        """
        approved = action == "approved"
        found = [
            {"path": trace.path, "origin": trace.origin if trace.is_traced or not approved else APPROVAL}
            for trace in self.traces
        ]
        return {"action": action, "why": self.why, "read": list(self.read), "arguments": found}
