"""Teams, their seats and what members can take, as the API shows them."""

from __future__ import annotations

import uuid
from typing import Any

from core.scope import tenant_scope
from escalation.desk.errors import NoSuchTeam
from escalation.desk.queries.people import member_named
from escalation.models import Agent, Seat, Team
from tenants.models import Member

SETTINGS = (
    "name", "description", "is_default", "is_active", "zone", "hours", "holidays", "routing", "delivery", "picking",
    "offer_seconds", "patience_seconds", "grace_seconds", "weight", "first_reply_seconds", "resolution_seconds",
    "warn_percent",
)  # fmt: skip


def get_team(tenant_id: int, team_id: int) -> Team:
    """A team by its row number.

    Raises:
        NoSuchTeam: unknown, or another tenant's.
    """
    with tenant_scope(tenant_id):
        row = Team.objects.filter(tenant_id=tenant_id, pk=min(team_id, 2**63 - 1)).first()
    if row is None:
        raise NoSuchTeam
    return row


def shown_team(team: Team) -> dict[str, Any]:
    """A team with who sits in it."""
    with tenant_scope(team.tenant_id):
        seats = Seat.objects.filter(tenant_id=team.tenant_id, team_id=team.pk).select_related("member__user")
        people = [
            {
                "member": str(seat.member.user.public_id),
                "name": str(seat.member.user),
                "is_lead": seat.is_lead,
            }
            for seat in seats.order_by("id")
        ]
    return {"id": team.pk, **{name: getattr(team, name) for name in SETTINGS}, "seats": people}


def all_teams(tenant_id: int) -> list[dict[str, Any]]:
    """Every team, those that are switched off too."""
    with tenant_scope(tenant_id):
        return [shown_team(row) for row in Team.objects.filter(tenant_id=tenant_id).order_by("name")]


def all_agents(tenant_id: int) -> list[dict[str, Any]]:
    """What each member can take."""
    with tenant_scope(tenant_id):
        known = {row.member_id: row for row in Agent.objects.filter(tenant_id=tenant_id)}
        rows = (
            Member.objects.filter(tenant_id=tenant_id, is_active=True).select_related("user").order_by("id")
        )
        return [shown_agent(row, known.get(row.pk)) for row in rows]


def shown_agent(member: Member, agent: Agent | None) -> dict[str, Any]:
    """A member, and what she can take."""
    return {
        "member": str(member.user.public_id),
        "name": str(member.user),
        "email": member.user.email,
        "role": member.role,
        "skills": list(agent.skills) if agent else [],
        "languages": list(agent.languages) if agent else [],
        "capacity": dict(agent.capacity) if agent else {},
    }


def member_of(tenant_id: int, public_id: uuid.UUID) -> Member:
    """An active member by her public id.

    Raises:
        escalation.desk.queries.people.NoSuchMember
    """
    return member_named(tenant_id, str(public_id))
