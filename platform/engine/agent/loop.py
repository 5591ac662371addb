"""The loop that answers one turn: ask the model, do what it decides, until it is done or may go no further.

Invariant: pure. It reads no clock, database or network of its own; all it knows comes as an argument, and
every end but cancellation is an `Outcome`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from engine.agent.desk import ToolDesk
from engine.agent.record import RunRecord
from engine.agent.values import OnStage, Outcome, Tools, Turn
from engine.gateway.errors import ModelError
from engine.gateway.protocol import Model, ModelReply, OnText, ToolCall


@dataclass(frozen=True, slots=True)
class Answer:
    """The model has said what it had to say; `note` is "length" when it was cut short."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class CallTools:
    """The model wants these calls made, in order."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class SaidNothing:
    """The model wrote neither text nor a call."""


def decide(reply: ModelReply) -> Answer | CallTools | SaidNothing:
    """What a reply means. Calls win over text: text before a call is an aside, not the answer."""
    if reply.tool_calls:
        return CallTools(reply.tool_calls)
    if reply.text.strip():
        return Answer("length" if reply.finish_reason == "length" else "")
    return SaidNothing()


async def run(
    turn: Turn, *, model: Model, tools: Tools, on_text: OnText, on_stage: OnStage, clock: Callable[[], float]
) -> Outcome:
    """Answers a turn.

    Args:
        on_text: given every piece of the answer as it is written; joined they are `Outcome.text`.
        on_stage: told what is going on before each model and tool call.
        clock: seconds, monotonic; for the record and the limit on wall time.

    A model's error ends the run as `failed` with its code; a limit ends it as `exhausted` with its name.
    """
    record = RunRecord(turn, on_text, clock)
    try:
        async with asyncio.timeout(max(turn.limits.seconds, 0)) as deadline:
            return await _steps(record, turn, model, ToolDesk(turn, tools, on_stage, clock))
    except ModelError as error:
        return record.end("failed", error.code)
    except TimeoutError:
        if not deadline.expired():
            raise
        return record.end("exhausted", "seconds")


async def _steps(record: RunRecord, turn: Turn, model: Model, desk: ToolDesk) -> Outcome:
    asked_again = False
    while not (limit := record.begin_step()):
        await desk.on_stage("thinking")
        match decide(await record.ask(model)):
            case Answer(note):
                return record.end("answered", note=note)
            case CallTools(calls):
                if outcome := await desk.serve(calls, record):
                    return outcome
            case SaidNothing():
                if asked_again:
                    return record.end("failed", "empty_reply")
                asked_again = True
    return record.end("exhausted", limit)
