"""Moves money: hold, settle, give back, expire; and sets what limits and costs there are.

Invariant: each move is one statement and one trip, a transaction of its own or a part of the caller's `tenant_scope`
(see `trips`). It locks purses until that transaction ends, so within one it comes last, settle before reserve and for
one run only; and no model is ever called meanwhile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from django.utils import timezone

from audit.services import record
from core.actors import Actor, system
from core.scope import tenant_scope
from engine.budgets import trips
from engine.budgets.models import Alert, Budget, InstallationBudget, Price, TenantPrice
from engine.budgets.prices import Quote, forget_prices, prices_in
from engine.budgets.queries import newest_prices
from engine.budgets.values import (
    APART,
    CHEAPER_AT,
    MOST,
    NANOS,
    PREVIEW,
    AlreadyEnded,
    Ask,
    BadAmount,
    Bill,
    Hold,
    Period,
    PriceExists,
    Prices,
    Refused,
    Scope,
    Settled,
    Spender,
    UnknownScope,
)

DEFAULTS: dict[Scope, int] = {
    Scope.TENANT_DAY: 10 * NANOS,
    Scope.TENANT_MONTH: 200 * NANOS,
    Scope.RUN: NANOS // 2,
    Scope.CONVERSATION: 2 * NANOS,
    Scope.CUSTOMER_DAY: 2 * NANOS,
}
PREVIEW_A_DAY = NANOS
"""What a tenant may try out for in a day, unless it says otherwise."""
MOST_EXPIRED = 200
_WATCH = system("budgets")
_RESERVE = trips.statement(
    "budgets_reserve", "text", "integer", "integer", "bigint", "bigint", "integer", "text", "text", "bigint[]",
    "text[]", "integer", "timestamptz", "timestamptz",
)  # fmt: skip
_SETTLE = trips.statement(
    "budgets_settle", "bigint[]", "bigint[]", "bigint[]", "bigint[]", "boolean[]", "boolean", "timestamptz"
)
_RELEASE = trips.statement("budgets_release", "bigint[]")
_EXPIRE = trips.statement("budgets_expire", "timestamptz", "integer")
_SAID: dict[str, str] = {
    Alert.Kind.THRESHOLD: "budget.threshold_reached",
    Alert.Kind.OVERRUN: "budget.overrun",
    Alert.Kind.ANOMALY: "budget.anomaly",
}
_log = structlog.get_logger(__name__)


def reserve(
    spender: Spender, asks: Sequence[Ask], *, step: int, attempt: int, now: dt.datetime, lease_seconds: float
) -> Hold | Refused:
    """Holds money for one model call under every budget that applies, or under none.

    Args:
        asks: the call that is wanted and, if there is one, the cheaper one: that is granted when a budget is nearly
            used up (`values.CHEAPER_AT`) or the first does not fit.
        step: with `attempt` and the spender's run names the call; the same again gives the same hold.
        lease_seconds: after so long the call counts as lost and is charged in full; more than the call's deadline.

    Raises:
        AlreadyEnded: this attempt was settled, released or expired before.
        BadAmount: an ask is negative or beyond all measure.
    """
    expires = now + dt.timedelta(seconds=lease_seconds)
    values = [*_call(spender, step, attempt), *_options(asks), CHEAPER_AT, now, expires]
    [found] = trips.rows(_RESERVE, spender.tenant_id, values)
    hold, amount, granted, pressure, scope, limit, state, told = found
    _audit(spender.tenant_id, told)
    if state == "refused":
        return Refused(scope, limit, pressure)
    if state != "held":
        raise AlreadyEnded
    return Hold(hold, amount, granted, asks[granted].prices, pressure)


def _call(spender: Spender, step: int, attempt: int) -> list[Any]:
    if (spender.traffic in APART) != (spender.feature in APART):
        spender = replace(spender, feature=spender.traffic if spender.traffic in APART else "chat")
    return [
        spender.run, step, attempt, spender.conversation_id, spender.customer_id,
        spender.release, spender.feature, spender.traffic,
    ]  # fmt: skip


def _options(asks: Sequence[Ask]) -> tuple[str, list[str]]:
    """The asks as the function takes them: six numbers and two names each."""
    numbers: list[int] = []
    for ask in asks:
        if not 0 <= ask.amount <= MOST:
            raise BadAmount
        numbers += [ask.amount, ask.held_prompt_tokens, ask.max_output_tokens]
        numbers += [ask.prices.input, ask.prices.cached, ask.prices.output]
    return _array(numbers), [name for ask in asks for name in (ask.provider, ask.model)]


def _array(numbers: Iterable[int]) -> str:
    """Numbers as the database writes an array: the driver's own way of doing so costs more than the statement."""
    return "{" + ",".join(map(str, numbers)) + "}"


