"""A limit over all tenants together, which none of them sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from engine.budgets import queries, services
from engine.budgets.values import Hold, Period, Refused, Scope
from tests.engine.budgets.spending import NOW, a_spender, allow, hold, reserve, settle
from tests.factories import Person


@pytest.fixture
def everybody() -> Iterator[None]:
    """One hundred nanos for all, a day; other tests of this database go without."""
    _clear()
    services.set_installation_budget(period=Period.DAY, limit_nanos=100)
    yield
    _clear()
    services.set_installation_budget(period=Period.DAY, limit_nanos=100, enabled=False)


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE budgets_installationpurse SET settled_nanos = 0, reserved_nanos = 0, alerted = 0"
        )


def _purse() -> tuple[int, int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT limit_nanos, settled_nanos, reserved_nanos, alerted FROM budgets_installationpurse"
        )
        [row] = cursor.fetchall()
    return tuple(row)


@pytest.mark.usefixtures("everybody")
def test_two_tenants_share_the_installations_money(ana: Person, zoe: Person) -> None:
    allow(zoe, Scope.TENANT_DAY, 1000)
    held = hold(a_spender(ana), 60)

    refused = reserve(a_spender(zoe), 50)
    settle(ana, held, 55)
    granted = reserve(a_spender(zoe, traffic="evaluation"), 45)

    assert refused == Refused("installation", 100, 600)
    assert isinstance(granted, Hold)
    assert _purse() == (100, 55, 45, 50)
    assert queries.alerts(ana.tenant.pk) == queries.alerts(zoe.tenant.pk) == []


@pytest.mark.usefixtures("everybody")
def test_a_lost_and_a_released_call_are_put_right_there_too(ana: Person, zoe: Person) -> None:
    lost, given_back = hold(a_spender(ana), 60, lease=-1), hold(a_spender(zoe), 40)

    services.release(zoe.tenant.pk, [given_back.id])
    services.expire(ana.tenant.pk, now=NOW)
    charged = _purse()[1:3]
    settle(ana, lost, 10)

    assert charged == (60, 0)
    assert _purse()[1:3] == (10, 0)
