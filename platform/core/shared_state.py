"""What all processes know together, in Redis, reached from asynchronous code without ever waiting long for it.

Invariant: a call ends within `PATIENCE` (`FIRST_PATIENCE` while a connection is made) with an answer or `OutOfReach`;
after a failure this process asks nobody for `PAUSE_SECONDS`. Who uses it has a rule of its own for that time.
A client is used only on the loop it was made on and is closed when that loop ends: an asynchronous generator left open
on the loop sees to that, as in engine.gateway.connections.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, TypeVar

import redis.asyncio
import structlog
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoScriptError, RedisError

PATIENCE = 0.1
FIRST_PATIENCE = 1.0
PAUSE_SECONDS = 5.0
# More callers than this wait for each other: a burst neither opens a connection each nor looks like a slow server.
_AT_ONCE = 16

# Turns of the loop in which an answer that has arrived is read, whatever the clock says by then.
_TURNS = 8

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class OutOfReach(Exception):
    """Redis did not answer in time, or is left alone for a moment since it did not. Never leaves our own code."""


class Script:
    """A Lua script, sent whole only to a server that does not know it yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = sha1(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class _Line:
    """One loop's client. `busy`: calls on their way; `warm`: as many connections as have answered before."""

    client: redis.asyncio.Redis
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    busy: int = 0
    warm: int = 0
    keeper: AsyncGenerator[None] | None = None


class _Deadline:
    """`asyncio.timeout` for the server's time and not for our own.

    A busy loop sees its clock run out before it gets to read an answer that lies there: so a few turns follow.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._limit = asyncio.timeout(None)
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        self._timer: asyncio.Handle = self._loop.call_later(self._seconds, self._is_late, _TURNS)

    async def __aexit__(self, *raised: Any) -> None:
        self._timer.cancel()
        await self._limit.__aexit__(*raised)

    def _is_late(self, turns: int) -> None:
        if turns:
            self._timer = self._loop.call_soon(self._is_late, turns - 1)
        else:
            self._limit.reschedule(self._loop.time())


class SharedState:
    """One Redis server as this process reaches it; safe to use from many loops.

    Args:
        url: of the server; the installation's `REDIS_URL` when empty.
        patience: seconds for one call on a connection that has answered before.
        pause: seconds to ask nobody after a failure.
    """

    def __init__(self, url: str = "", *, patience: float = PATIENCE, pause: float = PAUSE_SECONDS) -> None:
        self._url = url
        self._patience, self._first_patience = patience, max(FIRST_PATIENCE, patience)
        self._pause = pause
        self._lines: dict[tuple[asyncio.AbstractEventLoop, str], _Line] = {}
        self._lock = threading.Lock()
        self._away_until = 0.0

    @property
    def away(self) -> bool:
        """Whether Redis failed within the last `PAUSE_SECONDS`."""
        return time.monotonic() < self._away_until

    async def run(self, script: Script, keys: Sequence[str], values: Sequence[str | float | int]) -> Any:
        """Runs a script.

        Raises:
            OutOfReach: as the invariant says; the script may have run all the same.
        """

        async def call(client: redis.asyncio.Redis) -> Any:
            try:
                return await client.evalsha(script.sha, len(keys), *keys, *values)
            except NoScriptError:
                return await client.eval(script.text, len(keys), *keys, *values)

        return await self.ask(call)

    async def ask(self, call: Callable[[redis.asyncio.Redis], Awaitable[T]]) -> T:
        """Gives `call` a client and gives back what it answers.

        Raises:
            OutOfReach: see `run`.
        """
        if self.away:
            raise OutOfReach
        line = await self._line()
        async with line.free:
            if self.away:
                raise OutOfReach
            line.busy += 1
            connections = line.busy
            try:
                async with _Deadline(self._patience if connections <= line.warm else self._first_patience):
                    answer = await call(line.client)
            except (RedisError, TimeoutError, OSError) as error:
                self._leave(line, error)
                raise OutOfReach from error
            finally:
                line.busy -= 1
            line.warm = max(line.warm, connections)
        return answer

    async def close(self) -> None:
        """Closes the running loop's connections. A loop that ends does it by itself."""
        loop = asyncio.get_running_loop()
        for keeper in [line.keeper for where, line in list(self._lines.items()) if where[0] is loop]:
            if keeper:
                await keeper.aclose()

    def _leave(self, line: _Line, error: Exception) -> None:
        line.warm = 0
        self._away_until = time.monotonic() + self._pause
        _log.warning("shared_state.redis_is_away", error=type(error).__name__, pause=self._pause)

    async def _line(self) -> _Line:
        where = asyncio.get_running_loop(), self._url or settings.REDIS_URL
        line = self._lines.get(where)
        if line is None:
            line = _Line(_client(where[1]))
            line.keeper = self._keep(where, line)
            with self._lock:
                for key in [key for key in self._lines if key[0].is_closed()]:
                    del self._lines[key]
                self._lines[where] = line
            await anext(line.keeper)
        return line

    async def _keep(self, where: tuple[asyncio.AbstractEventLoop, str], line: _Line) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            with self._lock:
                self._lines.pop(where, None)
            await line.client.aclose()


def _client(url: str) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(
        url,
        decode_responses=True,
        # ours is the deadline: the client's own would be one more timer for each read and write
        socket_timeout=None,
        socket_connect_timeout=None,
        # a connection that lay idle while Redis was started anew is dead: once more, on a fresh one
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
    )


installation = SharedState()
"""The installation's own Redis, for everybody of this process."""
