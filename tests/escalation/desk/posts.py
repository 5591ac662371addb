"""People at their desks, for tests."""

from __future__ import annotations

from typing import Any

from conversations.visits import Visit
from core.scope import tenant_scope
from escalation.desk.deeds import Deed, Done, do
from escalation.desk.posts import Post, post_of
from escalation.models import Handoff, Seat, Team
from tests.factories import Person


def at_desk(person: Person) -> Post:
    return post_of(person.member, person.user)


def does(person: Person, what: str, visit: Visit | None = None, **fields: Any) -> Done:
    """A person's deed, as the socket carries it out."""
    conversation = visit.conversation if visit else ""
    return do(at_desk(person), Deed(what, conversation, fields=fields))


def a_team(person: Person, name: str, *members: Person, lead: bool = False) -> Team:
    """A team with these members."""
    with tenant_scope(person.tenant.pk):
        team = Team.objects.create(tenant_id=person.tenant.pk, name=name)
        for member in members:
            Seat.objects.create(
                tenant_id=person.tenant.pk, team=team, member_id=member.member.pk, is_lead=lead
            )
    return team


def of_team(visit: Visit, team: Team) -> None:
    """Puts a conversation's last hand-off, or a new one, in a team's hands."""
    of = {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}
    with tenant_scope(visit.tenant_id):
        last = Handoff.objects.filter(**of).order_by("-id").first()
        if last is None:
            Handoff.objects.create(**of, team=team, reason="asked")
        else:
            Handoff.objects.filter(pk=last.pk).update(team=team)
