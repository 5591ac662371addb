"""What every socket of ours has in common: two plain reading loops, one place for errors, one way to hang up.

Invariant: whatever a client sends becomes an error frame or a close code, never a stack trace and never a dead server;
a line that ends while it is written to is no error. With Redis gone a line stays open and hears nothing of others;
once it is back the line hears them again and shows what it missed, without anybody opening it anew.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import structlog
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from conversations.frames import BadFrame
from conversations.layer import BACK
from core.errors import NotFound, SwitchboardError, TooLarge, TooMany, Unavailable

log = structlog.get_logger(__name__)
LAYER_SECONDS = 3.0
MEND_SECONDS = 2.0
NOT_AUTHORISED, IDLE, TOO_MANY = 4401, 4408, 4429
CLOSE_CODES: dict[type[SwitchboardError], int] = {
    BadFrame: 4400,
    NotFound: 4404,
    TooLarge: 4413,
    TooMany: TOO_MANY,
    Unavailable: 1012,
}
SURELY_SMALL = 16_000
"""Characters that cannot be over 64 KiB in UTF-8."""


class FrameTooLarge(TooLarge):
    code = "frame_too_large"
    default_message = "A frame has at most 64 KiB."


class Line(AsyncWebsocketConsumer, ABC):
    """A socket. Who inherits says what a frame does (`take`) and how an error looks (`error_frame`)."""

    closing = False
    missed_more = False
    ends_it: tuple[type[SwitchboardError], ...] = (BadFrame, TooLarge)
    """Errors in a frame after which the socket is closed."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Reads the socket and the channel layer side by side, each in a plain loop.

        Channels' own waits for both anew before every message, which costs more than the message.
        """
        self.scope, self.base_send = scope, send
        self.channel_layer = get_channel_layer()
        self.groups: set[str] = set()
        self.mending: asyncio.Task[None] | None = None
        self.channel_name = await self.named()
        told = asyncio.get_running_loop().create_task(self.listen())
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            told.cancel()
            if self.mending is not None:
                self.mending.cancel()

    async def named(self) -> str:
        """A channel's name; empty with Redis gone: `listen` asks for one again."""
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                return str(await self.channel_layer.new_channel())
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("no_channel", error=type(error).__name__)
            return ""

    async def listen(self) -> None:
        """Takes what the channel layer brings for this socket."""
        while not self.channel_name:
            await asyncio.sleep(MEND_SECONDS)
            self.channel_name = await self.named()
            if self.channel_name:
                self.mend()
        while True:
            try:
                message = await self.channel_layer.receive(self.channel_name)
                if message["type"] == BACK:
                    self.mend()
                else:
                    await self.dispatch(message)
            except Exception:  # one bad message must not end the line
                log.exception("layer_message_failed")
                await asyncio.sleep(1)

    def mend(self, *, after: float = 0.0) -> None:
        """Joins its groups again and shows what it missed, however long that takes to succeed."""
        if self.mending is None or self.mending.done():
            self.mending = asyncio.get_running_loop().create_task(self._mend(after))
        else:
            self.missed_more = True

    async def _mend(self, after: float) -> None:
        await asyncio.sleep(after)
        while not self.closing:
            self.missed_more = False
            try:
                for group in list(self.groups):
                    await self.channel_layer.group_add(group, self.channel_name)
                await self.look_again()
            except (DatabaseError, RedisError, OSError, TimeoutError) as error:
                log.warning("line_not_mended", error=type(error).__name__)
                await asyncio.sleep(MEND_SECONDS)
            else:
                if not self.missed_more:
                    return

    async def guarded(self, raw: str | None) -> None:
        """Takes one text frame; whatever is wrong with it becomes an error frame or a close code."""
        if self.closing:
            return
        try:
            if raw is None:
                raise BadFrame("Binary frames are not part of this protocol.")
            if len(raw) > SURELY_SMALL and len(raw.encode()) > settings.CHAT_MAX_FRAME_BYTES:
                raise FrameTooLarge
            await self.take(raw)
        except self.ends_it as error:
            await self.refuse(error)
        except SwitchboardError as error:
            await self.complain(error, raw)
        except DatabaseError as error:
            log.warning("socket_database_error", error=type(error).__name__)
            await self.complain(Unavailable(retry_after=2), raw)
        except Exception:
            log.exception("frame_failed")
            await self.complain(SwitchboardError(), raw)

    async def look_again(self) -> None:
        """Shows what this socket may have missed."""

    @abstractmethod
    async def take(self, raw: str) -> None:
        """Does what a frame asks. Raises SwitchboardError with what is wrong with it."""

    @abstractmethod
    def error_frame(self, error: SwitchboardError, raw: str | None) -> str:
        """An error as this socket's clients know it."""

    async def complain(self, error: SwitchboardError, raw: str | None = None) -> None:
        """Tells the client what was wrong."""
        await self.write(self.error_frame(error, raw))

    async def refuse(self, error: SwitchboardError) -> None:
        """Says why, and hangs up with the code of the error's kind."""
        await self.write(self.error_frame(error, None))
        codes = (code for kind, code in CLOSE_CODES.items() if isinstance(error, kind))
        await self.hang_up(next(codes, NOT_AUTHORISED))

    async def hang_up(self, code: int) -> None:
        if not self.closing:
            self.closing = True
            await self.close(code)

    async def write(self, text: str) -> None:
        """Sends a text frame. A line that ended meanwhile is no error: an answer must not fail with it."""
        if self.closing:
            return
        try:
            await self.base_send({"type": "websocket.send", "text": text})
        except (OSError, RuntimeError):
            self.closing = True

    async def join(self, group: str) -> None:
        self.groups.add(group)
        if not self.channel_name:
            return
        try:
            await self.channel_layer.group_add(group, self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("group_not_joined", error=type(error).__name__)
            self.mend(after=MEND_SECONDS)

    async def leave(self, group: str) -> None:
        self.groups.discard(group)
        if not self.channel_name:
            return
        try:
            await self.channel_layer.group_discard(group, self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("group_not_left", error=type(error).__name__)
