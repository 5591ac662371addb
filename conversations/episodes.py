"""What the log says of an episode as it goes on: confirmed by the customer's words, doubted, come back to.

Invariant: only messages that may say something of it cost a statement; all others cost a look at their words.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from audit.services import record
from conversations import helped
from conversations.journal import Head, LogEvent
from core import sql
from core.actors import Actor
from core.scope import require_tenant_id

REPEATED_WITHIN = dt.timedelta(days=7)
_BEFORE = (
    "SELECT type, author_kind, text, data FROM conversations_event WHERE tenant_id = %s AND conversation_id = %s "
    "AND seq < %s AND type IN ('message', 'feedback') ORDER BY seq DESC LIMIT 6"
)
_EPISODE = " WHERE tenant_id = %s AND conversation_id = %s AND number = %s"
_CONFIRM = (
    f"UPDATE conversations_episode SET resolution = 'confirmed', resolved_by = %s{_EPISODE} "  # noqa: S608
    "AND resolution = ''"
)
_DOUBT = (
    f"UPDATE conversations_episode SET resolution = '', resolved_by = ''{_EPISODE} "  # noqa: S608
    "AND resolution = 'confirmed' AND resolved_at IS NULL"
)
_REPEATED = (
    "SELECT e.id FROM conversations_conversation c JOIN conversations_episode e ON e.tenant_id = c.tenant_id "
    "AND e.conversation_id = c.id WHERE c.tenant_id = %s AND c.customer_id = %s AND e.resolved_at > %s "
    "AND e.resolution IN ('confirmed', 'assumed', 'contained') ORDER BY e.resolved_at DESC LIMIT 1"
)


def heard(head: Head, message: LogEvent) -> None:
    """Takes a customer's message for a word that it is solved, or that it is not; head locked."""
    if helped.doubts(message.text):
        doubt(head, Actor("customer", message.author_id))
    elif helped.may_confirm(message.text) and _is_confirmed(head, message):
        actor = Actor("customer", message.author_id)
        if sql.run(_CONFIRM, [str(actor)[:120], head.tenant_id, head.id, head.episode]).rowcount:
            _record(head, actor, "episode.confirmed", {"seq": message.seq})


def doubt(head: Head, actor: Actor) -> None:
    """Takes back that the episode is solved, as long as it goes on."""
    if sql.run(_DOUBT, [head.tenant_id, head.id, head.episode]).rowcount:
        _record(head, actor, "episode.doubted")


def _is_confirmed(head: Head, message: LogEvent) -> bool:
    asked_by, has_thumb_up = "", False
    for kind, author, text, raw in sql.rows(_BEFORE, [head.tenant_id, head.id, message.seq]):
        if kind == "feedback":
            data = json.loads(raw) if isinstance(raw, str | bytes) else raw
            has_thumb_up = has_thumb_up or data.get("value") == "up"
        elif author == "customer":
            break
        else:
            asked_by = text
            break
    return helped.confirms(message.text, asked_by=asked_by, has_thumb_up=has_thumb_up)


def repeat_of(customer_id: int, *, now: dt.datetime) -> int | None:
    """The customer's newest episode that was resolved within a week; None: she has not come back to one."""
    found = sql.row(_REPEATED, [require_tenant_id(), customer_id, now - REPEATED_WITHIN])
    return None if found is None else int(found[0])


def _record(head: Head, actor: Actor, action: str, data: dict[str, Any] | None = None) -> None:
    told = {"episode": head.episode, **(data or {})}
    record(actor=actor, action=action, target=f"conversation:{head.public_id}", data=told)
