"""Push delivery: a hand-off is offered to one person for some seconds; who declines or stays silent is passed over.

Invariant: at most one person is offered a hand-off, by comparing its status; nobody is offered more than she takes.
When everybody who is there was asked, the round begins anew.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import transaction

from core import sql
from core.scope import require_tenant_id, tenant_scope
from escalation.desk import hints
from escalation.queueing import people, routing, rows
from escalation.queueing.people import TeamCard
from escalation.queueing.routing import Someone, Wanted

MOST = 500
"""So many are offered in one go; the rest a moment later."""
_LOCK = "SELECT pg_try_advisory_xact_lock(%s, %s)"
_LOCK_NAME = 5_107
_WAITING = (
    "SELECT h.id, h.conversation_id, h.public_id, h.team_id, h.queued_at, h.channel, h.language, h.skills, "  # noqa: S608
    "h.preferred_id, h.declined_by FROM escalation_handoff h "
    "JOIN escalation_team t ON t.tenant_id = h.tenant_id AND t.id = h.team_id "
    "WHERE h.tenant_id = %s AND h.status = 'waiting' AND h.team_id = ANY(%s::bigint[]) "
    f"ORDER BY {rows.RANK} DESC, (extract(epoch FROM %s::timestamptz - h.queued_at) + 1) * t.weight DESC, h.id "
    f"LIMIT {MOST} FOR NO KEY UPDATE OF h SKIP LOCKED"
)
# The rows are locked by who read them waiting.
_OFFER = (
    "UPDATE escalation_handoff h SET status = 'offered', offered_to_id = o.member, offered_until = o.until, "
    "offers = h.offers + 1, declined_by = CASE WHEN o.again THEN '{}' ELSE h.declined_by END "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::boolean[]) AS o (id, member, until, again) "
    "WHERE h.tenant_id = %s AND h.id = o.id AND h.status = 'waiting'"
)
_ROUTED = (
    "UPDATE escalation_agent SET last_routed_at = %s WHERE tenant_id = %s AND member_id = ANY(%s::bigint[])"
)
_RUN_OUT = (
    "UPDATE escalation_handoff h SET status = 'waiting', declined_by = array_append(h.declined_by, h.offered_to_id), "
    "offered_to_id = NULL, offered_until = NULL FROM escalation_handoff o WHERE o.id = h.id AND h.id IN ("
    "SELECT id FROM escalation_handoff WHERE tenant_id = %s AND status = 'offered' AND offered_until <= %s "
    "FOR NO KEY UPDATE SKIP LOCKED) RETURNING h.conversation_id, o.offered_to_id"
)
_DECLINE = (
    "UPDATE escalation_handoff SET status = 'waiting', declined_by = array_append(declined_by, %s::bigint), "
    "offered_to_id = NULL, offered_until = NULL "
    "WHERE tenant_id = %s AND conversation_id = %s AND status = 'offered' AND offered_to_id = %s"
)
_OFFERED = (
    "SELECT offered_to_id FROM escalation_handoff WHERE tenant_id = %s AND conversation_id = %s "
    "AND status = 'offered'"
)


def offer_waiting(*, tenant_id: int, now: dt.datetime) -> int:
    """Takes back offers that ran out, and offers what waits in teams that push; how many it offered."""
    with tenant_scope(tenant_id):
        _take_back(now)
        cards = {card.id: card for card in people.cards()}
        pushing = [card.id for card in cards.values() if card.pushes]
        if not pushing or not sql.row(_LOCK, [_LOCK_NAME, tenant_id % 2**31])[0]:  # type: ignore[index]
            return 0
        waiting = sql.rows(_WAITING, [tenant_id, pushing, now])
        if not waiting:
            return 0
        there = {one.member_id: one for one in people.there(now, list(cards.values()))}
        default = next((card.id for card in cards.values() if card.is_default), None)
        chosen = [_choose(row, cards[row[3]], there, default, now) for row in waiting]
        return _write([one for one in chosen if one is not None], now)


@dataclass(frozen=True, slots=True)
class _Offer:
    """Who is asked. `again`: everybody was, the round begins anew."""

    handoff_id: int
    conversation_id: int
    member_id: int
    until: dt.datetime
    again: bool


def _choose(
    row: tuple[Any, ...], team: TeamCard, there: dict[int, Someone], default: int | None, now: dt.datetime
) -> _Offer | None:
    """Chooses one of those who are there, and notes in `there` that she has one more."""
    handoff_id, conversation_id, _, team_id, queued_at, channel, language, skills, preferred, declined = row
    wanted = Wanted(
        team_id,
        queued_at,
        channel,
        language,
        frozenset(skills),
        preferred,
        frozenset(declined),
        team.patience,
    )
    everybody, again = list(there.values()), False
    chosen = routing.choose(wanted, everybody, default, by_turn=team.by_turn, now=now)
    if chosen is None and declined:
        wanted, again = replace(wanted, declined_by=frozenset()), True
        chosen = routing.choose(wanted, everybody, default, by_turn=team.by_turn, now=now)
    if chosen is None:
        return None
    one = there[chosen]
    load = {**one.load, channel: one.load.get(channel, 0) + 1}
    there[chosen] = replace(one, load=load, last_routed_at=now)
    until = now + dt.timedelta(seconds=team.offer_seconds)
    return _Offer(handoff_id, conversation_id, chosen, until, again)


def _write(offers: list[_Offer], now: dt.datetime) -> int:
    """Writes all offers in one statement; how many."""
    if not offers:
        return 0
    tenant_id = require_tenant_id()
    columns = [
        list(one)
        for one in zip(*((o.handoff_id, o.member_id, o.until, o.again) for o in offers), strict=True)
    ]
    with sql.together():
        sql.run(_OFFER, [*columns, tenant_id])
        sql.run(_ROUTED, [now, tenant_id, sorted({one.member_id for one in offers})])
    for one in offers:
        _call(tenant_id, one.conversation_id, [one.member_id])
    return len(offers)


def _take_back(now: dt.datetime) -> None:
    tenant_id = require_tenant_id()
    for conversation_id, member_id in sql.rows(_RUN_OUT, [tenant_id, now]):
        _call(tenant_id, conversation_id, [member_id])


def _call(tenant_id: int, conversation_id: int, members: Iterable[int]) -> None:
    transaction.on_commit(partial(hints.changed, tenant_id, conversation_id))
    for member in members:
        transaction.on_commit(partial(hints.called, tenant_id, member))


def decline(conversation_id: int, member_id: int) -> bool:
    """Takes an offer back from who does not want it; whether it was hers."""
    values = [member_id, require_tenant_id(), conversation_id, member_id]
    return bool(sql.run(_DECLINE, values).rowcount)


def offered_of(conversation_id: int) -> int | None:
    """The member to whom a conversation is offered."""
    found = sql.row(_OFFERED, [require_tenant_id(), conversation_id])
    return None if found is None else found[0]


def conversation_of(handoff: uuid.UUID) -> int | None:
    """The conversation of a hand-off by its public id."""
    statement = "SELECT conversation_id FROM escalation_handoff WHERE tenant_id = %s AND public_id = %s"
    found = sql.row(statement, [require_tenant_id(), handoff])
    return None if found is None else found[0]
