"""Gives conversations back to the queue whose person is not there: she said so, or her desk was lost.

Invariant: a customer who waits for an answer is with somebody who is there, but for the few seconds that a sweep takes.
What waits for the customer stays with its person until the customer writes. Whoever never opened a desk is not missed:
she works by other doors.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from conversations import events, journal
from conversations import services as conversations
from conversations.journal import Entry, Fact, Head
from conversations.models import EventType, Owner
from core import sql
from core.actors import system
from core.scope import require_tenant_id, tenant_scope
from engine.guardrails.languages.phrases import phrase
from escalation.queueing import hours, people, promises, rows
from escalation.queueing.people import FRESH, TeamCard, there_since

QUEUE = system("queue")
STRANDED_SECONDS = 120
"""So long a customer waits for a team of which nobody is there before she is told."""
_ANY_LINE = (
    "EXISTS (SELECT FROM escalation_deskline l WHERE l.tenant_id = a.tenant_id AND l.member_id = a.member_id)"
)
_ABSENT = (
    "SELECT h.id, h.conversation_id, m.user_id, coalesce(nullif(u.name, ''), u.email), a.presence "  # noqa: S608
    "FROM escalation_handoff h JOIN tenants_member m ON m.tenant_id = h.tenant_id AND m.id = h.taken_by_id "
    "JOIN tenants_user u ON u.id = m.user_id LEFT JOIN escalation_agent a ON a.tenant_id = m.tenant_id "
    "AND a.member_id = m.id LEFT JOIN escalation_team t ON t.tenant_id = h.tenant_id AND t.id = h.team_id "
    "WHERE h.tenant_id = %s AND h.status = 'taken' AND h.paused_at IS NULL AND (NOT m.is_active "
    "OR a.presence IN ('away', 'offline') AND a.presence_since <= %s::timestamptz - coalesce(t.grace_seconds, 15) "
    f"* interval '1 second' OR {_ANY_LINE} AND NOT {FRESH}) ORDER BY h.id"
)
_UNKEPT = (
    "SELECT h.id, h.conversation_id, h.decision ->> 'promised' FROM escalation_handoff h JOIN escalation_agent a "  # noqa: S608
    "ON a.tenant_id = h.tenant_id AND a.member_id = h.preferred_id WHERE h.tenant_id = %s "
    "AND h.status IN ('waiting', 'offered') AND h.decision ? 'promised' "
    f"AND (a.presence IN ('away', 'offline') OR NOT {FRESH}) ORDER BY h.id"
)
_LEFT_WAITING = (
    "SELECT h.conversation_id, h.team_id FROM escalation_handoff h WHERE h.tenant_id = %s AND h.status = 'waiting' "
    "AND h.urgency < 3 AND h.team_id = ANY(%s::bigint[]) AND h.queued_at < %s "
    "AND NOT EXISTS (SELECT FROM escalation_seat s JOIN escalation_deskline l ON l.tenant_id = s.tenant_id "
    "AND l.member_id = s.member_id WHERE s.tenant_id = h.tenant_id AND s.team_id = ANY(%s::bigint[]) "
    "AND l.seen_at > %s) ORDER BY h.id"
)
_TRY_LOCK = (
    "SELECT id FROM conversations_conversation WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE SKIP LOCKED"
)


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows of what is not as it should be: with whom nobody is, who was promised in vain, who waits in vain."""

    absent: list[tuple[Any, ...]]
    unkept: list[tuple[Any, ...]]
    stranded: list[tuple[Any, ...]]
    cards: list[TeamCard]


def find(now: dt.datetime, *, is_taken: bool, is_waiting: bool) -> Missing:
    """Looks, in the scope of a tenant; `mend` does something about it, a conversation at a time."""
    tenant_id, fresh = require_tenant_id(), there_since(now)
    absent = sql.rows(_ABSENT, [tenant_id, now, fresh]) if is_taken else []
    if not is_waiting:
        return Missing(absent, [], [], [])
    cards = people.cards()
    return Missing(absent, sql.rows(_UNKEPT, [tenant_id, fresh]), _stranded(cards, now), cards)


