"""Reads about money: budgets with what is spent of them, prices as rows, what a run came to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from core import sql
from core.scope import require_tenant_id, tenant_scope
from engine.budgets.models import (
    Alert,
    Budget,
    InstallationBudget,
    Price,
    Purse,
    Reservation,
    State,
    TenantPrice,
    Usage,
)
from engine.budgets.values import PREVIEW, Scope

_HISTORY = """
SELECT floor(extract(epoch FROM %s::timestamptz - at) / %s::float8)::integer AS ago, sum(cost_nanos)::bigint
FROM budgets_usage WHERE tenant_id = %s AND at > %s AND at <= %s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Total:
    """What usage rows add up to; lost calls are in the money, and not in the tokens, which nobody counted."""

    cost: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


def budgets(tenant_id: int) -> list[Budget]:
    with tenant_scope(tenant_id):
        return list(Budget.objects.filter(tenant_id=tenant_id).order_by("scope", "subject"))


def with_spent(rows: QuerySet[Budget], tenant_id: int, *, now: dt.datetime) -> QuerySet[Budget]:
    """The budgets with `settled` and `reserved` nanos of their current period.

    None for those of one run, conversation or customer: they have many purses at a time.
    """
    month = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    day = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    by_day = Q(budget__scope=Scope.TENANT_DAY) | Q(budget__scope=Scope.FEATURE, budget__subject=PREVIEW)
    begun = Case(When(by_day, then=Value(day)), default=Value(month))
    purse = Purse.objects.filter(
        tenant_id=tenant_id, budget_id=OuterRef("pk"), subject=OuterRef("subject"), period_start=begun
    )
    return rows.annotate(
        settled=Subquery(purse.values("settled_nanos")[:1]),
        reserved=Subquery(purse.values("reserved_nanos")[:1]),
    )


def preview_left(tenant_id: int, *, now: dt.datetime) -> int | None:
    """Nanos that may be tried out for today; None where nothing limits it."""
    with tenant_scope(tenant_id):
        rows = Budget.objects.filter(tenant_id=tenant_id, scope=Scope.FEATURE, subject=PREVIEW, enabled=True)
        found = with_spent(rows, tenant_id, now=now).first()
    if found is None:
        return None
    return found.limit_nanos - (found.settled or 0) - (found.reserved or 0)  # type: ignore[attr-defined]


def prices_of_tenant(tenant_id: int, model: str) -> list[TenantPrice]:
    """Newest first."""
    with tenant_scope(tenant_id):
        rows = TenantPrice.objects.filter(tenant_id=tenant_id, model=model)
        return list(rows.order_by("-effective_from"))


def search_prices(words: str, *, most: int = 200) -> list[Price]:
    """The installation's prices whose provider or model holds each word, newest first in a model."""
    rows = Price.objects.all()
    for word in words.split()[:5]:
        rows = rows.filter(Q(model__icontains=word) | Q(provider__icontains=word))
    return list(rows.order_by("provider", "model", "-effective_from")[:most])


def prices_of_installation(model: str) -> list[Price]:
    """Newest first."""
    return list(Price.objects.filter(model=model).order_by("-effective_from"))


def newest_prices(source: str) -> dict[tuple[str, str], Price]:
    """The newest price of each (provider, model) that came from this source."""
    rows = Price.objects.filter(source__startswith=source).order_by("effective_from")
    return {(row.provider, row.model): row for row in rows}


def usage_of_run(tenant_id: int, run: str) -> list[Usage]:
    """In the order in which it was written."""
    with tenant_scope(tenant_id):
        return list(Usage.objects.filter(tenant_id=tenant_id, run=run).order_by("id"))


def costs_of_runs(tenant_id: int, runs: Iterable[str]) -> dict[str, int]:
    """Run -> nanos, for those that have spent any."""
    with tenant_scope(tenant_id):
        rows = Usage.objects.filter(tenant_id=tenant_id, run__in=list(runs)).values_list("run")
        return {run: int(cost) for run, cost in rows.annotate(cost=Sum("cost_nanos"))}


def total_of_run(tenant_id: int, run: str) -> Total:
    with tenant_scope(tenant_id):
        return total(Usage.objects.filter(tenant_id=tenant_id, run=run))


def total(rows: QuerySet[Usage]) -> Total:
    """Sums of any usage rows of the tenant in scope."""
    counted = Q(lost=False)
    sums = rows.aggregate(
        cost=Sum("cost_nanos"),
        prompt=Sum("prompt_tokens", filter=counted),
        completion=Sum("completion_tokens", filter=counted),
        cached=Sum("cached_tokens", filter=counted),
    )
    return Total(*(int(sums[name] or 0) for name in ("cost", "prompt", "completion", "cached")))


def held_of_run(tenant_id: int, run: str) -> list[Reservation]:
    """Money of a run still in flight: what a process that takes a dead run up may release or leave to expire."""
    with tenant_scope(tenant_id):
        rows = Reservation.objects.filter(tenant_id=tenant_id, run=run, state=State.HELD)
        return list(rows.order_by("id"))


def alerts(tenant_id: int, *, most: int = 100) -> list[Alert]:
    """Newest first."""
    with tenant_scope(tenant_id):
        return list(Alert.objects.filter(tenant_id=tenant_id).order_by("-id")[:most])


def spending_history(
    tenant_id: int, *, now: dt.datetime, span: dt.timedelta, back: dt.timedelta
) -> list[int]:
    """Nanos of live and other traffic in each span before the current one, since the first use within `back`.

    Spans without spending count as zero: a tenant that spends at noon only is judged by its whole day.
    """
    seconds = span.total_seconds()
    with tenant_scope(tenant_id):
        rows = sql.rows(_HISTORY, [now, seconds, tenant_id, now - back, now - span])
    if not rows:
        return []
    filled = [0] * (max(int(row[0]) for row in rows) + 1)
    for ago, nanos in rows:
        filled[int(ago)] = int(nanos)
    return filled[1:]


def spent_since(tenant_id: int, since: dt.datetime) -> int:
    """Nanos of all calls of a tenant after a moment."""
    with tenant_scope(tenant_id):
        return total(Usage.objects.filter(tenant_id=tenant_id, at__gt=since)).cost


def runs_since(tenant_id: int, since: dt.datetime) -> dict[str, int]:
    """Run -> nanos after a moment."""
    with tenant_scope(tenant_id):
        rows = Usage.objects.filter(tenant_id=tenant_id, at__gt=since).values_list("run")
        return {run: int(cost) for run, cost in rows.annotate(cost=Sum("cost_nanos"))}


def installation_budgets() -> list[InstallationBudget]:
    """The limits of the whole installation, by period."""
    return list(InstallationBudget.objects.order_by("period"))


def recent_alerts(*, now: dt.datetime, days: int = 7, most: int = 5) -> list[Alert]:
    """The newest alerts of the last days; within the tenant's scope."""
    rows = Alert.objects.filter(tenant_id=require_tenant_id(), at__gte=now - dt.timedelta(days=days))
    return list(rows.order_by("-id")[:most])


def alerts_of(budget: Budget, *, most: int = 5) -> list[Alert]:
    """The newest alerts about a budget; within the tenant's scope."""
    rows = Alert.objects.filter(tenant_id=budget.tenant_id, purse__budget_id=budget.pk)
    return list(rows.order_by("-id")[:most])
