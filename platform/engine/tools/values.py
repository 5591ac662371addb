"""What a tool gives back: plain values that the agent loop and every tool share.

Invariant: frozen and serialisable; nothing here imports Django, an HTTP client or a vendor SDK.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    """What a tool gave back. `text` is untrusted and goes to the model; `hand_off` ends the run."""

    text: str
    is_error: bool = False
    citations: tuple[Citation, ...] = ()
    hand_off: HandOff | None = None
