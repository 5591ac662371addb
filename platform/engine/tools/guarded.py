"""The only HTTP client that tools are called with.

Invariant: a connection goes to an address that `addresses.resolve` has checked, and the name is not looked up
again; every request's URL is one that the tenant may call; no redirect is followed, no proxy and no cookie is
taken from anywhere; no answer, unpacked, is larger than its reader allows.

Connections are shared by all clients of an event loop and closed with it (see gateway.connections for how).
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Collection, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore2
import httpx2

from engine.tools.addresses import check_url, resolve
from engine.tools.errors import ToolRefused, ToolResultInvalid, ToolUnreachable

CONNECT_SECONDS = 5.0
MOST_BYTES = 8 * 1024 * 1024
_MOST_CONNECTIONS = 1000
_MOST_IDLE = 100
# less than the 5 s after which common servers hang up: a call that meets a closing connection has an unknown effect
_IDLE_SECONDS = 4.0
_PIECE = 64 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


def client(
    *,
    hosts: Collection[str],
    timeout: float | httpx2.Timeout,
    headers: Mapping[str, str] | None = None,
    auth: httpx2.Auth | None = None,
    most_bytes: int = MOST_BYTES,
) -> httpx2.AsyncClient:
    """A light client of the caller's own over the loop's shared connections; closing it closes none of those.

    Args:
        hosts: what this tenant's tools may call, as for `addresses.check_url`; holds for every request.
        timeout: seconds for each read and write; connecting has `CONNECT_SECONDS` at most.
        most_bytes: the largest body of an answer, unpacked.

    Its requests raise, beside the errors of httpx2: AddressRefused, ToolUnreachable (name not known), ToolRefused
    (a redirect), ToolResultInvalid (too large, or packed in an unknown way).
    """
    if not isinstance(timeout, httpx2.Timeout):
        connect = min(timeout, CONNECT_SECONDS)
        timeout = httpx2.Timeout(timeout, connect=connect, pool=connect)
    return httpx2.AsyncClient(
        transport=GuardedTransport(hosts=tuple(hosts), most_bytes=most_bytes),
        timeout=timeout,
        headers={"User-Agent": "Switchboard", "Accept-Encoding": "identity"} | dict(headers or {}),
        auth=auth,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


async def read_limited(response: httpx2.Response, limit: int) -> bytes:
    """The body of an answer opened with `stream`, unpacked.

    Args:
        limit: bytes.

    Raises:
        ToolResultInvalid: it is longer.
    """
    parts, left = [], limit
    async for part in response.aiter_bytes():
        left -= len(part)
        if left < 0:
            await response.aclose()
            raise ToolResultInvalid(f"The tool's answer is larger than {limit} bytes.")
        parts.append(part)
    return b"".join(parts)


async def close_connections() -> None:
    """Closes the shared connections of the running loop."""
    shared = _shared.get(asyncio.get_running_loop())
    if shared:
        await shared.keeper.aclose()


@dataclass(frozen=True, slots=True)
class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends what may be sent over the loop's pool."""

    hosts: tuple[str, ...]
    most_bytes: int = MOST_BYTES

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        check_url(str(request.url), hosts=self.hosts)
        url = request.url
        outgoing = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        shared = _shared.get(asyncio.get_running_loop()) or await _open_pool()
        with _as_httpx():
            incoming = await shared.pool.handle_async_request(outgoing)
        try:
            return self._accepted(incoming)
        except BaseException:
            await incoming.aclose()
            raise

    def _accepted(self, incoming: httpcore2.Response) -> httpx2.Response:
        if 300 <= incoming.status < 400:
            raise ToolRefused("The tool's server answered with a redirect, which is not followed.")
        headers = httpx2.Headers(incoming.headers)
        packed = headers.pop("content-encoding", "identity").strip().lower()
        if packed not in {"identity", "gzip", "x-gzip", "deflate"}:
            raise ToolResultInvalid("The tool's answer is packed in a way that was not asked for.")
        if packed != "identity":
            headers.pop("content-length", None)
        return httpx2.Response(
            status_code=incoming.status,
            headers=headers,
            stream=_Body(incoming, self.most_bytes, packed=packed != "identity"),
            extensions=incoming.extensions,
        )


class _Body(httpx2.AsyncByteStream):
    """Unpacks in bounded pieces: a client that unpacks whole pieces makes 64 MiB of one piece of zeros."""

    def __init__(self, incoming: httpcore2.Response, most_bytes: int, *, packed: bool) -> None:
        self._incoming = incoming
        self._left = most_bytes
        self._packed = packed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._incoming.stream, AsyncIterable)
        with _as_httpx():
            source = _unpacked(self._incoming.stream) if self._packed else self._incoming.stream
            async for piece in source:
                self._left -= len(piece)
                if self._left < 0:
                    raise ToolResultInvalid("The tool's answer is too large.")
                yield piece

    async def aclose(self) -> None:
        await self._incoming.aclose()


async def _unpacked(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    unpacking, empty = zlib.decompressobj(_GZIP_OR_ZLIB), True
    try:
        async for piece in stream:
            empty = False
            while piece and not unpacking.eof:
                yield unpacking.decompress(piece, _PIECE)
                piece = unpacking.unconsumed_tail
            if unpacking.eof:
                return
        yield unpacking.flush()
    except zlib.error as error:
        raise ToolResultInvalid("The tool's answer cannot be unpacked.") from error
    if not empty and not unpacking.eof:
        raise ToolResultInvalid("The tool's answer cannot be unpacked.")


@dataclass(frozen=True, slots=True)
class _Shared:
    pool: httpcore2.AsyncConnectionPool
    keeper: AsyncGenerator[None]


_shared: dict[asyncio.AbstractEventLoop, _Shared] = {}
_lock = threading.Lock()


async def _open_pool() -> _Shared:
    pool = httpcore2.AsyncConnectionPool(
        ssl_context=_authorities(),
        max_connections=_MOST_CONNECTIONS,
        max_keepalive_connections=_MOST_IDLE,
        keepalive_expiry=_IDLE_SECONDS,
        http1=True,
        http2=False,
        network_backend=_PinnedBackend(),
    )
    shared = _Shared(pool, _keep(pool))
    with _lock:
        for loop in [loop for loop in _shared if loop.is_closed()]:
            del _shared[loop]
        _shared[asyncio.get_running_loop()] = shared
    await anext(shared.keeper)
    return shared


async def _keep(pool: httpcore2.AsyncConnectionPool) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        with _lock:
            _shared.pop(asyncio.get_running_loop(), None)
        await pool.aclose()


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are believed; reading them takes some 80 ms. `SSL_CERT_FILE` may name others."""
    return httpx2.create_ssl_context(trust_env=True)


class _PinnedBackend(httpcore2.AnyIOBackend):
    """Connects to the checked address; the name stays what TLS and the Host header say."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        timeout = CONNECT_SECONDS if timeout is None else timeout
        until = time.monotonic() + timeout
        try:
            addresses = await asyncio.wait_for(resolve(host, port), timeout)
        except TimeoutError as error:
            raise ToolUnreachable("The tool's host was not found in time.") from error
        for tried, address in enumerate(addresses, 1):
            share = max(0.05, (until - time.monotonic()) / (len(addresses) - tried + 1))
            try:
                return await super().connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if tried == len(addresses):
                    raise
        raise ToolUnreachable


@contextmanager
def _as_httpx() -> Any:
    """The client's errors under the names that users of httpx2 know."""
    try:
        yield
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        known: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise known(str(error)) from error
