"""Answers a run: thinks without a transaction, then commits if the conversation is still the assistant's.

Invariant: an answer is posted once, in the transaction that ends its run, and only if the conversation's owner and
version are those the run began with: the assistant never talks over a person. What the customer wrote meanwhile
begins the next run in that same transaction.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from django.utils import timezone

from conversations import journal, runs
from conversations.calling import RunTools
from conversations.handoffs import handoff_entry
from conversations.journal import Entry, Fact, LogEvent
from conversations.leases import LeaseKeeper
from conversations.live import LiveAnswer
from conversations.models import EventType, Owner, RunStatus
from conversations.turns import Job
from core.actors import Actor
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent import loop
from engine.agent.stored import StoredAnswers
from engine.agent.values import Outcome
from engine.gateway.client import ChatCompletions
from engine.gateway.protocol import Model

log = structlog.get_logger(__name__)
COULD_NOT = "I could not answer this just now. Please try again in a moment, or ask for a person."


@dataclass(frozen=True, slots=True)
class Ended:
    """What ending a run wrote, and the job that follows from what the customer wrote meanwhile."""

    events: list[LogEvent]
    following: Job | None


async def answer(job: Job, live: LiveAnswer) -> None:
    """Answers a job, and those that follow from messages that arrive meanwhile.

    Args:
        live: where the answer is streamed to.
    """
    current: Job | None = job
    while current is not None:
        current = await _answer_one(current, live)
        if current is not None:
            live = live.following(current)


async def _answer_one(job: Job, live: LiveAnswer) -> Job | None:
    thinking = asyncio.get_running_loop().create_task(_think(job, live))
    keeper = LeaseKeeper(job, thinking)
    try:
        outcome, level = await thinking
    except asyncio.CancelledError:
        if not keeper.lost:
            raise
        # The run was taken from us: the conversation changed hands, or another process has it.
        await live.finish([])
        return None
    finally:
        keeper.close()
        thinking.cancel()
    ended = await in_database(commit)(job, outcome, level=level, draft=live.draft)
    await live.finish(ended.events)
    return ended.following


async def give_up(job: Job, live: LiveAnswer, outcome: Outcome) -> None:
    """Ends a run that can't be answered with an honest word to the customer."""
    ended = await in_database(commit)(job, outcome, level="none", draft=live.draft)
    await live.finish(ended.events)
    if ended.following is not None:
        await answer(ended.following, live.following(ended.following))


async def _think(job: Job, live: LiveAnswer) -> tuple[Outcome, str]:
    """The model's answer; when it fails, the stored answers', in a new draft."""
    if job.provider is None:
        return await _run(job, live, StoredAnswers()), "stored_answers"
    outcome = await _run(job, live, ChatCompletions(job.provider))
    if outcome.kind in {"answered", "handed_over"}:
        return outcome, "model"
    log.warning("model_gave_up", run=job.run, kind=outcome.kind, reason=outcome.reason)
    live.restart()
    second = await _run(job, live, StoredAnswers())
    both = replace(second, steps=outcome.steps + second.steps, usage=outcome.usage + second.usage)
    return replace(both, reason=both.reason or outcome.reason), "stored_answers"


async def _run(job: Job, live: LiveAnswer, model: Model) -> Outcome:
    return await loop.run(
        job.turn,
        model=model,
        tools=RunTools(job),
        on_text=live.on_text,
        on_stage=live.on_stage,
        clock=time.monotonic,
    )


def commit(job: Job, outcome: Outcome, *, level: str, draft: str) -> Ended:
    """Ends a run and posts what it came to, in one transaction.

    Nothing is posted when the conversation has changed hands since the run began, or when another process has
    taken the run up.
    """
    now = timezone.now()
    with tenant_scope(job.tenant_id):
        head = journal.lock(job.conversation_id)
        entries, facts, changes, status = _result(job, outcome, level, draft)
        if head.owner != Owner.AI or head.owner_version != job.owner_version:
            status, entries = RunStatus.DROPPED, []
        answer_seq = head.last_seq + 1 if entries else None
        if not runs.end(job, status, outcome=outcome, level=level, answer_seq=answer_seq, now=now):
            return Ended([], None)
        if not entries:
            return Ended([], runs.begin(head, now=now))
        if "owner" in changes:
            changes["owner_version"] = head.owner_version + 1
        posted = journal.append(head, entries, facts=facts, now=now, answered_seq=job.upto_seq, **changes)
        return Ended(posted, runs.begin(head, now=now))


_Result = tuple[list[Entry], list[Fact], dict[str, Any], str]


def _result(job: Job, outcome: Outcome, level: str, draft: str) -> _Result:
    """What an outcome does to the log: entries, audit lines, changes of the conversation, the run's status."""
    author = assistant(job)
    data = {"run": draft, "level": level, "citations": [asdict(citation) for citation in outcome.citations]}
    said = [Entry(EventType.MESSAGE, author, outcome.text, data)] if outcome.text.strip() else []
    answered = Fact(author, "conversation.answered", {"run": job.run, "level": level})
    match outcome.kind:
        case "answered":
            return said, [answered], {}, RunStatus.DONE
        case "handed_over":
            entries = [*said, handoff_entry(author, outcome.reason, outcome.note)]
            facts = [Fact(author, "conversation.handed_over", {"reason": outcome.reason})]
            return entries, facts, {"owner": Owner.QUEUE}, RunStatus.DONE
        case _:
            notice = Entry(EventType.NOTICE, author, COULD_NOT, {"run": draft, "reason": outcome.reason})
            facts = [Fact(author, "run.failed", {"run": job.run, "reason": outcome.reason})]
            return [notice], facts, {}, RunStatus.FAILED


def assistant(job: Job) -> Actor:
    """The assistant of the release that answers."""
    return Actor("ai", "assistant", job.assistant)


_background: set[asyncio.Task[None]] = set()


def in_background(job: Job, live: LiveAnswer) -> asyncio.Task[None]:
    """Answers beside whatever asked: a socket that goes away takes no answer with it."""
    task = asyncio.get_running_loop().create_task(_guarded(job, live))
    _background.add(task)
    task.add_done_callback(_background.discard)
    return task


async def _guarded(job: Job, live: LiveAnswer) -> None:
    try:
        await answer(job, live)
    except Exception:
        # The run keeps its row: when its lease runs out, a worker takes it up.
        log.exception("answer_failed", run=job.run)
