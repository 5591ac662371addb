"""A turn of one customer and a desk of tools that answer what they are told to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from engine.agent.loop import run
from engine.agent.values import (
    Limits,
    Outcome,
    Outlet,
    Stage,
    Step,
    Surroundings,
    ToolResult,
    Turn,
    Unchecked,
)
from engine.gateway.protocol import Message, Model, ToolCall, ToolSpec

OBJECT = {"type": "object", "properties": {}}
TOOLS = tuple(ToolSpec(name, "", OBJECT) for name in ("search_knowledge", "request_person", "lookup_order"))


@dataclass
class Shelf:
    """Implements `Tools`: gives each tool's prepared result and keeps the calls."""

    results: dict[str, ToolResult | Callable[[int], ToolResult]] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    async def call(self, call: ToolCall, *, number: int, first_citation: int) -> ToolResult:
        self.calls.append(call)
        self.numbers.append(number)
        result = self.results.get(call.name, ToolResult("done"))
        return result(first_citation) if callable(result) else result


@dataclass
class Conversation:
    """Runs turns and keeps what the customer saw."""

    shelf: Shelf = field(default_factory=Shelf)
    pieces: list[str] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    messages: tuple[Message, ...] = (Message("user", "Where is my parcel?"),)
    tools: tuple[ToolSpec, ...] = TOOLS
    seconds_a_look: float = 0.0
    done: tuple[Step, ...] = ()
    noted: list[Step] = field(default_factory=list)
    outlet: Outlet = field(default_factory=Unchecked)

    @property
    def seen(self) -> str:
        return "".join(self.pieces)

    async def answer(self, model: Model) -> Outcome:
        turn = Turn("run-1", "any", self.messages, self.tools, self.limits, done=self.done)
        looks = count()
        around = Surroundings(
            model=model,
            tools=self.shelf,
            on_text=self._hear,
            on_stage=self._watch,
            clock=lambda: next(looks) * self.seconds_a_look,
            book=self,
            outlet=self.outlet,
        )
        return await run(turn, around)

    async def note(self, step: Step) -> None:
        """Implements `Book`."""
        self.noted.append(step)

    def limit(self, **limits: Any) -> None:
        self.limits = replace(self.limits, **limits)

    async def _hear(self, piece: str) -> None:
        self.pieces.append(piece)

    async def _watch(self, stage: Stage) -> None:
        self.stages.append(stage)
