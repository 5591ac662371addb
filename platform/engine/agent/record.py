"""What happened in a run so far: the one mutable thing beside the loop.

Invariant: `text` is exactly what was passed to the caller's `on_text`, joined.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace

from engine.agent.limits import Spent, exceeded
from engine.agent.values import Citation, Outcome, OutcomeKind, Step, ToolResult, Turn
from engine.gateway import estimate
from engine.gateway.errors import ModelError
from engine.gateway.protocol import Message, Model, ModelReply, ModelRequest, OnText, ToolCall, Usage

_MARK = re.compile(r"\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]")
PIECE_GAP = "\n\n"


class RunRecord:
    """The transcript and the bill of one run."""

    def __init__(self, turn: Turn, on_text: OnText, clock: Callable[[], float]) -> None:
        self._turn = turn
        self._on_text = on_text
        self._clock = clock
        self._began = clock()
        self._pieces: list[str] = []
        self._gap_due = False
        self._steps: list[Step] = []
        self._citations: list[Citation] = []
        self._usage = Usage()
        self._spent = Spent()
        self.messages: list[Message] = list(turn.messages)

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def next_citation(self) -> int:
        return max((citation.n for citation in self._citations), default=0) + 1

    def begin_step(self) -> str | None:
        """Counts a model call about to begin; the name of a limit when it may not."""
        self._spent.steps += 1
        return self._exceeded()

    def begin_call(self, call: ToolCall) -> str | None:
        """Counts a tool call about to begin; the name of a limit when it may not."""
        self._spent.count_call(call)
        return self._exceeded()

    async def ask(self, model: Model) -> ModelReply:
        """Asks the model for the next step, streaming, and writes the step down however it ends.

        Raises:
            ModelError: the model's own.
        """
        turn = self._turn
        request = ModelRequest(
            turn.model, tuple(self.messages), turn.tools, turn.max_tokens, turn.temperature
        )
        began, at = self._clock(), len(self._pieces)
        self._gap_due = bool(self._pieces)
        step = Step("model", request.model, 0.0)
        try:
            reply = await model.complete(request, self._say)
        except ModelError as error:
            self._add(replace(step, usage=error.usage, detail=error.code, is_error=True), began)
            raise
        except asyncio.CancelledError:
            usage = estimate.usage(request, "".join(self._pieces[at:]))
            self._add(replace(step, usage=usage, detail="cut", is_error=True), began)
            raise
        name = reply.model or request.model
        self._add(replace(step, name=name, usage=reply.usage, detail=reply.finish_reason), began)
        if reply.text or reply.tool_calls:
            self.messages.append(Message("assistant", reply.text, reply.tool_calls))
        return reply

    def add_result(self, call: ToolCall, result: ToolResult, began: float, detail: str = "") -> None:
        """Writes a tool's result down, for the model and for the record. `began` is the clock's reading."""
        self.messages.append(Message("tool", result.text, tool_call_id=call.id))
        self._citations.extend(result.citations)
        self._add(Step("tool", call.name, 0.0, detail=detail, is_error=result.is_error), began)

    def end(self, kind: OutcomeKind, reason: str = "", note: str = "") -> Outcome:
        """The run as a value. Only passages whose mark is in the text are listed as citations."""
        text = self.text
        cited = {int(number) for mark in _MARK.finditer(text) for number in mark[1].split(",")}
        citations = tuple(citation for citation in self._citations if citation.n in cited)
        return Outcome(kind, text, citations, reason, note, tuple(self._steps), self._usage)

    async def _say(self, piece: str) -> None:
        if not piece:
            return
        if self._gap_due:
            self._gap_due = False
            await self._emit(PIECE_GAP)
        await self._emit(piece)

    async def _emit(self, piece: str) -> None:
        self._pieces.append(piece)  # before the call: a piece whose delivery is cut may have been seen
        await self._on_text(piece)

    def _add(self, step: Step, began: float) -> None:
        self._steps.append(replace(step, seconds=self._clock() - began))
        self._usage += step.usage

    def _exceeded(self) -> str | None:
        self._spent.seconds = self._clock() - self._began
        self._spent.tokens = self._usage.prompt_tokens + self._usage.completion_tokens
        return exceeded(self._turn.limits, self._spent)
