"""What a call makes of servers that break, refuse or babble."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import mcp_types as types
import pytest

from engine.tools.errors import ToolBroken, ToolBusy, ToolError, ToolRefused, ToolResultInvalid, ToolTimeout
from engine.tools.http.answer import ToolOverloaded
from engine.tools.mcp import McpTarget, ToolUnauthorised, call, perform
from engine.tools.mcp.handshakes import Handshake, handshakes
from engine.tools.values import Policy, Risk
from tests.engine.tools.mcp.servers import http, raw

READ = Policy(timeout_seconds=20)
WRITE = Policy(risk=Risk.WRITE, timeout_seconds=20)
IRREVERSIBLE = Policy(risk=Risk.IRREVERSIBLE, timeout_seconds=20)
DISCOVERED = types.DiscoverResult(
    supported_versions=["2026-07-28"],
    capabilities=types.ServerCapabilities(),
    result_type="complete",
    ttl_ms=0,
    cache_scope="public",
)
Aiming = Callable[..., McpTarget]


async def test_words_without_end_beside_the_answer_are_cut_off(target: Aiming) -> None:
    told = {
        "jsonrpc": "2.0",
        "method": "notifications/message",
        "params": {"level": "info", "data": "x" * 900},
    }
    stream = http(200, f"event: message\ndata: {json.dumps(told)}\n\n" * 1500, kind="text/event-stream")

    async with known_server(target, stream) as (here, hosts, seen):
        with pytest.raises(ToolResultInvalid):
            await perform(here, READ, {}, key="run:1", hosts=hosts)

    assert seen == ["run:1"]


async def test_an_answer_that_is_cut_may_have_acted(target: Aiming) -> None:
    async with known_server(target, http(200, '{"jsonrpc":"2.0","id":1,"result":{}}')[:-9]) as (
        here,
        hosts,
        seen,
    ):
        with pytest.raises(ToolBroken) as broken:
            await perform(here, IRREVERSIBLE, {}, key="run:1", hosts=hosts)

    assert broken.value.effect == "unknown"
    assert seen == ["run:1"]


async def test_a_stream_that_ends_early_may_have_acted(target: Aiming) -> None:
    stream = http(200, "event: message\ndata: {\n\n", kind="text/event-stream")[:-4]
    async with known_server(target, stream) as (here, hosts, _):
        with pytest.raises(ToolError) as broken:
            await perform(here, IRREVERSIBLE, {}, key="run:1", hosts=hosts)

    assert isinstance(broken.value, ToolBroken)
    assert broken.value.effect == "unknown"


async def test_a_write_is_tried_again_under_the_same_key(target: Aiming) -> None:
    async with known_server(target, lambda n, request: b"" if n == 1 else done(request)) as (
        here,
        hosts,
        seen,
    ):
        answer = await perform(here, WRITE, {}, key="run:1", hosts=hosts)

    assert answer.text == "done"
    assert seen == ["run:1", "run:1"]


@pytest.mark.parametrize(
    ("status", "expected", "effect"),
    [
        (401, ToolUnauthorised, "none"),
        (403, ToolUnauthorised, "none"),
        (404, ToolRefused, "none"),
        (422, ToolRefused, "none"),
        (408, ToolTimeout, "unknown"),
        (429, ToolBusy, "none"),
        (500, ToolBroken, "unknown"),
        (503, ToolOverloaded, "none"),
    ],
)
async def test_statuses_are_told_apart(
    target: Aiming, status: int, expected: type[ToolError], effect: str
) -> None:
    async with known_server(target, http(status, "nothing to see", kind="text/plain", retry_after="7")) as (
        here,
        hosts,
        _,
    ):
        with pytest.raises(ToolError) as failed:
            await call(here, READ, {}, key="run:1", hosts=hosts)

    assert type(failed.value) is expected
    assert failed.value.effect == effect
    assert failed.value.retry_after == (7 if issubclass(expected, ToolBusy) else None)


@pytest.mark.parametrize(
    "answer",
    [
        http(200, "{no json"),
        http(200, '{"jsonrpc":"2.0","id":1,"result":{"content":"a string"}}'),
        http(200, "<html>", kind="text/html"),
        http(202, ""),
        http(200, '{"jsonrpc":"2.0","id":1,"result":' + '{"a":' * 500 + "1" + "}" * 500 + "}"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_not_taken(target: Aiming, answer: bytes) -> None:
    def with_id(n: int, request: bytes) -> bytes:
        name = json.loads(request.split(b"\r\n\r\n", 1)[1])["id"].encode()
        return http_of(answer, answer.split(b"\r\n\r\n", 1)[1].replace(b'"id":1', b'"id":"' + name + b'"'))

    async with known_server(target, with_id) as (here, hosts, seen):
        with pytest.raises(ToolResultInvalid):
            await perform(here, READ, {}, key="run:1", hosts=hosts)

    assert seen == ["run:1"]


async def test_a_redirect_is_not_followed(target: Aiming) -> None:
    to = http(307, "", location="http://169.254.169.254/latest/meta-data")
    async with known_server(target, to) as (here, hosts, seen):
        with pytest.raises(ToolRefused):
            await perform(here, READ, {}, key="run:1", hosts=hosts)

    assert seen == ["run:1"]


async def test_a_read_that_took_too_long_is_tried_again_while_there_is_time(target: Aiming) -> None:
    policy = Policy(timeout_seconds=1)

    async with known_server(target, lambda n, request: None if n == 1 else done(request)) as (
        here,
        hosts,
        seen,
    ):
        answer = await perform(here, policy, {}, key="run:1", hosts=hosts, seconds=30)

    assert answer.text == "done"
    assert seen[:2] == ["run:1", "run:1"]


def done(request: bytes) -> bytes:
    """A good answer to a call."""
    result = {"content": [{"type": "text", "text": "done"}], "resultType": "complete"}
    name = json.loads(request.split(b"\r\n\r\n", 1)[1])["id"]
    return http(200, json.dumps({"jsonrpc": "2.0", "id": name, "result": result}))


def http_of(like: bytes, body: bytes) -> bytes:
    """The same answer with another body."""
    status = int(like.split(b" ", 2)[1])
    kind = (
        next(line for line in like.split(b"\r\n") if line.startswith(b"content-type"))
        .split(b": ")[1]
        .decode()
    )
    return http(status, body.decode(), kind=kind)


@asynccontextmanager
async def known_server(
    target: Aiming, answer: bytes | Callable[[int, bytes], bytes | None]
) -> AsyncIterator[tuple[McpTarget, tuple[str, ...], list[str]]]:
    """A server that was met before, so that its first request is the call; with the keys that reach it."""
    seen: list[str] = []

    def note(n: int, request: bytes) -> bytes | None:
        head = request.split(b"\r\n\r\n", 1)[0].decode().lower()
        seen.extend(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("idempotency-key"))
        return answer if isinstance(answer, bytes) else answer(n, request)

    async with raw(note) as (url, hosts):
        here = target(url)
        handshakes.keep(here.server, Handshake(DISCOVERED))
        yield here, hosts, seen