def _stranded(cards: list[TeamCard], now: dt.datetime) -> list[tuple[Any, ...]]:
    """Customers of teams for whom nobody came while anybody was there."""
    since = now - dt.timedelta(seconds=STRANDED_SECONDS)
    found: list[tuple[Any, ...]] = []
    for card in cards:
        helpers = [card, *(one for one in cards if one.is_default and one.id != card.id)]
        if not any(one.is_everybodys and hours.is_open(one.calendar, now) for one in helpers):
            values = [require_tenant_id(), [card.id], since, [one.id for one in helpers], since]
            found += sql.rows(_LEFT_WAITING, values)
    return found


def mend(tenant_id: int, missing: Missing, now: dt.datetime) -> int:
    """Puts conversations of whoever is not there back at the top of the queue, takes back names that were promised, and
    offers something else to who waits in vain: as if she had asked outside hours. How many."""
    done = sum(_give_back(tenant_id, row, now) for row in missing.absent)
    done += sum(_mend_promise(tenant_id, row, now) for row in missing.unkept)
    return done + sum(_free(tenant_id, row, missing.cards, now) for row in missing.stranded)


def _give_back(tenant_id: int, row: tuple[Any, ...], now: dt.datetime) -> int:
    handoff_id, conversation_id, user_id, name, presence = row
    with tenant_scope(tenant_id):
        head = _locked(conversation_id)
        if head is None or head.owner != Owner.AGENT or head.agent_id != user_id:
            return 0
        known = rows.open_of(conversation_id)
        if known is None or known.id != handoff_id or known.paused_at is not None:
            return 0
        why = "said to be away" if presence in {"away", "offline"} else "not at a desk any more"
        note = Entry(EventType.NOTE, QUEUE, f"{name} is {why}. The conversation went back to the queue.")
        said = phrase("had_to_leave", head.language, name=name)
        data = {"owner": Owner.QUEUE, "reason": "absent", "note": why}
        fact = Fact(QUEUE, "handoff.returned", {"why": why})
        entries = [note, Entry(EventType.HANDOFF, QUEUE, said, data)]
        conversations.hand_on(head, entries, fact, owner=Owner.QUEUE, now=now)
    return 1


def _mend_promise(tenant_id: int, row: tuple[Any, ...], now: dt.datetime) -> int:
    handoff_id, conversation_id, name = row
    with tenant_scope(tenant_id):
        head = _locked(conversation_id)
        if head is None or head.owner != Owner.QUEUE:
            return 0
        statement = (
            "UPDATE escalation_handoff SET preferred_id = NULL, decision = decision - 'promised' "
            "WHERE tenant_id = %s AND id = %s AND decision ? 'promised'"
        )
        if not sql.run(statement, [tenant_id, handoff_id]).rowcount:
            return 0
        told = Entry(EventType.NOTICE, QUEUE, phrase("not_there_any_more", head.language, name=name))
        posted = journal.append(head, [told], now=now)
        transaction.on_commit(partial(events.publish, tenant_id, conversation_id, posted))
    return 1


def _free(tenant_id: int, row: tuple[Any, ...], cards: list[TeamCard], now: dt.datetime) -> int:
    conversation_id, team_id = row
    with tenant_scope(tenant_id):
        head = _locked(conversation_id)
        team = next(card for card in cards if card.id == team_id)
        sure = promises.coming(team, cards, people.there(now, cards), now)
        if head is None or head.owner != Owner.QUEUE or sure.is_sure:
            return 0
        said = promises.nobody_there(team, sure, head.language)
        data = {**promises.offer_data(sure), "owner": Owner.AI, "handoff": "outside"}
        entry = Entry(EventType.NOTICE, QUEUE, f"{said} {phrase('outside_offer', head.language)}", data)
        fact = Fact(QUEUE, "conversation.nobody_there", {"reason": "nobody_came"})
        conversations.hand_on(head, [entry], fact, owner=Owner.AI, now=now)
    return 1


def _locked(conversation_id: int) -> Head | None:
    """The conversation, unless somebody works on it this moment: the next sweep looks again."""
    if sql.row(_TRY_LOCK, [require_tenant_id(), conversation_id]) is None:
        return None
    return journal.lock(conversation_id)