def settle(tenant_id: int, bills: Sequence[Bill], *, now: dt.datetime) -> list[Settled]:
    """Writes what calls came to and charges it, for any number of calls of a tenant at once.

    A purse pays what was held and what is free beyond that; the rest is the overrun, on the usage row and in an alert.
    Bills settled before are left out of the answer, so settling twice is safe.
    """
    columns = [
        _array(bill.hold_id for bill in bills),
        _array(bill.prompt_tokens for bill in bills),
        _array(min(bill.cached_tokens, bill.prompt_tokens) for bill in bills),
        _array(bill.completion_tokens for bill in bills),
        _array(bill.estimated for bill in bills),
    ]
    return _written(tenant_id, trips.rows(_SETTLE, tenant_id, [*columns, False, now]))


def release(tenant_id: int, hold_ids: Sequence[int]) -> int:
    """Gives back what was held for calls that were certainly not made; how many were still held."""
    [(count,)] = trips.rows(_RELEASE, tenant_id, [_array(hold_ids)])
    return int(count)


def expire(tenant_id: int, *, now: dt.datetime) -> list[Settled]:
    """Charges in full what is held beyond its lease, as lost usage: the provider may bill such a call all the same."""
    return _written(tenant_id, trips.rows(_EXPIRE, tenant_id, [now, MOST_EXPIRED]))


def _written(tenant_id: int, rows: Iterable[tuple[Any, ...]]) -> list[Settled]:
    settled = []
    for hold, cost, charged, overrun, told, loud in rows:
        settled.append(Settled(hold, cost, charged, overrun))
        _audit(tenant_id, told)
        for period in loud:
            _log.warning("installation_budget", reached=period)
    return settled


def _audit(tenant_id: int, alert_ids: Sequence[int]) -> None:
    """The ledger's lines of new alerts: in the caller's transaction, or right after one the database made itself."""
    if not alert_ids:
        return
    with tenant_scope(tenant_id):
        for alert in Alert.objects.filter(tenant_id=tenant_id, pk__in=alert_ids).order_by("pk"):
            about = {"scope": alert.scope, "subject": alert.subject, "threshold": alert.threshold}
            record(
                actor=_WATCH, action=_SAID[alert.kind], target=f"alert:{alert.pk}", data=about | alert.detail
            )


def raise_anomaly(tenant_id: int, *, key: str, scope: str, subject: str, detail: dict[str, Any]) -> bool:
    """Says once for this key that spending is unusual; whether it was news. `detail` in nanos."""
    with tenant_scope(tenant_id):
        alert, new = Alert.objects.get_or_create(
            tenant_id=tenant_id,
            key=key,
            defaults={
                "kind": Alert.Kind.ANOMALY, "scope": scope, "subject": subject, "detail": detail, "at": timezone.now(),
            },
        )  # fmt: skip
        _audit(tenant_id, [alert.pk] if new else [])
    return new


def set_budget(*, tenant_id: int, scope: Scope, limit_nanos: int, actor: Actor, subject: str = "") -> Budget:
    """Makes or changes a limit, and switches it on. Open purses follow at their next reservation.

    Raises:
        UnknownScope: a release or feature without a subject, or another scope with one.
        BadAmount: below zero or beyond all measure.
    """
    scope, subject = checked_scope(scope, subject)
    limit_nanos = _amount(limit_nanos)
    with tenant_scope(tenant_id):
        budget, _ = Budget.objects.update_or_create(
            tenant_id=tenant_id,
            scope=scope,
            subject=subject,
            defaults={"limit_nanos": limit_nanos, "enabled": True},
        )
        said = {"scope": str(scope), "subject": subject, "limit": limit_nanos}
        record(actor=actor, action="budget.set", target=f"budget:{budget.pk}", data=said)
    return budget


