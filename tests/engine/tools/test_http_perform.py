"""A call carried through: what is tried again, what is not, and what is remembered."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from engine.gateway.protocol import ToolSpec
from engine.tools.errors import (
    ToolBroken,
    ToolBusy,
    ToolError,
    ToolRefused,
    ToolResultInvalid,
    ToolUnreachable,
)
from engine.tools.http.perform import Errand, Pacing, pause_before, perform
from engine.tools.http.target import HttpTarget
from engine.tools.values import Offer, Policy, Risk
from tests.engine.tools.outside import Heard, Server, in_turn, said, serving

tenants = itertools.count(7_000_001)
GOOD, BAD, BUSY = said('{"ok": true}'), said(status=500), said(status=429, Retry_After="2")


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True


class Attempts:
    """Calls a server as a tenant of its own; pauses are kept and not waited."""

    def __init__(self, server: Server, risk: Risk = Risk.WRITE, **policy: Any) -> None:
        spec = ToolSpec(name="tool", description="", parameters={})
        target = HttpTarget("GET" if risk is Risk.READ else "POST", f"{server.url}/x/{{id}}")
        rules = Policy(risk=risk, timeout_seconds=policy.pop("timeout_seconds", 20.0), **policy)
        self.offer = Offer(spec, rules, "http", tool_id=next(tenants), target=target)
        self.errand = Errand(next(tenants), (server.host,), "run:1")
        self.pauses: list[float] = []

    async def make(self, **arguments: Any) -> Any:
        async def note(seconds: float) -> None:
            self.pauses.append(seconds)

        pacing = Pacing(jitter=lambda: 0.5, sleep=note)
        return await perform(self.offer, {"id": "1"} | arguments, self.errand, pacing)


@pytest.mark.parametrize("risk", [Risk.READ, Risk.WRITE])
async def test_what_may_be_repeated_is_under_the_same_key(risk: Risk) -> None:
    async with serving(in_turn(BAD, said(b""), GOOD)) as server, serving(in_turn(b"", GOOD)) as cutting:
        attempts, cut = Attempts(server, risk), Attempts(cutting, risk)
        await attempts.make()
        answer = await cut.make()

    assert answer.value == {"ok": True}
    assert attempts.pauses == [0.25]
    assert {heard.headers["idempotency-key"] for heard in [*server.heard, *cutting.heard]} == {"run:1"}
    assert [len(server.heard), len(cutting.heard)] == [2, 2]


async def test_an_irreversible_call_is_repeated_only_when_nothing_was_done() -> None:
    async with serving(in_turn(BUSY, BAD, GOOD)) as server:
        attempts = Attempts(server, Risk.IRREVERSIBLE)
        with pytest.raises(ToolBroken) as broken:
            await attempts.make()

    assert broken.value.effect == "unknown"
    assert len(server.heard) == 2
    assert attempts.pauses == [2.25]


async def test_a_doubt_is_not_taken_back_by_a_later_attempt() -> None:
    async with serving(in_turn(BAD, said('{"detail": "no"}', status=409))) as server:
        with pytest.raises(ToolRefused) as refused:
            await Attempts(server).make()

    assert refused.value.effect == "unknown"


async def test_a_refusal_under_the_key_ends_the_doubt_about_the_attempts_before_it() -> None:
    async with serving(in_turn(BAD, said('{"detail": "no"}', status=422))) as server:
        with pytest.raises(ToolRefused) as refused:
            await Attempts(server).make()

    assert refused.value.effect == "none"


async def test_a_no_is_not_asked_again() -> None:
    async with serving(said('{"detail": "no"}', status=404)) as server:
        attempts = Attempts(server)
        with pytest.raises(ToolRefused) as refused:
            await attempts.make()

    assert refused.value.effect == "none"
    assert len(server.heard) == 1


async def test_a_no_whose_reason_was_cut_is_asked_for_again() -> None:
    whole = said('{"detail": "Order not found"}', status=422)

    async def answer(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        first = len(server.heard) == 1
        writer.write(whole[:-9] if first else whole)
        if first:
            writer.write(b"")

    async with serving(answer) as server:
        with pytest.raises(ToolRefused, match="Order not found") as refused:
            await Attempts(server, Risk.IRREVERSIBLE).make()

    assert refused.value.effect == "none"
    assert len(server.heard) == 2


async def test_three_attempts_are_all_and_the_servers_wish_is_kept() -> None:
    async with serving(BUSY) as server:
        attempts = Attempts(server)
        with pytest.raises(ToolBusy):
            await attempts.make()

    assert len(server.heard) == 3
    assert attempts.pauses == [2.25, 2.5]


async def test_a_wish_beyond_the_deadline_ends_the_call_at_once() -> None:
    async with serving(said(status=503, Retry_After="300")) as server:
        attempts = Attempts(server)
        with pytest.raises(ToolBusy):
            await attempts.make()

    assert attempts.pauses == []


def test_pauses_double_within_their_bound() -> None:
    error: ToolError = ToolUnreachable()

    assert [pause_before(error, attempt, Risk.IRREVERSIBLE, lambda: 1.0) for attempt in (1, 2, 3)] == [
        0.5,
        1.0,
        None,
    ]
    assert pause_before(ToolBroken(), 1, Risk.IRREVERSIBLE, lambda: 1.0) is None
    assert pause_before(ToolRefused(), 1, Risk.READ, lambda: 1.0) is None


async def test_a_host_that_keeps_failing_is_left_alone_by_this_tenant_alone() -> None:
    async with serving(BAD) as server:
        attempts, other = Attempts(server), Attempts(server)
        for _ in range(20):
            with pytest.raises(ToolError) as last:
                await attempts.make()
        heard = len(server.heard)
        with pytest.raises(ToolUnreachable):
            await attempts.make()
        assert len(server.heard) == heard
        with pytest.raises(ToolBroken):
            await other.make()

    assert isinstance(last.value, ToolUnreachable)
    assert last.value.retry_after is not None
    assert len(server.heard) == heard + 3


async def test_refusals_do_not_close_the_way() -> None:
    async with serving(said('{"detail": "no"}', status=404)) as server:
        attempts = Attempts(server)
        for _ in range(30):
            with pytest.raises(ToolRefused):
                await attempts.make()

    assert len(server.heard) == 30


async def test_a_result_that_does_not_fit_is_an_error_and_not_asked_for_again() -> None:
    async with serving(GOOD) as server:
        attempts = Attempts(server)
        attempts.offer = replace(attempts.offer, result_schema={"type": "object", "required": ["id"]})
        with pytest.raises(ToolResultInvalid):
            await attempts.make()

    assert len(server.heard) == 1


async def test_a_read_is_answered_from_memory_for_the_same_tenant_tool_and_arguments() -> None:
    async with serving(in_turn(said("1"), said("2"), said("3"), said("4"), said("5"))) as server:
        attempts = Attempts(server, Risk.READ, cache_seconds=60)
        first = [
            (await attempts.make(q="a")).text,
            (await attempts.make(q="a")).text,
            (await attempts.make(q="b")).text,
        ]
        attempts.errand = replace(attempts.errand, headers=(("X-Customer", "another"),))
        another_customer = (await attempts.make(q="a")).text
        attempts.errand = replace(attempts.errand, tenant_id=next(tenants), headers=())
        another_tenant = (await attempts.make(q="a")).text
        attempts.offer = replace(attempts.offer, tool_id=next(tenants))
        another_tool = (await attempts.make(q="a")).text

    assert first == ["1", "1", "2"]
    assert [another_customer, another_tenant, another_tool] == ["3", "4", "5"]


async def test_errors_and_writes_are_not_remembered() -> None:
    refusal = said('{"detail": "no"}', status=404)

    async with serving(in_turn(refusal, said("1"))) as server, serving(GOOD) as writing:
        attempts = Attempts(server, Risk.READ, cache_seconds=60)
        with pytest.raises(ToolRefused):
            await attempts.make()
        assert (await attempts.make()).text == "1"
        write = Attempts(writing, Risk.WRITE, cache_seconds=60)
        await write.make()
        await write.make()

    assert len(writing.heard) == 2
