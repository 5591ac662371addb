"""The values a turn is made of.

Invariant: frozen, serialisable facts; the loop that uses them reads no clock, database or network of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.gateway.protocol import Message, ToolCall, ToolSpec, Usage
from engine.tools.values import Citation, HandOff, ToolResult

__all__ = [
    "Citation",
    "HandOff",
    "Limits",
    "OnStage",
    "Outcome",
    "OutcomeKind",
    "Stage",
    "Step",
    "ToolResult",
    "Tools",
    "Turn",
]

Stage = Literal["thinking", "searching", "tool", "waiting"]
OnStage = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may spend. `seconds` is wall time, `tokens` prompt + completion of all model calls."""

    steps: int = 8
    tool_calls: int = 16
    identical_calls: int = 2
    seconds: float = 60.0
    tokens: int = 60_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn to answer: the prompt so far, the tools on offer and the limits."""

    run: str
    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    limits: Limits = field(default_factory=Limits)
    max_tokens: int | None = None
    temperature: float | None = None


class Tools(Protocol):
    """Runs one tool call. An error of the tool comes back as a result with `is_error`, it is not raised."""

    async def call(self, call: ToolCall, *, first_citation: int) -> ToolResult: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One model call or tool call of a run, as recorded."""

    kind: Literal["model", "tool"]
    name: str
    seconds: float
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
    is_error: bool = False


OutcomeKind = Literal["answered", "handed_over", "exhausted", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `text` is what was streamed; `reason` names the limit, error code or hand-off."""

    kind: OutcomeKind
    text: str = ""
    citations: tuple[Citation, ...] = ()
    reason: str = ""
    note: str = ""
    steps: tuple[Step, ...] = ()
    usage: Usage = field(default_factory=Usage)
