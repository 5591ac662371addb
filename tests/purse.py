"""A tenant with a row in every table about money, for the sweeps."""

from __future__ import annotations

import secrets

from django.utils import timezone

from engine.budgets import services
from engine.budgets.values import Ask, Bill, Hold, Prices, Scope, Spender
from tests.factories import Person

A_DAY = 86_400.0


def spend(person: Person, mark: str) -> None:
    """Leaves a price, a budget with its purse, a call settled, one in flight, and an alert; `mark` is shown."""
    tenant_id, now, prices = person.tenant.pk, timezone.now(), Prices(0, 0, 1_000_000)
    services.override_price(
        tenant_id=tenant_id, provider="", model=mark, prices=prices, actor=person.actor, effective_from=now
    )
    services.set_budget(
        tenant_id=tenant_id, scope=Scope.FEATURE, subject=mark, limit_nanos=100, actor=person.actor
    )
    spender = Spender(tenant_id, f"{mark}-{secrets.token_hex(4)}", feature=mark)
    ask = Ask(mark, mark, prices, prompt_tokens=0, max_output_tokens=50)
    settled, in_flight = (
        services.reserve(spender, [ask], step=step, attempt=1, now=now, lease_seconds=A_DAY)
        for step in (1, 2)
    )
    assert isinstance(settled, Hold)
    assert isinstance(in_flight, Hold)
    services.settle(tenant_id, [Bill(settled.id, 0, 50)], now=now)
