"""How the tests of money spend it: round prices, short names, and sums straight from the tables."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from core import sql
from core.scope import tenant_scope
from engine.budgets import services
from engine.budgets.values import Ask, Bill, Hold, Prices, Refused, Scope, Settled, Spender
from tests.factories import Person

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
PRICES = Prices(input=1_000_000, cached=250_000, output=4_000_000)
"""A prompt's token costs one nano, a completion's four, four cached tokens one."""


def a_spender(person: Person, **changed: Any) -> Spender:
    given: dict[str, Any] = {"run": str(uuid.uuid4()), "conversation_id": 7, "customer_id": 9, "release": 1}
    return Spender(tenant_id=person.tenant.pk, **(given | changed))


def an_ask(nanos: int, model: str = "capable") -> Ask:
    """One for which exactly so much is held."""
    return Ask(model, "maker", Prices(0, 0, 1_000_000), prompt_tokens=0, max_output_tokens=nanos)


def reserve(
    spender: Spender, *nanos: int, step: int = 1, attempt: int = 1, now: dt.datetime = NOW, lease: float = 60
) -> Hold | Refused:
    asks = [an_ask(amount, model) for amount, model in zip(nanos, ("capable", "cheap"), strict=False)]
    return services.reserve(spender, asks, step=step, attempt=attempt, now=now, lease_seconds=lease)


def hold(spender: Spender, *nanos: int, **options: Any) -> Hold:
    granted = reserve(spender, *nanos, **options)
    assert isinstance(granted, Hold), granted
    return granted


def settle(person: Person, held: Hold, nanos: int, now: dt.datetime = NOW) -> list[Settled]:
    return services.settle(person.tenant.pk, [Bill(held.id, 0, nanos)], now=now)


def allow(person: Person, scope: Scope, nanos: int, subject: str = "") -> None:
    services.set_budget(
        tenant_id=person.tenant.pk, scope=scope, limit_nanos=nanos, subject=subject, actor=person.actor
    )


def purses(person: Person) -> dict[tuple[str, str, str], tuple[int, int, int, int]]:
    """(scope, subject, day it began) -> limit, settled, reserved, over."""
    statement = (
        "SELECT b.scope, p.subject, p.period_start, p.limit_nanos, p.settled_nanos, p.reserved_nanos, p.over_nanos "
        "FROM budgets_purse p JOIN budgets_budget b ON b.id = p.budget_id WHERE p.tenant_id = %s"
    )
    with tenant_scope(person.tenant.pk):
        rows = sql.rows(statement, [person.tenant.pk])
    return {(row[0], row[1], f"{row[2]:%Y-%m-%d}"): row[3:] for row in rows}


def charged(person: Person) -> int:
    with tenant_scope(person.tenant.pk):
        found = sql.row("SELECT coalesce(sum(charged_nanos), 0)::bigint FROM budgets_usage", [])
    assert found is not None
    return int(found[0])
