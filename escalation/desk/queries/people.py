"""Who works at a desk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.errors import NotFound
from core.scope import tenant_scope
from escalation.models import Seat, Team
from tenants.models import Member


class NoSuchMember(NotFound):
    code = "no_such_member"
    default_message = "Nobody of this name or address is a member here."


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of a member, and the teams whose conversations are hers."""

    seats: tuple[Seat, ...]
    teams: frozenset[int]


def seats_of(tenant_id: int, member_id: int) -> Seats:
    """Her seats; a team in which nobody sits is everybody's, as the queue has it."""
    with tenant_scope(tenant_id):
        rows = tuple(Seat.objects.filter(tenant_id=tenant_id, member_id=member_id, team__is_active=True))
        everybodys = Team.objects.filter(tenant_id=tenant_id, seats=None).values_list("pk", flat=True)
        return Seats(rows, frozenset(everybodys).union(seat.team_id for seat in rows))


def member_by_email(tenant_id: int, email: str) -> Member:
    """An active member, by the address she signs in with.

    Raises:
        NoSuchMember
    """
    return _found(tenant_id, user__email__iexact=email.strip()[:254])


def member_named(tenant_id: int, name: str) -> Member:
    """An active member, by her user's public id or her address.

    Raises:
        NoSuchMember
    """
    if "@" in name:
        return member_by_email(tenant_id, name)
    return _found(tenant_id, user__public_id=_uuid(name))


def _found(tenant_id: int, **wanted: object) -> Member:
    with tenant_scope(tenant_id):
        rows = Member.objects.filter(tenant_id=tenant_id, is_active=True, user__is_active=True)
        row = rows.filter(**wanted).select_related("user").first()
    if row is None:
        raise NoSuchMember
    return row


def _uuid(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise NoSuchMember from error
