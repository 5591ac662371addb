"""Whatever order calls, crashes and sweeps come in: no purse beyond its limit, no nano lost between the books."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import sql
from core.scope import tenant_scope
from engine.budgets import services
from engine.budgets.values import Bill, Hold, Scope, Spender
from tenants.roles import Role
from tests.engine.budgets.spending import NOW, a_spender, allow, an_ask, purses
from tests.factories import Person, a_person, a_tenant

WORKERS = 4
LIMIT = 400
Ending = Literal["settle", "twice", "late", "release", "crash", "lower"]
_BOOKS = """
SELECT b.scope, p.subject, p.limit_nanos, p.settled_nanos, p.reserved_nanos, p.over_nanos, (
    SELECT coalesce(sum(u.charged_nanos), 0) FROM budgets_usage u JOIN budgets_reservation r ON r.id = u.reservation
    WHERE p.id = ANY (r.purses))::bigint
FROM budgets_purse p JOIN budgets_budget b ON b.id = p.budget_id
"""


@dataclass(frozen=True, slots=True)
class Call:
    """What one worker does: holds `amount`, the call comes to `cost`, and it ends so."""

    run: int
    amount: int
    cost: int
    ending: Ending


calls = st.builds(
    Call,
    run=st.integers(0, 2),
    amount=st.integers(0, 150),
    cost=st.integers(0, 200),
    ending=st.sampled_from(["settle", "settle", "settle", "twice", "late", "release", "crash", "lower"]),
)


@pytest.fixture(scope="module")
def workers() -> Iterator[ThreadPoolExecutor]:
    """Each thread has a connection of its own."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool
        list(pool.map(lambda _: connections.close_all(), range(WORKERS)))


@pytest.fixture(scope="module")
def step() -> itertools.count[int]:
    return itertools.count(1)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(work=st.lists(st.lists(calls, min_size=1, max_size=6), min_size=2, max_size=WORKERS))
def test_no_order_of_events_overspends_or_loses_money(
    work: list[list[Call]], workers: ThreadPoolExecutor, step: itertools.count[int]
) -> None:
    person = a_person("rae", a_tenant("Races"), Role.OWNER)
    allow(person, Scope.TENANT_DAY, LIMIT)
    allow(person, Scope.TENANT_MONTH, 2 * LIMIT)
    allow(person, Scope.RUN, LIMIT // 2)
    allow(person, Scope.CONVERSATION, LIMIT)
    spenders = [a_spender(person, conversation_id=number % 2) for number in range(3)]

    def play(todo: list[Call]) -> None:
        for call in todo:
            _make(person, spenders, call, next(step))

    list(workers.map(play, work))
    services.expire(person.tenant.pk, now=NOW + dt.timedelta(hours=1))

    _books_agree(person)
    assert {reserved for _, _, reserved, _ in purses(person).values()} <= {0}


def _make(person: Person, spenders: list[Spender], call: Call, step: int) -> None:
    tenant_id = person.tenant.pk
    lease = 0.0 if call.ending in {"crash", "late"} else 60.0
    held = services.reserve(
        spenders[call.run], [an_ask(call.amount)], step=step, attempt=1, now=NOW, lease_seconds=lease
    )
    _no_purse_is_overdrawn(person)
    if not isinstance(held, Hold) or call.ending == "crash":
        services.expire(tenant_id, now=NOW)
        return
    bill = Bill(held.id, 0, call.cost)
    match call.ending:
        case "release":
            services.release(tenant_id, [held.id])
        case "late":
            services.expire(tenant_id, now=NOW)
            services.settle(tenant_id, [bill], now=NOW)
        case "twice":
            services.settle(tenant_id, [bill, bill], now=NOW)
            services.settle(tenant_id, [bill], now=NOW)
        case "lower":
            allow(person, Scope.TENANT_DAY, LIMIT - call.cost)
            services.settle(tenant_id, [bill], now=NOW)
        case _:
            services.settle(tenant_id, [bill], now=NOW)
    _no_purse_is_overdrawn(person)


def _no_purse_is_overdrawn(person: Person) -> None:
    for limit, settled, reserved, over in purses(person).values():
        assert min(settled, reserved, over) >= 0
        assert settled + reserved <= limit + over


def _books_agree(person: Person) -> None:
    with tenant_scope(person.tenant.pk):
        for scope, subject, limit, settled, reserved, over, on_the_ledger in sql.rows(_BOOKS, []):
            assert settled == on_the_ledger, (scope, subject)
            assert settled + reserved <= limit + over
        [(cost, charged, overrun)] = sql.rows(
            "SELECT coalesce(sum(cost_nanos), 0), coalesce(sum(charged_nanos), 0), coalesce(sum(overrun_nanos), 0) "
            "FROM budgets_usage",
            [],
        )
    assert cost == charged + overrun


def test_eight_at_once_share_the_last_money_exactly(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 1000)
    spender = a_spender(ana)

    def ask(step: int) -> bool:
        try:
            return isinstance(
                services.reserve(spender, [an_ask(100)], step=step, attempt=1, now=NOW, lease_seconds=60),
                Hold,
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        granted = sum(pool.map(ask, range(24)))

    assert granted == 10
    assert [row[2] for row in purses(ana).values()] == [1000]


def test_one_call_asked_for_by_eight_is_held_once(ana: Person) -> None:
    allow(ana, Scope.TENANT_DAY, 1000)
    spender = a_spender(ana)

    def ask(_: int) -> int:
        try:
            held = services.reserve(spender, [an_ask(100)], step=1, attempt=1, now=NOW, lease_seconds=60)
            assert isinstance(held, Hold)
            return held.id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(ask, range(8)))

    assert len(ids) == 1
    assert [row[2] for row in purses(ana).values()] == [100]
