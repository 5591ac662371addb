"""Holds and pays money for the model calls of a run.

Invariant: one hold for one call, under every budget of the customer, the conversation, the release and the tenant;
what it came to is settled in the transaction that writes the step. A model without a price is never asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from django.conf import settings

from conversations.turns import Job
from engine.budgets import services
from engine.budgets.prices import ModelNotPriced, price_of, provider_of
from engine.budgets.values import NANOS, Ask, Hold, Prices, Refused, Spender, cost
from engine.budgets.values import Bill as Owed
from engine.gateway import estimate
from engine.gateway.metering import MoneySpent
from engine.gateway.protocol import ModelRequest, Usage
from engine.gateway.routes import Route

log = structlog.get_logger(__name__)
LEASE_SECONDS = 90.0
"""Longer than any model call may take; then it counts as lost, and is paid in full."""
OUTPUT_TOKENS = 800
"""What a reply may have where the release does not say."""
HOLDS_A_STEP = 16
"""Most calls of one step: its first model, and those that stand in for it."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a call came to."""

    hold: Hold
    usage: Usage
    cents: float = 0.0


@dataclass(frozen=True, slots=True)
class Want:
    """A call that money is to be held for; `tries` counts the calls of its step before it."""

    route: Route
    request: ModelRequest
    tries: int = 0


def is_metered() -> bool:
    """Whether model calls are counted and limited at all."""
    return bool(settings.MODEL_METERING)


def hold_first(job: Job | None, *, now: dt.datetime) -> Job | None:
    """The job with money held for its first call, in the transaction that began it.

    Near a limit the cheap model takes the first place; at the limit the job says which budget refused.
    """
    if job is None or not job.routes or job.known is not None or not is_metered():
        return job
    if job.cheap is not None and job.cheap.name != job.routes[0].name:
        return _hold_either(job, job.cheap, now)
    first = job.routes[0]
    try:
        return replace(job, hold=hold(job, Want(first, first_request(job)), now=now))
    except MoneySpent as spent:
        return replace(job, refused=spent.scope)
    except ModelNotPriced:
        return job


def _hold_either(job: Job, cheap: Route, now: dt.datetime) -> Job:
    try:
        asks = [_ask(job, Want(way, first_request(job)), now) for way in (job.routes[0], cheap)]
    except ModelNotPriced:
        return job
    held = _reserve(job, asks, first_number(job), 0, now)
    if isinstance(held, Refused):
        return replace(job, refused=held.scope)
    if held.option == 0:
        return replace(job, hold=held)
    others = tuple(way for way in job.routes if way.name != cheap.name)
    return replace(job, hold=held, routes=(cheap, *others), choice="cheap: near_budget")


def hold(job: Job, want: Want, *, now: dt.datetime) -> Hold:
    """Holds what a call may cost; within the tenant's scope.

    Raises:
        MoneySpent: a budget has not enough left.
        ModelNotPriced: nobody knows what the model costs.
    """
    number = int(want.request.key.rpartition(":")[2] or 0)
    held = _reserve(job, [_ask(job, want, now)], number, want.tries, now)
    if isinstance(held, Refused):
        raise MoneySpent(held.scope)
    return held


def settle(tenant_id: int, bills: Sequence[Bill], *, now: dt.datetime) -> None:
    """Pays bills; within the tenant's scope. What was settled before is left alone.

    The money of a call that came to nothing is given back.
    """
    owed = [_owed(bill) for bill in bills if bill.usage.prompt_tokens or bill.usage.completion_tokens]
    if owed:
        services.settle(tenant_id, owed, now=now)
    if len(owed) < len(bills):
        paid = {one.hold_id for one in owed}
        services.release(tenant_id, [bill.hold.id for bill in bills if bill.hold.id not in paid])


def bill_for(held: Hold, usage: Usage) -> Bill:
    """What a call came to, at the prices its money was held at."""
    nanos = cost(
        held.prices,
        prompt=usage.prompt_tokens,
        completion=usage.completion_tokens,
        cached=min(usage.cached_tokens, usage.prompt_tokens),
    )
    return Bill(held, usage, nanos * 100 / NANOS)


def first_request(job: Job) -> ModelRequest:
    """The request of a run's next model call, as far as its price depends on it."""
    turn = job.turn
    told = tuple(turn.messages)
    return ModelRequest(
        turn.model, told, turn.tools, turn.max_tokens, turn.temperature, key=f"{turn.run}:{first_number(job)}"
    )


def first_number(job: Job) -> int:
    """The number of the step that a job begins with."""
    return len(job.turn.done) + 1


def _reserve(job: Job, asks: list[Ask], number: int, tries: int, now: dt.datetime) -> Hold | Refused:
    spender = Spender(
        tenant_id=job.tenant_id,
        run=job.run,
        conversation_id=job.conversation_id or None,
        customer_id=job.customer.id or None,
        release=job.release,
        traffic=job.traffic,
    )
    attempt = job.attempt * HOLDS_A_STEP + tries
    return services.reserve(spender, asks, step=number, attempt=attempt, now=now, lease_seconds=LEASE_SECONDS)


def _ask(job: Job, want: Want, now: dt.datetime) -> Ask:
    return Ask(
        model=want.route.model,
        provider=provider_of(want.route.config.base_url),
        prices=_prices(job, want.route, now),
        prompt_tokens=estimate.prompt_tokens(want.request),
        max_output_tokens=want.request.max_tokens or OUTPUT_TOKENS,
    )


def _prices(job: Job, route: Route, now: dt.datetime) -> Prices:
    return price_of(job.tenant_id, provider_of(route.config.base_url), route.model, now)


def _owed(bill: Bill) -> Owed:
    usage = bill.usage
    return Owed(
        bill.hold.id,
        usage.prompt_tokens,
        usage.completion_tokens,
        usage.cached_tokens,
        usage.estimated,
    )
