"""Holding money and settling it: what a pair costs alone, how many a second eight workers make on one tenant.

Invariant: on a database of its own that syncs every commit to disk, under row level security, through the product's
own services; both phases end by themselves. While eight work, a watcher reads the purses over and over and a purse
beyond its limit ends the run; afterwards what is settled must equal what the ledger charged, to the nano.
Run as a program (`python -m bench.budgets`) it measures and writes JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing as mp
import os
import secrets
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import psycopg

from bench.machine import BenchFailed, pinned
from bench.report import Goal
from bench.world import World, run_step
from embedded import Postgres, bootstrap

WORKERS = 8
SECONDS = 5.0
ALONE = 600
MOST_SECONDS = 120.0
HELD, COST = 1_000, 700
_BROKEN = "SELECT count(*) FROM budgets_purse WHERE settled_nanos + reserved_nanos > limit_nanos"
_BOOKS = """
SELECT bool_and(p.reserved_nanos = 0 AND p.settled_nanos = (
    SELECT coalesce(sum(u.charged_nanos), 0) FROM budgets_usage u JOIN budgets_reservation r ON r.id = u.reservation
    WHERE p.id = ANY (r.purses)))
FROM budgets_purse p JOIN budgets_budget b ON b.id = p.budget_id WHERE b.scope IN ('tenant_day', 'tenant_month')
"""


def measured(world: World) -> dict[str, Any]:
    """The figures, taken on a database that syncs. Raises BenchFailed, also when a limit was passed."""
    everywhere = world.server_core | os.sched_getaffinity(0)
    postgres = Postgres(world.folder / "durable")
    with pinned(everywhere):
        try:
            postgres.start()
            made = bootstrap(
                postgres.admin_url, "bench", secrets.token_urlsafe(16), secrets.token_urlsafe(16)
            )
            addresses = {
                "DATABASE_URL": made.app_url,
                "DATABASE_OWNER_URL": made.owner_url,
                "DATABASE_POOL": "0",
            }
            durable = replace(world, env={**world.env, **addresses})
            run_step(durable, ["manage.py", "migrate", "--database", "owner", "--verbosity", "0"])
            figures: dict[str, Any] = json.loads(
                run_step(durable, ["-m", "bench.budgets"], seconds=MOST_SECONDS)
            )
            return figures
        finally:
            postgres.stop(immediate=True)


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """A pair's time alone, pairs a second from eight workers, and that no sample found a limit passed."""
    return [
        Goal("reserve + settle, alone, p50", figures["alone"]["pair_p50_ms"], 1.5, unit=" ms"),
        Goal(f"pairs/s of {WORKERS} workers on one tenant", figures["rate"], 1000, at_most=False),
        Goal("purses beyond their limit, of all samples", figures["overdrawn"], 0),
    ]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about money."""
    alone, busy, tight = figures["alone"], figures["busy"], figures["tight"]
    return "\n".join(
        [
            "Money: reserve and settle, five budgets, every commit synced",
            f"  {'':<28}{'reserve ms':>11} {'settle ms':>10} {'pair ms':>9} {'p95 ms':>8}",
            _line("one worker", alone),
            _line(f"{WORKERS} workers, one tenant", busy),
            f"  {figures['rate']:.0f} pairs/s; {figures['samples']} samples of the purses, "
            f"{figures['overdrawn']} overdrawn",
            f"  at a limit of {tight['limit']} pairs: {tight['granted']} granted, the limit told {tight['told']} times",
        ]
    )


def _line(name: str, one: Mapping[str, float]) -> str:
    return (
        f"  {name:<28}{one['reserve_p50_ms']:>11.3f} {one['settle_p50_ms']:>10.3f} "
        f"{one['pair_p50_ms']:>9.3f} {one['pair_p95_ms']:>8.3f}"
    )


def main() -> None:
    import django

    django.setup()
    tenant = _a_tenant(limit=10**14)
    _pairs(tenant, run="warm", most=100, seconds=SECONDS)
    alone = _spread(_pairs(tenant, run="alone", most=ALONE, seconds=SECONDS)[0])
    times, seconds, samples, overdrawn = _together(tenant, WORKERS, SECONDS)
    limit = 500
    tight = _a_tenant(limit=limit * HELD)
    _, _, more, over = _together(tight, WORKERS, SECONDS / 2, cost=HELD)
    for one in (tenant, tight):
        _check_books(one)
    granted = _count(tight)
    json.dump(
        {
            "alone": alone,
            "busy": _spread(times),
            "rate": len(times) / seconds,
            "samples": samples + more,
            "overdrawn": overdrawn + over,
            "tight": {"limit": limit, "granted": granted, "told": _told(tight)},
        },
        sys.stdout,
    )


def _a_tenant(limit: int) -> int:
    from core.actors import system
    from engine.budgets import services
    from engine.budgets.values import Scope
    from tenants.services import create_tenant

    actor = system("bench")
    tenant = create_tenant(slug=f"money-{secrets.token_hex(4)}", name="Money", actor=actor)
    services.ensure_defaults(tenant_id=tenant.pk, actor=actor)
    for scope in services.DEFAULTS:
        wide = scope in {Scope.TENANT_DAY, Scope.TENANT_MONTH}
        services.set_budget(
            tenant_id=tenant.pk, scope=scope, limit_nanos=limit if wide else 10**14, actor=actor
        )
    return tenant.pk


Times = list[tuple[float, float]]


def _pairs(tenant_id: int, *, run: str, most: int, seconds: float, cost: int = COST) -> tuple[Times, int]:
    """Seconds of each (reserve, settle), and how many were refused."""
    from engine.budgets import services
    from engine.budgets.values import Ask, Bill, Prices, Refused, Spender

    spender = Spender(
        tenant_id, run, conversation_id=hash(run) % 1000, customer_id=hash(run) % 1000, release=1
    )
    asks = [Ask("m", "p", Prices(0, 0, 1_000_000), 0, HELD), Ask("s", "p", Prices(0, 0, 1_000_000), 0, HELD)]
    times: Times = []
    refused, end = 0, time.perf_counter() + seconds
    for step in range(most):
        now = dt.datetime.now(dt.UTC)
        begun = time.perf_counter()
        held = services.reserve(spender, asks, step=step, attempt=1, now=now, lease_seconds=60)
        between = time.perf_counter()
        if isinstance(held, Refused):
            refused += 1
        else:
            services.settle(tenant_id, [Bill(held.id, 0, cost)], now=now)
            times.append((between - begun, time.perf_counter() - between))
        if time.perf_counter() > end:
            break
    return times, refused


def _together(
    tenant_id: int, workers: int, seconds: float, cost: int = COST
) -> tuple[Times, float, int, int]:
    """Times of all workers, the seconds they took, samples of the purses and how many found one overdrawn."""
    context = mp.get_context("spawn")
    start, stop, said = context.Barrier(workers + 1), context.Event(), context.SimpleQueue()
    jobs = [(tenant_id, f"run-{number}", seconds, cost, start, said) for number in range(workers)]
    processes = [context.Process(target=_work, args=job, daemon=True) for job in jobs]
    for process in processes:
        process.start()
    start.wait(timeout=60)
    begun = time.perf_counter()
    samples = overdrawn = 0
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as watcher:
        watcher.execute("SELECT set_config('app.tenant_id', %s, false)", [str(tenant_id)])
        while time.perf_counter() < begun + seconds:
            [(found,)] = watcher.execute(_BROKEN).fetchall()
            samples, overdrawn = samples + 1, overdrawn + int(found)
            time.sleep(0.01)
    times = [one for _ in processes for one in said.get()]
    stop.set()
    for process in processes:
        process.join(timeout=20)
    return times, seconds, samples, overdrawn


def _work(tenant_id: int, run: str, seconds: float, cost: int, start: Any, said: Any) -> None:
    import django

    django.setup()
    _pairs(tenant_id, run=f"{run}-warm", most=5, seconds=seconds, cost=cost)
    start.wait(timeout=60)
    said.put(_pairs(tenant_id, run=run, most=10**6, seconds=seconds, cost=cost)[0])


def _scoped(tenant_id: int, statement: str) -> Any:
    from core import sql
    from core.scope import tenant_scope

    with tenant_scope(tenant_id):
        found = sql.row(statement, [])
    assert found is not None
    return found[0]


def _check_books(tenant_id: int) -> None:
    if not _scoped(tenant_id, _BOOKS):
        raise BenchFailed("what the purses settled is not what the ledger charged")


def _count(tenant_id: int) -> int:
    return int(_scoped(tenant_id, "SELECT count(*) FROM budgets_usage"))


def _told(tenant_id: int) -> int:
    return int(_scoped(tenant_id, "SELECT count(*) FROM budgets_alert WHERE threshold = 100"))


def _spread(times: Times) -> dict[str, float]:
    pairs = [sum(one) * 1000 for one in times]
    return {
        "reserve_p50_ms": statistics.median(one[0] for one in times) * 1000,
        "settle_p50_ms": statistics.median(one[1] for one in times) * 1000,
        "pair_p50_ms": statistics.median(pairs),
        "pair_p95_ms": statistics.quantiles(pairs, n=20)[-1],
    }


if __name__ == "__main__":
    main()
