"""Money is held before a call, settled after it, and never more than a limit allows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError
from hypothesis import given, settings
from hypothesis import strategies as st

from core import sql
from core.scope import tenant_scope
from engine.budgets import queries, services
from engine.budgets.values import (
    AlreadyEnded,
    Ask,
    BadAmount,
    Bill,
    Hold,
    Prices,
    Refused,
    Scope,
    UnknownScope,
    cost,
    dollars,
)
from tests.engine.budgets.spending import (
    NOW,
    PRICES,
    a_spender,
    allow,
    an_ask,
    charged,
    hold,
    purses,
    reserve,
    settle,
)
from tests.factories import Person

DAY = "2026-11-21"


def test_a_call_is_held_in_every_purse_it_counts_in_and_settled_to_what_it_cost(ana: Person) -> None:
    for scope in (Scope.RUN, Scope.CONVERSATION, Scope.CUSTOMER_DAY, Scope.TENANT_DAY, Scope.TENANT_MONTH):
        allow(ana, scope, 1000)
    allow(ana, Scope.RELEASE, 1000, "1")
    allow(ana, Scope.RELEASE, 1000, "2")
    allow(ana, Scope.FEATURE, 1000, "chat")
    spender = a_spender(ana)

    held = hold(spender, 300)
    during = purses(ana)
    [settled] = settle(ana, held, 120)

    assert set(during) == {
        ("run", spender.run, "1970-01-01"), ("conversation", "7", "1970-01-01"), ("customer_day", "9", DAY),
        ("release", "1", "2026-11-01"), ("feature", "chat", "2026-11-01"), ("tenant_day", "", DAY),
        ("tenant_month", "", "2026-11-01"),
    }  # fmt: skip
    assert set(during.values()) == {(1000, 0, 300, 0)}
    assert set(purses(ana).values()) == {(1000, 120, 0, 0)}
    assert (settled.cost, settled.charged, settled.overrun) == (120, 120, 0)


def test_the_narrowest_budget_that_is_full_is_named_and_nothing_is_held(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    allow(ana, Scope.RUN, 100)
    spender = a_spender(ana)
    hold(spender, 60)

    refused = reserve(spender, 41, step=2)

    assert refused == Refused("run", 100, 600)
    assert {row[2] for row in purses(ana).values()} == {60}
    assert isinstance(reserve(spender, 40, step=2), Hold)


def test_the_same_call_asked_for_twice_is_held_once(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    spender = a_spender(ana)

    first, again = hold(spender, 100), hold(spender, 100)
    [once], twice = settle(ana, first, 90), settle(ana, first, 90)

    assert first.id == again.id
    assert (once.charged, twice) == (90, [])
    assert purses(ana)[("tenant_day", "", DAY)] == (100, 90, 0, 0)
    with pytest.raises(AlreadyEnded):
        reserve(spender, 5)


def test_released_money_is_there_again_once(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    held = hold(a_spender(ana), 100)

    released = [services.release(ana.tenant.pk, [held.id]) for _ in range(2)]

    assert released == [1, 0]
    assert purses(ana)[("tenant_day", "", DAY)] == (100, 0, 0, 0)
    assert queries.usage_of_run(ana.tenant.pk, a_spender(ana).run) == []


def test_many_calls_are_settled_in_one_go(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 1000)
    spender = a_spender(ana)
    held = [hold(spender, 100, step=step) for step in (1, 2, 3)]

    settled = services.settle(ana.tenant.pk, [Bill(one.id, 0, 50) for one in held], now=NOW)

    assert [one.charged for one in settled] == [50, 50, 50]
    assert purses(ana)[("tenant_day", "", DAY)] == (1000, 150, 0, 0)
    assert queries.total_of_run(ana.tenant.pk, spender.run).cost == 150


def test_a_call_dearer_than_held_takes_what_is_free_and_the_rest_is_an_overrun(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    spender = a_spender(ana)
    held = hold(spender, 50)
    hold(spender, 30, step=2)

    [settled] = settle(ana, held, 95)

    assert (settled.cost, settled.charged, settled.overrun) == (95, 70, 25)
    assert purses(ana)[("tenant_day", "", DAY)] == (100, 70, 30, 0)
    assert [alert.kind for alert in queries.alerts(ana.tenant.pk)] == ["overrun", "threshold"]


def test_a_lost_call_is_charged_in_full_and_put_right_if_it_reports_after_all(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    spender = a_spender(ana)
    held = hold(spender, 80, lease=10)

    early = services.expire(ana.tenant.pk, now=NOW + dt.timedelta(seconds=9))
    [lost] = services.expire(ana.tenant.pk, now=NOW + dt.timedelta(seconds=10))
    after = purses(ana)[("tenant_day", "", DAY)]
    [late] = settle(ana, held, 30)

    assert early == []
    assert (lost.charged, after) == (80, (100, 80, 0, 0))
    assert late.charged == 30
    assert purses(ana)[("tenant_day", "", DAY)] == (100, 30, 0, 0)
    rows = queries.usage_of_run(ana.tenant.pk, spender.run)
    assert [(row.cost_nanos, row.lost, row.estimated) for row in rows] == [
        (80, True, True), (-80, True, True), (30, False, False)
    ]  # fmt: skip
    total = queries.total_of_run(ana.tenant.pk, spender.run)
    assert (total.cost, total.completion_tokens) == (30, 30)


def test_near_the_limit_the_cheaper_model_is_granted_and_beyond_it_none(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 1000)
    spender = a_spender(ana)

    granted = [reserve(spender, 850, 100, step=1), reserve(spender, 100, 40, step=2)]
    granted += [
        reserve(spender, 20, 10, step=3),
        reserve(spender, 20, 1, step=4),
        reserve(spender, 101, 100, step=5),
    ]

    assert [getattr(one, "option", None) for one in granted] == [0, 0, 1, 1, None]
    assert [one.pressure for one in granted] == [0, 850, 950, 960, 961]


def test_the_cheaper_model_is_granted_where_the_other_does_not_fit(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)

    granted = hold(a_spender(ana), 101, 60)

    assert (granted.option, granted.amount) == (1, 60)


def test_a_new_day_and_a_new_month_begin_with_full_purses(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    allow(ana, Scope.TENANT_MONTH, 150)
    last = dt.datetime(2026, 11, 30, 23, 59, 59, tzinfo=dt.UTC)
    before = last - dt.timedelta(days=1)
    for moment in (before, last):
        hold(a_spender(ana), 75, now=moment)

    full = reserve(a_spender(ana), 1, now=last)
    # A clock east of Greenwich: the same moment is the first of the month in UTC.
    fresh = hold(
        a_spender(ana), 100, now=dt.datetime(2026, 12, 1, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    )

    assert full == Refused("tenant_month", 150, 1000)
    assert fresh.pressure == 0
    assert ("tenant_day", "", "2026-12-01") in purses(ana)


def test_a_lowered_limit_holds_from_the_next_call_and_what_was_committed_is_kept(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    spender = a_spender(ana)
    held = hold(spender, 80)

    allow(ana, Scope.TENANT_DAY, 50)
    refused = reserve(spender, 1, step=2)
    lowered = purses(ana)[("tenant_day", "", DAY)]
    settle(ana, held, 60)

    assert refused == Refused("tenant_day", 50, 1000)
    assert lowered == (50, 0, 80, 30)
    assert purses(ana)[("tenant_day", "", DAY)] == (50, 60, 0, 10)
    allow(ana, Scope.TENANT_DAY, 61)
    assert isinstance(reserve(spender, 1, step=2), Hold)


def test_a_budget_switched_off_refuses_nothing(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 1)
    [budget] = queries.budgets(ana.tenant.pk)

    services.disable_budget(tenant_id=ana.tenant.pk, budget_id=budget.pk, actor=ana.actor)

    assert isinstance(reserve(a_spender(ana), 100), Hold)


def test_evaluations_and_previews_spend_money_of_their_own(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    allow(ana, Scope.FEATURE, 30, "evaluation")

    preview = reserve(a_spender(ana, traffic="preview"), 500)
    granted, refused = (reserve(a_spender(ana, traffic="evaluation"), 20) for _ in range(2))

    assert isinstance(preview, Hold)
    assert isinstance(granted, Hold)
    assert refused == Refused("feature", 30, 666)
    assert set(purses(ana)) == {("feature", "evaluation", "2026-11-01")}


def test_each_threshold_is_told_once_and_stands_in_the_ledger(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    spender = a_spender(ana)

    for step, nanos in enumerate((49, 2, 10, 30, 9), start=1):
        settle(ana, hold(spender, nanos, step=step), nanos)
    reserve(spender, 1, step=9)

    told = [alert.threshold for alert in reversed(queries.alerts(ana.tenant.pk))]
    assert told == [50, 75, 90, 100]
    assert _audited(ana, "budget.threshold_reached") == 4


def test_a_refusal_is_told_as_the_limit_reached_and_half_a_run_is_no_news(ana: Person) -> None:
    allow(ana, Scope.RUN, 100)
    spender = a_spender(ana)
    settle(ana, hold(spender, 80), 80)
    quiet = queries.alerts(ana.tenant.pk)

    for step in (2, 3):
        reserve(spender, 30, step=step)

    [told] = queries.alerts(ana.tenant.pk)
    assert quiet == []
    assert (told.threshold, told.scope, told.subject, told.detail["refused"]) == (
        100,
        "run",
        spender.run,
        True,
    )


def _audited(person: Person, action: str) -> int:
    with tenant_scope(person.tenant.pk):
        found = sql.row("SELECT count(*) FROM audit_auditevent WHERE action = %s", [action])
    assert found is not None
    return int(found[0])


def test_another_tenant_neither_settles_nor_releases_what_is_held(ana: Person, zoe: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    held = hold(a_spender(ana), 50, lease=-1)

    stolen = (
        settle(zoe, held, 1),
        services.release(zoe.tenant.pk, [held.id]),
        services.expire(zoe.tenant.pk, now=NOW),
    )

    assert stolen == ([], 0, [])
    assert purses(zoe) == {}
    assert purses(ana)[("tenant_day", "", DAY)] == (100, 0, 50, 0)


def test_usage_is_never_changed_or_removed(ana: Person) -> None:
    settle(ana, hold(a_spender(ana), 5), 5)

    for attack in ("UPDATE budgets_usage SET cost_nanos = 0", "DELETE FROM budgets_usage"):
        with pytest.raises(DatabaseError), tenant_scope(ana.tenant.pk):
            sql.run(attack, [])
    assert charged(ana) == 5


def test_the_database_itself_refuses_a_purse_beyond_its_limit(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 100)
    hold(a_spender(ana), 100)

    with pytest.raises(DatabaseError, match="budgets_purse_kept"), tenant_scope(ana.tenant.pk):
        sql.run("UPDATE budgets_purse SET settled_nanos = settled_nanos + 1", [])


def test_new_tenants_get_limits_once_and_keep_what_they_changed(ana: Person) -> None:
    allow(ana, Scope.RUN, 77)

    for _ in range(2):
        services.ensure_defaults(tenant_id=ana.tenant.pk, actor=ana.actor)

    found = {budget.scope: budget.limit_nanos for budget in queries.budgets(ana.tenant.pk)}
    assert found == services.DEFAULTS | {"run": 77}


@pytest.mark.parametrize(
    ("scope", "subject"), [("release", ""), ("release", "one"), ("run", "x"), ("planet", "")]
)
def test_a_budget_of_nothing_is_refused(ana: Person, scope: Scope, subject: str) -> None:
    with pytest.raises(UnknownScope):
        allow(ana, scope, 1, subject)


def test_amounts_beyond_all_measure_are_refused(ana: Person) -> None:
    with pytest.raises(BadAmount):
        allow(ana, Scope.RUN, -1)
    with pytest.raises(BadAmount):
        reserve(a_spender(ana), 10**16)


def test_an_estimate_is_held_with_a_margin_and_at_the_dearest_price() -> None:
    ask = Ask("m", "p", PRICES, prompt_tokens=101, max_output_tokens=10)

    assert ask.held_prompt_tokens == 112
    assert ask.amount == 112 + 40
    assert an_ask(7).amount == 7


def test_cached_tokens_cost_their_own_price(ana: Person) -> None:
    spender = a_spender(ana)
    ask = Ask("m", "p", PRICES, prompt_tokens=100, max_output_tokens=10)
    held = services.reserve(spender, [ask], step=1, attempt=1, now=NOW, lease_seconds=60)
    assert isinstance(held, Hold)

    [settled] = services.settle(ana.tenant.pk, [Bill(held.id, 100, 10, cached_tokens=82)], now=NOW)

    assert settled.cost == cost(PRICES, prompt=100, completion=10, cached=82) == 18 + 21 + 40
    [row] = queries.usage_of_run(ana.tenant.pk, spender.run)
    assert (row.input_price, row.cached_price, row.output_price) == (1_000_000, 250_000, 4_000_000)
    assert (row.prompt_tokens, row.cached_tokens, row.completion_tokens, row.model) == (100, 82, 10, "m")


amounts = st.integers(0, 10**6)


@settings(max_examples=25, deadline=None)
@given(
    prompt=amounts,
    share=st.floats(0, 1),
    completion=amounts,
    prices=st.builds(Prices, amounts, amounts, amounts),
)
def test_the_database_and_the_code_make_the_same_sum(
    spender_of_sums: Person, prompt: int, share: float, completion: int, prices: Prices
) -> None:
    cached = int(prompt * share)
    spender = a_spender(spender_of_sums)
    ask = Ask("m", "p", prices, prompt, completion)
    held = services.reserve(spender, [ask], step=1, attempt=1, now=NOW, lease_seconds=60)
    assert isinstance(held, Hold)

    [settled] = services.settle(spender.tenant_id, [Bill(held.id, prompt, completion, cached)], now=NOW)

    assert settled.cost == cost(prices, prompt=prompt, completion=completion, cached=cached)
    assert settled.cost <= held.amount


@pytest.fixture(scope="module")
def spender_of_sums() -> Person:
    from tenants.roles import Role
    from tests.factories import a_person, a_tenant

    return a_person("sam", a_tenant("Sums"), Role.OWNER)


@pytest.mark.parametrize(
    ("nanos", "shown"),
    [(0, "$0.00"), (1, "$0.000000001"), (150_000, "$0.00015"), (10**10, "$10.00"), (-5 * 10**8, "-$0.50")],
)
def test_money_is_shown_with_as_many_places_as_it_has(nanos: int, shown: str) -> None:
    assert dollars(nanos) == shown