def disable_budget(*, tenant_id: int, budget_id: int, actor: Actor) -> None:
    """Nothing is held against it from now on; what it counted stays."""
    with tenant_scope(tenant_id):
        if Budget.objects.filter(tenant_id=tenant_id, pk=budget_id, enabled=True).update(enabled=False):
            record(actor=actor, action="budget.disabled", target=f"budget:{budget_id}")


def ensure_defaults(*, tenant_id: int, actor: Actor) -> None:
    """The limits of a new tenant; those it has are left as they are."""
    with tenant_scope(tenant_id):
        has = set(Budget.objects.filter(tenant_id=tenant_id).values_list("scope", flat=True))
        for scope, limit in DEFAULTS.items():
            if scope not in has:
                set_budget(tenant_id=tenant_id, scope=scope, limit_nanos=limit, actor=actor)


def ensure_preview(*, tenant_id: int, actor: Actor) -> None:
    """The limit of what is tried in the playground, once; one that was changed or switched off stays so."""
    with tenant_scope(tenant_id):
        there = Budget.objects.filter(tenant_id=tenant_id, scope=Scope.FEATURE, subject=PREVIEW).exists()
        if not there:
            set_budget(
                tenant_id=tenant_id,
                scope=Scope.FEATURE,
                subject=PREVIEW,
                limit_nanos=PREVIEW_A_DAY,
                actor=actor,
            )


def set_installation_budget(*, period: Period, limit_nanos: int, enabled: bool = True) -> InstallationBudget:
    """A limit over all tenants together; only who runs the installation can set it, and no tenant sees it."""
    changed = {"limit_nanos": _amount(limit_nanos), "enabled": enabled}
    budget, _ = InstallationBudget.objects.update_or_create(period=Period(period), defaults=changed)
    _log.info("installation_budget_set", period=str(period), limit_nanos=limit_nanos, enabled=enabled)
    return budget


def override_price(
    *, tenant_id: int, provider: str, model: str, prices: Prices, actor: Actor, effective_from: dt.datetime
) -> TenantPrice:
    """What a model costs this tenant from a moment on. `provider` may be empty: whoever offers the model.

    Raises:
        BadAmount: a price below zero or beyond all measure.
        PriceExists: there is one from the same moment already; prices are not changed.
    """
    numbers = [_amount(number) for number in (prices.input, prices.cached, prices.output)]
    with tenant_scope(tenant_id):
        price, new = TenantPrice.objects.get_or_create(
            tenant_id=tenant_id, provider=provider, model=model, effective_from=effective_from,
            defaults=dict(zip(("input_nanos", "cached_nanos", "output_nanos"), numbers, strict=True)),
        )  # fmt: skip
        if not new:
            raise PriceExists
        said = {"provider": provider, "model": model, "from": effective_from.isoformat(), "nanos": numbers}
        record(actor=actor, action="price.overridden", target=f"price:{price.pk}", data=said)
    forget_prices()
    return price


def add_prices(found: Iterable[Quote], *, source: str, effective_from: dt.datetime) -> int:
    """Adds the quotes that differ from the installation's newest price of this source; how many.

    Args:
        source: the list's name, a space, its version: another version of the same list is compared with it.
    """
    known = newest_prices(source.partition(" ")[0])
    rows = [
        Price(
            provider=quote.provider, model=quote.model, effective_from=effective_from, source=source,
            input_nanos=quote.prices.input, cached_nanos=quote.prices.cached, output_nanos=quote.prices.output,
        )
        for quote in found
        if (price := known.get((quote.provider, quote.model))) is None or prices_in(price) != quote.prices
    ]  # fmt: skip
    Price.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    forget_prices()
    return len(rows)


def checked_scope(scope: str, subject: str) -> tuple[Scope, str]:
    """The scope, if the subject fits it. Raises UnknownScope."""
    if scope not in Scope.values or len(subject) > 80:
        raise UnknownScope
    if (scope in {Scope.RELEASE, Scope.FEATURE}) != bool(subject):
        raise UnknownScope
    if scope == Scope.RELEASE and not subject.isdecimal():
        raise UnknownScope
    return Scope(scope), subject


def _amount(nanos: int) -> int:
    if not 0 <= nanos <= MOST:
        raise BadAmount
    return nanos
