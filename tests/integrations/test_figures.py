"""Figures by the API: what the dashboard shows, by scope, and the lists behind."""

from __future__ import annotations

import httpx2 as httpx
import pytest
from django.utils import timezone

from escalation.figures import rolling
from tests.escalation.figures.histories import World
from tests.factories import Person
from tests.integrations.callers import a_caller, code_of
from tests.servers import LiveServer


@pytest.fixture
def busy(ana: Person) -> Person:
    now = timezone.now()
    World(ana, 31, now).live(6)
    rolling.rebuild(tenant_id=ana.tenant.pk, since=None, now=now)
    return ana


def test_a_program_reads_numbers_tables_and_what_is_behind(server: LiveServer, busy: Person) -> None:
    with a_caller(server, busy) as caller:
        told = caller.get("figures", params={"period": "28"}).json()
        numbers = {one["key"]: one for one in told["numbers"]}
        begun = numbers["begun"]
        things, cursor, pages = 0, "", 0
        while pages < 100:
            asked = {**begun["behind"], "period": "28", "limit": 2} | ({"cursor": cursor} if cursor else {})
            page = caller.get("figures/behind", params=asked).json()
            things, cursor, pages = things + len(page["items"]), page["next_cursor"], pages + 1
            if not cursor:
                break

    assert told["counted_up_to"]
    assert things == begun["value"] > 0
    assert numbers["cost"]["value"] > 0
    assert {"days", "endings", "reasons", "spending"} <= {table["key"] for table in told["tables"]}
    assert set(told["tables"][0]["rows"][0]) == set(told["tables"][0]["columns"])


def test_money_takes_a_scope_of_its_own(server: LiveServer, busy: Person) -> None:
    with a_caller(server, busy, ["conversations:read"]) as caller:
        told = caller.get("figures").json()
        refused = caller.get("figures/behind", params={"figure": "spent"})
    with a_caller(server, busy, ["configuration:read"]) as caller:
        shut = caller.get("figures")

    assert "cost" not in {one["key"] for one in told["numbers"]}
    assert "spending" not in {one["key"] for one in told["tables"]}
    assert "cost" not in told["tables"][0]["columns"]
    assert code_of(refused) == (403, "scope_missing")
    assert code_of(shut) == (403, "scope_missing")


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "9"},
        {"from": "soon"},
        {"from": "2026-05-02", "to": "2026-05-01"},
        {"team": "=1"},
        {"from": "1000-01-01"},
    ],
)
def test_what_makes_no_sense_is_said(api: httpx.Client, wrong: dict[str, str]) -> None:
    assert code_of(api.get("figures", params=wrong))[0] == 400


def test_zoes_key_sees_none_of_anas_figures(server: LiveServer, busy: Person, zoe: Person) -> None:
    with a_caller(server, zoe) as caller:
        told = caller.get("figures").json()
        behind = caller.get("figures/behind", params={"figure": "ended"}).json()

    assert {one["value"] for one in told["numbers"]} <= {0, None}
    assert behind["items"] == []
