"""Runs `bench.retrieval` in a process of its own and holds its figures against the goals.

Run as a program (`python -m bench.search`) it measures and writes JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from bench.machine import pinned
from bench.report import Goal
from bench.world import World, run_step

MOST_SECONDS = 900.0


def measured(world: World) -> dict[str, Any]:
    """The figures of `bench.retrieval.measure`, taken on the server's core.

    Raises BenchFailed, also when a neighbour was missed.
    """
    with pinned(world.server_core):
        said = run_step(world, ["-m", "bench.search"], seconds=MOST_SECONDS)
    figures: dict[str, Any] = json.loads(said)
    return figures


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """Times of the tenants of ordinary size, recall, and what row level security costs the dearest query."""
    ordinary = next(iter(figures["search"].items()))
    dearest = max(figures["queries"].items(), key=lambda one: float(one[1]["ratio"]))
    return [
        Goal(f"{ordinary[0]} a tenant, p95", ordinary[1]["p95_ms"], 10.0, unit=" ms"),
        Goal("vector search, recall against exact", figures["recall"], 1.0, at_most=False),
        Goal(f"row level security / explicit: {dearest[0]}", dearest[1]["ratio"], 1.2),
    ]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about retrieval."""
    spread = figures["search"]
    lines = [f"Retrieval, {figures['chunks']} chunks, recall {figures['recall']:g}"]
    lines.append(f"  {'':<36}{'RLS ms':>9} {'explicit':>9} {'ratio':>6} {'p95 ms':>8}")
    for name, one in figures["queries"].items():
        late = f"{spread[name]['p95_ms']:>8.2f}" if name in spread else ""
        lines.append(
            f"  {name:<36}{one['rls_ms']:>9.3f} {one['explicit_ms']:>9.3f} {one['ratio']:>6.2f} {late}".rstrip()
        )
    return "\n".join(lines)


def main() -> None:
    import django

    django.setup()
    from bench.retrieval import measure

    json.dump(measure(os.environ["DATABASE_OWNER_URL"], os.environ["DATABASE_URL"]), sys.stdout)


if __name__ == "__main__":
    main()
