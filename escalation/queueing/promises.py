"""What a customer is told who is to get a person: her place and an estimate, or that nobody is there, and an offer.

Invariant: a person is promised only where one can come: her team is open and somebody of it is there, or so is the
default team, which helps out. A team in which nobody sits yet is taken to be there whenever it is open. What is urgent
is queued in any case, and says honestly when somebody is there again.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats, translation

from conversations.journal import Entry, Head
from conversations.promises import CHOICES, Place, Word
from core import sql
from core.scope import require_tenant_id, tenant_scope
from engine.guardrails.languages.phrases import languages, phrase
from escalation.models import Urgency
from escalation.queueing import hours, people, routing, rows
from escalation.queueing.listener import urgency_of
from escalation.queueing.people import TeamCard
from escalation.queueing.routing import Someone

SAMPLES, FEWEST_SAMPLES = 20, 3
_SERVICE = (
    "SELECT avg(x.served_seconds), count(*) FROM (SELECT h.served_seconds FROM escalation_handoff h "  # noqa: S608 — fixed text
    "WHERE h.tenant_id = %s AND h.team_id = %s AND h.status IN ('resolved', 'returned') AND h.served_seconds > 0 "
    f"ORDER BY h.queued_at DESC LIMIT {SAMPLES}) x"
)
_BEFORE = (
    f"SELECT count(*) FROM escalation_handoff h WHERE h.tenant_id = %s AND h.team_id = %s "  # noqa: S608
    f"AND h.status IN ('waiting', 'offered') AND ({rows.RANK}, -extract(epoch FROM h.queued_at)) > "
    "(%s, -extract(epoch FROM %s::timestamptz))"
)
_MINE = (
    f"SELECT h.team_id, {rows.RANK}, h.queued_at FROM escalation_handoff h WHERE h.tenant_id = %s "  # noqa: S608
    "AND h.conversation_id = %s AND h.status IN ('waiting', 'offered')"
)
_OUTSIDE = (
    "SELECT id, public_id, status FROM escalation_handoff WHERE tenant_id = %s AND conversation_id = %s "
    "AND episode = %s ORDER BY id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Coming:
    """Whether somebody can come to a team's customers, and if not, when its next hours begin, if that is known."""

    is_sure: bool
    opens_at: dt.datetime | None = None


def coming(team: TeamCard, cards: Sequence[TeamCard], there: Sequence[Someone], now: dt.datetime) -> Coming:
    """Whether somebody of the team, or of the default team, can come. Pure."""
    helpers = [team, *(card for card in cards if card.is_default and card.id != team.id)]
    if any(_is_manned(card, there, now) for card in helpers):
        return Coming(True)
    openings = [hours.next_opening(card.calendar, now) for card in helpers]
    later = [at for at in openings if at is not None and at > now]
    return Coming(False, min(later, default=None))


def _is_manned(card: TeamCard, there: Sequence[Someone], now: dt.datetime) -> bool:
    if not hours.is_open(card.calendar, now):
        return False
    return card.is_everybodys or any(card.id in one.teams for one in there)


def word(head: Head, asked: Entry, now: dt.datetime) -> Word:
    """What `conversations.promises` asks."""
    cards = people.cards()
    team = people.team_for(cards, asked.data, head.language)
    if team is None or (team.is_everybodys and team.calendar.is_always_open):
        return Word()
    there = people.there(now, cards)
    sure = coming(team, cards, there, now)
    urgency = urgency_of(asked.data, head.moods)
    if sure.is_sure:
        return _inside(head, team, there, routing.rank(urgency, ahead=False), now)
    said = nobody_there(team, sure, head.language)
    if urgency >= Urgency.URGENT:
        return Word(said, data=_opening(sure))
    keep_outside(head, asked, team, now)
    return Word(f"{said} {phrase('outside_offer', head.language)}", queues=False, data=offer_data(sure))


def offer_data(sure: Coming) -> dict[str, Any]:
    """What the event of an offer says to programs."""
    return {"offer": list(CHOICES), **_opening(sure)}


