"""Teams and hours in the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.scope import tenant_scope
from escalation.models import Agent, Seat, Team
from escalation.queueing.teams.services import save_team
from tenants.roles import Role
from tests.console.filling import filled_in
from tests.factories import Person, a_person

SignIn = Callable[[Person], Client]
PAGE = "/console/escalation/team/"


def a_team(person: Person, name: str = "Billing", **more: Any) -> Team:
    team = Team(name=name, **more)
    return save_team(tenant_id=person.tenant.pk, team=team, actor=person.actor)


def read(team: Team) -> Team:
    with tenant_scope(team.tenant_id):
        return Team.objects.get(pk=team.pk)


def test_a_manager_makes_a_team_with_hours_holidays_and_promises(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(a_person("mia", ana.tenant, Role.MANAGER))
    wanted = filled_in(
        client.get(f"{PAGE}add/"), name="Returns", zone="Europe/Berlin", always=None, first_reply="5",
        resolution="2", resolution_unit="3600",
        **{
            "mon-0-from": "09:00", "mon-0-to": "12:00", "mon-1-from": "13:00", "mon-1-to": "00:00",
            "holidays-0-date": "2026-12-25", "holidays-0-name": "Christmas",
        },
    )  # fmt: skip

    reply = client.post(f"{PAGE}add/", wanted)

    assert reply.status_code == 302, reply.context["form"].errors
    with tenant_scope(ana.tenant.pk):
        team = Team.objects.get(tenant=ana.tenant, name="Returns")
    assert team.hours["mon"] == [["09:00", "12:00"], ["13:00", "24:00"]]
    assert team.holidays == [{"date": "2026-12-25", "name": "Christmas"}]
    assert (team.first_reply_seconds, team.resolution_seconds) == (300, 7200)


def test_saving_a_team_as_it_is_changes_nothing(ana: Person, signed_in: SignIn) -> None:
    hours = {"mon": [["06:00", "08:00"], ["09:00", "11:00"], ["22:00", "02:00"]], "tue": [["00:00", "24:00"]]}
    team, client = a_team(ana, hours=hours, holidays=["2026-12-25"], first_reply_seconds=90), signed_in(ana)

    reply = client.post(f"{PAGE}{team.pk}/change/", filled_in(client.get(f"{PAGE}{team.pk}/change/")))

    assert reply.status_code == 302, reply.context["form"].errors
    saved = read(team)
    assert {day: spans for day, spans in saved.hours.items() if spans} == hours
    assert saved.holidays == [{"date": "2026-12-25", "name": ""}]
    assert saved.first_reply_seconds == 120  # whole minutes, never earlier than promised
    assert saved.offer_seconds == team.offer_seconds


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"offer_seconds": "2"}, "offer_seconds", "from 5 to 600"),
        ({"name": "Support"}, "name", "already"),
        ({"mon-0-from": "09:00"}, "mon-0-to", "Both times"),
        ({"first_reply": "90", "first_reply_unit": "86400"}, "first_reply", "from 0 to"),
        ({"is_active": None}, "is_default", "default"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    ana: Person, signed_in: SignIn, typed: dict[str, Any], field: str, said: str
) -> None:
    team, client = a_team(ana), signed_in(ana)
    a_team(ana, "Support")
    filled = filled_in(
        client.get(f"{PAGE}{team.pk}/change/"), always=None, description="Typed a lot", **typed
    )

    reply = client.post(f"{PAGE}{team.pk}/change/", filled)

    assert reply.status_code == 200
    assert said in str(reply.context["form"].errors[field])
    assert "Typed a lot" in reply.content.decode()
    assert read(team).description == ""


def test_hours_that_never_open_are_said_on_the_page_and_in_the_list(ana: Person, signed_in: SignIn) -> None:
    team, client = a_team(ana), signed_in(ana)
    filled = filled_in(client.get(f"{PAGE}{team.pk}/change/"), always=None)

    reply = client.post(f"{PAGE}{team.pk}/change/", filled, follow=True)

    assert "never opens" in reply.content.decode()
    assert "Never opens" in client.get(PAGE).content.decode()
    assert read(team).hours["mon"] == []


def test_a_manager_seats_people_and_says_what_they_can_take(
    ana: Person, ben: Person, signed_in: SignIn
) -> None:
    team, client = a_team(ana), signed_in(ana)
    seats = f"{PAGE}{team.pk}/seats/"
    client.post(seats, {"seat": [ana.member.pk, ben.member.pk], "lead": [ana.member.pk]})
    client.post(seats, {"seat": [ben.member.pk], "lead": [ben.member.pk]})
    with tenant_scope(ana.tenant.pk):
        kept = list(Seat.objects.filter(team_id=team.pk).values_list("member_id", "is_lead"))
        agent = Agent.objects.get(member_id=ben.member.pk)

    page = f"/console/escalation/agent/{agent.pk}/change/"
    filled = {"skills": "Billing, returns", "languages": "de", "capacity_chat": "2"}
    wrong = client.post(page, filled | {"skills": "x" * 41})
    right = client.post(page, filled)

    assert kept == [(ben.member.pk, True)]
    assert "40" in str(wrong.context["form"].errors["skills"])
    assert right.status_code == 302
    with tenant_scope(ana.tenant.pk):
        agent.refresh_from_db()
    assert (agent.skills, agent.languages, agent.capacity) == (["billing", "returns"], ["de"], {"chat": 2})


def test_agents_look_and_strangers_find_nothing(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn
) -> None:
    team = a_team(ana)
    page, seats = f"{PAGE}{team.pk}/change/", f"{PAGE}{team.pk}/seats/"

    assert signed_in(ben).get(page).status_code == 200
    assert {signed_in(ben).post(one, {}).status_code for one in (page, f"{PAGE}add/")} == {403}
    assert signed_in(ben).get(f"{PAGE}add/").status_code == 403
    signed_in(ben).post(seats, {"seat": [ben.member.pk]})
    assert {signed_in(zoe).get(one).status_code for one in (page, seats)} == {404}
    with tenant_scope(ana.tenant.pk):
        assert not Seat.objects.filter(team_id=team.pk).exists()


def test_a_team_nobody_needs_is_removed_and_the_default_is_not(ana: Person, signed_in: SignIn) -> None:
    first, second, client = a_team(ana), a_team(ana, "Second"), signed_in(ana)

    told = client.post(f"{PAGE}{first.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    client.post(f"{PAGE}{second.pk}/delete/", {"post": "yes"})

    assert "default" in told
    with tenant_scope(ana.tenant.pk):
        assert list(Team.objects.filter(tenant=ana.tenant).values_list("name", flat=True)) == ["Billing"]
