"""A team at work, for tests of the queue: people at desks, customers who want one of them, a clock that is given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from conversations import intake, journal
from conversations import services as conversations
from conversations.journal import LogEvent
from conversations.models import Event
from conversations.visits import Visit
from core.actors import Actor
from core.scope import tenant_scope
from escalation.models import Handoff, Team
from escalation.queueing import presence, services
from escalation.queueing.teams.services import Abilities
from tenants.models import Tenant, User
from tenants.roles import Role
from tests.factories import SETUP, Person, a_person, a_visit

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
"""A Monday."""


def later(seconds: float, begin: dt.datetime = NOON) -> dt.datetime:
    return begin + dt.timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A member as the queue's doors take her."""

    tenant_id: int
    user: User
    member_id: int
    actor: Actor
    is_lead: bool = False


def at_desk(person: Person, *, is_lead: bool = False) -> AtDesk:
    return AtDesk(person.tenant.pk, person.user, person.member.pk, person.actor, is_lead)


def a_team(tenant: Tenant, name: str = "Orders", **wishes: Any) -> Team:
    return services.save_team(tenant_id=tenant.pk, team=Team(name=name, **wishes), actor=SETUP)


def works(name: str, team: Team, *, now: dt.datetime = NOON, is_lead: bool = False, **can: Any) -> AtDesk:
    """A new member who sits in a team and has come to her desk."""
    tenant = Tenant.objects.get(pk=team.tenant_id)
    return comes(a_person(name, tenant, Role.AGENT), team, now=now, is_lead=is_lead, **can)


def comes(
    person: Person, team: Team, *, now: dt.datetime = NOON, is_lead: bool = False, **can: Any
) -> AtDesk:
    own: dict[str, Any] = {"tenant_id": team.tenant_id, "member_id": person.member.pk}
    services.seat(**own, team_id=team.pk, is_lead=is_lead, actor=SETUP)
    services.save_agent(**own, abilities=Abilities(**can), actor=SETUP)
    presence.arrive(**own, line=f"line-{person.member.pk}", now=now)
    return at_desk(person, is_lead=is_lead)


def stays(*people: AtDesk, now: dt.datetime) -> None:
    for one in people:
        presence.seen(tenant_id=one.tenant_id, lines=[f"line-{one.member_id}"], now=now)


def says(one: AtDesk, said: str, *, now: dt.datetime) -> None:
    presence.set_presence(
        tenant_id=one.tenant_id, member_id=one.member_id, presence=said, actor=one.actor, now=now
    )


def wants_a_person(
    tenant: Tenant, *, now: dt.datetime = NOON, visit: Visit | None = None, **about: Any
) -> Visit:
    """A customer who is handed over; `about` is data of the hand-off's event."""
    visit = visit or a_visit(tenant)
    with tenant_scope(tenant.pk):
        head = journal.lock(visit.conversation_id)
        head.language = about.pop("language", head.language)
        reason = about.pop("reason", "asked")
        conversations.hand_over(head, actor=visit.customer, reason=reason, note="", now=now, about=about)
    return visit


def handoff_of(visit: Visit) -> Handoff:
    with tenant_scope(visit.tenant_id):
        return Handoff.objects.filter(conversation_id=visit.conversation_id).latest("id")


def events_of(visit: Visit) -> list[Event]:
    with tenant_scope(visit.tenant_id):
        return list(Event.objects.filter(conversation_id=visit.conversation_id).order_by("seq"))


def writes(visit: Visit, text: str = "Are you there?", *, now: dt.datetime) -> None:
    intake.receive_message(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        text=text,
        client_id=f"c{now.timestamp():.0f}",
        now=now,
    )


def answers(one: AtDesk, visit: Visit, text: str = "I am.", *, now: dt.datetime) -> list[LogEvent]:
    return _as(one, conversations.reply, visit)(text=text, now=now)


def resolves(one: AtDesk, visit: Visit, *, now: dt.datetime) -> list[LogEvent]:
    return _as(one, conversations.close, visit)(now=now)


def gives_back(one: AtDesk, visit: Visit, *, now: dt.datetime) -> list[LogEvent]:
    return _as(one, conversations.return_to_assistant, visit)(now=now)


def _as(one: AtDesk, verb: Any, visit: Visit) -> Any:
    return partial(
        verb, tenant_id=one.tenant_id, conversation_id=visit.conversation_id, agent=one.user, actor=one.actor
    )
