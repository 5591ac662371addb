"""Begins, prolongs and ends runs.

Invariant: at most one run of a conversation is in flight (a unique index says so), and whoever works on it holds
a lease; a run whose lease has run out may be taken up by anybody, once, under the next attempt number.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from conversations import journal, turns
from conversations.journal import Head, Said
from conversations.turns import Begun, Job
from core import sql
from core.scope import require_tenant_id
from engine.agent.values import Outcome, Step

MOST_ATTEMPTS = 3

# One trip for both: the row that makes the run, and what was said so far.
_BEGIN = (
    "WITH run AS (INSERT INTO conversations_run "  # noqa: S608 — fixed text
    "(tenant_id, public_id, conversation_id, status, owner_version, upto_seq, attempt, "
    "lease_until, level, reason, steps, prompt_tokens, completion_tokens, cached_tokens, started_at) "
    "VALUES (%s, %s, %s, 'running', %s, %s, 1, %s, '', '', '[]', 0, 0, 0, %s) "
    "ON CONFLICT (tenant_id, conversation_id) WHERE status = 'running' DO NOTHING RETURNING id) "
    f"SELECT run.id, said.* FROM run CROSS JOIN LATERAL ({journal.SAID}) said"
)
_END = (
    "UPDATE conversations_run SET status = %s, level = %s, reason = %s, steps = %s, prompt_tokens = %s, "
    "completion_tokens = %s, cached_tokens = %s, answer_seq = %s, finished_at = %s "
    "WHERE tenant_id = %s AND id = %s AND attempt = %s AND status = 'running'"
)
_DROP = (
    "UPDATE conversations_run SET status = 'dropped', finished_at = %s "
    "WHERE tenant_id = %s AND conversation_id = %s AND status = 'running' RETURNING public_id"
)
_PROLONG = (
    "UPDATE conversations_run SET lease_until = %s "
    "WHERE tenant_id = %s AND id = %s AND attempt = %s AND status = 'running'"
)
_TAKE_UP = (
    "UPDATE conversations_run SET attempt = attempt + 1, lease_until = %s WHERE id = ("
    "SELECT id FROM conversations_run WHERE tenant_id = %s AND status = 'running' AND lease_until < %s "
    "ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED) "
    "RETURNING id, public_id, conversation_id, attempt, owner_version, upto_seq"
)


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
    found = sql.rows(_BEGIN, [*run, head.tenant_id, head.id, turns.HISTORY_MESSAGES])
    if not found:
        return None
    said = [Said(*row[1:]) for row in reversed(found)]
    begun = Begun(found[0][0], str(public_id), 1, head.customer_seq)
    return turns.build(head, begun, said)


def end(
    job: Job, status: str, *, outcome: Outcome, level: str, answer_seq: int | None, now: dt.datetime
) -> bool:
    """Ends a run, if this attempt still is the one in flight; says whether it was."""
    usage = outcome.usage
    spent = [usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens]
    values = [status, level, outcome.reason[:64], _steps(outcome.steps), *spent, answer_seq, now]
    values += [job.tenant_id, job.run_id, job.attempt]
    return bool(sql.run(_END, values).rowcount)


def drop(head: Head, *, now: dt.datetime) -> str | None:
    """Ends the run in flight of a conversation that changes hands; its public id, if there was one."""
    row = sql.row(_DROP, [now, head.tenant_id, head.id])
    return str(row[0]) if row else None


def prolong(job: Job, *, now: dt.datetime) -> bool:
    """Moves the lease on; False when the run is no longer this attempt's."""
    return bool(sql.run(_PROLONG, [lease(now), job.tenant_id, job.run_id, job.attempt]).rowcount)


def take_up(*, now: dt.datetime) -> Job | None:
    """Takes over one run of the tenant in scope whose process is gone."""
    row = sql.row(_TAKE_UP, [lease(now), require_tenant_id(), now])
    if row is None:
        return None
    run_id, public_id, conversation_id, attempt, owner_version, upto_seq = row
    # Not locked: who commits locks the conversation first and the run second, never the other way round.
    head = journal.peek(conversation_id)
    # The run began under this version: the commit compares it, whoever owns the conversation by now.
    head.owner_version = owner_version
    said = journal.said(head.id, limit=turns.HISTORY_MESSAGES)
    return turns.build(head, Begun(run_id, str(public_id), attempt, upto_seq), said)


def _steps(steps: Sequence[Step]) -> str:
    return json.dumps([_as_data(step) for step in steps])


def _as_data(step: Step) -> dict[str, Any]:
    usage = step.usage
    return {
        "kind": step.kind,
        "name": step.name,
        "seconds": round(step.seconds, 4),
        "detail": step.detail,
        "is_error": step.is_error,
        "usage": [usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens],
    }
