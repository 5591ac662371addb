"""Begins, prolongs, holds and ends runs.

Invariant: at most one run of a conversation is in flight (a unique index says so), and whoever works on it holds
a lease; a run whose lease has run out, or which an approval has made ready, may be taken up by anybody, once,
under the next attempt number, from its last committed step.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from conversations import journal, known, steps, turns
from conversations.journal import Head, Said
from conversations.turns import Asker, Begun, Job
from conversations.verification import IDENTITY_NOW
from core import sql
from core.scope import require_tenant_id
from engine.agent.values import Outcome
from engine.gateway.protocol import Message, ToolCall

MOST_CRASHES = 3
REASON = 64

_ASKED_BY = (
    f"{IDENTITY_NOW}, c.segments, c.name, c.email, (SELECT m.sealed FROM conversations_mask m "  # noqa: S608
    "WHERE m.tenant_id = c.tenant_id AND m.conversation_id = %s)"
)
# One trip for both: the row that makes the run, and what was said so far.
_BEGIN = (
    "WITH run AS (INSERT INTO conversations_run "  # noqa: S608 — fixed text
    "(tenant_id, public_id, conversation_id, status, owner_version, upto_seq, attempt, crashes, lease_until, "
    "level, reason, choice, prompt, said, prompt_tokens, completion_tokens, cached_tokens, started_at) "
    "VALUES (%s, %s, %s, 'running', %s, %s, 1, 0, %s, '', '', '', '', 0, 0, 0, 0, %s) "
    "ON CONFLICT (tenant_id, conversation_id) WHERE status = 'running' DO NOTHING RETURNING id) "
    f"SELECT run.id, {_ASKED_BY}, said.* FROM run "
    "JOIN conversations_customer c ON c.tenant_id = %s AND c.id = %s "
    f"CROSS JOIN LATERAL ({journal.SAID}) said"
)
_OURS = "WHERE tenant_id = %s AND id = %s AND attempt = %s AND status = 'running'"
_END = (
    "UPDATE conversations_run SET status = %s, level = %s, reason = %s, choice = %s, prompt = %s, "  # noqa: S608
    "checks = %s, said = %s, prompt_tokens = %s, completion_tokens = %s, cached_tokens = %s, answer_seq = %s, "
    "finished_at = %s " + _OURS
)
_PROMPT = "UPDATE conversations_run SET lease_until = %s, choice = %s, prompt = %s, checks = %s " + _OURS  # noqa: S608
_DROP = (
    "UPDATE conversations_run SET status = 'dropped', finished_at = %s "
    "WHERE tenant_id = %s AND conversation_id = %s AND status IN ('running', 'waiting', 'ready') "
    "RETURNING public_id"
)
_WITHDRAW = (
    "UPDATE conversations_approval SET status = 'withdrawn', decided_at = %s "
    "WHERE tenant_id = %s AND conversation_id = %s AND status = 'pending'"
)
_WITHDRAW_OF_RUN = _WITHDRAW.replace("conversation_id", "run_id")
_PROLONG = "UPDATE conversations_run SET lease_until = %s " + _OURS  # noqa: S608
_READY = (
    "UPDATE conversations_run SET status = 'ready', lease_until = %s "
    "WHERE tenant_id = %s AND id = %s AND status = 'waiting'"
)
# A run that is ready waits until no other of its conversation is in flight; the unique index decides a race.
_TAKE_UP = (
    "UPDATE conversations_run SET attempt = attempt + 1, lease_until = %s, status = 'running', "
    "crashes = crashes + CASE WHEN status = 'running' THEN 1 ELSE 0 END WHERE id = ("
    "SELECT id FROM conversations_run r WHERE tenant_id = %s AND lease_until < %s AND (status = 'running' "
    "OR status = 'ready' AND NOT EXISTS (SELECT FROM conversations_run o WHERE o.tenant_id = r.tenant_id "
    "AND o.conversation_id = r.conversation_id AND o.status = 'running')) "
    "ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED) "
    "RETURNING id, public_id, conversation_id, attempt, owner_version, upto_seq, crashes, prompt, said, checks"
)
_ASKER = f"SELECT {_ASKED_BY} FROM conversations_customer c WHERE c.tenant_id = %s AND c.id = %s"  # noqa: S608


def lease(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(seconds=settings.RUN_LEASE_SECONDS)


def begin(head: Head, *, now: dt.datetime) -> Job | None:
    """Begins answering what the customer has said so far, if nobody is at it and the assistant owns it.

    Args:
        head: locked in this transaction.
    """
    if head.owner != "ai" or head.customer_seq <= head.answered_seq:
        return None
    public_id = uuid.uuid4()
    run = [head.tenant_id, public_id, head.id, head.owner_version, head.customer_seq, lease(now), now]
    asker = [head.id, head.tenant_id, head.customer_id]
    found = sql.rows(_BEGIN, [*run, now, *asker, head.tenant_id, head.id, turns.HISTORY_MESSAGES])
    if not found:
        return None
    run_id, *asked_by = found[0][:6]
    said = [Said(*row[6:]) for row in reversed(found)]
    customer, masks = _asker(head, asked_by)
    begun = Begun(run_id, str(public_id), 1, head.customer_seq, customer, masks=masks)
    job = turns.build(head, begun, said)
    return known.recall(head, job, now=now) if len(said) == 1 else job


def _asker(head: Head, row: Sequence[Any]) -> tuple[Asker, bytes]:
    """The customer of a run, and the sealed placeholders of the conversation."""
    identity, segments, name, email, masks = row
    return Asker(head.customer_id, identity, tuple(segments), name, email), bytes(masks or b"")


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run's end writes: its status, the level that answered, the answer's `seq`."""

    status: str
    level: str
    answer_seq: int | None = None


