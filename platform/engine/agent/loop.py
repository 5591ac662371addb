"""The loop that answers one turn: ask the model, do what it decides, until it is done or may go no further.

Invariant: pure. It reads no clock, database or network of its own; all it knows comes as an argument, and
every end but cancellation is an `Outcome`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.agent.desk import ToolDesk
from engine.agent.record import RunRecord
from engine.agent.values import Outcome, Surroundings, Turn
from engine.gateway.errors import ModelError
from engine.gateway.metering import MoneySpent
from engine.gateway.protocol import ModelReply, ToolCall


@dataclass(frozen=True, slots=True)
class Answer:
    """The model has said what it had to say; `note` is "length" when it was cut short, "nothing" without knowledge."""

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
        return Answer(reply.finish_reason if reply.finish_reason in {"length", "nothing"} else "")
    return SaidNothing()


async def run(turn: Turn, around: Surroundings) -> Outcome:
    """Answers a turn, or goes on with one whose first steps are done.

    A model's error ends the run as `failed` with its code; a limit ends it as `exhausted` with its name; a call
    that needs a person's yes makes it `waiting`.
    """
    record = RunRecord(turn, around)
    try:
        async with asyncio.timeout(max(turn.limits.seconds, 0)) as deadline:
            await record.resume()
            return await _steps(record, turn, ToolDesk(turn, around), around)
    except MoneySpent as error:
        return record.end("exhausted", f"money_{error.scope}")
    except ModelError as error:
        return record.end("failed", error.code)
    except TimeoutError:
        if not deadline.expired():
            raise
        return record.end("exhausted", "seconds")


async def _steps(record: RunRecord, turn: Turn, desk: ToolDesk, around: Surroundings) -> Outcome:
    if record.pending and (outcome := await desk.serve(record.pending, record)):
        return outcome
    while not (limit := record.begin_step()):
        await around.on_stage("thinking")
        reply = await record.ask()
        if outcome := record.stopped or await _follow(reply, record, desk):
            return outcome
    return record.end("exhausted", limit)


async def _follow(reply: ModelReply, record: RunRecord, desk: ToolDesk) -> Outcome | None:
    """Does what a reply decides; None when the model is to be asked again."""
    match decide(reply):
        case Answer(note):
            return record.end("answered", note=note)
        case CallTools(calls):
            return await desk.serve(calls, record)
        case SaidNothing():
            return record.end("failed", "empty_reply") if record.was_silent_before() else None
