"""A conversation followed from one message on, until it is answered or a person has it.

Invariant: events come in the order of their `seq`, each once, whatever is lost on the way; the log is read again every
second, so that nothing but speed depends on Redis. Who stops following stops nothing else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from conversations import drafts, events, queries
from conversations.journal import Head
from conversations.models import Owner
from core.offload import in_database

log = structlog.get_logger(__name__)
Frame = dict[str, Any]
LOOK_SECONDS = 1.0
JOIN_DEADLINE = 2.0
_SHOWN = frozenset({"event", "delta", "status"})


def _may_be_the_end(frame: Frame) -> bool:
    return frame["type"] == "event" or frame.get("stage") == "idle"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to follow from: the `seq` of a customer's message."""

    tenant_id: int
    conversation_id: int
    seq: int


class Following:
    """The frames of one conversation after one message."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.standing: Head | None = None
        self._shown = place.seq - 1
        self._coming: asyncio.Queue[Frame] = asyncio.Queue()
        self._over = False
        self._written: dict[str, int] = {}

    async def deliver(self, frame: Frame) -> None:
        """Takes a frame from an answer that is written in this process."""
        if not self._over:
            self._coming.put_nowait(frame)

    async def frames(self, *, direct: bool) -> AsyncIterator[Frame | None]:
        """The message itself, then what follows; None for a moment in which nothing came. Ends when it is answered.

        Args:
            direct: the frames come by `deliver`; else they are taken from the conversation's group.
        """
        async with self._joined(direct):
            try:
                async for frame in self._until_answered(direct):
                    yield frame
            finally:
                self._over = True

    async def _until_answered(self, direct: bool) -> AsyncIterator[Frame | None]:
        for event in await self._beginning(direct):
            yield event
        over = not direct and await self._answered()
        while not over:
            frame = await self._next()
            if frame is not None and not _may_be_the_end(frame):
                if self._joins(frame):
                    yield frame
                continue
            # Looked at before the log is read: what was posted by then is in what is read.
            over = await self._answered()
            for event in await self._missing():
                yield event
            if frame is None:
                yield None
        for event in await self._missing():
            yield event

    async def _beginning(self, direct: bool) -> list[Frame]:
        draft = [] if direct else await self._draft()
        return await self._missing() + [frame for frame in draft if self._joins(frame)]

    def _joins(self, frame: Frame) -> bool:
        """Whether a piece of a draft leaves no hole before it; one that begins at 0 is on its way."""
        if frame["type"] != "delta":
            return True
        run, offset = frame["run"], frame["offset"]
        if offset > self._written.get(run, 0):
            return False
        self._written[run] = offset + len(frame["text"])
        return True

    async def _next(self) -> Frame | None:
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._coming.get(), LOOK_SECONDS)
        return None

    async def _answered(self) -> bool:
        head = await in_database(queries.standing)(self.place.tenant_id, self.place.conversation_id)
        self.standing = head
        return head.answered_seq >= self.place.seq or head.owner != Owner.AI

    async def _missing(self) -> list[Frame]:
        page = await in_database(queries.read_log)(
            self.place.tenant_id, self.place.conversation_id, after=self._shown
        )
        if page.events:
            self._shown = page.events[-1].seq
        return [events.shown_to_customer(events.frame(event)) for event in page.events]

    async def _draft(self) -> list[Frame]:
        draft = await drafts.load(self.place.tenant_id, self.place.conversation_id)
        return [] if draft is None else [{"type": "delta", "run": draft.run, "offset": 0, "text": draft.text}]

    @asynccontextmanager
    async def _joined(self, direct: bool) -> AsyncIterator[None]:
        if direct:
            yield
            return
        listening = asyncio.get_running_loop().create_task(self._listen())
        try:
            yield
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _listen(self) -> None:
        layer, group = get_channel_layer(), events.group(self.place.tenant_id, self.place.conversation_id)
        channel = ""
        try:
            async with asyncio.timeout(JOIN_DEADLINE):
                channel = await layer.new_channel()
                await layer.group_add(group, channel)
            while True:
                message = await layer.receive(channel)
                for frame in json.loads(message["frames"]):
                    if frame["type"] in _SHOWN:
                        self._coming.put_nowait(frame)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("group_not_followed", error=type(error).__name__)
        finally:
            await _leave(group, channel)


async def _leave(group: str, channel: str) -> None:
    if channel:
        with suppress(RedisError, OSError):
            await get_channel_layer().group_discard(group, channel)


async def first_news(place: Place, *, seconds: float) -> None:
    """Waits until the log goes beyond `place.seq`, or so many seconds."""
    following = Following(place)
    async with following._joined(False):
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    head = await in_database(queries.standing)(place.tenant_id, place.conversation_id)
                    if head.last_seq > place.seq:
                        return
                    await following._next()
