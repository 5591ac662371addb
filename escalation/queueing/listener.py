"""Keeps hand-offs true to their conversations, in the transaction that changes those.

Invariant: a conversation in the queue has one open hand-off that waits, one with a person has one that is taken, any
other has none. Clocks of promises run while the customer waits for the team, and stand still while it waits for her.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from conversations.hands import Moment
from conversations.models import EventType, Owner
from escalation.models import HandoffStatus, Urgency
from escalation.queueing import people, rows, targets
from escalation.queueing.people import TeamCard
from escalation.queueing.rows import NewHandoff, OpenHandoff
from escalation.queueing.teams.services import ensure_a_team

TAKEN_OVER = "taken_over"
"""The reason of a hand-off that nobody asked for: a person took the conversation from the assistant."""
ROUGH_MOOD = -0.7
_NAMES = {level.name.lower(): level.value for level in Urgency}


def hear(moment: Moment) -> None:
    """What `conversations.hands` calls."""
    owner = moment.head.owner
    if owner == Owner.QUEUE and moment.before != Owner.QUEUE:
        _queued(moment)
    elif owner == Owner.AGENT and moment.changed_hands:
        _taken(moment)
    elif owner in {Owner.AI, Owner.CLOSED} and moment.changed_hands:
        _ended(moment)
    elif any(event.type == EventType.MESSAGE for event in moment.events):
        _spoke(moment)


def urgency_of(data: Mapping[str, Any], moods: list[float]) -> int:
    """What an event's data says, and not less than the customer's mood and plight ask for."""
    said = data.get("urgency", Urgency.NORMAL)
    said = _NAMES.get(said, Urgency.NORMAL) if isinstance(said, str) else said
    found = int(said) if isinstance(said, int) and said in Urgency.values else int(Urgency.NORMAL)
    if str(data.get("reason", "")).startswith("self_harm"):
        return Urgency.URGENT
    return max(found, Urgency.HIGH) if moods and moods[-1] < ROUGH_MOOD else found


def _queued(moment: Moment) -> None:
    data = _data_of(moment)
    known = rows.open_of(moment.head.id)
    cards = people.cards()
    if not cards:
        ensure_a_team(moment.head.tenant_id)
        cards = people.cards()
    team = _opened(moment, data, cards) if known is None else _back(moment, known, data, cards)
    rows.note_handed_over(moment.head, moment.now)
    if team is not None and team.pushes:
        from escalation.queueing.offers import offer_waiting  # offers use the listener's neighbours

        offer = partial(offer_waiting, tenant_id=moment.head.tenant_id, now=moment.now)
        transaction.on_commit(offer, robust=True)


def _opened(moment: Moment, data: Mapping[str, Any], cards: list[TeamCard]) -> TeamCard | None:
    head, now = moment.head, moment.now
    team = people.team_for(cards, data, head.language)
    if team is None:
        return None
    preferred = rows.last_served_by(head.customer_id, team.id, now, anybody=team.is_everybodys)
    decision = data.get("decision")
    new = NewHandoff(
        team_id=team.id,
        reason=str(data.get("reason") or "asked"),
        urgency=urgency_of(data, head.moods),
        note=str(data.get("note") or ""),
        skills=tuple(people.skills_of(data)),
        decision={**(decision if isinstance(decision, dict) else {}), **_promised(data)},
        preferred=preferred,
        reply_due_at=targets.due(team.calendar, now, team.targets.reply_seconds),
        resolve_due_at=targets.due(team.calendar, now, team.targets.resolution_seconds),
    )
    rows.add(head, new, now)
    return team


def _promised(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"promised": data["promised"]} if data.get("promised") else {}


def _back(
    moment: Moment, known: OpenHandoff, data: Mapping[str, Any], cards: list[TeamCard]
) -> TeamCard | None:
    """A person gives it to the queue again, or is not there any more."""
    team = next((one for one in cards if one.id == (data.get("team_id") or known.team_id)), None)
    changes: dict[str, Any] = {
        "status": HandoffStatus.WAITING,
        "ahead": True,
        "taken_by_id": None,
        "taken_at": None,
        "preferred_id": None,
        "offered_to_id": None,
        "offered_until": None,
        "told_place": None,
        "declined_by": [],
    }
    if team is not None and team.id != known.team_id:
        own, begin = team.targets, known.queued_at
        changes |= {"team_id": team.id, "paused_at": None}
        changes["resolve_due_at"] = targets.due(team.calendar, begin, own.resolution_seconds)
        if known.first_reply_at is None:
            changes["reply_due_at"] = targets.due(team.calendar, begin, own.reply_seconds)
    elif known.paused_at is not None:
        changes |= _resumed(known, team, moment.now)
    rows.change(known.id, **changes)
    _served(known, moment.now)
    return team


def _taken(moment: Moment) -> None:
    head, now = moment.head, moment.now
    if rows.take(head, now):
        return
    member = rows.member_of_user(head.agent_id) if head.agent_id is not None else None
    team = people.team_for(people.cards(), {}, head.language)
    new = NewHandoff(team.id if team else None, TAKEN_OVER, status=HandoffStatus.TAKEN, taken_by=member)
    rows.add(head, new, now)
    rows.note_handed_over(head, now)


def _ended(moment: Moment) -> None:
    known = rows.open_of(moment.head.id)
    if known is None:
        return
    status = _data_of(moment).get("handoff") or _outcome(moment, known)
    rows.change(known.id, status=status, ended_at=moment.now, offered_to_id=None, offered_until=None)
    _served(known, moment.now)


def _outcome(moment: Moment, known: OpenHandoff) -> str:
    by_person = any(event.author_kind == "agent" for event in moment.events)
    if known.status != HandoffStatus.TAKEN and not by_person:
        return HandoffStatus.LEFT
    return HandoffStatus.RESOLVED if moment.head.owner == Owner.CLOSED else HandoffStatus.RETURNED


def _served(known: OpenHandoff, now: dt.datetime) -> None:
    if known.taken_at is not None:
        rows.served_seconds(known.id, (now - known.taken_at).total_seconds())


def _spoke(moment: Moment) -> None:
    """The last message says who waits for whom."""
    last = [event for event in moment.events if event.type == EventType.MESSAGE][-1]
    known = rows.open_of(moment.head.id)
    if known is None:
        return
    if last.author_kind == "agent":
        changes: dict[str, Any] = {} if known.paused_at else {"paused_at": moment.now}
        if known.first_reply_at is None:
            changes["first_reply_at"] = moment.now
            rows.note_replied(moment.head, moment.now)
        if changes:
            rows.change(known.id, **changes)
    elif last.author_kind == "customer" and known.paused_at is not None:
        team = next((one for one in people.cards() if one.id == known.team_id), None)
        rows.change(known.id, **_resumed(known, team, moment.now))


def _resumed(known: OpenHandoff, team: TeamCard | None, now: dt.datetime) -> dict[str, Any]:
    if known.paused_at is None or team is None or known.resolve_due_at is None:
        return {"paused_at": None}
    moved = targets.resumed(team.calendar, known.resolve_due_at, known.paused_at, now)
    return {"paused_at": None, "resolve_due_at": moved}


def _data_of(moment: Moment) -> Mapping[str, Any]:
    """What the change of hands says of itself: the last event that names an owner."""
    named = [event.data for event in moment.events if "owner" in event.data]
    return named[-1] if named else {}
