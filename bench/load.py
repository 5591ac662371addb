"""The load generator: N sockets, each of which asks again as soon as it is answered (a closed loop).

Invariant: every round is bounded in time and in turns, and gives figures only when every socket was alive to its
end, was answered, and was held by the process that is measured. A closed loop hides its dead: they ask no more.
"""

from __future__ import annotations

import asyncio
import gc
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import machine
from bench.machine import BenchFailed, OtherLoad
from bench.talks import Door, Talk, Tally
from bench.wire import Line

OPENED_AT_ONCE = 50
OPEN_SECONDS = 60.0
DRAIN_SECONDS = 15.0
# What a server still does for a turn after its last frame.
SETTLE_SECONDS = 0.2
MOST_TURNS = 3_000_000
# Fewer turns than this a socket are all beginning and no rate.
LEAST_TURNS = 2
STRETCH = 3


@dataclass(frozen=True, slots=True)
class Round:
    """One server under one load. Milliseconds; `cpu_ms` is the server's, per turn; `others` and `load` are cores."""

    server: str
    sockets: int
    seconds: float
    turns: int
    rate: float
    p50_ms: float
    p95_ms: float
    first_ms: float
    cpu_ms: float
    rss_mb: float
    frames_a_turn: float
    fewest_turns: int
    load: float
    others: float


async def closed_loop(
    door: Door, talk: Callable[[Door, Tally, Line], Talk], *, sockets: int, seconds: float
) -> Round:
    """Loads `door` with `sockets` talks for `seconds` and a drain.

    Raises BenchFailed: a fault, a dead socket, or another process that serves.
    """
    tally = Tally()
    talks = await open_all(door, talk, tally, sockets)
    gc.collect()
    gc.disable()
    try:
        result = await _measured(door, talks, tally, seconds)
    finally:
        gc.enable()
        await closed(door, talks)
    return result


async def open_all(
    door: Door,
    talk: Callable[[Door, Tally, Line], Talk],
    tally: Tally,
    sockets: int,
    *,
    deflate: bool = False,
) -> list[Talk]:
    """Opens the sockets, a few at once, and waits until all are let in. Raises BenchFailed."""
    talks: list[Talk] = []
    deadline = time.monotonic() + OPEN_SECONDS
    for start in range(0, sockets, OPENED_AT_ONCE):
        for _ in range(start, min(start + OPENED_AT_ONCE, sockets)):
            line = Line(door.path, deflate=deflate)
            talks.append(talk(door, tally, line))
            await _connect(line, door.port)
        left = deadline - time.monotonic()
        await until(lambda: bool(tally.faults) or all(one.is_ready for one in talks), left)
        if tally.faults:
            break
    check(door, talks, tally)
    return talks


async def _connect(line: Line, port: int) -> None:
    await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", port)


def check(door: Door, talks: Sequence[Talk], tally: Tally) -> None:
    """Raises BenchFailed unless all sockets are alive, here and in the measured process."""
    if tally.faults:
        faults = ", ".join(f"{count} × {what}" for what, count in tally.faults.most_common(3))
        raise BenchFailed(f"{door.name}, {len(talks)} sockets: {faults}")
    ready = sum(one.is_ready for one in talks)
    if ready != len(talks):
        raise BenchFailed(f"{door.name}: only {ready} of {len(talks)} sockets were let in")
    held = machine.sockets(door.pid, door.port, machine.ESTABLISHED)
    if held != len(talks):
        raise BenchFailed(f"{door.name}: process {door.pid} holds {held} of {len(talks)} sockets")


async def closed(door: Door, talks: Sequence[Talk]) -> None:
    """Closes the sockets and waits until the server has let them go."""
    for one in talks:
        one.line.close()
    await until(lambda: machine.sockets(door.pid, door.port, machine.ESTABLISHED) == 0, DRAIN_SECONDS)


async def _measured(door: Door, talks: Sequence[Talk], tally: Tally, seconds: float) -> Round:
    others, cpu, own, start = (
        OtherLoad(os.getpid()),
        machine.cpu_seconds(door.pid),
        time.process_time(),
        time.perf_counter(),
    )
    for one in talks:
        one.begin()
    await _window(tally, seconds, least=LEAST_TURNS * len(talks))
    window, turns, own = time.perf_counter() - start, len(tally.latencies), time.process_time() - own
    tally.going_on = False
    await until(lambda: not any(one.is_waiting for one in talks), DRAIN_SECONDS)
    await asyncio.sleep(SETTLE_SECONDS)
    cpu, elsewhere = machine.cpu_seconds(door.pid) - cpu, others.cores()
    check(door, talks, tally)
    silent = sum(one.is_waiting or not one.turns for one in talks)
    if silent:
        raise BenchFailed(f"{door.name}: {silent} of {len(talks)} sockets were not answered")
    return Round(
        server=door.name,
        sockets=len(talks),
        seconds=round(window, 2),
        turns=turns,
        rate=round(turns / window, 1),
        p50_ms=percentile(tally.latencies, 50),
        p95_ms=percentile(tally.latencies, 95),
        first_ms=percentile(tally.firsts, 50),
        cpu_ms=round(cpu * 1000 / len(tally.latencies), 4),
        rss_mb=round(machine.rss_bytes(door.pid) / 2**20, 1),
        frames_a_turn=round(tally.frames / len(tally.latencies), 1),
        fewest_turns=min(one.turns for one in talks),
        load=round(own / window, 2),
        others=elsewhere,
    )


async def _window(tally: Tally, seconds: float, *, least: int) -> None:
    """The time in which turns count: longer where a slow server has not had `least` turns yet."""
    await until(lambda: bool(tally.faults) or len(tally.latencies) >= MOST_TURNS, seconds)
    await until(lambda: bool(tally.faults) or len(tally.latencies) >= least, seconds * STRETCH)


def percentile(seconds: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile in milliseconds; 0 of nothing."""
    if not seconds:
        return 0.0
    place = math.ceil(len(seconds) * percent / 100)
    return round(sorted(seconds)[max(place, 1) - 1] * 1000, 3)


async def until(done: Callable[[], bool], seconds: float) -> None:
    """Returns when it is done or the time is over, whichever comes first."""
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or done():
            return
        await asyncio.sleep(min(0.02, left))
