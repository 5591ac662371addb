"""The vendor's clients, one for each event loop and provider.

Invariant: a client is used only on the loop it was made on, is never closed under a running call, and is
closed when it falls out of the pool or its loop ends. An asynchronous generator left open on the loop sees to
that: every runner, that of a Celery thread included, closes those before it closes the loop.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2
from openai import APIStatusError, AsyncOpenAI, DefaultAioHttpClient

from engine.gateway.config import ProviderConfig

MOST_CLIENTS = 32
_MOST_CONNECTIONS = 1000
_MOST_ERROR_BYTES = 64 * 1024

# the client can be told from outside (OPENAI_LOG) to write whole prompts into the log
logging.getLogger("openai").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Line:
    """The vendor's client for one provider, and what all of its requests have in common.

    The client knows the address, the account and the transport. It would put the same headers together for every
    request anew, and copy the body twice: more work than to send the request and to read its answer.
    """

    client: AsyncOpenAI
    http: httpx2.AsyncClient
    url: httpx2.URL
    headers: tuple[tuple[str, str], ...]
    timeouts: dict[str, Any]

    async def post(self, body: bytes, *, key: str = "") -> httpx2.Response:
        """Sends a body; the response is open, its body unread.

        Args:
            key: names the call, so that a provider or a proxy that counts calls can tell a repeat from another one.

        Raises:
            httpx2.HTTPError: no answer.
            openai.APIStatusError: another answer than 200.
        """
        named = (("Idempotency-Key", key),) if key else ()
        request = httpx2.Request(
            "POST", self.url, headers=[*self.headers, *named], content=body, extensions=self.timeouts
        )
        response = await self.http.send(request, stream=True)
        if not response.is_success:
            raise await _status_error(response)
        return response


@dataclass(slots=True)
class _Entry:
    line: Line
    in_use: int = 0


@dataclass(slots=True)
class _Pool:
    entries: OrderedDict[ProviderConfig, _Entry] = field(default_factory=OrderedDict)
    keeper: AsyncGenerator[None] | None = None


_pools: dict[asyncio.AbstractEventLoop, _Pool] = {}
_lock = threading.Lock()


@asynccontextmanager
async def lease(config: ProviderConfig) -> AsyncIterator[Line]:
    """A line to the provider, kept open while it is held."""
    pool = _pools.get(asyncio.get_running_loop()) or await _open_pool()
    entry = pool.entries.get(config)
    if entry is None:
        entry = pool.entries[config] = _Entry(_line(config))
    pool.entries.move_to_end(config)
    entry.in_use += 1
    try:
        yield entry.line
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
            await entry.line.client.close()


async def _trim(pool: _Pool) -> None:
    idle = [config for config, entry in pool.entries.items() if not entry.in_use]
    for config in idle[: len(pool.entries) - MOST_CLIENTS]:
        await pool.entries.pop(config).line.client.close()


def _line(config: ProviderConfig) -> Line:
    """No retries and no read timeout of the client's own: both are the caller's, in the open."""
    connect = config.deadlines.connect
    timeout = httpx2.Timeout(None, connect=connect, pool=connect)
    http = DefaultAioHttpClient(
        timeout=timeout,
        limits=httpx2.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=100),
        follow_redirects=False,
        trust_env=config.trust_env,
        verify=authorities(config.trust_env),
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
    headers = {**client.default_headers, **client.auth_headers}
    return Line(
        client,
        http,
        httpx2.URL(f"{client.base_url}chat/completions"),
        tuple((name, value) for name, value in headers.items() if isinstance(value, str)),
        {"timeout": timeout.as_dict()},
    )


@cache
def authorities(trust_env: bool) -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes some 80 ms: once a process, not once a client."""
    return httpx2.create_ssl_context(trust_env=trust_env)


async def _status_error(response: httpx2.Response) -> APIStatusError:
    """The error that a response is, with what it says of itself: of a body without end no more than its beginning."""
    try:
        read = bytearray()
        async for chunk in response.aiter_bytes():
            read += chunk
            if len(read) > _MOST_ERROR_BYTES:
                break
    finally:
        await response.aclose()
    try:
        told = json.loads(read[:_MOST_ERROR_BYTES])
    except (ValueError, RecursionError):
        told = None
    body = told.get("error", told) if isinstance(told, dict) else told
    return APIStatusError(f"Error code: {response.status_code}", response=response, body=body)
