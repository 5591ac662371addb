"""The values a turn is made of.

Invariant: frozen, serialisable facts; the loop that uses them reads no clock, database or network of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from engine.gateway.protocol import Message, Model, OnText, ToolCall, ToolSpec, Usage
from engine.tools.values import Citation, HandOff, ToolResult

__all__ = [
    "Book",
    "Citation",
    "HandOff",
    "Limits",
    "OnStage",
    "Outcome",
    "OutcomeKind",
    "Outlet",
    "Stage",
    "Step",
    "Surroundings",
    "ToolResult",
    "Tools",
    "Turn",
    "Unchecked",
    "Unwritten",
]

Stage = Literal["thinking", "searching", "tool", "waiting"]
OnStage = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may spend.

    Args:
        steps: model calls.
        tool_calls: calls of tools.
        identical_calls: calls of the same name with the same arguments.
        alternations: how often a round of two or three calls may be gone through.
        no_progress: calls in a row that fail or tell what was known already.
        seconds: wall time of thinking; waiting for an approval is not counted.
        tokens: prompt + completion of all model calls.
        cents: US cents of all model calls.
        hand_over: whether a run that comes to a limit passes the conversation to a person.
    """

    steps: int = 8
    tool_calls: int = 16
    identical_calls: int = 2
    alternations: int = 2
    no_progress: int = 4
    seconds: float = 60.0
    tokens: int = 60_000
    cents: float = 50.0
    hand_over: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One model call or tool call of a run, as recorded.

    Args:
        number: its place in the run, from 1; `run:number` is the key of its side effects.
        detail: the model's finish reason, or what went wrong, as a code.
        text: what the model wrote, or the tool's result.
        calls: what the model asked for; `call`: the call that a tool step made.
        checks: verdicts about what the model wrote, or about the result.
        route: which model answered, as `provider/model`; `cents`: what it cost.
        taint: where a tool step's arguments came from, where that was looked at; see `engine.agent.taint`.
    """

    kind: Literal["model", "tool"]
    name: str
    seconds: float
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
    is_error: bool = False
    number: int = 0
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    call: ToolCall | None = None
    citations: tuple[Citation, ...] = ()
    hand_off: HandOff | None = None
    route: str = ""
    cents: float = 0.0
    checks: tuple[Mapping[str, Any], ...] = ()
    taint: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn to answer: the prompt so far, the tools on offer and the limits.

    Args:
        done: the steps that an earlier attempt, or the time before an approval, has committed already.
        first: the number of the first step, where another level of the same run has used up some.
        said: the number of the last step whose words the customer has in the log already.
    """

    run: str
    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    limits: Limits = field(default_factory=Limits)
    max_tokens: int | None = None
    temperature: float | None = None
    done: tuple[Step, ...] = ()
    first: int = 1
    said: int = 0


class Tools(Protocol):
    """Runs one tool call. An error of the tool comes back as a result with `is_error`, it is not raised.

    `number` is the step's: the same call, after a crash, comes with the same number.
    """

    async def call(self, call: ToolCall, *, number: int, first_citation: int) -> ToolResult: ...


class Book(Protocol):
    """Is told every step that is over, before the next begins."""

    async def note(self, step: Step) -> None: ...


class Outlet(Protocol):
    """Lets an answer out once it is checked; what it lets out, joined, is what the customer gets.

    `stopped`: why nothing more goes out, as the outcome that follows; None as long as the answer goes on. What is said
    in place of the rest comes out of `pause` or `finish`.
    """

    @property
    def stopped(self) -> Outcome | None: ...

    def feed(self, piece: str) -> str:
        """Takes what the model writes; what may go out by now."""
        ...

    def pause(self) -> str:
        """The rest of what was written before tools are called."""
        ...

    def finish(self) -> str:
        """The rest of an answer that is over."""
        ...

    def learn(self, step: Step) -> None:
        """A step is over, which later words may rest on."""
        ...

    def checks(self) -> tuple[Mapping[str, Any], ...]:
        """The verdicts since it was last asked, for the record."""
        ...


class Unchecked:
    """An outlet that lets everything out at once: for runs that nobody but their maker sees."""

    stopped: Outcome | None = None

    def feed(self, piece: str) -> str:
        return piece

    def pause(self) -> str:
        return ""

    def finish(self) -> str:
        return ""

    def learn(self, step: Step) -> None: ...

    def checks(self) -> tuple[Mapping[str, Any], ...]:
        return ()


class Unwritten:
    """A book that keeps nothing: for runs that need not survive."""

    async def note(self, step: Step) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a run reaches.

    Args:
        on_text: given every piece of the answer as it is let out; joined they are `Outcome.text`.
        on_stage: told what is going on before each model and tool call.
        clock: seconds, monotonic; for the record and the limit on wall time.
    """

    model: Model
    tools: Tools
    on_text: OnText
    on_stage: OnStage
    clock: Callable[[], float]
    book: Book = field(default_factory=Unwritten)
    outlet: Outlet = field(default_factory=Unchecked)


OutcomeKind = Literal["answered", "handed_over", "exhausted", "failed", "waiting", "withheld"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, or that it waits; `withheld`: a check let nothing be said.

    `text` is what was streamed; `reason` names the limit, error code or hand-off, or the approval it waits for.
    """

    kind: OutcomeKind
    text: str = ""
    citations: tuple[Citation, ...] = ()
    reason: str = ""
    note: str = ""
    steps: tuple[Step, ...] = ()
    usage: Usage = field(default_factory=Usage)
