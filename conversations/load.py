"""How many answers one process writes at once, how many may wait for it, and who is asked to come back.

Invariant: a message that is refused was not stored, and says when to try again; one that was accepted keeps its place,
its lease and its turn. Waiting costs a row and a task, no connection.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from django.conf import settings

from core.errors import Unavailable

PAUSE = (2.0, 6.0)
"""Seconds after which to come back, spread so that not everybody comes at once."""


class Busy(Unavailable):
    code = "busy"
    default_message = (
        "Many people are writing just now. Your message was not taken: please send it again in a moment."
    )


@dataclass(slots=True)
class Room:
    """The answers of one event loop."""

    seats: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(settings.ANSWERS_AT_ONCE))
    waiting: int = 0


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, Room] = WeakKeyDictionary()


def check_room() -> None:
    """To be asked before a message is taken.

    Raises:
        Busy: as many wait as may.
    """
    room = _room()
    if room.waiting >= settings.ANSWERS_WAITING and room.seats.locked():
        raise Busy(retry_after=round(random.uniform(*PAUSE), 1))  # noqa: S311 — spreads, hides nothing


@asynccontextmanager
async def seat() -> AsyncIterator[None]:
    """A place among those that are answered at once; waits for one."""
    room = _room()
    room.waiting += 1
    try:
        await room.seats.acquire()
    finally:
        room.waiting -= 1
    try:
        yield
    finally:
        room.seats.release()


def _room() -> Room:
    return _rooms.setdefault(asyncio.get_running_loop(), Room())
