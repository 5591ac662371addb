"""Who stands at the desk: a member of one tenant, what her role and her teams let her see and do.

Invariant: a post is looked up anew for each deed, so that a role that was taken back counts at once. Conversations
belong to the team of their last hand-off; those without one, and those of a team in which nobody sits, are everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils.module_loading import import_string

from core.actors import Actor
from core.errors import Forbidden, NotAuthorised
from escalation.desk import queries
from tenants.models import Member, User
from tenants.queries import NoSuchTenant, memberships_of
from tenants.requests import actor_of
from tenants.roles import Right, Role, may

LEADING = frozenset({Role.OWNER, Role.ADMIN, Role.MANAGER})
"""Roles that lead every team."""


class SignedOut(NotAuthorised):
    code = "signed_out"
    default_message = "You are not signed in any more. Sign in again to go on."


@dataclass(frozen=True, slots=True)
class Post:
    """A member at the desk of one tenant.

    Args:
        teams: the teams whose conversations are hers; None: all of them.
        seats: the teams she works for, whatever she may see.
        is_lead: she may whisper and move conversations of others.
        key: the API key that acts in her name, if one does.
    """

    tenant_id: int
    user: User
    member_id: int
    actor: Actor
    can_act: bool
    is_lead: bool
    teams: frozenset[int] | None
    seats: frozenset[int] = frozenset()
    role: str = ""
    key: str = ""

    @property
    def name(self) -> str:
        return self.actor.name

    def sees(self, team_id: int | None) -> bool:
        """Whether conversations of this team are hers to see."""
        return self.teams is None or team_id is None or team_id in self.teams


def enter(session_key: str, slug: str) -> Post:
    """The desk of a tenant, for whoever the session belongs to.

    Raises:
        SignedOut: nobody.
        tenants.queries.NoSuchTenant: not there, or not hers.
        core.errors.Forbidden: her role does not read conversations.
    """
    request = HttpRequest()
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key or None)
    user = get_user(request)
    if not isinstance(user, User):
        raise SignedOut
    membership = next((row for row in memberships_of(user.pk) if row.tenant.slug == slug), None)
    if membership is None:
        raise NoSuchTenant
    return post_of(membership, user)


def post_of(member: Member, user: User, *, actor: Actor | None = None, key: str = "") -> Post:
    """The post of a member.

    Args:
        actor: who acts in her name; herself where there is none.
        key: the public id of the API key that does.

    Raises:
        core.errors.Forbidden: her role does not read conversations.
    """
    if not may(member.role, Right.READ_CONVERSATIONS):
        raise Forbidden
    seats = queries.seats_of(member.tenant_id, member.pk)
    everything = member.role in LEADING or member.role == Role.AUDITOR
    return Post(
        tenant_id=member.tenant_id,
        user=user,
        member_id=member.pk,
        actor=actor or actor_of(user),
        can_act=may(member.role, Right.WRITE_CONVERSATIONS),
        is_lead=member.role in LEADING or any(seat.is_lead for seat in seats.seats),
        teams=None if everything else seats.teams,
        seats=seats.teams,
        role=member.role,
        key=key,
    )


def looking_on(tenant_id: int, actor: Actor) -> Post:
    """A post that sees all of a tenant and does nothing: a key's that acts for nobody."""
    return Post(tenant_id, User(), 0, actor, can_act=False, is_lead=False, teams=None)
