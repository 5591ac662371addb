"""The outside world of HTTP tools: small real servers on loopback, and a resolver that says what a test wants."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.tools import guarded


@dataclass
class Heard:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    port: int
    heard: list[Heard] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"


def said(body: bytes | str = b"", status: int = 200, kind: str = "application/json", **headers: str) -> bytes:
    """A whole answer in bytes; `Retry_After="3"` becomes a header."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def in_turn(*answers: bytes) -> Answer:
    """Answers one after the other, the last one from then on; empty bytes hang up."""
    waiting = list(answers)

    async def answer(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    return answer


@asynccontextmanager
async def serving(answer: Answer | bytes, ssl: Any = None) -> AsyncIterator[Server]:
    """A server that keeps what it hears; it and the client's connections are gone afterwards."""
    reply = in_turn(answer) if isinstance(answer, bytes) else answer
    open_writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.append(writer)
        try:
            while await _serve_one(reader, writer, server.heard, reply):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=ssl)
    server = Server(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        await guarded.close_connections()
        for writer in open_writers:
            writer.close()
        listening.close()


async def _serve_one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[Heard], reply: Answer
) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    heard.append(Heard(method, target, headers, body))
    mark = _Marked(writer)
    await reply(heard[-1], mark)  # type: ignore[arg-type]
    if mark.hung_up:
        return False
    await writer.drain()
    return True


class _Marked:
    """A writer that takes empty bytes for hanging up."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.hung_up = False

    def write(self, data: bytes) -> None:
        self.hung_up = self.hung_up or not data
        self._writer.write(data)

    def hang_up(self) -> None:
        self.hung_up = True


def resolver(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Has look-ups of `.example` names answered in turn, the last answer from then on; gives the names asked for."""
    asked: list[str] = []
    waiting = list(answers)
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> list[Any]:
        if not str(host).endswith(".example"):
            return real(host, port, *rest, **more)
        asked.append(host)
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked
