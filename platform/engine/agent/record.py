"""What happened in a run so far: the one mutable thing beside the loop.

Invariant: `text` is exactly what was passed to the caller's `on_text`, joined; steps are numbered from 1 without
a gap, and every step is in the book before the next one begins.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from engine.agent.limits import Spent, exceeded
from engine.agent.values import Citation, Outcome, OutcomeKind, Step, Surroundings, ToolResult, Turn
from engine.gateway import estimate
from engine.gateway.errors import ModelError
from engine.gateway.protocol import Message, ModelReply, ModelRequest, ToolCall, Usage

_MARK = re.compile(r"\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]")
PIECE_GAP = "\n\n"


class RunRecord:
    """The transcript and the bill of one run."""

    def __init__(self, turn: Turn, around: Surroundings) -> None:
        self._turn = turn
        self._around = around
        self._began = around.clock()
        self._pieces: list[str] = []
        self._gap_due = False
        self._steps: list[Step] = []
        self._citations: list[Citation] = []
        self._usage = Usage()
        self._spent = Spent()
        self._pending: list[ToolCall] = []
        self._silences = 0
        self.messages: list[Message] = list(turn.messages)

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def next_citation(self) -> int:
        return max((citation.n for citation in self._citations), default=0) + 1

    @property
    def next_number(self) -> int:
        return self._turn.first + len(self._steps)

    @property
    def pending(self) -> tuple[ToolCall, ...]:
        """The calls of the last reply that have no result yet."""
        return tuple(self._pending)

    async def resume(self) -> None:
        """Takes over the steps that are committed already; what they said is said again, in this draft.

        What a call said before it failed, or what is in the log already, is not part of this answer.
        """
        for step in self._turn.done:
            if step.kind == "model":
                self._gap_due = bool(self._pieces)
                await self._say_again(step)
                self._spent.steps += 1
            elif step.call:
                self._spent.count_call(step.call)
            self._take(step)

    async def _say_again(self, step: Step) -> None:
        """Says what a step of an earlier attempt said; not what a call that failed had said by then."""
        if step.is_error or step.number <= self._turn.said or not step.text:
            return
        await self._say(step.text)
        await self._let_out_rest(is_over=not step.calls and bool(step.text.strip()))
        self._around.outlet.checks()  # they are in the step's row

    def begin_step(self) -> str | None:
        """Counts a model call about to begin; the name of a limit when it may not."""
        self._spent.steps += 1
        return self._exceeded()

    def begin_call(self, call: ToolCall) -> str | None:
        """Counts a tool call about to begin; the name of a limit when it may not."""
        self._spent.count_call(call)
        return self._exceeded()

    def was_silent_before(self) -> bool:
        """Counts a reply that said nothing; whether it was not the first."""
        self._silences += 1
        return self._silences > 1

    async def ask(self) -> ModelReply:
        """Asks the model for the next step, streaming, and writes the step down however it ends.

        Raises:
            ModelError: the model's own.
        """
        turn = self._turn
        request = ModelRequest(
            turn.model,
            tuple(self.messages),
            turn.tools,
            turn.max_tokens,
            turn.temperature,
            key=f"{turn.run}:{self.next_number}",
        )
        began, at = self._around.clock(), len(self._pieces)
        self._gap_due = bool(self._pieces)
        step = Step("model", request.model, 0.0, number=self.next_number)
        try:
            reply = await self._around.model.complete(request, self._say)
        except ModelError as error:
            said = "".join(self._pieces[at:])
            await self._add(
                replace(step, usage=error.usage, detail=error.code, is_error=True, text=said), began
            )
            raise
        except asyncio.CancelledError:
            said = "".join(self._pieces[at:])
            cut = replace(step, usage=estimate.usage(request, said), detail="cut", is_error=True, text=said)
            self._take(self._timed(cut, began))  # the book may be out of reach by now
            raise
        await self._let_out_rest(is_over=not reply.tool_calls and bool(reply.text.strip()))
        name = reply.model or request.model
        step = replace(
            step,
            checks=self._around.outlet.checks(),
            name=name,
            usage=reply.usage,
            detail=reply.finish_reason,
            text=reply.text,
            calls=reply.tool_calls,
            route=reply.route,
            cents=reply.cents,
        )
        await self._add(step, began)
        return reply

    async def add_result(self, call: ToolCall, result: ToolResult, began: float, detail: str = "") -> None:
        """Writes a tool's result down, for the model and for the record. `began` is the clock's reading."""
        step = Step(
            "tool",
            call.name,
            0.0,
            number=self.next_number,
            detail=detail or result.code,
            is_error=result.is_error,
            text=result.text,
            call=call,
            citations=result.citations,
            hand_off=result.hand_off,
            checks=result.checks,
            taint=result.taint,
        )
        await self._add(step, began)

    @property
    def stopped(self) -> Outcome | None:
        """How the run ends because of what the model wrote, if a check let no more of it out."""
        found = self._around.outlet.stopped
        if found is None:
            return None
        return self.end(found.kind, found.reason, found.note)

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
            piece = PIECE_GAP + piece
        await self._emit(self._around.outlet.feed(piece))

    async def _let_out_rest(self, *, is_over: bool) -> None:
        """Nothing more comes of what the model has written; it is over unless calls follow, or it said nothing."""
        outlet = self._around.outlet
        await self._emit(outlet.finish() if is_over else outlet.pause())

    async def _emit(self, piece: str) -> None:
        if not piece:
            return
        self._pieces.append(piece)  # before the call: a piece whose delivery is cut may have been seen
        await self._around.on_text(piece)

    async def _add(self, step: Step, began: float) -> None:
        step = self._timed(step, began)
        self._take(step)
        await self._around.book.note(step)

    def _timed(self, step: Step, began: float) -> Step:
        return replace(step, seconds=self._around.clock() - began)

    def _take(self, step: Step) -> None:
        """What a step adds to the transcript, the bill and the list of what is to be done."""
        self._steps.append(step)
        self._around.outlet.learn(step)
        self._usage += step.usage
        self._spent.cents += step.cents
        if step.kind == "tool" and step.call:
            self.messages.append(Message("tool", step.text, tool_call_id=step.call.id))
            self._citations.extend(step.citations)
            self._spent.count_result(step.name, step.text, is_error=step.is_error)
            self._pending = [call for call in self._pending if call.id != step.call.id]
        elif not step.is_error and (step.text or step.calls):
            self.messages.append(Message("assistant", step.text, step.calls))
            self._pending = list(step.calls)

    def _exceeded(self) -> str | None:
        self._spent.seconds = self._around.clock() - self._began
        self._spent.tokens = self._usage.prompt_tokens + self._usage.completion_tokens
        return exceeded(self._turn.limits, self._spent)
