"""Memory of sockets that say nothing.

Invariant: each server is fresh, since one that was loaded before has freed memory that would hide the growth; and
each socket has exchanged a frame both ways, so that its compressors exist.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bench import machine
from bench.load import check, closed, open_all, until
from bench.machine import BenchFailed
from bench.talks import Door, Echo, Talk, Tally

WARM_SOCKETS = 100
SETTLE_SECONDS = 1.5
ANSWER_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Idle:
    """`kb_a_socket` is growth of resident memory, in KiB."""

    server: str
    sockets: int
    before_mb: float
    after_mb: float
    kb_a_socket: float


async def idle_memory(door: Door, sockets: int) -> Idle:
    """Opens sockets as a browser does, with deflate on offer, and leaves them alone. Raises BenchFailed."""
    await _opened_and_closed(door)
    before = machine.rss_bytes(door.pid)
    tally = Tally(going_on=False)
    talks = await open_all(door, Echo, tally, sockets, deflate=True)
    try:
        await _exchange(talks)
        await asyncio.sleep(SETTLE_SECONDS)
        check(door, talks, tally)
        after = machine.rss_bytes(door.pid)
    finally:
        await closed(door, talks)
    return Idle(
        server=door.name,
        sockets=sockets,
        before_mb=round(before / 2**20, 1),
        after_mb=round(after / 2**20, 1),
        kb_a_socket=round((after - before) / sockets / 1024, 1),
    )


async def _opened_and_closed(door: Door) -> None:
    """What the first sockets cost once: imports, pools, tables of codes."""
    talks = await open_all(door, Echo, Tally(going_on=False), WARM_SOCKETS, deflate=True)
    await _exchange(talks)
    await closed(door, talks)
    await asyncio.sleep(SETTLE_SECONDS)


async def _exchange(talks: Sequence[Talk]) -> None:
    for one in talks:
        one.begin()
    await until(lambda: not any(one.is_waiting for one in talks), ANSWER_SECONDS)
    if not all(one.turns for one in talks):
        raise BenchFailed(f"{talks[0].door.name}: not every socket was answered")
