"""A tenant whose console has something on every page that is looked at in a browser."""

from __future__ import annotations

from django.urls import reverse

from core.scope import tenant_scope
from escalation.models import Agent, Team
from escalation.queueing.teams import services as teams
from tests.factories import Person

PAGES = ("team", "agent")


def furnish_console(person: Person) -> dict[str, str]:
    """Fills the tenant and gives the addresses of the pages, by their names in PAGES."""
    return _teams(person)


def _page(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def _teams(person: Person) -> dict[str, str]:
    own = {"tenant_id": person.tenant.pk, "actor": person.actor}
    week = {day: [["09:00", "12:30"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    team = teams.save_team(
        team=Team(
            name="Billing", description="Invoices, refunds and prices.", zone="Europe/Berlin", hours=week,
            holidays=[{"date": "2026-12-25", "name": "Christmas Day"}], first_reply_seconds=300,
        ),
        **own,
    )  # fmt: skip
    teams.seat(team_id=team.pk, member_id=person.member.pk, is_lead=True, **own)
    abilities = teams.Abilities(["billing", "returns"], ["de", "en"], {"chat": 3})
    teams.save_agent(member_id=person.member.pk, abilities=abilities, **own)
    with tenant_scope(person.tenant.pk):
        agent = Agent.objects.get(tenant=person.tenant, member=person.member)
    return {
        "team": _page("escalation_team_change", team.pk),
        "agent": _page("escalation_agent_change", agent.pk),
    }
