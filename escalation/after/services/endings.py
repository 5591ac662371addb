"""Ends conversations in which nobody says anything any more, and hand-offs whose customer has left.

Invariant: each conversation is looked at again under its lock; a message that came meanwhile keeps it open.
"""

from __future__ import annotations

import datetime as dt
import json

from conversations import journal, passing
from conversations.journal import Entry, Fact, Head
from conversations.models import Episode, EventType, Owner, Resolution
from core import sql
from core.actors import system
from core.scope import tenant_scope
from engine.guardrails.languages.phrases import phrase
from escalation.after import judging
from escalation.after.judging import Line
from escalation.models import HandoffStatus

ACTOR = system("aftercare")
MOST_LINES = 60
_STILL = (
    "SELECT c.updated_at, e.opened_at, e.resolution = 'confirmed', e.handed_over_at IS NOT NULL, EXISTS (SELECT FROM "
    "conversations_run r WHERE r.tenant_id = c.tenant_id AND r.conversation_id = c.id "
    "AND r.status IN ('running', 'ready', 'waiting')) FROM conversations_conversation c "
    "JOIN conversations_episode e ON e.tenant_id = c.tenant_id AND e.conversation_id = c.id AND e.number = c.episode "
    "WHERE c.tenant_id = %s AND c.id = %s"
)
_LINES = (
    "SELECT type, author_kind, text, data FROM conversations_event WHERE tenant_id = %s AND conversation_id = %s "
    "AND type IN ('message', 'feedback') AND created_at >= %s ORDER BY seq DESC LIMIT %s"
)
_GONE = (
    "SELECT greatest(h.queued_at, h.seen_at, (SELECT max(e.created_at) FROM conversations_event e WHERE "
    "e.tenant_id = h.tenant_id AND e.conversation_id = h.conversation_id AND e.author_kind = 'customer')) "
    "FROM escalation_handoff h WHERE h.tenant_id = %s AND h.conversation_id = %s AND h.status IN ('waiting', 'offered')"
)


def end_silent(
    tenant_id: int,
    conversation_id: int,
    *,
    before: dt.datetime,
    confirmed_before: dt.datetime,
    now: dt.datetime,
) -> bool:
    """Ends a conversation of the assistant in which nothing was said since; whether it did.

    Args:
        before: the last word must be older than this; `confirmed_before` where she said that it is solved.
    """
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        found = sql.row(_STILL, [tenant_id, conversation_id])
        if head.owner != Owner.AI or found is None:
            return False
        updated_at, opened_at, is_confirmed, had_person, is_busy = found
        if is_busy or updated_at >= (confirmed_before if is_confirmed else before):
            return False
        facts = judging.facts_of(_lines(head, opened_at), is_confirmed=is_confirmed, had_person=had_person)
        _close(head, judging.resolution_of(facts), {"owner": Owner.CLOSED.value}, "silence", now)
    return True


def leave_queue(tenant_id: int, conversation_id: int, *, before: dt.datetime, now: dt.datetime) -> bool:
    """Ends a hand-off whose customer has been away since; whether it did."""
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        found = sql.row(_GONE, [tenant_id, conversation_id])
        if head.owner != Owner.QUEUE or found is None or found[0] >= before:
            return False
        told = {"owner": Owner.CLOSED.value, "handoff": HandoffStatus.LEFT.value}
        _close(head, Resolution.ABANDONED, told, "left", now)
    return True


def _lines(head: Head, since: dt.datetime) -> list[Line]:
    found = sql.rows(_LINES, [head.tenant_id, head.id, since, MOST_LINES])
    lines = []
    for kind, author, text, raw in reversed(found):
        data = json.loads(raw) if isinstance(raw, str | bytes) else raw
        lines.append(Line(kind, author, text, str(data.get("value") or "")))
    return lines


def _close(head: Head, resolution: str, told: dict[str, str], why: str, now: dt.datetime) -> None:
    rows = Episode.objects.filter(tenant_id=head.tenant_id, conversation_id=head.id, number=head.episode)
    rows.update(resolved_at=now, resolution=resolution, resolved_by=str(ACTOR))
    entry = Entry(EventType.OWNER, ACTOR, phrase("conversation_closed", head.language), dict(told))
    fact = Fact(ACTOR, "conversation.closed", {"resolution": resolution, "why": why})
    changes = {"owner": Owner.CLOSED, "agent_id": None, "answered_seq": head.customer_seq}
    passing.change_hands(head, [entry], [fact], now=now, **changes)
