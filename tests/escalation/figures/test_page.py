"""The dashboard as members see it: numbers, the lists behind them, exports, and what of it is whose."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations.models import Conversation, Customer
from core.scope import tenant_scope
from escalation.figures import exporting, rolling
from escalation.figures.periods import BadPeriod, period_of
from escalation.models import Figure, Handoff, Seat, Team
from tenants.roles import Role
from tests import factories
from tests.escalation.figures.histories import World
from tests.factories import Person

SECRET = "Anastasia-only-words"
HOSTILE = '=HYPERLINK("http://evil.example","x")'
DAYS = {"period": "28"}


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return sign_in


@pytest.fixture
def busy(ana: Person) -> Person:
    """Ana with a lively month behind her."""
    now = timezone.now()
    World(ana, 11, now).live(14)
    with tenant_scope(ana.tenant.pk):
        Customer.objects.filter(tenant=ana.tenant).update(name=SECRET)
        Team.objects.filter(tenant=ana.tenant, name="Shop").update(name=f"{SECRET} shop")
    rolling.rebuild(tenant_id=ana.tenant.pk, since=None, now=now)
    return ana


def rows_of(answer: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))  # type: ignore[attr-defined]


def behind(client: Client, **asked: str) -> list[list[str]]:
    """All rows behind a number, without the head."""
    return rows_of(client.get(reverse("admin:figures_behind"), DAYS | asked | {"format": "csv"}))[1:]


def test_a_number_is_as_long_as_the_list_behind_it(
    busy: Person, signed_in: Callable[[Person], Client]
) -> None:
    client = signed_in(busy)

    with tenant_scope(busy.tenant.pk):
        counted: dict[tuple[str, str], int] = {}
        for row in Figure.objects.filter(tenant=busy.tenant):
            counted[row.name, row.label] = counted.get((row.name, row.label), 0) + row.count
    listed = {key: len(behind(client, figure=key[0], label=key[1])) for key in counted}

    assert len(counted) > 15
    assert listed == counted


def test_a_list_is_paged_by_key_and_holds_each_thing_once(
    busy: Person, signed_in: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("escalation.figures.page.PAGE", 3)
    client, seen, address = signed_in(busy), 0, f"{reverse('admin:figures_behind')}?period=28&figure=answered"
    whole = len(behind(client, figure="answered"))
    pages = 0
    while address:
        page = client.get(address)
        seen, pages, address = seen + len(page.context["rows"]), pages + 1, page.context["older"]

    assert (seen, pages) == (whole, -(-whole // 3))
    assert client.get(f"{reverse('admin:figures_behind')}?figure=begun&cursor=nonsense").status_code == 400
    assert client.get(f"{reverse('admin:figures_behind')}?figure=nothing").status_code == 400


def test_the_dashboard_shows_numbers_with_their_change_and_their_lists(
    busy: Person, signed_in: Callable[[Person], Client]
) -> None:
    page = signed_in(busy).get(reverse("admin:index"), DAYS)
    text = page.content.decode()

    assert page.status_code == 200
    assert "Conversations begun" in text
    assert "Spent on conversations" in text
    assert "figures/behind/?period=28&amp;figure=begun" in text
    assert {chart.title for chart in page.context["charts"]} >= {
        "Begun and handed over",
        "Spent on conversations",
    }


@pytest.mark.parametrize(
    "table", ["days", "endings", "reasons", "times", "ratings", "people", "tools", "spending"]
)
def test_every_table_is_exported(busy: Person, signed_in: Callable[[Person], Client], table: str) -> None:
    answer = signed_in(busy).get(reverse("admin:figures_export"), DAYS | {"table": table})

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{table}-')
    assert len(rows_of(answer)) > 1


def test_zoe_sees_nothing_of_anas(busy: Person, zoe: Person, signed_in: Callable[[Person], Client]) -> None:
    client = signed_in(zoe)
    with tenant_scope(busy.tenant.pk):
        team = Team.objects.filter(tenant=busy.tenant).first()
    assert team is not None

    page = client.get(reverse("admin:index"), DAYS | {"team": str(team.pk)})
    lists = [
        behind(client, figure=name)
        for name in ("begun", "ended", "escalated", "rated", "tool", "spent", "served")
    ]
    exported = client.get(reverse("admin:figures_export"), DAYS | {"table": "people"})

    assert SECRET not in page.content.decode() + exported.content.decode()
    assert lists == [[]] * 7
    assert len(rows_of(exported)) == 1


def test_an_agent_sees_her_own_figures_and_queue_and_no_money(
    busy: Person, ben: Person, signed_in: Callable[[Person], Client]
) -> None:
    with tenant_scope(busy.tenant.pk):
        mine, other = Team.objects.filter(tenant=busy.tenant).order_by("name")[:2]
        for team, person in ((mine, ben), (other, busy)):
            Seat.objects.create(tenant=busy.tenant, team=team, member=person.member)
        handoff = Handoff.objects.filter(tenant=busy.tenant, taken_by_id=busy.member.pk).first()
        assert handoff is not None
        Handoff.objects.filter(pk=handoff.pk).update(taken_by_id=ben.member.pk)
    rolling.rebuild(tenant_id=busy.tenant.pk, since=None, now=timezone.now())
    client = signed_in(ben)

    page = client.get(reverse("admin:index"), DAYS)
    refused = [
        client.get(reverse("admin:figures_behind"), DAYS | {"figure": name, "format": form}).status_code
        for name in ("spent", "begun", "escalated")
        for form in ("", "csv")
    ]
    own = behind(client, figure="served")
    tables = {name: client.get(reverse("admin:figures_export"), DAYS | {"table": name}).status_code
              for name in ("spending", "people", "days")}  # fmt: skip

    assert [line.name for line, _longest in page.context["queue"]] == [mine.name]
    assert "Spent" not in page.content.decode()
    assert page.context["budgets"] == []
    assert refused == [403] * 6
    assert len(own) == 1
    assert tables == {"spending": 404, "people": 404, "days": 200}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.AUDITOR])
def test_everybody_else_of_the_team_sees_all(
    busy: Person, signed_in: Callable[[Person], Client], role: Role
) -> None:
    person = factories.a_person("kim", busy.tenant, role)

    text = signed_in(person).get(reverse("admin:index"), DAYS).content.decode()

    assert "Spent on conversations" in text


def test_a_new_organisation_is_told_what_to_do_first(
    zoe: Person, signed_in: Callable[[Person], Client]
) -> None:
    page = signed_in(zoe).get(reverse("admin:index"))

    assert page.status_code == 200
    assert "What to do first" in page.content.decode()
    assert page.context["charts"] == []


def test_a_period_that_makes_no_sense_is_said_and_the_usual_one_is_shown(
    ana: Person, signed_in: Callable[[Person], Client]
) -> None:
    client = signed_in(ana)

    for wrong in (
        {"from": "soon"},
        {"from": "2026-05-02", "to": "2026-05-01"},
        {"period": "9"},
        {"team": "=1"},
    ):
        page = client.get(reverse("admin:index"), wrong)
        assert page.status_code == 200
        assert 'role="alert"' in page.content.decode()
    assert client.get(reverse("admin:figures_export"), {"table": "days", "from": "soon"}).status_code == 400


def test_hostile_names_are_text_on_the_page_and_no_formula_in_the_export(
    busy: Person, signed_in: Callable[[Person], Client]
) -> None:
    script = "<script>alert(1)</script>"
    with tenant_scope(busy.tenant.pk):
        Customer.objects.filter(tenant=busy.tenant).update(name=HOSTILE)
        Conversation.objects.filter(tenant=busy.tenant).update(language="=1+1", channel=script[:16])
        Team.objects.filter(tenant=busy.tenant).exclude(name="Billing").update(name=script)
    rolling.rebuild(tenant_id=busy.tenant.pk, since=None, now=timezone.now())
    client = signed_in(busy)

    pages = [
        client.get(reverse("admin:index"), DAYS),
        client.get(reverse("admin:figures_behind"), DAYS | {"figure": "begun"}),
    ]
    cells = [cell for row in behind(client, figure="begun") for cell in row]
    languages = rows_of(client.get(reverse("admin:figures_export"), DAYS | {"table": "languages"}))

    assert all(script not in page.content.decode() for page in pages)
    assert f"'{HOSTILE}" in cells
    assert languages[1][0] == "'=1+1"


@pytest.mark.parametrize(
    "hostile",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "\ufeff=1", "|cmd", "%0A"],
)
def test_nothing_that_a_spreadsheet_would_compute_stays_bare(hostile: str) -> None:
    assert exporting.safe(hostile) == f"'{hostile}"


@pytest.mark.parametrize("plain", ["-1.5", "12", "Ana", "", "a=b", "2026-11-01"])
def test_what_is_plain_stays_as_it_is(plain: str) -> None:
    assert exporting.safe(plain) == plain


def test_periods_are_days_of_the_zone_and_compared_with_as_much_before() -> None:
    now = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.UTC)

    today = period_of({"period": "today"}, now=now, zone="Europe/Berlin")
    week = period_of({"period": "7"}, now=now)
    custom = period_of({"from": "2026-10-25", "to": "2026-10-25"}, now=now, zone="Europe/Berlin")

    assert (today.now.lo.hour, today.now.lo.day, today.grain) == (23, 20, "hour")
    assert today.before.hi - today.before.lo == today.now.hi - today.now.lo == dt.timedelta(hours=12)
    assert (week.now.lo, week.before.lo) == (
        dt.datetime(2026, 11, 15, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 8, tzinfo=dt.UTC),
    )
    assert custom.now.hi - custom.now.lo == dt.timedelta(hours=25)
    for wrong in (
        {"from": "1999-01-01"},
        {"from": "2025-01-01"},
        {"from": "2027-01-01"},
        {"from": "0001-01-01"},
    ):
        with pytest.raises(BadPeriod):
            period_of(wrong, now=now)
