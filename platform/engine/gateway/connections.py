"""The vendor's clients, one for each event loop and provider.

Invariant: a client is used only on the loop it was made on, is never closed under a running call, and is
closed when it falls out of the pool or its loop ends. An asynchronous generator left open on the loop sees to
that: every runner, that of a Celery thread included, closes those before it closes the loop.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient

from engine.gateway.config import ProviderConfig

MOST_CLIENTS = 32
_MOST_CONNECTIONS = 1000
_MOST_ERROR_BYTES = 64 * 1024

# the client can be told from outside (OPENAI_LOG) to write whole prompts into the log
logging.getLogger("openai").setLevel(logging.WARNING)


@dataclass(slots=True)
class _Entry:
    client: AsyncOpenAI
    in_use: int = 0


@dataclass(slots=True)
class _Pool:
    entries: OrderedDict[ProviderConfig, _Entry] = field(default_factory=OrderedDict)
    keeper: AsyncGenerator[None] | None = None


_pools: dict[asyncio.AbstractEventLoop, _Pool] = {}
_lock = threading.Lock()


@asynccontextmanager
async def lease(config: ProviderConfig) -> AsyncIterator[AsyncOpenAI]:
    """A client for the provider, kept open while it is held."""
    pool = _pools.get(asyncio.get_running_loop()) or await _open_pool()
    entry = pool.entries.get(config)
    if entry is None:
        entry = pool.entries[config] = _Entry(_client(config))
    pool.entries.move_to_end(config)
    entry.in_use += 1
    try:
        yield entry.client
    finally:
        entry.in_use -= 1
        if len(pool.entries) > MOST_CLIENTS:
            await _trim(pool)


async def close_clients() -> None:
    """Closes every client of the running loop."""
    pool = _pools.get(asyncio.get_running_loop())
    if pool and pool.keeper:
        await pool.keeper.aclose()


def open_clients() -> int:
    """How many clients the running loop holds open."""
    pool = _pools.get(asyncio.get_running_loop())
    return len(pool.entries) if pool else 0


async def _open_pool() -> _Pool:
    pool = _Pool()
    pool.keeper = _keep(pool)
    with _lock:
        for loop in [loop for loop in _pools if loop.is_closed()]:
            del _pools[loop]
        _pools[asyncio.get_running_loop()] = pool
    await anext(pool.keeper)
    return pool


async def _keep(pool: _Pool) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        with _lock:
            _pools.pop(asyncio.get_running_loop(), None)
        while pool.entries:
            _, entry = pool.entries.popitem()
            await entry.client.close()


async def _trim(pool: _Pool) -> None:
    idle = [config for config, entry in pool.entries.items() if not entry.in_use]
    for config in idle[: len(pool.entries) - MOST_CLIENTS]:
        await pool.entries.pop(config).client.close()


def _client(config: ProviderConfig) -> AsyncOpenAI:
    """No retries and no read timeout of the client's own: both are the caller's, in the open."""
    connect = config.deadlines.connect
    http = DefaultAioHttpClient(
        timeout=httpx2.Timeout(None, connect=connect, pool=connect),
        limits=httpx2.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=100),
        follow_redirects=False,
        trust_env=config.trust_env,
        verify=authorities(config.trust_env),
        event_hooks={"response": [_bound_errors]},
    )
    client = AsyncOpenAI(
        base_url=config.base_url,
        api_key=config.api_key or "none",
        max_retries=0,
        http_client=http,
        default_headers={"Accept-Encoding": "identity"},
    )
    if not config.trust_env:
        client.organization = client.project = client.admin_api_key = None
    return client


@cache
def authorities(trust_env: bool) -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes some 80 ms: once a process, not once a client."""
    return httpx2.create_ssl_context(trust_env=trust_env)


async def _bound_errors(response: httpx2.Response) -> None:
    """The client reads the body of an error to its end, however long: cut it."""
    if response.is_error and isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MOST_ERROR_BYTES
        async for chunk in self._inner:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._inner.aclose()
