"""`make bench`: all loads in one go, bounded; prints ratios with their goals and writes var/bench/.

Exit code: 0 when the figures may be believed (a missed goal is said, not punished), 1 when they may not.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import uvloop

from bench import (
    budgets,
    dashboard,
    desk,
    desk_lists,
    guards,
    idle,
    load,
    machine,
    ours,
    report,
    routing,
    search,
    tools,
)
from bench.load import Round
from bench.machine import BenchFailed
from bench.report import Figures
from bench.talks import TOKENS, Chat, Door, Echo
from bench.world import ROOT, Running, Server, World, a_world, run_step, serving
from embedded import EmbeddedError

A = Server("A", "bench.servers.raw:application", lifespan="on")
R = Server("R", "bench.servers.reference:application")
PARTS = (
    "turn",
    "echo",
    "idle",
    "guards",
    "retrieval",
    "tools",
    "budgets",
    "routing",
    "desk",
    "lists",
    "dashboard",
)
# Retrieval fills its tables at full size or not at all.
QUICK_PARTS = ("turn", "echo", "idle", "guards")
OTHERS: dict[str, tuple[Any, str]] = {
    "guards": (guards, "guards: one process, one thread …"),
    "retrieval": (search, "retrieval: filling tables, two minutes or so …"),
    "tools": (tools, "tools …"),
    "budgets": (budgets, "budgets: eight workers on a database of their own …"),
    "routing": (routing, "routing: 500 people, four workers …"),
    "desk": (desk, "desk: 200 open desks and a year's conversations …"),
    "lists": (desk_lists, "lists: pages and searches of 10,000 conversations …"),
    "dashboard": (dashboard, "dashboard: filling tables with a million events, minutes …"),
}
"""Parts that are measured by a module of their own, in this order."""
FRAMES = TOKENS + 1
OUT = ROOT / "var" / "bench"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything takes. `quiet` is how many seconds to wait for others to be quiet, each time."""

    seconds: float = 4.0
    rounds: int = 3
    idle_sockets: int = 2000
    quiet: float = 5.0
    whole_run: int = 1200


QUICK = Plan(seconds=1.5, rounds=1, idle_sockets=300, quiet=0.0, whole_run=900)


