"""Who answers a run: the chosen model, another one, the stored answers, a person; each step down is visible.

Invariant: the ladder only goes down, and ends in an outcome. A new level begins a new draft; what tools have done
for the run already is kept, and never done again: where only the stored answers are left after an action, a person
is asked instead, because they know nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from conversations import known, load
from conversations.book import RunBook
from conversations.calling import RunTools
from conversations.guarding import LEVEL, Prepared, canary_of
from conversations.live import LiveAnswer
from conversations.outlet import RunOutlet
from conversations.paying import PaidModel
from conversations.questions import Known
from conversations.screened_tools import ScreenedTools
from conversations.turns import Job
from engine.agent import loop
from engine.agent.stored import Phrases, StoredAnswers
from engine.agent.values import Outcome, Outlet, Surroundings, Turn, Unchecked
from engine.gateway.protocol import Model
from engine.tools.values import Risk

log = structlog.get_logger(__name__)
STORED = "stored_answers"
FOR_NOTHING = ("search_knowledge", "request_person")
"""The tools that the stored answers use."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a run ended, at which level of the ladder, and which answer was only repeated, if one was."""

    outcome: Outcome
    level: str
    repeated: Known | None = None


MakeTools = Callable[[Job, RunBook], RunTools]


async def climb_down(
    prepared: Prepared, live: LiveAnswer, book: RunBook, *, tools: MakeTools = RunTools
) -> Answered:
    """Answers by what the guardrails say, by what is known already, or by the best level within reach.

    The last waits until there is room for one more.

    Args:
        tools: makes those of one attempt.
    """
    job = prepared.job
    if prepared.outcome is not None:
        if prepared.outcome.text:
            await live.on_text(prepared.outcome.text)
        return Answered(prepared.outcome, LEVEL)
    repeated = job.known or await known.resembling(job)
    if repeated is not None:
        await live.on_text(repeated.text)
        outcome = Outcome("answered", repeated.text, repeated.citations)
        return Answered(outcome, repeated.level, repeated)
    async with load.seat():
        return await _climb_down(_Ways(job, live, book, tools))


@dataclass(frozen=True, slots=True)
class _Ways:
    """What all levels of one run share."""

    job: Job
    live: LiveAnswer
    book: RunBook
    tools: MakeTools


async def _climb_down(ways: _Ways) -> Answered:
    job, live = ways.job, ways.live
    if not job.routes:
        return Answered(await _run(job.turn, ways, _stored(job)), STORED)
    model = PaidModel(ways.book)
    outcome = await _run(job.turn, ways, model)
    while outcome.kind == "failed" and model.said and model.go_on():
        # Cut in mid-answer: another model begins the answer anew, and keeps what tools have told.
        live.restart()
        turn = replace(job.turn, done=outcome.steps)
        outcome = await _run(turn, ways, model)
    if outcome.kind != "failed" and not outcome.reason.startswith("money_"):
        return Answered(outcome, model.level)
    log.warning("model_gave_up", run=job.run, kind=outcome.kind, reason=outcome.reason)
    live.restart()
    return await _without_model(ways, outcome)


async def _without_model(ways: _Ways, before: Outcome) -> Answered:
    """The stored answers, and a person where they have nothing to say."""
    job = ways.job
    if _acted(job, before):
        note = "The assistant had begun to act and its model is out of reach; see the steps of its run."
        person = Outcome("handed_over", reason="model_unavailable", note=note)
        return Answered(_after(before, person), "person")
    turn = replace(job.turn, done=(), first=len(before.steps) + 1, said=0)
    stored = await _run(turn, ways, _stored(job))
    if stored.kind == "answered" and stored.note == "nothing":
        reason = "budget" if before.reason.startswith("money_") else "model_unavailable"
        stored = replace(stored, kind="handed_over", reason=reason, note=before.reason, text="")
        return Answered(_after(before, stored), "person")
    return Answered(_after(before, stored), STORED)


def _stored(job: Job) -> StoredAnswers:
    return StoredAnswers(Phrases.of(job.language))


def _after(before: Outcome, after: Outcome) -> Outcome:
    both = replace(after, steps=before.steps + after.steps, usage=before.usage + after.usage)
    return replace(both, reason=both.reason or before.reason)


def _acted(job: Job, outcome: Outcome) -> bool:
    acting = {offer.name for offer in job.offers if offer.policy.risk is not Risk.READ}
    return any(step.kind == "tool" and step.name in acting and not step.is_error for step in outcome.steps)


async def _run(turn: Turn, ways: _Ways, model: Model) -> Outcome:
    job, live, book = ways.job, ways.live, ways.book
    if isinstance(model, StoredAnswers):
        turn = replace(turn, tools=tuple(tool for tool in turn.tools if tool.name in FOR_NOTHING))
    tools = ways.tools(job, book)
    around = Surroundings(
        model=model,
        tools=ScreenedTools(tools, job.guard) if job.guard else tools,
        outlet=_outlet(job, model),
        on_text=live.on_text,
        on_stage=live.on_stage,
        clock=time.monotonic,
        book=book,
    )
    return await loop.run(turn, around)


def _outlet(job: Job, model: Model) -> Outlet:
    if job.guard is None:
        return Unchecked()
    # Help pages are quoted in whatever language they are written in.
    return RunOutlet(job, job.guard, canary_of(job), any_language=isinstance(model, StoredAnswers))
