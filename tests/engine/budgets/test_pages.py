"""Money in the console: managers set it, agents and auditors read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from engine.budgets import queries
from engine.budgets.prices import price_of
from engine.budgets.values import Prices, Scope
from tenants.roles import Role
from tests.engine.budgets.spending import a_spender, allow, hold, settle
from tests.factories import Person, a_person
from tests.purse import spend

SignIn = Callable[[Person], Client]
LISTS = ("budget", "usage", "alert", "tenantprice", "tenantprice/all")
ADDS = ("budget", "tenantprice")


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return sign_in


@pytest.mark.parametrize("role", list(Role))
def test_everybody_on_the_team_reads_and_managers_write(ana: Person, signed_in: SignIn, role: Role) -> None:
    spend(ana, "chatter")
    client = signed_in(a_person("pat", ana.tenant, role))
    [budget] = queries.budgets(ana.tenant.pk)

    read = [client.get(f"/console/budgets/{name}/").status_code for name in LISTS]
    shown = client.get(f"/console/budgets/budget/{budget.pk}/change/")
    written = {client.get(f"/console/budgets/{name}/add/").status_code for name in ADDS}

    assert read == [200] * len(LISTS)
    assert shown.status_code == 200
    assert ("Save" in shown.content.decode()) == (role in {Role.OWNER, Role.ADMIN, Role.MANAGER})
    assert written == ({200} if role in {Role.OWNER, Role.ADMIN, Role.MANAGER} else {403})


def test_a_limit_is_set_changed_and_switched_off(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    client.post("/console/budgets/budget/add/", {"scope": "run", "subject": "", "limit": "0.25"})
    [budget] = queries.budgets(ana.tenant.pk)
    page = f"/console/budgets/budget/{budget.pk}/change/"
    client.post(page, {"limit": "0.000000005", "enabled": "on"})
    [changed] = queries.budgets(ana.tenant.pk)
    client.post(page, {"limit": "0.000000005"})
    [off] = queries.budgets(ana.tenant.pk)

    assert [one.limit_nanos for one in (budget, changed, off)] == [250_000_000, 5, 5]
    assert [one.enabled for one in (budget, changed, off)] == [True, True, False]


def test_a_budget_of_nothing_is_refused_with_a_sentence(ana: Person, signed_in: SignIn) -> None:
    answer = signed_in(ana).post(
        "/console/budgets/budget/add/", {"scope": "release", "subject": "", "limit": "1"}
    )

    assert "There is no such kind of budget" in answer.content.decode()
    assert queries.budgets(ana.tenant.pk) == []


def test_what_is_spent_and_held_stands_beside_the_limit(ana: Person, signed_in: SignIn) -> None:
    allow(ana, Scope.TENANT_DAY, 1_000_000_000)
    now = timezone.now()
    settle(ana, hold(a_spender(ana), 250_000_000, now=now), 125_000_000, now=now)
    hold(a_spender(ana), 500_000_000, now=now)

    page = signed_in(ana).get("/console/budgets/budget/").content.decode()
    usage = signed_in(ana).get("/console/budgets/usage/").content.decode()

    assert all(text in page for text in ("$1.00", "$0.125", "$0.50", "62.5 %"))
    assert "comes to <strong>$0.125</strong>" in usage


def test_a_price_of_ones_own_is_entered_in_dollars(ana: Person, signed_in: SignIn) -> None:
    given = {"provider": "", "model": "house-model", "prompt": "0.15", "cached": "0.075", "completion": "0.6"}

    answer = signed_in(ana).post("/console/budgets/tenantprice/add/", given)

    assert answer.status_code == 302
    found = price_of(ana.tenant.pk, "anybody", "house-model", timezone.now())
    assert found == Prices(150_000_000, 75_000_000, 600_000_000)


def test_details_are_shown_and_not_changed(ana: Person, signed_in: SignIn) -> None:
    spend(ana, "chatter")
    client = signed_in(ana)
    [row, *_] = queries.alerts(ana.tenant.pk)

    alert = client.get(f"/console/budgets/alert/{row.pk}/change/").content.decode()
    denied = client.post(f"/console/budgets/alert/{row.pk}/change/", {"kind": "anomaly"})

    assert "settled: $0.00000005" in alert
    assert denied.status_code == 403
