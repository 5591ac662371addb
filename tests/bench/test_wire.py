import asyncio
import struct

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench.wire import TEXT, Line, WireError, frame, split


def a_server_frame(payload: bytes, first: int = 0x81) -> bytes:
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


PAYLOADS = [b"", b"x", b"y" * 125, b"z" * 126, b"w" * 65535, b"v" * 65536]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000, 10**6])
def test_frames_are_the_same_however_the_network_cuts_them(step):
    data = b"".join(map(a_server_frame, PAYLOADS[:4] if step < 7 else PAYLOADS))

    found, left = [], b""
    for start in range(0, len(data), step):
        frames, left = split(left + data[start : start + step])
        found += frames

    assert left == b""
    assert [payload for _, _, payload in found] == (PAYLOADS[:4] if step < 7 else PAYLOADS)
    assert {opcode for opcode, _, _ in found} == {TEXT}


def test_a_fragmented_or_masked_frame_is_refused():
    with pytest.raises(WireError, match="fragmented"):
        split(a_server_frame(b"half", first=0x01))
    with pytest.raises(WireError, match="masked"):
        split(frame(TEXT, b"from a client"))


@pytest.mark.parametrize("deflate", [False, True])
async def test_a_real_server_understands_it_and_is_understood(deflate):
    said = ["short", "more of the same " * 20, "ünï ✓ " * 9000]
    heard: list[bytes] = []
    whole = asyncio.Event()

    async def repeat(connection: ServerConnection) -> None:
        assert bool(connection.protocol.extensions) == deflate
        async for message in connection:
            await connection.send(message)

    def on_text(payload: bytes) -> None:
        heard.append(payload)
        if len(heard) == len(said):
            whole.set()

    async with serve(repeat, "127.0.0.1", 0) as server:
        line = Line("/", deflate=deflate)
        line.on_text = on_text
        line.on_open = lambda: line.send(b"".join(frame(TEXT, text.encode()) for text in said))
        port = server.sockets[0].getsockname()[1]
        await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", port)
        await asyncio.wait_for(whole.wait(), 10)
        line.close()

    assert [payload.decode() for payload in heard] == said


async def test_a_server_that_closes_is_noticed():
    lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def leave(connection: ServerConnection) -> None:
        await connection.close(4404)

    async with serve(leave, "127.0.0.1", 0) as server:
        line = Line("/")
        line.on_lost = lost.set_result
        port = server.sockets[0].getsockname()[1]
        await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", port)

        assert await asyncio.wait_for(lost, 10) == "closed with 4404"
