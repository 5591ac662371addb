"""The request of a signed-in member: which tenant she acts for now."""

from __future__ import annotations

from django.http import HttpRequest

from core.actors import Actor
from core.errors import Forbidden
from tenants import queries
from tenants.models import Member, Tenant, User
from tenants.roles import Right, may

SESSION_KEY = "tenant"


class NoMembership(Forbidden):
    code = "no_membership"
    default_message = "You are signed in, but belong to no active tenant. Ask an owner to add you."


class TenantRequest(HttpRequest):
    """A request whose tenant and membership are known."""

    user: User
    tenant: Tenant
    membership: Member
    rights: frozenset[Right]


def choose_membership(request: HttpRequest) -> Member:
    """The membership a signed-in person acts with: the chosen tenant's, else her first.

    Raises:
        NoMembership: she has none.
    """
    rows = queries.memberships_of(request.user.pk)
    if not rows:
        raise NoMembership
    chosen = request.session.get(SESSION_KEY)
    return next((row for row in rows if str(row.tenant.public_id) == chosen), rows[0])


def actor_of(user: User) -> Actor:
    return Actor("member", str(user.public_id), user.name or user.email)


def demand(membership: Member, right: Right) -> None:
    """Raises:
    Forbidden: the member's role lacks the right.
    """
    if not may(membership.role, right):
        raise Forbidden
