"""Teams are set up by managers: what is wrong is said by field, and everything is in the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import AuditEvent
from core.scope import tenant_scope
from escalation.models import Seat, Team
from escalation.queueing import services
from escalation.queueing.teams.services import (
    Abilities,
    BadAgent,
    BadTeam,
    DefaultTeamNeeded,
    NoSuchMember,
    NoSuchTeam,
    TeamInUse,
    TeamNameTaken,
)
from tests.escalation.queueing.floor import a_team, wants_a_person
from tests.factories import SETUP, Person


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"name": " "}, "name"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"hours": {"mon": [["17:00"]]}}, "hours"),
        ({"holidays": ["soon"]}, "holidays"),
        ({"routing": "by_lot"}, "routing"),
        ({"offer_seconds": 0}, "offer_seconds"),
        ({"weight": 0}, "weight"),
        ({"warn_percent": 101}, "warn_percent"),
    ],
)
def test_a_bad_team_is_refused_by_field(ana: Person, wishes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadTeam) as refused:
        a_team(ana.tenant, **{"name": "Orders", **wishes})

    assert list(refused.value.fields) == [field]
    assert refused.value.code == "bad_team"


def test_there_is_always_one_default_team_and_names_are_taken_once(ana: Person) -> None:
    _, second = a_team(ana.tenant, "One"), a_team(ana.tenant, "Two", is_default=True)
    with tenant_scope(ana.tenant.pk):
        assert [team.pk for team in Team.objects.filter(is_default=True)] == [second.pk]

    with pytest.raises(TeamNameTaken):
        a_team(ana.tenant, "One")
    second.is_active = False
    with pytest.raises(DefaultTeamNeeded):
        services.save_team(tenant_id=ana.tenant.pk, team=second, actor=SETUP)


def test_a_team_that_has_served_is_switched_off_and_one_with_customers_stays(ana: Person) -> None:
    a_team(ana.tenant, "Default")
    busy, idle = a_team(ana.tenant, "Busy"), a_team(ana.tenant, "Idle")
    wants_a_person(ana.tenant, team="Busy")

    services.remove_team(tenant_id=ana.tenant.pk, team=idle, actor=SETUP)
    with pytest.raises(TeamInUse):
        services.remove_team(tenant_id=ana.tenant.pk, team=busy, actor=SETUP)

    with tenant_scope(ana.tenant.pk):
        assert set(Team.objects.values_list("name", flat=True)) == {"Default", "Busy"}


def test_seats_and_abilities_are_for_members_of_this_tenant_only(
    ana: Person, ben: Person, zoe: Person
) -> None:
    team, theirs = a_team(ana.tenant), a_team(zoe.tenant)
    own: dict[str, Any] = {"tenant_id": ana.tenant.pk, "actor": ana.actor}

    services.seat(**own, team_id=team.pk, member_id=ben.member.pk)
    services.seat(**own, team_id=team.pk, member_id=ben.member.pk, is_lead=True)
    with tenant_scope(ana.tenant.pk):
        assert Seat.objects.get().is_lead
    with pytest.raises(NoSuchMember):
        services.seat(**own, team_id=team.pk, member_id=zoe.member.pk)
    with pytest.raises(NoSuchTeam):
        services.seat(**own, team_id=theirs.pk, member_id=ben.member.pk)
    services.unseat(**own, team_id=team.pk, member_id=ben.member.pk)

    with tenant_scope(ana.tenant.pk):
        assert not Seat.objects.exists()
        actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions[-3:] == ["seat.given", "seat.given", "seat.taken"]


def test_what_a_member_can_take_is_checked_and_put_into_shape(ana: Person, ben: Person) -> None:
    own: dict[str, Any] = {"tenant_id": ana.tenant.pk, "member_id": ben.member.pk, "actor": ana.actor}

    saved = services.save_agent(**own, abilities=Abilities(["Refunds ", "refunds"], ["DE"], {"chat": 0}))
    assert (saved.skills, saved.languages, saved.capacity) == (["refunds"], ["de"], {"chat": 0})
    with pytest.raises(BadAgent) as refused:
        services.save_agent(**own, abilities=Abilities(["x" * 41], ["klingonese"], {"chat": -1}))

    assert sorted(refused.value.fields) == ["capacity", "languages", "skills"]
