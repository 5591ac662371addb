"""The rows of hand-offs as the queue reads and writes them: fixed statements, in the tenant's scope.

Invariant: whoever changes a row's hands holds the lock of its conversation; offers change a waiting row by comparing
its status. Locks are taken in one order: the member, the conversation, the hand-off.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.journal import Head
from core import sql
from core.scope import require_tenant_id

RANK = "greatest(h.urgency * 2, CASE WHEN h.ahead THEN 5 ELSE 0 END)"
"""As `routing.rank`."""
_OPEN = (
    "SELECT id, public_id, team_id, status, urgency, queued_at, preferred_id, taken_by_id, taken_at, first_reply_at, "
    "paused_at, resolve_due_at FROM escalation_handoff WHERE tenant_id = %s AND conversation_id = %s "
    "AND status IN ('waiting', 'offered', 'taken')"
)
_INSERT = (
    "INSERT INTO escalation_handoff (tenant_id, public_id, conversation_id, episode, channel, packet, offers, "
    "declined_by, served_seconds, warned, breached, team_id, status, urgency, language, skills, reason, note, "
    "decision, preferred_id, queued_at, taken_by_id, taken_at, ended_at, reply_due_at, resolve_due_at) "
    "SELECT c.tenant_id, %s, c.id, c.episode, c.channel, '{}', 0, '{}', 0, '{}', '{}', %s, %s, %s, %s, %s::varchar[], "
    "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM conversations_conversation c WHERE c.tenant_id = %s AND c.id = %s "
    "ON CONFLICT (tenant_id, conversation_id) WHERE status IN ('waiting', 'offered', 'taken') DO NOTHING "
    "RETURNING id, public_id"
)
_LAST_SERVED_BY = (
    "SELECT h.taken_by_id FROM conversations_conversation c JOIN escalation_handoff h ON h.tenant_id = c.tenant_id "
    "AND h.conversation_id = c.id JOIN tenants_member m ON m.tenant_id = h.tenant_id AND m.id = h.taken_by_id "
    "AND m.is_active WHERE c.tenant_id = %s AND c.customer_id = %s AND h.queued_at > %s AND (%s OR EXISTS (SELECT FROM "
    "escalation_seat s WHERE s.tenant_id = h.tenant_id AND s.member_id = h.taken_by_id AND s.team_id = %s)) "
    "ORDER BY h.id DESC LIMIT 1"
)
_TAKE = (
    "UPDATE escalation_handoff SET status = 'taken', taken_at = %s, offered_to_id = NULL, offered_until = NULL, "
    "taken_by_id = (SELECT m.id FROM tenants_member m WHERE m.tenant_id = %s AND m.user_id = %s), served_seconds = "
    "served_seconds + coalesce(greatest(round(extract(epoch FROM %s::timestamptz - taken_at)), 0), 0)::integer "
    "WHERE tenant_id = %s AND conversation_id = %s AND status IN ('waiting', 'offered', 'taken')"
)
REMEMBERED = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    """The open hand-off of a conversation."""

    id: int
    public_id: uuid.UUID
    team_id: int | None
    status: str
    urgency: int
    queued_at: dt.datetime
    preferred_id: int | None
    taken_by_id: int | None
    taken_at: dt.datetime | None
    first_reply_at: dt.datetime | None
    paused_at: dt.datetime | None
    resolve_due_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NewHandoff:
    """What a new row says; the rest is its conversation's."""

    team_id: int | None
    reason: str
    status: str = "waiting"
    urgency: int = 1
    note: str = ""
    skills: tuple[str, ...] = ()
    decision: Mapping[str, Any] | None = None
    preferred: int | None = None
    taken_by: int | None = None
    reply_due_at: dt.datetime | None = None
    resolve_due_at: dt.datetime | None = None


def open_of(conversation_id: int) -> OpenHandoff | None:
    """The conversation's open hand-off."""
    row = sql.row(_OPEN, [require_tenant_id(), conversation_id])
    return None if row is None else OpenHandoff(*row)


def add(head: Head, new: NewHandoff, now: dt.datetime) -> tuple[int, uuid.UUID] | None:
    """Writes a row of a locked conversation; None: it has an open one already."""
    is_open = new.status in {"waiting", "offered", "taken"}
    values: list[Any] = [
        uuid.uuid4(),
        new.team_id,
        new.status,
        new.urgency,
        head.language,
        list(new.skills),
    ]
    values += [new.reason[:64], new.note, json.dumps(dict(new.decision or {})), new.preferred, now]
    values += [new.taken_by, now if new.taken_by else None, None if is_open else now]
    values += [new.reply_due_at, new.resolve_due_at, head.tenant_id, head.id]
    return sql.row(_INSERT, values)


def change(handoff_id: int, **columns: Any) -> None:
    """Sets columns of a row; names are the programmer's, never a person's."""
    settings = ", ".join(f"{name} = %s" for name in columns)
    statement = f"UPDATE escalation_handoff SET {settings} WHERE tenant_id = %s AND id = %s"  # noqa: S608
    sql.run(statement, [*columns.values(), require_tenant_id(), handoff_id])


def take(head: Head, now: dt.datetime) -> bool:
    """Notes that the person who has the conversation took its open hand-off; whether there is one."""
    values = [now, head.tenant_id, head.agent_id, now, head.tenant_id, head.id]
    return bool(sql.run(_TAKE, values).rowcount)


def served_seconds(handoff_id: int, seconds: float) -> None:
    """Adds to how long people had it."""
    statement = (
        "UPDATE escalation_handoff SET served_seconds = served_seconds + %s WHERE tenant_id = %s AND id = %s"
    )
    sql.run(statement, [max(round(seconds), 0), require_tenant_id(), handoff_id])


def last_served_by(customer_id: int, team_id: int, now: dt.datetime, *, anybody: bool) -> int | None:
    """The member who served this customer last and may take from the team.

    Args:
        anybody: nobody sits in that team yet, so everybody may.
    """
    row = sql.row(_LAST_SERVED_BY, [require_tenant_id(), customer_id, now - REMEMBERED, anybody, team_id])
    return None if row is None else row[0]


def member_of_user(user_id: int) -> int | None:
    """The member that a user is in the tenant in scope."""
    found = sql.row(
        "SELECT id FROM tenants_member WHERE tenant_id = %s AND user_id = %s", [require_tenant_id(), user_id]
    )
    return None if found is None else found[0]


_EPISODE = "UPDATE conversations_episode SET {} WHERE tenant_id = %s AND conversation_id = %s AND number = %s"
_HANDED_OVER = _EPISODE.format("handed_over_at = coalesce(handed_over_at, %s)")
_REPLIED = _EPISODE.format(
    "first_reply_at = coalesce(first_reply_at, %s), first_answer_at = coalesce(first_answer_at, %s)"
)


def note_handed_over(head: Head, now: dt.datetime) -> None:
    """The episode needed a person."""
    sql.run(_HANDED_OVER, [now, head.tenant_id, head.id, head.episode])


def note_replied(head: Head, now: dt.datetime) -> None:
    """A person wrote to the customer."""
    sql.run(_REPLIED, [now, now, head.tenant_id, head.id, head.episode])
