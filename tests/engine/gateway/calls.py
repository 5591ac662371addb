"""Calling a model in a test, and a provider that sends exactly the bytes it is given."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from engine.gateway.client import ChatCompletions
from engine.gateway.protocol import Message, ModelReply, ModelRequest, ToolSpec

SEARCH = ToolSpec("search_knowledge", "Searches the help pages.", {"type": "object", "properties": {}})
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


@dataclass
class Caller:
    """Asks one model and keeps what it heard."""

    model: ChatCompletions
    pauses: list[float]
    pieces: list[str] = field(default_factory=list)

    @property
    def heard(self) -> str:
        return "".join(self.pieces)

    async def ask(self, text: str = "Hello", *, model: str = "any", **options: Any) -> ModelReply:
        request = ModelRequest(model, (Message("user", text),), **options)
        return await self.model.complete(request, self.hear)

    async def hear(self, piece: str) -> None:
        self.pieces.append(piece)


@dataclass
class Sender:
    """A listening provider; `received` is what clients sent to it."""

    url: str
    received: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def sender(
    parts: Iterable[bytes], *, pause: float = 0.0, hold: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Sender]:
    """Sends each part to whoever asks, with pauses between, then closes, or holds the line when told to."""
    closing = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known.received += await reader.readuntil(b"\r\n\r\n")
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            if hold:
                await closing.wait()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    known = Sender(f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    try:
        yield known
    finally:
        closing.set()
        server.close()
