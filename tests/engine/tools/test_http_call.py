"""One attempt at a call, against real servers that behave in every way servers do."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
from typing import Any

import pytest
from pytest_django import Settings

from embedded.processes import free_port
from engine.tools import guarded
from engine.tools.errors import (
    AddressRefused,
    ToolBroken,
    ToolBusy,
    ToolError,
    ToolRefused,
    ToolResultInvalid,
    ToolTimeout,
    ToolUnreachable,
)
from engine.tools.http.answer import CUT
from engine.tools.http.call import MOST_BYTES, call
from engine.tools.http.target import Auth, HttpTarget
from engine.tools.values import Policy
from tests.engine.tools.outside import Heard, Server, resolver, said, serving

PATIENT = Policy(timeout_seconds=20.0)
HASTY = Policy(timeout_seconds=1.0)


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True


def _connections() -> list[Any]:
    return guarded._shared[asyncio.get_running_loop()].pool.connections


async def ask(
    server: Server, method: str = "GET", path: str = "/x", policy: Policy = PATIENT, **more: Any
) -> Any:
    target = HttpTarget(method, f"{server.url}{path}", **more)
    return await call(target, policy, {}, key="run:1", hosts=(server.host,))


async def test_a_call_says_who_it_is_and_under_which_key() -> None:
    async with serving(said('{"result": {"id": "W1"}}')) as server:
        target = HttpTarget(
            "POST",
            f"{server.url}/orders/{{id}}",
            headers=(("X-Shop", "1"),),
            auth=Auth("bearer", secret="s"),
            result_path="/result",
        )
        answer = await call(
            target, PATIENT, {"id": "a/b", "why": "x\r\nX-Evil: 1"}, key="run-9:2", hosts=(server.host,),
            extra_headers=(("X-Customer", "c1"),),
        )  # fmt: skip

    (heard,) = server.heard
    assert answer.value == {"id": "W1"}
    assert (heard.method, heard.target) == ("POST", "/orders/a%2Fb")
    assert json.loads(heard.body) == {"why": "x\r\nX-Evil: 1"}
    assert heard.headers | {
        "host": server.host, "accept": "application/json", "user-agent": "Switchboard", "idempotency-key": "run-9:2",
        "authorization": "Bearer s", "x-shop": "1", "x-customer": "c1", "content-type": "application/json",
        "accept-encoding": "identity",
    } == heard.headers  # fmt: skip
    assert "x-evil" not in heard.headers


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(status=302, Location="http://169.254.169.254/latest/meta-data/"), ToolRefused),
        (said('{"detail": "no"}', status=404), ToolRefused),
        (said(status=429, Retry_After="9"), ToolBusy),
        (said(status=503), ToolBusy),
        (said(status=500), ToolBroken),
        (said("{"), ToolResultInvalid),
        (said(b"\x89PNG", kind="image/png"), ToolResultInvalid),
        (said(b" " * (MOST_BYTES + 1)), ToolResultInvalid),
        (said(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"), ToolResultInvalid),
        (said(gzip.compress(b"0" * 50_000_000), status=404, Content_Encoding="gzip"), ToolRefused),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", ToolBroken),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", ToolBroken),
        (b"no http at all\r\n\r\n", ToolBroken),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000, ToolBroken),
        (b"", ToolBroken),
    ],
)  # fmt: skip
async def test_every_answer_has_its_class(answer: bytes, error: type[ToolError]) -> None:
    async def reply(_heard: Heard, writer: Any) -> None:
        writer.write(answer)
        writer.hang_up()

    async with serving(reply) as server:
        with pytest.raises(error) as raised:
            await ask(server)

    assert isinstance(raised.value, error)
    assert raised.value.retry_after == (9.0 if b"Retry-After" in answer else None)
    assert len(server.heard) == 1


async def test_a_body_that_never_ends_ends_with_the_deadline() -> None:
    over = asyncio.Event()

    async def drip(heard: Heard, writer: Any) -> None:
        if heard.target == "/warm":
            writer.write(said("{}"))
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
        await over.wait()

    async with serving(drip) as server:
        await ask(server, path="/warm")
        with pytest.raises(ToolTimeout) as late:
            await ask(server, policy=HASTY)
        left_open = [one for one in _connections() if not one.is_idle()]
        over.set()

    assert late.value.effect == "unknown"
    assert left_open == []


async def test_an_answer_that_never_begins_is_a_timeout_too() -> None:
    over = asyncio.Event()

    async def silent(heard: Heard, writer: Any) -> None:
        if heard.target == "/warm":
            writer.write(said("{}"))
            return
        await over.wait()

    async with serving(silent) as server:
        await ask(server, path="/warm")
        with pytest.raises(ToolTimeout):
            await ask(server, policy=HASTY)
        over.set()


async def test_where_nobody_listens_nothing_was_done() -> None:
    with pytest.raises(ToolUnreachable) as nobody:
        await ask(Server(free_port()))

    assert nobody.value.effect == "none"


async def test_a_name_that_takes_too_long_to_look_up_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(60) and [])

    with pytest.raises(ToolUnreachable) as lost:
        await call(HttpTarget("GET", "https://shop.example/"), HASTY, {}, key="k", hosts=("shop.example",))
    over.set()

    assert lost.value.effect == "none"


async def test_an_address_that_may_not_be_called_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, ["93.184.215.14", "169.254.169.254"])

    for url in ("https://shop.example/", "https://other.example/", "http://shop.example/", "https://0x7f.1/"):
        with pytest.raises(AddressRefused) as refused:
            await call(HttpTarget("GET", url), PATIENT, {}, key="k", hosts=("shop.example", "0x7f.1"))
        assert refused.value.effect == "none"


async def test_the_model_sees_no_more_than_the_policy_allows() -> None:
    async with serving(said("x" * 5000, kind="text/plain")) as server:
        answer = await ask(server, policy=Policy(timeout_seconds=20, result_bytes=300))

    assert answer.text.endswith(CUT)
    assert len(answer.text.encode()) <= 300


async def test_many_calls_at_once_come_back_each_with_its_own() -> None:
    async def echo(heard: Heard, writer: Any) -> None:
        writer.write(said(json.dumps(heard.target)))

    async with serving(echo) as server:
        answers = await asyncio.gather(*(ask(server, path=f"/{number}") for number in range(40)))

    assert [answer.value for answer in answers] == [f"/{number}" for number in range(40)]
