"""A session with an MCP server, for as long as one piece of work.

Invariant: everything a session needs ends with it, in the task that opened it. What makes the next one cheap is
the remembered handshake (`handshakes`), so that a call is one trip to the server: a server of the 2026 protocol
knows no sessions, and an older one is gone on with under the session id that it gave.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.dispatcher import CallOptions
from mcp.shared.jsonrpc_dispatcher import JSONRPCDispatcher
from mcp_types import DiscoverResult, Implementation, InitializeResult

from engine.tools.guarded import CONNECT_SECONDS
from engine.tools.mcp.handshakes import Handshake, handshakes
from engine.tools.mcp.target import McpTarget
from engine.tools.mcp.watch import Watch

_US = Implementation(name="Switchboard", version="1")

# it writes session ids and what cannot be read of an answer into the log
logging.getLogger("mcp").setLevel(logging.CRITICAL)


@asynccontextmanager
async def opened(target: McpTarget, watch: Watch, *, timeout: float) -> AsyncIterator[ClientSession]:
    """A session that is ready for requests, all of which go through `watch`.

    Args:
        timeout: seconds for each read and write; the deadline of the whole is the caller's.

    Raises what the official client raises, in groups; see `failures`.
    """
    known = handshakes.get(target.server)
    async with _http(watch, timeout) as http:
        if known is None:
            known = await _meet(target, watch, http)
        watch.session = known.session
        async with _streams(target, http) as (read, write):
            session = ClientSession(dispatcher=_Dispatcher(read, write), client_info=_US)
            async with session:
                session.adopt(known.answer)
                yield session


async def _meet(target: McpTarget, watch: Watch, http: httpx2.AsyncClient) -> Handshake:
    """Asks for the newest protocol, and for the older ones of a server that does not know it."""
    async with Client(_streams(target, http), mode="auto", cache=None, client_info=_US) as client:
        answer: InitializeResult | DiscoverResult | None = client.session.discover_result
        if answer is None:
            # leaving would cut the request short that tells the server that we are ready
            await watch.initialized.wait()
            answer = client.session.initialize_result
        assert answer is not None
        known = Handshake(answer, watch.session)
    handshakes.keep(target.server, known)
    return known


def _streams(target: McpTarget, http: httpx2.AsyncClient) -> Any:
    return streamable_http_client(target.url, http_client=http, terminate_on_close=False)


def _http(watch: Watch, timeout: float) -> httpx2.AsyncClient:
    connect = min(timeout, CONNECT_SECONDS)
    return httpx2.AsyncClient(
        transport=watch,
        timeout=httpx2.Timeout(timeout, connect=connect, pool=connect),
        headers={"User-Agent": "Switchboard", "Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )


class _Dispatcher(JSONRPCDispatcher[Any]):
    """Calls of one session may be under way in many processes: their ids must not meet. And a caller whose time
    is up is not held by telling the server so: the connection closes, which says the same."""

    async def send_raw_request(
        self,
        method: str,
        params: Mapping[str, Any] | None,
        opts: CallOptions | None = None,
        **related: Any,
    ) -> dict[str, Any]:
        own: CallOptions = {**(opts or {}), "request_id": f"r{token_hex(8)}", "cancel_on_abandon": False}
        return await super().send_raw_request(method, params, own, **related)


def watch_of(
    target: McpTarget,
    hosts: Collection[str],
    *,
    call_headers: dict[str, str] | None = None,
    most_requests: int = 24,
) -> Watch:
    """The wire of a session as this target."""
    return Watch(
        hosts=hosts, headers=target.auth.headers(), call_headers=call_headers, most_requests=most_requests
    )
