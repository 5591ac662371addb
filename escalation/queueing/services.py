"""The doors of the queue: a person takes, declines, passes on. Each verb owns its transaction and is audited.

Invariant: locks are taken in one order, the member's row, the conversation, the hand-off; so one member takes one
conversation at a time, and two members never wait for each other. A chosen conversation may be one more than her
capacity: she knows what she does. What she is given never is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from django.db import transaction

from audit.services import record
from conversations import journal
from conversations import services as conversations
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import EventType, Owner
from conversations.services import AlreadyClaimed, NotYours
from core import sql
from core.actors import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.scope import tenant_scope
from engine.guardrails.languages.phrases import phrase
from escalation.desk import hints
from escalation.models import Urgency
from escalation.queueing import offers, people, picking, rows, targets
from escalation.queueing.people import Entered, TeamCard
from escalation.queueing.presence import set_presence
from escalation.queueing.teams.services import (
    NoSuchMember,
    NoSuchTeam,
    remove_team,
    save_agent,
    save_team,
    seat,
    unseat,
)
from tenants.models import User

__all__ = [
    "accept", "claim", "claim_next", "decline", "remove_team", "save_agent", "save_team", "seat", "set_urgency",
    "transfer", "unseat",
]  # fmt: skip
MOST_NOTE = 2000
_ROUTED = "UPDATE escalation_agent SET last_routed_at = %s WHERE tenant_id = %s AND member_id = %s"
_TEAM_OF = (
    "SELECT t.name FROM escalation_handoff h JOIN escalation_team t ON t.tenant_id = h.tenant_id "
    "AND t.id = h.team_id WHERE h.tenant_id = %s AND h.conversation_id = %s "
    "AND h.status IN ('waiting', 'offered') AND EXISTS (SELECT FROM escalation_seat s "
    "WHERE s.tenant_id = t.tenant_id AND s.team_id = t.id)"
)


class TakenBy(AlreadyClaimed):
    """Somebody else was faster; `data` says who."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has taken this conversation already." if name else "")
        self.data = {"by": name}


class PickingRefused(Forbidden):
    code = "picking_refused"
    default_message = "This team takes conversations in their order. Take the next one."


class NoRoom(Conflict):
    code = "no_room"
    default_message = "You have as many conversations as you take at once. Finish one first."


class OfferGone(Conflict):
    code = "offer_gone"
    default_message = "This conversation is not offered to you any more."


class NotThere(Conflict):
    code = "member_not_there"
    default_message = "Nobody is at that member's desk. Pass the conversation to a team."


class NobodyWaits(Conflict):
    code = "no_open_handoff"
    default_message = "Nobody waits here: the conversation was not passed to a person."


class BadUrgency(Invalid):
    code = "bad_urgency"
    default_message = "Urgency is a whole number from 0 (low) to 3 (urgent)."


class BadTarget(Invalid):
    code = "bad_target"
    default_message = "Name a team or a member to pass the conversation to, and not both."


class NoSuchHandoff(NotFound):
    code = "no_such_handoff"
    default_message = "There is no such hand-off."


