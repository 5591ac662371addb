"""What workers do for money: end what was held too long, and look for spending out of proportion."""

from __future__ import annotations

import datetime as dt

import structlog
from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from engine.budgets import queries, services
from engine.budgets.anomalies import Rule, is_unusual
from engine.budgets.values import NANOS, Scope
from tenants.queries import active_tenants

log = structlog.get_logger(__name__)
SPAN = dt.timedelta(minutes=10)
BACK = dt.timedelta(days=7)
TENANT_RULE = Rule(floor=NANOS // 4)
RUN_RULE = Rule(floor=NANOS // 10, times=5.0)
"""Runs differ more from each other than one quarter of an hour from the next."""


@shared_task(name="budgets.expire_reservations", ignore_result=True)
def expire_reservations() -> int:
    """Charges what is held beyond its lease, tenant by tenant, and says how many. Safe to run any number of times."""
    now = timezone.now()
    expired = 0
    for tenant in active_tenants():
        try:
            while ended := len(services.expire(tenant.pk, now=now)):
                expired += ended
        except DatabaseError:
            # One tenant's trouble keeps no other's money.
            log.exception("reservations_not_expired", tenant=tenant.pk)
    return expired


@shared_task(name="budgets.watch_spending", ignore_result=True)
def watch_spending() -> int:
    """Raises alerts where a tenant or a run spends far above its own history; how many. Once an hour each."""
    now = timezone.now()
    return sum(watch(tenant.pk, now=now) for tenant in active_tenants())


def watch(tenant_id: int, *, now: dt.datetime) -> int:
    """One tenant's part of `watch_spending`."""
    current = queries.spent_since(tenant_id, now - SPAN)
    # Most tenants, most of the time: nothing to judge, so their history is not read.
    if current <= min(TENANT_RULE.floor, RUN_RULE.floor):
        return 0
    found = 0
    if current > TENANT_RULE.floor:
        history = queries.spending_history(tenant_id, now=now, span=SPAN, back=BACK)
        if is_unusual(current, history, TENANT_RULE):
            found += _alert(tenant_id, "tenant", "", current, now=now)
    return found + _watch_runs(tenant_id, now=now)


def _watch_runs(tenant_id: int, *, now: dt.datetime) -> int:
    recent = queries.runs_since(tenant_id, now - SPAN)
    suspects = {run: spent for run, spent in recent.items() if spent > RUN_RULE.floor}
    if not suspects:
        return 0
    history = [
        nanos for run, nanos in queries.runs_since(tenant_id, now - BACK).items() if run not in suspects
    ]
    unusual = [(run, spent) for run, spent in suspects.items() if is_unusual(spent, history, RUN_RULE)]
    return sum(_alert(tenant_id, Scope.RUN, run, spent, now=now) for run, spent in unusual)


def _alert(tenant_id: int, scope: str, subject: str, nanos: int, *, now: dt.datetime) -> bool:
    key = f"anomaly:{scope}:{subject}:{now.astimezone(dt.UTC):%Y-%m-%dT%H}"
    detail = {"spent": nanos, "minutes": int(SPAN.total_seconds() // 60)}
    return services.raise_anomaly(tenant_id, key=key, scope=scope, subject=subject, detail=detail)
