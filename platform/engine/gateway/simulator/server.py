"""The simulator's HTTP server: one small protocol class, so that it is never what a load test measures.

Invariant: every token is a write of its own, as providers do it; a client that goes away ends its answer.
"""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Callable
from typing import cast

import httptools

from engine.gateway.simulator import frames
from engine.gateway.simulator.answering import Answering
from engine.gateway.simulator.requests import Request

MOST_BODY = 8 * 1024 * 1024


class Connection(asyncio.Protocol):
    """Answers the requests of one connection, one after the other."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._parser = httptools.HttpRequestParser(self)
        self._request = Request()
        self._waiting: deque[Request] = deque()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        self._request = Request()

    def on_url(self, url: bytes) -> None:
        self._request.path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._request.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._request.body += body
        if len(self._request.body) > MOST_BODY:
            self._transport.write(frames.refusal(413))
            self._transport.close()

    def on_message_complete(self) -> None:
        self._request.method = self._parser.get_method().decode()
        self._waiting.append(self._request)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._serve())

    async def _serve(self) -> None:
        while self._waiting and not self._transport.is_closing():
            await self._answering.answer(self._waiting.popleft(), self._transport)


async def serve(answering: Answering, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves until asked to stop (SIGINT, SIGTERM).

    Args:
        port: 0 takes a free one.
        on_ready: told the address, `http://host:port`, once requests are taken.

    Raises:
        OSError: the address cannot be taken.
    """
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answering), host, port, backlog=2048)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    taken = server.sockets[0].getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    on_ready(f"http://{shown}:{taken}")
    await stop.wait()
    server.close()
