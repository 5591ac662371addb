"""Spending far above its own history is said, once an hour; the sweeps do their work tenant by tenant."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.budgets import queries, services, tasks
from engine.budgets.anomalies import Rule, bound, is_unusual
from engine.budgets.values import NANOS, Scope
from tests.engine.budgets.spending import NOW, a_spender, allow, hold, purses, settle
from tests.factories import Person

RULE = Rule(floor=100, deviations=6, times=3, least_history=12)
MINUTES = dt.timedelta(minutes=1)
values = st.lists(st.integers(0, 10**9), min_size=12, max_size=60)


def test_a_short_history_says_nothing() -> None:
    assert bound([5] * 11, RULE) is None
    assert not is_unusual(10**12, [5] * 11, RULE)


def test_a_quiet_history_needs_the_floor_to_be_passed() -> None:
    assert not is_unusual(100, [0] * 50, RULE)
    assert is_unusual(101, [0] * 50, RULE)


def test_one_peak_in_the_past_hides_no_other() -> None:
    steady = [1000, 1100, 900, 1050] * 6

    assert not is_unusual(2900, steady, RULE)
    assert is_unusual(5000, [*steady, 10**9], RULE)


@settings(max_examples=50)
@given(history=values, current=st.integers(0, 10**10))
def test_more_is_never_less_unusual(history: list[int], current: int) -> None:
    most = bound(history, RULE)

    assert most is not None
    assert most >= RULE.floor
    assert is_unusual(current, history, RULE) == (current > most)


def _spent(person: Person, nanos: int, moment: dt.datetime, run: str) -> None:
    settle(person, hold(a_spender(person, run=run), nanos, now=moment), nanos, now=moment)


def test_a_tenant_and_a_run_out_of_proportion_are_told_once_an_hour(ana: Person) -> None:
    usual, night = NANOS // 100, 5 * NANOS
    for number in range(1, 15):
        _spent(ana, usual, NOW - number * 11 * MINUTES, f"run-{number}")
    quiet = tasks.watch(ana.tenant.pk, now=NOW)

    _spent(ana, night, NOW - MINUTES, "the-loop")
    told = [tasks.watch(ana.tenant.pk, now=NOW + moment * MINUTES) for moment in (0, 2)]

    assert (quiet, told) == (0, [2, 0])
    alerts = queries.alerts(ana.tenant.pk)
    assert [(alert.kind, alert.scope, alert.subject) for alert in reversed(alerts)] == [
        ("anomaly", "tenant", ""), ("anomaly", "run", "the-loop")
    ]  # fmt: skip
    assert alerts[0].detail == {"spent": night, "minutes": 10}


def test_history_counts_quiet_spans_as_nothing_spent(ana: Person) -> None:
    for ago in (5, 15, 16, 45):
        _spent(ana, 10, NOW - ago * MINUTES, f"run-{ago}")

    history = queries.spending_history(ana.tenant.pk, now=NOW, span=10 * MINUTES, back=dt.timedelta(days=7))

    assert history == [20, 0, 0, 10]


def test_the_sweep_ends_what_was_held_too_long_and_nothing_else(ana: Person, zoe: Person) -> None:
    now = timezone.now()
    for person in (ana, zoe):
        allow(person, Scope.TENANT_MONTH, 1000)
        hold(a_spender(person), 60, now=now - 2 * MINUTES, lease=60)
        hold(a_spender(person), 40, now=now, lease=3600)

    tasks.expire_reservations()

    for person in (ana, zoe):
        assert [row[1:3] for row in purses(person).values()] == [(60, 40)]
        assert services.expire(person.tenant.pk, now=now) == []