def main() -> int:
    arguments = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    signal.signal(signal.SIGALRM, _too_long)
    plan = QUICK if arguments.quick else Plan()
    signal.alarm(plan.whole_run)
    try:
        figures = run(plan, arguments.only or (QUICK_PARTS if arguments.quick else PARTS))
    except (BenchFailed, EmbeddedError) as error:
        print(f"make bench: no figures: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("make bench: stopped, no figures", file=sys.stderr)
        return 1
    print("\n" + report.text(figures))
    _keep(figures, plan)
    return 0


def run(plan: Plan, parts: Sequence[str]) -> Figures:
    """Measures the parts asked for. Raises BenchFailed or embedded.EmbeddedError."""
    figures = Figures()
    with a_world() as world:
        run_step(world, ["-m", "bench.ours"])
        if "turn" in parts:
            with turn_doors(world) as doors:
                figures.turn = alternating(doors, Chat, (1, 20, 100), plan)
        if "echo" in parts:
            with echo_doors(world) as doors:
                figures.echo = alternating(doors, Echo, (1, 50), plan)
        if "idle" in parts:
            figures.idle = [_idle(world, server, plan) for server in (A, ours.SERVER)]
        for name, (part, said) in OTHERS.items():
            if name in parts:
                print(said, flush=True)
                _measure(figures, name, part, world)
    return figures


def _measure(figures: Figures, name: str, part: Any, world: World) -> None:
    """Fills what a part of the figures has: its values, its goals, its text."""
    found = part.measured(world)
    setattr(figures, name, found)
    setattr(figures, f"{name}_goals", part.goals(found))
    setattr(figures, f"{name}_text", part.text(found))


@contextmanager
def turn_doors(world: World) -> Iterator[list[Door]]:
    with ExitStack() as stack:
        raw, reference, product = (stack.enter_context(serving(world, one)) for one in (A, R, ours.SERVER))
        free = replace(world, env={**world.env, "MODEL_METERING": "no"})
        unmetered = stack.enter_context(serving(free, ours.UNMETERED))
        open_door = replace(world, env={**world.env, "GUARDRAILS": "no"})
        unguarded = stack.enter_context(serving(open_door, ours.UNGUARDED))
        yield [
            Door("A", raw.port, raw.pid, "/turn", frames=FRAMES),
            Door("R", reference.port, reference.pid, "/turn", frames=FRAMES),
            ours.door(product),
            ours.door(unmetered, ours.UNMETERED.name),
            ours.door(unguarded, ours.UNGUARDED.name),
        ]


@contextmanager
def echo_doors(world: World) -> Iterator[list[Door]]:
    with ExitStack() as stack:
        raw, reference, product = (stack.enter_context(serving(world, one)) for one in (A, R, ours.SERVER))
        yield [
            _raw_echo(raw),
            Door("Channels", reference.port, reference.pid, "/echo"),
            Door("Channels, own dispatch", reference.port, reference.pid, "/echo-direct"),
            ours.door(product),
        ]


def alternating(
    doors: Sequence[Door], talk: type[Chat] | type[Echo], sizes: Sequence[int], plan: Plan
) -> list[Round]:
    """Every door under every load, round by round, each round beginning with another door."""
    for door in doors:
        uvloop.run(load.closed_loop(door, talk, sockets=sizes[1], seconds=plan.seconds / 2))
    found: list[Round] = []
    for sockets in sizes:
        for number in range(plan.rounds):
            machine.wait_for_quiet(plan.quiet)
            turned = number % len(doors)
            for door in (*doors[turned:], *doors[:turned]):
                found.append(uvloop.run(load.closed_loop(door, talk, sockets=sockets, seconds=plan.seconds)))
                print(_progress(found[-1]), flush=True)
    return found


def _progress(one: Round) -> str:
    return f"{one.server:<23}{one.sockets:>4} sockets {one.rate:>9.0f}/s {one.cpu_ms:>8.3f} ms CPU each"


def _idle(world: World, server: Server, plan: Plan) -> idle.Idle:
    with serving(world, server) as running:
        door = ours.door(running) if server is ours.SERVER else _raw_echo(running)
        found = uvloop.run(idle.idle_memory(door, plan.idle_sockets))
    print(f"{found.server:<23}{found.sockets:>4} idle sockets {found.kb_a_socket:>9.1f} KB each", flush=True)
    return found


def _raw_echo(running: Running) -> Door:
    return Door("A raw", running.port, running.pid, "/echo")


def _keep(figures: Figures, plan: Plan) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC)
    kept = {
        "at": at.isoformat(timespec="seconds"),
        "machine": machine.described(),
        "plan": asdict(plan),
        **report.as_json(figures),
    }
    written = json.dumps(kept, indent=1)
    for name in (f"{at:%Y%m%dT%H%M%SZ}.json", "latest.json"):
        (OUT / name).write_text(written)
    print(f"\nKept in {OUT.relative_to(ROOT)}/{at:%Y%m%dT%H%M%SZ}.json")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Bounded, paired loads on loopback.")
    parser.add_argument("--quick", action="store_true", help="short rounds: proves that it works, no figures")
    parser.add_argument("--only", type=_parts, help=f"some of {','.join(PARTS)}")
    return parser.parse_args()


def _parts(given: str) -> tuple[str, ...]:
    chosen = tuple(given.split(","))
    unknown = set(chosen) - set(PARTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {','.join(PARTS)}")
    return chosen


def _too_long(_number: int, _frame: FrameType | None) -> None:
    # Of another exception in a signal handler uvloop would make a line in the log.
    raise SystemExit("make bench: no figures: the run took longer than it may")


if __name__ == "__main__":
    sys.exit(main())
