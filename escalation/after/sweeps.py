"""One look a minute over what fell silent: conversations to be ended, customers who left, copies that are still due."""

from __future__ import annotations

import datetime as dt

from conversations import events
from core import sql
from core.offload import in_database, soon
from core.scope import tenant_scope
from escalation.after import mails, queries
from escalation.after.services import end_silent, leave_queue, transcripts

SETTLED = dt.timedelta(minutes=10)
"""How long after the customer has said that it is solved the episode ends."""
CALLED_EVERY = dt.timedelta(minutes=5)
ANSWERED_WITHIN = dt.timedelta(seconds=30)
MOST = 200
_SILENT = (
    "SELECT c.id FROM conversations_episode e JOIN conversations_conversation c ON c.tenant_id = e.tenant_id "
    "AND c.id = e.conversation_id AND c.episode = e.number WHERE e.tenant_id = %s AND e.resolved_at IS NULL "
    "AND {which} AND c.owner = 'ai' AND c.customer_seq > 0 AND c.updated_at < CASE e.resolution WHEN 'confirmed' "
    "THEN %s ELSE %s END ORDER BY c.id LIMIT %s"
)
_ANSWERED = _SILENT.format(which="e.first_answer_at IS NOT NULL")
_UNANSWERED = _SILENT.format(which="e.first_answer_at IS NULL AND e.opened_at > %s")
_GONE = (
    "SELECT h.conversation_id FROM escalation_handoff h WHERE h.tenant_id = %s AND h.status IN ('waiting', 'offered') "
    "AND h.queued_at < %s AND coalesce(h.seen_at, h.queued_at) < %s AND h.called_at BETWEEN %s AND %s LIMIT %s"
)
_CALLABLE = (
    "SELECT conversation_id FROM escalation_handoff WHERE tenant_id = %s AND status IN ('waiting', 'offered') "
    "AND queued_at < %s AND coalesce(called_at, queued_at) < %s ORDER BY id LIMIT 1000"
)
_CALLED = (
    "UPDATE escalation_handoff SET called_at = %s WHERE tenant_id = %s AND conversation_id = ANY(%s::bigint[]) "
    "AND status IN ('waiting', 'offered')"
)
_SEEN = (
    "UPDATE escalation_handoff SET seen_at = %s WHERE tenant_id = %s AND conversation_id = %s "
    "AND status IN ('waiting', 'offered')"
)


def look_after(*, tenant_id: int, now: dt.datetime) -> int:
    """Does what is due; how much. Any number may run at once."""
    wishes = queries.wishes_of(tenant_id)
    done = _end_silent(tenant_id, dt.timedelta(hours=wishes.idle_hours), now)
    done += _end_left(tenant_id, dt.timedelta(minutes=wishes.patience_minutes), now)
    call_the_roll(tenant_id, now=now)
    for transcript_id in transcripts.still_due(tenant_id, now=now):
        done += mails.try_to_send(tenant_id, transcript_id, now=now)
    return done


def _end_silent(tenant_id: int, hours: dt.timedelta, now: dt.datetime) -> int:
    before, confirmed = now - hours, now - SETTLED
    with tenant_scope(tenant_id):
        found = sql.rows(_ANSWERED, [tenant_id, confirmed, before, MOST])
        since = before - dt.timedelta(days=2)
        found += sql.rows(_UNANSWERED, [tenant_id, since, confirmed, before, MOST])
    return sum(
        end_silent(tenant_id, row[0], before=before, confirmed_before=confirmed, now=now) for row in found
    )


def _end_left(tenant_id: int, patience: dt.timedelta, now: dt.datetime) -> int:
    """Who was called and did not answer, and was not heard of for so long."""
    before = now - patience
    called = [now - 3 * CALLED_EVERY, now - ANSWERED_WITHIN]
    with tenant_scope(tenant_id):
        found = sql.rows(_GONE, [tenant_id, before, before, *called, MOST])
    return sum(leave_queue(tenant_id, row[0], before=before, now=now) for row in found)


def call_the_roll(tenant_id: int, *, now: dt.datetime) -> None:
    """Asks the windows of those who wait whether they are there; each answers by `here`.

    Who could not be asked, because the channel layer is away, is not taken to be gone.
    """
    with tenant_scope(tenant_id):
        found = sql.rows(_CALLABLE, [tenant_id, now - CALLED_EVERY, now - CALLED_EVERY])
    if found:
        soon(_call, tenant_id, [row[0] for row in found], now)


async def _call(tenant_id: int, waiting: list[int], now: dt.datetime) -> None:
    await in_database(_note_called)(tenant_id, waiting, now)
    for number, conversation_id in enumerate(waiting):
        call = {"type": "chat.roll", "conversation": conversation_id, "frames": "[]"}
        if not await events.to_group(events.group(tenant_id, conversation_id), call):
            await in_database(_note_called)(tenant_id, waiting[number:], None)
            return


def _note_called(tenant_id: int, waiting: list[int], now: dt.datetime | None) -> None:
    with tenant_scope(tenant_id):
        sql.run(_CALLED, [now, tenant_id, waiting])


def here(tenant_id: int, conversation_id: int, now: dt.datetime) -> None:
    """A window of a customer who waits is open."""
    with tenant_scope(tenant_id):
        sql.run(_SEEN, [now, tenant_id, conversation_id])
