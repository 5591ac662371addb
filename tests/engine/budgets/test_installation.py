"""A limit over all tenants together, which none of them sees."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from engine.budgets import queries, services
from engine.budgets.values import Hold, Period, Refused, Scope
from tests.engine.budgets.spending import NOW, a_spender, allow, hold, reserve, settle
from tests.factories import Person


@pytest.fixture
def day() -> Iterator[dt.datetime]:
    """A day on which nothing was spent yet, and one hundred nanos for all; other tests go without that limit."""
    services.set_installation_budget(period=Period.DAY, limit_nanos=100)
    yield NOW + dt.timedelta(days=random.randrange(1, 30_000))
    services.set_installation_budget(period=Period.DAY, limit_nanos=100, enabled=False)


def _purse(day: dt.datetime) -> tuple[int, int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT limit_nanos, settled_nanos, reserved_nanos, alerted FROM budgets_installationpurse "
            "WHERE period_start = date_trunc('day', %s::timestamptz, 'UTC')",
            [day],
        )
        [(limit, settled, reserved, alerted)] = cursor.fetchall()
    return limit, settled, reserved, alerted


def test_two_tenants_share_the_installations_money(ana: Person, zoe: Person, day: dt.datetime) -> None:
    allow(zoe, Scope.TENANT_DAY, 1000)
    held = hold(a_spender(ana), 60, now=day)

    refused = reserve(a_spender(zoe), 50, now=day)
    settle(ana, held, 55, now=day)
    granted = reserve(a_spender(zoe, traffic="evaluation"), 45, now=day)

    assert refused == Refused("installation", 100, 600)
    assert isinstance(granted, Hold)
    assert _purse(day) == (100, 55, 45, 50)
    assert queries.alerts(ana.tenant.pk) == queries.alerts(zoe.tenant.pk) == []


def test_a_lost_and_a_released_call_are_put_right_there_too(
    ana: Person, zoe: Person, day: dt.datetime
) -> None:
    lost, given_back = hold(a_spender(ana), 60, now=day, lease=-1), hold(a_spender(zoe), 40, now=day)

    services.release(zoe.tenant.pk, [given_back.id])
    services.expire(ana.tenant.pk, now=day)
    charged = _purse(day)[1:3]
    settle(ana, lost, 10, now=day)

    assert charged == (60, 0)
    assert _purse(day)[1:3] == (10, 0)


def test_an_operator_sets_shows_and_lifts_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("installation_budget", "month", "12.50")
        call_command("installation_budget", "month", "off")
        said = capsys.readouterr().out.splitlines()
        with pytest.raises(CommandError, match="US dollars"):
            call_command("installation_budget", "month", "much")
    finally:
        services.set_installation_budget(period=Period.MONTH, limit_nanos=0, enabled=False)

    assert [line for line in said if line.startswith("month")] == ["month: $12.50", "month: off"]
