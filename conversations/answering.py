"""Answers a run: thinks without a transaction, then commits if the conversation is still the assistant's.

Invariant: an answer is posted once, in the transaction that ends its run, and only if the conversation's owner and
version are those the run began with: the assistant never talks over a person. What the customer wrote meanwhile
begins the next run in that same transaction.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass

import structlog
from django.utils import timezone

from conversations import (
    approvals,
    deciding,
    guarding,
    journal,
    known,
    money,
    promises,
    runs,
    steps,
    summaries,
)
from conversations.book import Page, RunBook, RunLost
from conversations.endings import Effect, effect_of
from conversations.journal import Head, LogEvent
from conversations.ladder import climb_down
from conversations.leases import LeaseKeeper
from conversations.live import LiveAnswer
from conversations.models import Owner, RunStatus
from conversations.turns import Job
from core import sql
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent.values import Outcome

log = structlog.get_logger(__name__)


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
    prepared = deciding.before(await guarding.prepare(job))
    job, book = prepared.job, RunBook(prepared.job)
    thinking = asyncio.get_running_loop().create_task(climb_down(prepared, live, book))
    keeper = LeaseKeeper(job, thinking)
    try:
        answered = await thinking
    except (asyncio.CancelledError, RunLost) as stopped:
        if isinstance(stopped, asyncio.CancelledError) and not keeper.lost:
            raise
        # The run was taken from us: the conversation changed hands, or another process has it.
        await book.close()
        await live.finish([])
        return None
    finally:
        keeper.close()
        thinking.cancel()
    ended = await in_database(commit)(
        known.marked(job, answered.repeated),
        answered.outcome,
        level=answered.level,
        draft=live.draft,
        rest=book.take_rest(),
    )
    await live.finish(ended.events)
    return ended.following


async def give_up(job: Job, live: LiveAnswer, outcome: Outcome) -> None:
    """Ends a run that can't be answered with an honest word to the customer."""
    ended = await in_database(commit)(job, outcome, level="none", draft=live.draft)
    await live.finish(ended.events)
    if ended.following is not None:
        await answer(ended.following, live.following(ended.following))


_NOTHING = Page()


def commit(job: Job, outcome: Outcome, *, level: str, draft: str, rest: Page = _NOTHING) -> Ended:
    """Ends a run and posts what it came to, in one transaction, or lays it aside until an approval is there.

    Nothing is posted when the conversation has changed hands since the run began, or when another process has
    taken the run up; what its models cost is paid in any case.

    Args:
        rest: steps and bills that are not in the database yet.
    """
    now = timezone.now()
    deciding.after(job, outcome)
    try:
        with tenant_scope(job.tenant_id):
            return commit_at(job, outcome, level=level, draft=draft, rest=rest, now=now)
    except RunLost:
        with tenant_scope(job.tenant_id):
            money.settle(job.tenant_id, rest.bills, now=now)
        return Ended([], None)


def commit_at(job: Job, outcome: Outcome, *, level: str, draft: str, rest: Page, now: dt.datetime) -> Ended:
    """As `commit`, in the caller's scope and at a moment; after `deciding.after`.

    Writes all of it in one trip, as if the run were ours.

    Raises:
        conversations.book.RunLost: it was not, and the caller's transaction is to be undone.
    """
    head = journal.lock(job.conversation_id)
    effect = effect_of(job, outcome, level, draft)
    if head.owner != Owner.AI or head.owner_version != job.owner_version:
        effect = Effect(RunStatus.DROPPED)
    posted: list[LogEvent] = []
    with sql.together():
        ours = runs.end_soon(
            job, outcome, runs.Ending(effect.status, level, _answer_seq(head, effect)), now=now
        )
        steps.write(job.run_id, rest.steps, now=now)
        if effect.entries:
            posted = _post(job, head, effect, now)
            known.note(job, outcome, level, now=now)
            _sum_up_later(job, posted)
        if effect.status == RunStatus.WAITING:
            approvals.go_on_if_decided(job, now=now)
        following = runs.begin(head, now=now)
        money.settle(job.tenant_id, rest.bills, now=now)
    if not ours.rowcount:
        raise RunLost
    return Ended(posted, money.hold_first(following, now=now))


def _sum_up_later(job: Job, posted: list[LogEvent]) -> None:
    if job.routes:
        summaries.ask_if_due(job.tenant_id, job.conversation_id, job.turn.messages, posted)


def _answer_seq(head: Head, effect: Effect) -> int | None:
    """Where the answer will stand in the log: the last entry that says something."""
    return head.last_seq + len(effect.entries) if effect.entries else None


def _post(job: Job, head: Head, effect: Effect, now: dt.datetime) -> list[LogEvent]:
    changes = dict(effect.changes)
    if job.guard is not None:
        changes |= job.guard.state()
        job.guard.placeholders.keep(job.conversation_id, now)
    if job.matter is not None:
        changes |= job.matter.state()
    word = promises.kept(head, effect.entries, effect.facts, changes, now)
    if "owner" in word.changes:
        word.changes["owner_version"] = head.owner_version + 1
    answered = max(head.answered_seq, job.upto_seq)
    return journal.append(
        head, word.entries, facts=word.facts, now=now, answered_seq=answered, **word.changes
    )


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
