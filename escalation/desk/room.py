"""The open desks of one tenant in this process, and what they are told together.

Invariant: a row that changed is read once for all of them, and written as the same text to each: with 200 desks and 50
events a second the database sees ten reads a second and not ten thousand. What is a desk's own (its counts) is read
in turn, never faster than a quarter of the time.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer
from django.db import DatabaseError
from redis.exceptions import RedisError

from conversations import presence
from conversations.layer import BACK
from core.errors import SwitchboardError
from core.offload import in_database
from escalation.desk import doing, queries
from escalation.desk.posts import Post
from escalation.desk.queries.hinted import Hinted
from escalation.desk.queries.hinted import hinted as read_hinted

log = structlog.get_logger(__name__)
GATHER_SECONDS = 0.05
MEND_SECONDS = 2.0
SHARE = 3.0
"""After a desk's counts were read, nothing is read for this many times as long as that took."""


class Desk(Protocol):
    """An open desk, as the room knows it."""

    @property
    def seat(self) -> Post: ...

    @property
    def line(self) -> str: ...

    @property
    def watching(self) -> int: ...

    def feed(self, text: str) -> None:
        """Takes a text frame to be sent; never waits."""

    def mend(self, *, after: float = 0.0) -> None:
        """Shows what it may have missed."""

    def look_soon(self) -> None:
        """Reads anew what it shows of its conversation."""


class Room:
    """One tenant's desks on one event loop."""

    def __init__(self, tenant_id: int) -> None:
        self.tenant_id = tenant_id
        self.desks: dict[Desk, None] = {}
        self.hinted: set[int] = set()
        self.uncounted: dict[Desk, None] = {}
        self.gathering: asyncio.Task[None] | None = None
        self.counting: asyncio.Task[None] | None = None
        self.listening = asyncio.get_running_loop().create_task(self.listen())
        self.beating = asyncio.get_running_loop().create_task(self.beat())

    async def listen(self) -> None:
        """Takes what the tenant's group is told, whatever becomes of Redis meanwhile."""
        layer, name = get_channel_layer(), ""
        try:
            while True:
                try:
                    if not name:
                        name = await layer.new_channel()
                        await layer.group_add(presence.group(self.tenant_id), name)
                    message = await layer.receive(name)
                    if message["type"] == BACK:
                        await layer.group_add(presence.group(self.tenant_id), name)
                    self.hear(message)
                except (RedisError, OSError, TimeoutError) as error:
                    log.warning("room_hears_nothing", error=type(error).__name__)
                    await asyncio.sleep(MEND_SECONDS)
        finally:
            await _forget(layer, presence.group(self.tenant_id), name)

    async def beat(self) -> None:
        """Says for all its desks that they are open still."""
        while True:
            await asyncio.sleep(doing.SEEN_SECONDS)
            open_here = [(desk.seat, desk.line) for desk in self.desks]
            try:
                await in_database(doing.seen)(self.tenant_id, open_here)
            except (DatabaseError, SwitchboardError) as error:
                log.warning("desks_not_seen", error=type(error).__name__)

    def hear(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "desk.hint":
                self.hinted.add(message["conversation"])
                if message.get("again"):
                    self.look_again(message["conversation"])
                self.gather_soon()
            case "layer.back":
                for desk in self.desks:
                    desk.mend()

    def look_again(self, conversation: int) -> None:
        for desk in self.desks:
            if desk.watching == conversation:
                desk.look_soon()

    def gather_soon(self) -> None:
        if self.gathering is None:
            self.gathering = asyncio.get_running_loop().create_task(self.gather())

    async def gather(self) -> None:
        """Shows all rows that were hinted at within a moment, read in one go."""
        await asyncio.sleep(GATHER_SECONDS)
        self.gathering, hinted, self.hinted = None, self.hinted, set()
        if not self.desks:
            return
        try:
            found = await in_database(read_hinted, lane="long")(next(iter(self.desks)).seat, hinted)
        except (DatabaseError, SwitchboardError) as error:
            log.warning("desk_rows_not_read", error=type(error).__name__)
            self.hinted |= hinted
            return
        self.feed(found)
        self.count(*self.desks)

    def feed(self, found: Sequence[Hinted]) -> None:
        """Writes the rows once for all desks that see the same of them."""
        texts: dict[tuple[bool, ...], str] = {}
        for desk in self.desks:
            seen = tuple(one.is_for(desk.seat) for one in found)
            if seen not in texts:
                rows = [one.row for one, is_seen in zip(found, seen, strict=True) if is_seen]
                gone = [
                    one.row["conversation"] for one, is_seen in zip(found, seen, strict=True) if not is_seen
                ]
                texts[seen] = json.dumps({"type": "rows", "rows": rows, "gone": gone})
            desk.feed(texts[seen])

    def count(self, *desks: Desk) -> None:
        """Has the counts of these desks read when it is their turn."""
        self.uncounted |= dict.fromkeys(desks)
        if self.counting is None:
            self.counting = asyncio.get_running_loop().create_task(self.count_in_turn())

    async def count_in_turn(self) -> None:
        try:
            while self.uncounted:
                desk = next(iter(self.uncounted))
                del self.uncounted[desk]
                began = time.monotonic()
                await self.count_one(desk)
                await asyncio.sleep(max(SHARE * (time.monotonic() - began), 0.02))
        finally:
            self.counting = None

    async def count_one(self, desk: Desk) -> None:
        try:
            views = await in_database(queries.counts, lane="long")(desk.seat)
        except (DatabaseError, SwitchboardError) as error:
            log.warning("desk_counts_not_read", error=type(error).__name__)
        else:
            desk.feed(json.dumps({"type": "counts", "views": views}))

    def close(self) -> None:
        for task in (self.listening, self.beating, self.gathering, self.counting):
            if task is not None:
                task.cancel()


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Room]] = WeakKeyDictionary()


def enter(desk: Desk) -> Room:
    """The tenant's room in this process, with this desk in it."""
    rooms = _rooms.setdefault(asyncio.get_running_loop(), {})
    tenant_id = desk.seat.tenant_id
    room = rooms.get(tenant_id) or rooms.setdefault(tenant_id, Room(tenant_id))
    room.desks[desk] = None
    return room


def leave(room: Room, desk: Desk) -> None:
    """Takes the desk out, and the room away with its last one."""
    room.desks.pop(desk, None)
    room.uncounted.pop(desk, None)
    if not room.desks:
        _rooms.setdefault(asyncio.get_running_loop(), {}).pop(room.tenant_id, None)
        room.close()


async def _forget(layer: Any, group: str, name: str) -> None:
    if name:
        try:
            await layer.group_discard(group, name)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("group_not_left", error=type(error).__name__)
