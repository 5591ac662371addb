"""A WebSocket client that costs the load generator as little as Python allows.

Invariant: it speaks just enough of RFC 6455 for a load on loopback, and refuses what it does not speak instead of
guessing. A library's client costs more than the server it would measure.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import struct
import zlib
from collections.abc import Callable
from typing import cast

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
# What Chromium and Firefox say: the server may choose its own window.
DEFLATE = "permessage-deflate; client_max_window_bits"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FIN, _COMPRESSED, _MASKED = 0x80, 0x40, 0x80


class WireError(Exception):
    """The server said something this client does not speak."""


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame. The mask is zero, which leaves the payload as it is; the server unmasks all the same."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", _FIN | opcode, _MASKED | size)
    elif size < 65536:
        head = struct.pack("!BBH", _FIN | opcode, _MASKED | 126, size)
    else:
        head = struct.pack("!BBQ", _FIN | opcode, _MASKED | 127, size)
    return head + b"\0\0\0\0" + payload


def split(data: bytes) -> tuple[list[tuple[int, bool, bytes]], bytes]:
    """A server's whole frames as (opcode, compressed, payload), and the bytes that are left.

    Raises WireError: a masked or fragmented frame.
    """
    frames: list[tuple[int, bool, bytes]] = []
    at, end = 0, len(data)
    while end - at >= 2:
        first, size = data[at], data[at + 1]
        start = at + 2
        if size >= 126:
            if size & _MASKED:
                raise WireError("a masked frame")
            width = 2 if size == 126 else 8
            start += width
            if start > end:
                break
            size = int.from_bytes(data[start - width : start], "big")
        if start + size > end:
            break
        if not first & _FIN:
            raise WireError("a fragmented frame")
        frames.append((first & 0x0F, bool(first & _COMPRESSED), data[start : start + size]))
        at = start + size
    return frames, data[at:]


class Line(asyncio.Protocol):
    """One socket. `on_text` gets each text frame's payload; `on_lost` the reason when the socket ends by itself."""

    def __init__(self, path: str, *, deflate: bool = False) -> None:
        self.on_open: Callable[[], None] = _nothing
        self.on_text: Callable[[bytes], None] = _ignore
        self.on_lost: Callable[[str], None] = _ignore_reason
        self.is_open = self.closing = False
        self._path, self._deflate = path, deflate
        self._key = base64.b64encode(os.urandom(16))
        self._left = b""
        self._inflater: zlib._Decompress | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = transport = cast(asyncio.Transport, transport)
        extension = f"Sec-WebSocket-Extensions: {DEFLATE}\r\n" if self._deflate else ""
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {self._key.decode()}\r\n{extension}\r\n".encode()
        )

    def send(self, whole_frame: bytes) -> None:
        """`whole_frame` is made by `frame()`: a load sends the same one many times."""
        self._transport.write(whole_frame)

    def close(self) -> None:
        self.closing = True
        if not self._transport.is_closing():
            self._transport.write(frame(CLOSE, struct.pack("!H", 1000)))
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            self._take(self._left + data if self._left else data)
        except WireError as error:
            self._lose(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(f"connection lost: {type(exc).__name__}" if exc else "connection lost")

    def _take(self, data: bytes) -> None:
        if not self.is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._left = head
                return
            self._left = b""
            self._check(head)
            self.is_open = True
            self.on_open()
        frames, self._left = split(data)
        for opcode, compressed, payload in frames:
            if opcode == TEXT:
                self.on_text(self._inflated(payload) if compressed else payload)
            else:
                self._control(opcode, payload)

    def _check(self, head: bytes) -> None:
        proof = base64.b64encode(hashlib.sha1(self._key + _GUID).digest())
        if b" 101 " not in head.split(b"\r\n", 1)[0] or proof not in head:
            raise WireError(f"no WebSocket here: {head[:60]!r}")
        if self._deflate and b"permessage-deflate" not in head:
            raise WireError("the server did not agree to permessage-deflate")

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.send(frame(PONG, payload))
        elif opcode == CLOSE:
            self._lose(f"closed with {int.from_bytes(payload[:2], 'big')}")
        elif opcode != PONG:
            raise WireError(f"a frame of type {opcode}")

    def _inflated(self, payload: bytes) -> bytes:
        if self._inflater is None:
            self._inflater = zlib.decompressobj(-15)
        return self._inflater.decompress(payload + b"\0\0\xff\xff")

    def _lose(self, reason: str) -> None:
        if not self.closing:
            self.closing = True
            self._transport.close()
            self.on_lost(reason)


def _nothing() -> None:
    return None


def _ignore(_payload: bytes) -> None:
    return None


def _ignore_reason(_reason: str) -> None:
    return None
