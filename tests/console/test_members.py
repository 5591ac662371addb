"""Members and roles in the console."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from core.errors import SwitchboardError
from core.scope import tenant_scope
from tenants import services
from tenants.models import Member
from tenants.roles import Role
from tests.console.test_rights import actions
from tests.factories import Person, a_person

SignIn = Callable[[Person], Client]
PAGE = "/console/tenants/member/"


def read(person: Person) -> Member:
    with tenant_scope(person.tenant.pk):
        return Member.objects.get(pk=person.member.pk)


def test_an_owner_changes_a_role_and_switches_a_member_off_and_on(
    ana: Person, ben: Person, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    page = f"{PAGE}{ben.member.pk}/"

    client.post(f"{page}change/", {"role": "manager"})
    client.post(f"{page}switch/", {"on": "no"})
    off = read(ben)
    client.post(f"{page}switch/", {"on": "yes"})

    assert (off.role, off.is_active, read(ben).is_active) == ("manager", False, True)
    assert actions(ana)[-3:] == ["member.role_changed", "member.switched_off", "member.switched_on"]


def test_the_last_owner_is_neither_demoted_nor_switched_off(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)
    page = f"{PAGE}{ana.member.pk}/"

    demoted = client.post(f"{page}change/", {"role": "agent"})
    switched = client.post(f"{page}switch/", {"on": "no"}, follow=True)

    assert "only owner" in str(demoted.context["form"].errors["role"])
    assert "only owner" in switched.content.decode()
    assert (read(ana).role, read(ana).is_active) == ("owner", True)


def test_of_two_owners_who_step_down_at_once_one_stays(ana: Person) -> None:
    olga = a_person("olga", ana.tenant, Role.OWNER)

    def step_down(person: Person) -> str:
        try:
            services.change_role(
                tenant_id=ana.tenant.pk, member_id=person.member.pk, role=Role.AGENT, by=Role.OWNER,
                actor=person.actor,
            )  # fmt: skip
        except SwitchboardError as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(max_workers=2) as pool:
        said = sorted(pool.map(step_down, [ana, olga]))

    assert said == ["done", "last_owner"]


def test_an_administrator_makes_and_changes_no_owner(ana: Person, ben: Person, signed_in: SignIn) -> None:
    client = signed_in(a_person("ada", ana.tenant, Role.ADMIN))

    replies = [
        client.post(f"{PAGE}{ben.member.pk}/change/", {"role": "owner"}),
        client.post(f"{PAGE}{ana.member.pk}/change/", {"role": "agent"}),
        client.post(f"{PAGE}add/", {"email": "new@example.com", "role": "owner"}),
    ]

    assert all("Only an owner" in str(reply.context["form"].errors["role"]) for reply in replies)
    assert (read(ana).role, read(ben).role) == ("owner", "agent")


def test_who_is_a_member_already_is_not_invited_again(ana: Person, ben: Person, signed_in: SignIn) -> None:
    reply = signed_in(ana).post(f"{PAGE}add/", {"email": ben.user.email, "role": "auditor"})

    assert "already" in str(reply.context["form"].errors["email"])
    assert read(ben).role == "agent"


def test_the_page_says_in_words_what_a_role_may_do(ana: Person, ben: Person, signed_in: SignIn) -> None:
    page = signed_in(ana).get(f"{PAGE}{ben.member.pk}/change/").content.decode()

    assert "Looks at everything and changes nothing." in page
    assert "reads and changes" in page


@pytest.mark.parametrize("path", ["change/", "switch/"])
def test_nobody_else_gets_at_members(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn, path: str
) -> None:
    page = f"{PAGE}{ana.member.pk}/{path}"
    sent = {"role": "agent", "on": "no"}
    auditor = a_person("otto", ana.tenant, Role.AUDITOR)

    assert signed_in(zoe).post(page, sent).status_code == 404
    signed_in(ben).post(page, sent)
    signed_in(auditor).post(page, sent)
    assert (read(ana).role, read(ana).is_active) == ("owner", True)