class Taker(Protocol):
    """A person at the desk; `escalation.desk.posts.Post` is one."""

    @property
    def tenant_id(self) -> int: ...
    @property
    def user(self) -> User: ...
    @property
    def member_id(self) -> int: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def is_lead(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A conversation that is hers now."""

    conversation_id: int
    events: list[LogEvent]


def claim_next(who: Taker, team_id: int | None = None, *, now: dt.datetime) -> Taken | None:
    """Takes the next conversation that waits for her; None: there is none.

    Args:
        team_id: of this team only.

    Raises:
        NoRoom: she has as many as she takes.
        NoSuchTeam: the team is not hers.
    """
    with tenant_scope(who.tenant_id):
        entered = _enter(who, now)
        someone = entered.someone
        if team_id is not None and team_id not in someone.teams and not who.is_lead:
            raise NoSuchTeam
        if all(someone.room(channel) < 1 for channel in {"chat", *someone.capacity}):
            raise NoRoom
        found = picking.pick(someone, helps=entered.helps, team_id=team_id, now=now)
        return None if found is None else _take(who, found.head, found.team, now)


def claim(who: Taker, conversation_id: int, *, now: dt.datetime) -> list[LogEvent]:
    """Takes a chosen conversation, from the queue or in mid-answer from the assistant.

    Raises:
        TakenBy: another person has it; says who.
        PickingRefused: its team takes them in order, and she is no lead.
        conversations.services.ConversationClosed, conversations.journal.NoSuchConversation
    """
    with tenant_scope(who.tenant_id):
        _enter(who, now)
        head = journal.lock(conversation_id)
        if head.owner == Owner.QUEUE and not who.is_lead:
            _demand_picking(who, head)
        if head.owner == Owner.AGENT and head.agent_id != who.user.pk:
            raise TakenBy(_name_of_user(head.agent_id))
        return _take(who, head, _team_of(head), now).events


def accept(who: Taker, handoff: str | uuid.UUID, *, now: dt.datetime) -> Taken:
    """Takes what is offered to her, as long as it is.

    Raises:
        NoSuchHandoff, OfferGone
    """
    with tenant_scope(who.tenant_id):
        _enter(who, now)
        conversation_id = _conversation_of(handoff)
        head = journal.lock(conversation_id)
        if head.owner != Owner.QUEUE or offers.offered_of(conversation_id) != who.member_id:
            raise OfferGone
        return _take(who, head, _team_of(head), now)


def decline(who: Taker, handoff: str | uuid.UUID, *, now: dt.datetime) -> None:
    """Passes on what is offered to her: the next one is asked.

    Raises:
        NoSuchHandoff, OfferGone
    """
    with tenant_scope(who.tenant_id):
        conversation_id = _conversation_of(handoff)
        journal.lock(conversation_id)
        if not offers.decline(conversation_id, who.member_id):
            raise OfferGone
        record(actor=who.actor, action="handoff.declined", target=f"handoff:{handoff}")
        hint(who.tenant_id, conversation_id)
        transaction.on_commit(partial(offers.offer_waiting, tenant_id=who.tenant_id, now=now), robust=True)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a conversation is passed to: a team, or a member who is there."""

    team_id: int | None = None
    member_id: int | None = None


def transfer(
    who: Taker, conversation_id: int, target: Target, *, note: str, now: dt.datetime
) -> list[LogEvent]:
    """Passes a conversation on, with a note that the customer does not see.

    Raises:
        BadTarget, NoSuchTeam, NoSuchMember
        NotThere: that member is not at her desk.
        conversations.services.NotYours: another person has it, and she is no lead.
        conversations.services.ConversationClosed
    """
    if (target.team_id is None) == (target.member_id is None):
        raise BadTarget
    with tenant_scope(who.tenant_id):
        head = journal.lock(conversation_id)
        if head.owner == Owner.CLOSED:
            raise conversations.ConversationClosed
        if head.owner == Owner.AGENT and head.agent_id != who.user.pk and not who.is_lead:
            raise NotYours
        cards = people.cards()
        said = [Entry(EventType.NOTE, who.actor, note.strip()[:MOST_NOTE])] if note.strip() else []
        if target.member_id is not None:
            return _to_member(who, head, target.member_id, said, now)
        team = next((card for card in cards if card.id == target.team_id), None)
        if team is None:
            raise NoSuchTeam
        return _to_team(who, head, team, said, now)


def set_urgency(who: Taker, conversation_id: int, urgency: int, *, now: dt.datetime) -> None:
    """Says how soon a conversation needs a person.

    Raises:
        BadUrgency
        NobodyWaits: it has no open hand-off.
    """
    if urgency not in Urgency.values:
        raise BadUrgency
    with tenant_scope(who.tenant_id):
        journal.lock(conversation_id)
        known = rows.open_of(conversation_id)
        if known is None:
            raise NobodyWaits
        rows.change(known.id, urgency=int(urgency), told_place=None)
        data = {"urgency": int(urgency), "before": known.urgency}
        record(actor=who.actor, action="handoff.urgency", target=f"handoff:{known.public_id}", data=data)
        hint(who.tenant_id, conversation_id)


def hint(tenant_id: int, conversation_id: int) -> None:
    """Tells desks after commit that a row is another."""
    transaction.on_commit(partial(hints.changed, tenant_id, conversation_id))


def _enter(who: Taker, now: dt.datetime) -> Entered:
    """Locks her row. Who takes something is here, whatever she said: she counts as busy."""
    entered = people.enter(who.member_id)
    if entered is not None and entered.presence not in {"away", "offline"}:
        return entered
    set_presence(
        tenant_id=who.tenant_id,
        member_id=who.member_id,
        presence="online" if entered is None else "busy",
        actor=who.actor,
        now=now,
    )
    entered = people.enter(who.member_id)
    if entered is None:
        raise NoSuchMember
    return entered


def _take(who: Taker, head: Head, team: str, now: dt.datetime) -> Taken:
    """Takes a locked conversation; all that is written goes in one trip."""
    with sql.together():
        sql.run(_ROUTED, [now, who.tenant_id, who.member_id])
        events = conversations.claim_locked(head, agent=who.user, actor=who.actor, now=now, team=team)
    return Taken(head.id, events)


def _team_of(head: Head) -> str:
    """The team whose customer waits; nobody told the others that there are teams."""
    found = sql.row(_TEAM_OF, [head.tenant_id, head.id])
    return "" if found is None else str(found[0])


def _demand_picking(who: Taker, head: Head) -> None:
    known = rows.open_of(head.id)
    team = next((card for card in people.cards() if known and card.id == known.team_id), None)
    if team is not None and not team.picking and offers.offered_of(head.id) != who.member_id:
        raise PickingRefused


def _to_member(who: Taker, head: Head, member_id: int, said: list[Entry], now: dt.datetime) -> list[LogEvent]:
    found = sql.row(
        "SELECT u.id, u.name, u.public_id FROM tenants_member m JOIN tenants_user u ON u.id = m.user_id "
        "WHERE m.tenant_id = %s AND m.id = %s AND m.is_active AND m.role <> 'auditor'",
        [who.tenant_id, member_id],
    )
    if found is None:
        raise NoSuchMember
    if all(one.member_id != member_id for one in people.there(now, [])):
        raise NotThere
    user_id, name, public_id = found
    entry = Entry(
        EventType.OWNER,
        Actor("member", str(public_id), name),
        f"{name} joined the conversation.",
        {"owner": Owner.AGENT, "name": name},
    )
    fact = Fact(who.actor, "handoff.transferred", {"member": member_id})
    return conversations.hand_on(head, [*said, entry], fact, owner=Owner.AGENT, agent_id=user_id, now=now)


def _to_team(who: Taker, head: Head, team: TeamCard, said: list[Entry], now: dt.datetime) -> list[LogEvent]:
    fact = Fact(who.actor, "handoff.transferred", {"team": team.id})
    data = {"owner": Owner.QUEUE, "reason": "transferred", "team_id": team.id, "team": team.name}
    entry = Entry(EventType.HANDOFF, who.actor, phrase("handed_over", head.language), data)
    if head.owner != Owner.QUEUE:
        return conversations.hand_on(head, [*said, entry], fact, owner=Owner.QUEUE, now=now)
    known = rows.open_of(head.id)
    if known is not None:
        rows.change(
            known.id, team_id=team.id, status="waiting", offered_to_id=None, offered_until=None, told_place=None,
            reply_due_at=targets.due(team.calendar, known.queued_at, team.targets.reply_seconds),
            resolve_due_at=targets.due(team.calendar, known.queued_at, team.targets.resolution_seconds),
        )  # fmt: skip
    note = said or [Entry(EventType.NOTE, who.actor, f"Passed to {team.name}.")]
    posted = journal.append(head, note, facts=[fact], now=now)
    hint(who.tenant_id, head.id)
    return posted


def _conversation_of(handoff: str | uuid.UUID) -> int:
    try:
        wanted = uuid.UUID(str(handoff)[:64])
    except ValueError as error:
        raise NoSuchHandoff from error
    found = offers.conversation_of(wanted)
    if found is None:
        raise NoSuchHandoff
    return found


def _name_of_user(user_id: int | None) -> str:
    found = User.objects.filter(pk=user_id or 0).values_list("name", "email").first()
    return next((part for part in found or () if part), "")
