"""MCP servers for tests: the official server on loopback, and ones that misbehave on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from embedded.processes import free_port

OBJECT = {"type": "object", "properties": {}, "additionalProperties": True}


class Hosted:
    """An ASGI application on loopback, in a thread with its own loop."""

    def __init__(self, app: ASGIApp) -> None:
        self.port = free_port()
        config = uvicorn.Config(app, port=self.port, log_level="critical", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}",)

    def __enter__(self) -> Hosted:
        self._thread.start()
        waiting = threading.Event()
        for _ in range(1000):
            if self._server.started:
                return self
            waiting.wait(0.02)
        raise AssertionError("the test's server is not up")

    def __exit__(self, *_: object) -> None:
        """Asks it to end; `ended` waits for that, once for all tests."""
        self._server.should_exit = True

    def ended(self) -> None:
        self._thread.join(20)


Answer = Callable[[str, dict[str, Any]], Awaitable[types.CallToolResult]]


def said(text: str, **more: Any) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], **more)


def listed(name: str, description: str = "Looks an order up.", **more: Any) -> types.Tool:
    return types.Tool(name=name, description=description, **({"input_schema": OBJECT} | more))


@dataclass
class Shop:
    """What an MCP server for tests offers and answers, and what reached it."""

    tools: list[types.Tool] = field(default_factory=lambda: [listed("lookup_order")])
    page: int = 50
    answers: dict[str, Answer] = field(default_factory=dict)
    tokens: set[str] | None = None
    """The bearer tokens that are let in; None: everybody is."""
    challenge: str = "Bearer"
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Method and headers of each HTTP request."""
    context: Any = None
    """Of the latest call: for tools that ask their caller for something."""

    def app(self, *, stateless: bool = True, json: bool = True) -> Any:
        server: Server[Any] = Server("shop", on_list_tools=self._list, on_call_tool=self._call)
        manager = StreamableHTTPSessionManager(server, stateless=stateless, json_response=json)

        @contextlib.asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with manager.run():
                yield

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            headers = {key.decode(): value.decode() for key, value in scope["headers"]}
            self.requests.append((scope["method"], headers))
            if self.tokens is not None and headers.get("authorization", "")[7:] not in self.tokens:
                away = Response(status_code=401, headers={"www-authenticate": self.challenge})
                await away(scope, receive, send)
                return
            await manager.handle_request(scope, receive, send)

        return Starlette(routes=[Mount("/mcp", door)], lifespan=lifespan)

    async def _list(self, _: Any, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        start = int(params.cursor) if params and params.cursor else 0
        end = start + self.page
        more = str(end) if end < len(self.tools) else None
        return types.ListToolsResult(tools=self.tools[start:end], next_cursor=more)

    async def _call(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        arguments = dict(params.arguments or {})
        self.calls.append((params.name, arguments))
        self.context = context
        return await self.answers.get(params.name, _usual)(params.name, arguments)


async def _usual(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    return said(f"{name}: sent on Monday")


class LegacyShop(Shop):
    """Speaks only the protocols of 2025, with sessions: `server/discover` is unknown to it."""

    def app(self, *, stateless: bool = False, json: bool = True) -> Any:
        inner = super().app(stateless=stateless, json=json)

        async def without_discovery(scope: Scope, receive: Receive, send: Send) -> None:
            headers = dict(scope.get("headers", ()))
            if headers.get(b"mcp-protocol-version", b"").startswith(b"2026"):
                self.requests.append(("probe", {}))
                await send({"type": "http.response.start", "status": 400, "headers": []})
                await send({"type": "http.response.body", "body": b"unknown protocol version"})
                return
            await inner(scope, receive, send)

        return without_discovery


@contextlib.asynccontextmanager
async def raw(answer: Callable[[int, bytes], bytes | None]) -> AsyncIterator[tuple[str, tuple[str, ...]]]:
    """A server that answers the bytes of the n-th request with bytes, and closes; None: it never answers."""
    seen = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line[:15] == b"content-length:"
                ),
                0,
            )
            body = await reader.readexactly(length)
            seen += 1
            reply = answer(seen, head + body)
            if reply is None:
                await reader.read()
            else:
                writer.write(reply)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/mcp", (f"127.0.0.1:{port}",)
    finally:
        server.close()


def http(status: int, body: str, *, kind: str = "application/json", **headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status} -",
        f"content-type: {kind}",
        f"content-length: {len(body.encode())}",
        "connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
