"""Looks after what was promised: warns before a promise of time is broken, says when it is, and tells places in line.

Invariant: each promise of a hand-off is warned of once and broken once, however many look at the same time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from audit.services import record
from conversations import events
from core import sql
from core.actors import system
from core.offload import soon
from core.scope import require_tenant_id, tenant_scope
from escalation.desk import hints
from escalation.queueing import people, promises, rows, targets
from escalation.queueing.people import TeamCard
from escalation.queueing.targets import REPLY, RESOLUTION

_DUE = (
    "SELECT h.id, h.conversation_id, h.public_id::text, h.team_id, h.reply_due_at, h.resolve_due_at, "
    "h.first_reply_at IS NOT NULL, h.paused_at IS NOT NULL, h.warned, h.breached FROM escalation_handoff h "
    "WHERE h.tenant_id = %s AND h.status IN ('waiting', 'offered', 'taken') AND (h.resolve_due_at IS NOT NULL "
    "AND h.paused_at IS NULL AND NOT 'resolution' = ANY(h.breached) OR h.reply_due_at IS NOT NULL "
    "AND h.first_reply_at IS NULL AND NOT 'reply' = ANY(h.breached)) ORDER BY h.id"
)
_MARK = (
    "UPDATE escalation_handoff SET {column} = array_append({column}, %s::varchar) "
    "WHERE tenant_id = %s AND id = %s AND NOT %s = ANY({column})"
)
_WARN, _BREACH = _MARK.format(column="warned"), _MARK.format(column="breached")
_PLACES = (
    "SELECT p.id, p.conversation_id, p.team_id, p.place FROM "  # noqa: S608 — fixed text
    "(SELECT h.id, h.conversation_id, h.team_id, h.told_place, "
    f"row_number() OVER (PARTITION BY h.team_id ORDER BY {rows.RANK} DESC, h.queued_at, h.id) AS place "
    "FROM escalation_handoff h WHERE h.tenant_id = %s AND h.status IN ('waiting', 'offered')) p "
    "WHERE p.place IS DISTINCT FROM p.told_place ORDER BY p.id LIMIT 500"
)
_TOLD = "UPDATE escalation_handoff SET told_place = %s WHERE tenant_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class _Promise:
    """One promise of a hand-off that is not kept yet."""

    handoff_id: int
    conversation_id: int
    public_id: str
    name: str
    due_at: dt.datetime
    is_warned: bool


def watch_promises(*, tenant_id: int, now: dt.datetime) -> int:
    """Warns of promises that are nearly broken, and marks broken ones; how many of both."""
    with tenant_scope(tenant_id):
        found = sql.rows(_DUE, [tenant_id])
        cards = {card.id: card for card in people.cards()} if found else {}
        done = 0
        for handoff_id, conversation_id, public_id, team_id, *facts in found:
            for promise in _open_promises((handoff_id, conversation_id, public_id), facts):
                done += _look_after(promise, cards.get(team_id), now)
    return done


def _open_promises(place: tuple[int, int, str], facts: list[Any]) -> list[_Promise]:
    reply_due, resolve_due, has_reply, is_paused, warned, breached = facts
    due = {REPLY: None if has_reply else reply_due, RESOLUTION: None if is_paused else resolve_due}
    return [
        _Promise(*place, name, at, name in warned)
        for name, at in due.items()
        if at is not None and name not in breached
    ]


def _look_after(promise: _Promise, team: TeamCard | None, now: dt.datetime) -> int:
    if now >= promise.due_at:
        return _mark(_BREACH, promise, "handoff.breached")
    if promise.is_warned or team is None:
        return 0
    own = team.targets
    seconds = own.reply_seconds if promise.name == REPLY else own.resolution_seconds
    if not targets.is_near(team.calendar, promise.due_at, now, seconds, own.warn_percent):
        return 0
    return _mark(_WARN, promise, "handoff.warned")


def _mark(statement: str, promise: _Promise, action: str) -> int:
    tenant_id = require_tenant_id()
    values = [promise.name, tenant_id, promise.handoff_id, promise.name]
    if not sql.run(statement, values).rowcount:
        return 0
    data = {"promise": promise.name, "due_at": promise.due_at.isoformat()}
    record(actor=system("queue"), action=action, target=f"handoff:{promise.public_id}", data=data)
    transaction.on_commit(partial(hints.changed, tenant_id, promise.conversation_id))
    return 1


def tell_places(*, tenant_id: int, now: dt.datetime) -> int:
    """Tells waiting customers their place where it is another than they were told; how many."""
    with tenant_scope(tenant_id):
        found = sql.rows(_PLACES, [tenant_id])
        if not found:
            return 0
        cards = people.cards()
        there = people.there(now, cards)
        # The time for one place is the same all along the line.
        unit = {card.id: promises.estimate(card, there, 1000) for card in cards}
        for handoff_id, conversation_id, team_id, position in found:
            sql.run(_TOLD, [position, tenant_id, handoff_id])
            each = unit.get(team_id)
            eta = None if each is None else max(round(position * each / 1000), 1)
            frame = {"type": "queue", "position": position, "eta_s": eta}
            transaction.on_commit(partial(soon, _send, tenant_id, conversation_id, frame))
    return len(found)


async def _send(tenant_id: int, conversation_id: int, frame: dict[str, Any]) -> None:
    await events.send(tenant_id, conversation_id, [frame])