def end_soon(job: Job, outcome: Outcome, ending: Ending, *, now: dt.datetime) -> Any:
    """Ends a run, or lays it aside until an approval is there, if this attempt still is the one in flight.

    For a statement among others: an answer whose `rowcount` tells whether it was. The rest is undone if it was not.
    """
    usage, status = outcome.usage, ending.status
    said = outcome.steps[-1].number if status == "waiting" and outcome.steps else job.turn.said
    values = [status, ending.level, outcome.reason[:REASON], job.choice, prompt_of(job), checks_of(job), said]
    values += [usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, ending.answer_seq]
    values += [None if status == "waiting" else now, job.tenant_id, job.run_id, job.attempt]
    ours = sql.run(_END, values)
    if job.opened == "waiting" and status != "waiting":  # ended without waiting for what was asked
        sql.run(_WITHDRAW_OF_RUN, [now, job.tenant_id, job.run_id])
    return ours


def drop(head: Head, *, now: dt.datetime) -> str | None:
    """Ends the runs of a conversation that changes hands, those that wait included; the last one's public id."""
    found = sql.rows(_DROP, [now, head.tenant_id, head.id])
    if found:
        sql.run(_WITHDRAW, [now, head.tenant_id, head.id])
    return str(found[-1][0]) if found else None


def prolong(job: Job, *, now: dt.datetime) -> bool:
    """Moves the lease on; False when the run is no longer this attempt's."""
    return bool(sql.run(_PROLONG, [lease(now), job.tenant_id, job.run_id, job.attempt]).rowcount)


def prolong_soon(job: Job, *, now: dt.datetime, with_prompt: bool) -> Any:
    """As `prolong`, for a statement among others: a cursor whose `rowcount` tells once its answer is there.

    Args:
        with_prompt: write the prompt down as it is sent first, so that whoever takes the run up sends the same.
    """
    ours = [job.tenant_id, job.run_id, job.attempt]
    if with_prompt:
        if job.guard is not None:
            job.guard.placeholders.keep(job.conversation_id, now)
        return sql.run(_PROMPT, [lease(now), job.choice, prompt_of(job), checks_of(job), *ours])
    return sql.run(_PROLONG, [lease(now), *ours])


def make_ready(run_id: int, *, now: dt.datetime) -> bool:
    """Lets a run that waits go on; False when it waits no more."""
    return bool(sql.run(_READY, [now, require_tenant_id(), run_id]).rowcount)


def take_up(*, now: dt.datetime) -> Job | None:
    """Takes over one run of the tenant in scope whose process is gone, or which is ready to go on."""
    row = sql.row(_TAKE_UP, [lease(now), require_tenant_id(), now])
    if row is None:
        return None
    *facts, raw_checks = row
    run_id, public_id, conversation_id, attempt, owner_version, upto_seq, crashes, prompt, said_upto = facts
    # Not locked: who commits locks the conversation first and the run second, never the other way round.
    head = journal.peek(conversation_id)
    # The run began under this version: the commit compares it, whoever owns the conversation by now.
    head.owner_version = owner_version
    said = journal.said(head.id, limit=turns.HISTORY_MESSAGES)
    asked_by = sql.row(_ASKER, [now, head.id, head.tenant_id, head.customer_id])
    customer, masks = _asker(head, asked_by or ("anonymous", [], "", "", None))
    written = steps.read(run_id)
    begun = Begun(
        run_id,
        str(public_id),
        attempt,
        upto_seq,
        customer,
        crashes,
        said_upto,
        messages_of(prompt),
        written.done,
        written.open_status,
        masks,
        json.loads(raw_checks) if isinstance(raw_checks, str | bytes) else raw_checks,
    )
    return turns.build(head, begun, said)


def prompt_of(job: Job) -> str:
    """The first prompt of a run, as it is kept."""
    return steps.storable(json.dumps([_plain(message) for message in job.turn.messages], ensure_ascii=False))


def checks_of(job: Job) -> str:
    """The verdicts about what the customer wrote, as they are kept."""
    return job.guard.checks_json() if job.guard else "[]"


def messages_of(prompt: str) -> tuple[Message, ...]:
    """A kept prompt as messages; none when nothing was kept."""
    return tuple(_message(told) for told in json.loads(prompt)) if prompt else ()


def _plain(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {"role": message.role, "text": message.text}
    if message.tool_calls:
        told["calls"] = [{"id": c.id, "name": c.name, "arguments": c.arguments} for c in message.tool_calls]
    if message.tool_call_id is not None:
        told["of"] = message.tool_call_id
    return told


def _message(told: dict[str, Any]) -> Message:
    calls = tuple(ToolCall(**call) for call in told.get("calls", ()))
    return Message(told["role"], told["text"], calls, told.get("of"))
