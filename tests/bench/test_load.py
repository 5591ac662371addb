"""The load generator against a server in this very process, so that every count is known."""

import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench.load import closed_loop, percentile
from bench.machine import BenchFailed
from bench.talks import TOKENS, WORDS, Chat, Door, Echo

Answer = Callable[[ServerConnection, int], Awaitable[None]]


@asynccontextmanager
async def a_door(
    answer: Answer, *, hello: bool = False, pid: int = 0
) -> AsyncIterator[tuple[Door, Counter[str]]]:
    """A server that answers each message with `answer(connection, number)`, and counts."""
    counts: Counter[str] = Counter()

    async def talk(connection: ServerConnection) -> None:
        counts["sockets"] += 1
        async for message in connection:
            heard = json.loads(message)
            if heard["type"] == "hello":
                await connection.send(json.dumps({"type": "welcome"}))
                continue
            if hello:
                await connection.send(json.dumps({"type": "ack", "client_id": heard["client_id"]}))
            counts["messages"] += 1
            await answer(connection, counts["messages"])

    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        frames = 0 if hello else TOKENS + 1
        yield Door("test", port, pid or os.getpid(), "/", hello=hello, frames=frames), counts


async def whole(connection: ServerConnection, _number: int) -> None:
    await say(connection, WORDS)


async def say(connection: ServerConnection, words: list[str], final: list[str] | None = None) -> None:
    offset = 0
    for word in words:
        await connection.send(json.dumps({"type": "delta", "run": "1", "offset": offset, "text": f"{word} "}))
        offset += len(word) + 1
    event = {"type": "event", "author": {"kind": "ai"}, "text": " ".join(final or words)}
    await connection.send(json.dumps(event))


@pytest.mark.parametrize("hello", [False, True])
async def test_every_turn_and_frame_is_counted(hello):
    async with a_door(whole, hello=hello) as (door, counts):
        result = await closed_loop(door, Chat, sockets=3, seconds=0.2)

    # Turns under way when the window closed are finished, but count for no rate.
    assert counts["sockets"] == result.sockets == 3
    assert counts["messages"] - 3 <= result.turns <= counts["messages"]
    assert result.frames_a_turn == TOKENS + 1 + hello
    assert result.fewest_turns >= 1
    assert result.rate == pytest.approx(result.turns / result.seconds, rel=0.1)
    assert 0 < result.first_ms <= result.p50_ms <= result.p95_ms
    assert result.cpu_ms > 0


async def short(connection: ServerConnection, number: int) -> None:
    await say(connection, WORDS[:-1] if number == 10 else WORDS)


async def doubled(connection: ServerConnection, number: int) -> None:
    await say(connection, [*WORDS, "word20"] if number == 10 else WORDS, WORDS)


async def bundled(connection: ServerConnection, _number: int) -> None:
    await say(connection, [" ".join(WORDS)])


async def gone(connection: ServerConnection, number: int) -> None:
    await (connection.close(1011) if number == 10 else say(connection, WORDS))


async def complains(connection: ServerConnection, _number: int) -> None:
    await connection.send(json.dumps({"type": "error", "code": "too_fast"}))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (short, "not whole"),
        (doubled, "not whole"),
        (bundled, "2 frames instead of 21"),
        (gone, "closed with 1011"),
        (complains, "error: too_fast"),
    ],
)
async def test_a_fault_of_one_socket_spoils_the_round(answer, reason):
    async with a_door(answer) as (door, _):
        with pytest.raises(BenchFailed, match=reason):
            await closed_loop(door, Chat, sockets=2, seconds=5)


async def test_bundled_words_are_as_good_where_the_protocol_allows_them():
    async with a_door(bundled, hello=True) as (door, _):
        result = await closed_loop(door, Chat, sockets=1, seconds=0.1)

    assert result.frames_a_turn == 3


async def test_figures_of_another_process_are_refused():
    async with a_door(whole, pid=os.getppid()) as (door, _):
        with pytest.raises(BenchFailed, match=r"holds 0 of 2 sockets"):
            await closed_loop(door, Chat, sockets=2, seconds=5)


async def test_an_echo_is_counted_there_and_back():
    async def pong(connection: ServerConnection, _number: int) -> None:
        await connection.send('{"type":"pong"}')

    async with a_door(pong) as (door, counts):
        result = await closed_loop(door, Echo, sockets=2, seconds=0.1)

    assert counts["messages"] - 2 <= result.turns <= counts["messages"]
    assert result.frames_a_turn == 1


def test_percentiles_are_of_the_nearest_rank():
    hundred = [number / 1000 for number in range(100, 0, -1)]

    assert percentile(hundred, 50) == 50
    assert percentile(hundred, 95) == 95
    assert percentile([0.007], 95) == 7
    assert percentile([], 95) == 0