def _opening(sure: Coming) -> dict[str, Any]:
    return {"opens_at": sure.opens_at.isoformat() if sure.opens_at else None}


def nobody_there(team: TeamCard, sure: Coming, language: str) -> str:
    """That nobody is there, and when somebody is again."""
    said = phrase("nobody_there", language)
    if sure.opens_at is None:
        return said
    return f"{said} {phrase('there_again', language, when=moment(sure.opens_at, team, language))}"


def moment(at: dt.datetime, team: TeamCard, language: str) -> str:
    """A moment in a language, on the team's clock."""
    local = at.astimezone(team.calendar.zone)
    with translation.override(language if language in languages() else "en"):
        return f"{formats.date_format(local, 'l, j F, H:i')} ({team.calendar.zone.key})"


def keep_outside(head: Head, asked: Entry, team: TeamCard, now: dt.datetime) -> None:
    """Remembers that a person was wanted and nobody could come; once an episode, however often she asks."""
    last = last_of(head)
    if last is not None and last[2] == "outside":
        rows.change(last[0], queued_at=now, ended_at=now)
        return
    decision = asked.data.get("decision")
    new = rows.NewHandoff(
        team_id=team.id,
        reason=str(asked.data.get("reason") or "asked"),
        status="outside",
        urgency=urgency_of(asked.data, head.moods),
        note=str(asked.data.get("note") or ""),
        skills=tuple(people.skills_of(asked.data)),
        decision=decision if isinstance(decision, dict) else {},
    )
    rows.add(head, new, now)


def last_of(head: Head) -> tuple[int, Any, str] | None:
    """The last hand-off of the episode: its row, its public id, its status."""
    return sql.row(_OUTSIDE, [head.tenant_id, head.id, head.episode])


def _inside(head: Head, team: TeamCard, there: list[Someone], rank: int, now: dt.datetime) -> Word:
    position = 1 + int(_before(team.id, rank, now))
    said = [phrase("queue_place", head.language, place=str(position))]
    eta = estimate(team, there, position)
    if eta is not None:
        said.append(phrase("queue_minutes", head.language, minutes=str(math.ceil(eta / 60))))
    data: dict[str, Any] = {}
    preferred = rows.last_served_by(head.customer_id, team.id, now, anybody=team.is_everybodys)
    if any(one.member_id == preferred and one.is_free and one.room("chat") > 0 for one in there):
        name = _name_of(preferred)
        said.append(phrase("asked_first", head.language, name=name))
        data["promised"] = name
    return Word(" ".join(said), data=data)


def _before(team_id: int | None, rank: int, queued_at: dt.datetime) -> int:
    found = sql.row(_BEFORE, [require_tenant_id(), team_id, rank, queued_at])
    return int(found[0]) if found else 0


def estimate(team: TeamCard, there: Sequence[Someone], position: int, channel: str = "chat") -> int | None:
    """Seconds until a place in the queue is served, from how long the team's last ones took; None: not known."""
    slots = sum(
        routing.limit_of(one.capacity, channel) for one in there if one.is_free and team.id in one.teams
    )
    found = sql.row(_SERVICE, [require_tenant_id(), team.id])
    known = found is not None and found[1] >= FEWEST_SAMPLES
    return routing.eta_seconds(position, float(found[0]) if known and found else None, slots)


def place(tenant_id: int, conversation_id: int, now: dt.datetime) -> Place | None:
    """What `conversations.promises` asks."""
    with tenant_scope(tenant_id):
        mine = sql.row(_MINE, [tenant_id, conversation_id])
        if mine is None:
            return None
        team_id, rank, queued_at = mine
        position = 1 + _before(team_id, rank, queued_at)
        cards = people.cards()
        team = next((card for card in cards if card.id == team_id), None)
        return Place(position, estimate(team, people.there(now, cards), position) if team else None)


def _name_of(member_id: int | None) -> str:
    found = sql.row(
        "SELECT u.name FROM tenants_member m JOIN tenants_user u ON u.id = m.user_id "
        "WHERE m.tenant_id = %s AND m.id = %s",
        [require_tenant_id(), member_id],
    )
    return str(found[0]) if found else ""
