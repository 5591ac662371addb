"""Comparator A, the physical floor: an ASGI application by hand, psycopg's asynchronous pool, aiohttp.

A turn: text in, one row, a streamed call, each token out as it comes, one row, the whole answer out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from psycopg_pool import AsyncConnectionPool

from bench.servers import model

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
INSERT = "INSERT INTO bench_turn (author, text) VALUES (%s, %s) RETURNING id"


class Raw:
    """`/turn` answers, `/echo` repeats."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await self._serve(scope["path"], receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._http = model.session()
        self._pool = AsyncConnectionPool(
            os.environ["DATABASE_URL"], min_size=8, max_size=8, kwargs={"autocommit": True}, open=False
        )
        await self._pool.open(wait=True, timeout=10)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await self._http.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, path: str, receive: Receive, send: Send) -> None:
        while (event := await receive())["type"] == "websocket.receive":
            if path == "/echo":
                await send({"type": "websocket.send", "text": event["text"]})
            else:
                await self._turn(json.loads(event["text"])["text"], send)

    async def _turn(self, question: str, send: Send) -> None:
        run, answer, length = await self._insert("customer", question), [], 0
        async for text in model.tokens(self._http, question):
            frame = {"type": "delta", "run": str(run), "offset": length, "text": text}
            await send({"type": "websocket.send", "text": json.dumps(frame)})
            answer.append(text)
            length += len(text)
        seq = await self._insert("ai", "".join(answer))
        event = {"type": "event", "seq": seq, "author": {"kind": "ai"}, "text": "".join(answer)}
        await send({"type": "websocket.send", "text": json.dumps(event)})

    async def _insert(self, author: str, text: str) -> int:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(INSERT, [author, text])).fetchone()
        assert row is not None
        return int(row[0])


application = Raw()
