"""The most that anybody may send in one request.

Invariant: a body is refused once it is larger than `REQUEST_MAX_BYTES`, however it is sent. Django would write it to
the disk to its end before any view could look at it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from django.conf import settings

from integrations.api.parsing import BodyTooLarge
from integrations.api.problems import problem

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
DRAIN_SECONDS = 5.0
DRAIN_TIMES = 2


def with_body_limit(application: Application) -> Application:
    """The application, with a limit in front of it."""

    async def limited(scope: Message, receive: Receive, send: Send) -> None:
        door = _Door(receive, send)
        if _declared(scope) > settings.REQUEST_MAX_BYTES:
            await door.refuse()
        else:
            await application(scope, door.receive, door.send)

    return limited


def _declared(scope: Message) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


class _Door:
    """One request's body, counted."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._received = 0
        self._refused = False

    async def receive(self) -> Message:
        message = await self._next()
        if self._received <= settings.REQUEST_MAX_BYTES:
            return message
        await self.refuse()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._refused:
            await self._send(message)

    async def refuse(self) -> None:
        """Reads on for a moment, since who is still sending does not listen; then answers and hangs up."""
        self._refused = True
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._received <= DRAIN_TIMES * settings.REQUEST_MAX_BYTES:
                    if not (await self._next()).get("more_body"):
                        break
        answer = problem(BodyTooLarge.status, BodyTooLarge.code, BodyTooLarge.default_message)
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        headers += [(b"content-length", str(len(answer.content)).encode()), (b"connection", b"close")]
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await self._send({"type": "http.response.body", "body": answer.content})

    async def _next(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        return message
