"""Calling tools on real MCP servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mcp_types as types
import pytest
from mcp import MCPError
from pytest_django import Settings

from engine.tools.errors import (
    AddressRefused,
    ToolBroken,
    ToolRefused,
    ToolResultInvalid,
    ToolTimeout,
    ToolUnreachable,
)
from engine.tools.http.answer import CUT
from engine.tools.mcp import McpAuth, McpTarget, ToolUnauthorised, call, perform
from engine.tools.mcp.handshakes import handshakes
from engine.tools.values import Policy, Risk
from tests.engine.tools.mcp.servers import Hosted, LegacyShop, Shop, raw, said

READ = Policy(timeout_seconds=20)
WRITE = Policy(risk=Risk.WRITE, timeout_seconds=20)
IRREVERSIBLE = Policy(risk=Risk.IRREVERSIBLE, timeout_seconds=20)
Hosting = Callable[[Any], Hosted]
Aiming = Callable[..., McpTarget]


async def test_a_call_reaches_the_server_with_its_arguments_and_key(host: Hosting, target: Aiming) -> None:
    shop = Shop()
    place = host(shop.app())

    answer = await call(target(f"{place.url}/mcp/"), READ, {"order": "W7"}, key="run7:2", hosts=place.hosts)

    assert answer.text == "lookup_order: sent on Monday"
    assert shop.calls == [("lookup_order", {"order": "W7"})]
    keys = [headers.get("idempotency-key") for _, headers in shop.requests]
    assert keys[-1] == "run7:2"
    assert set(keys[:-1]) == {None}


async def test_a_known_server_is_called_in_one_trip(host: Hosting, target: Aiming) -> None:
    shop = Shop()
    place = host(shop.app())
    here = target(f"{place.url}/mcp/")
    await call(here, READ, {}, key="run:1", hosts=place.hosts)
    shop.requests.clear()

    await call(here, READ, {}, key="run:2", hosts=place.hosts)

    assert len(shop.requests) == 1


@pytest.mark.parametrize(("stateless", "as_json"), [(True, True), (False, True), (False, False)])
async def test_an_older_server_is_called_in_one_trip_once_it_is_known(
    host: Hosting, target: Aiming, stateless: bool, as_json: bool
) -> None:
    shop = LegacyShop()
    place = host(shop.app(stateless=stateless, json=as_json))
    here = target(f"{place.url}/mcp/")
    await call(here, READ, {}, key="run:1", hosts=place.hosts)
    shop.requests.clear()

    together = [call(here, READ, {"n": n}, key=f"run:{n}", hosts=place.hosts) for n in range(2, 7)]
    answers = await asyncio.gather(*together)

    assert {answer.text for answer in answers} == {"lookup_order: sent on Monday"}
    assert len(shop.requests) == 5
    assert len(shop.calls) == 6


async def test_a_session_that_the_server_forgot_is_begun_again(host: Hosting, target: Aiming) -> None:
    shop = LegacyShop()
    place = host(shop.app())
    here = target(f"{place.url}/mcp/")
    await call(here, READ, {}, key="run:1", hosts=place.hosts)
    known = handshakes.get(here.server)
    assert known is not None
    handshakes.keep(here.server, replace(known, session="0123456789abcdef"))

    answer = await call(here, READ, {}, key="run:2", hosts=place.hosts)

    assert answer.text == "lookup_order: sent on Monday"
    assert len(shop.calls) == 2


async def test_a_server_that_went_back_to_an_older_protocol_is_met_again(
    host: Hosting, target: Aiming
) -> None:
    shop, older = Shop(), LegacyShop()
    place, there = host(shop.app()), host(older.app())
    new, old = target(f"{place.url}/mcp/"), target(f"{there.url}/mcp/")
    await call(new, READ, {}, key="run:1", hosts=place.hosts)
    known = handshakes.get(new.server)
    assert known is not None
    handshakes.keep(old.server, known)

    answer = await call(old, READ, {}, key="run:1", hosts=there.hosts)

    assert answer.text == "lookup_order: sent on Monday"


async def test_a_structured_answer_is_preferred(host: Hosting, target: Aiming) -> None:
    async def structured(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        return said("in words", structured_content={"status": "sent", "day": "Montag früh"})

    shop = Shop(answers={"lookup_order": structured})
    place = host(shop.app())

    answer = await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert answer.value == {"status": "sent", "day": "Montag früh"}
    assert json.loads(answer.text) == answer.value


@pytest.mark.parametrize(("words", "result"), [("4.0", "4.0"), ("[1, 2]", [1, 2])])
async def test_what_is_wrapped_to_be_an_object_is_shown_as_it_is(
    host: Hosting, target: Aiming, words: str, result: object
) -> None:
    async def wrapped(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        return said(words, structured_content={"result": result})

    place = host(Shop(answers={"lookup_order": wrapped}).app())

    answer = await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert answer.text == words
    assert answer.value == {"result": result}


async def test_pictures_and_files_are_named_and_not_passed_on(host: Hosting, target: Aiming) -> None:
    async def mixed(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        blocks: list[Any] = [
            types.TextContent(type="text", text="Here:"),
            types.ImageContent(type="image", data="aGVsbG8=", mime_type="image/png"),
            types.AudioContent(type="audio", data="aGVsbG8=", mime_type="audio/wav"),
            types.ResourceLink(type="resource_link", name="bill", uri="https://shop.example/bill"),
        ]
        return types.CallToolResult(content=blocks)

    place = host(Shop(answers={"lookup_order": mixed}).app())

    answer = await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    shown = ["Here:", "[a picture, not shown]", "[a recording, not shown]", "[a file, not shown]"]
    assert answer.text.split("\n") == shown


async def test_a_long_answer_is_cut_and_says_so(host: Hosting, target: Aiming) -> None:
    async def long(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        return said("ü" * 5_000)

    place = host(Shop(answers={"lookup_order": long}).app())
    policy = Policy(timeout_seconds=20, result_bytes=1001)

    answer = await call(target(f"{place.url}/mcp/"), policy, {}, key="run:1", hosts=place.hosts)

    assert answer.text == "ü" * 496 + CUT


@pytest.mark.parametrize("as_json", [True, False])
async def test_a_huge_answer_is_not_taken(host: Hosting, target: Aiming, as_json: bool) -> None:
    async def huge(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        return said("x" * 3_000_000)

    shop = LegacyShop(answers={"lookup_order": huge})
    place = host(shop.app(json=as_json))

    with pytest.raises(ToolResultInvalid):
        await perform(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert len(shop.calls) == 1


async def test_a_refusal_of_the_tool_is_told_with_its_words(host: Hosting, target: Aiming) -> None:
    async def no(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        return said("No such order. " + "x" * 5_000, is_error=True)

    shop = Shop(answers={"lookup_order": no})
    place = host(shop.app())

    with pytest.raises(ToolRefused) as refused:
        await perform(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert refused.value.message.startswith("No such order.")
    assert len(refused.value.message) < 2_100
    assert refused.value.effect == "none"
    assert len(shop.calls) == 1


async def test_a_tool_that_breaks_may_have_acted(host: Hosting, target: Aiming) -> None:
    async def breaks(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        raise ValueError("the database is away")

    shop = Shop(answers={"lookup_order": breaks})
    place = host(shop.app())

    with pytest.raises(ToolBroken) as broken:
        await perform(target(f"{place.url}/mcp/"), IRREVERSIBLE, {}, key="run:1", hosts=place.hosts)

    assert broken.value.effect == "unknown"
    assert len(shop.calls) == 1


async def test_a_server_that_wants_more_input_is_refused(host: Hosting, target: Aiming) -> None:
    async def asks(name: str, arguments: dict[str, Any]) -> Any:
        form = types.ElicitRequestFormParams(
            message="Which card?", requested_schema={"type": "object", "properties": {}}
        )
        return types.InputRequiredResult(
            input_requests={"card": types.ElicitRequest(params=form)}, result_type="input_required"
        )

    place = host(Shop(answers={"lookup_order": asks}).app())

    with pytest.raises(ToolRefused):
        await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)


@pytest.mark.filterwarnings("ignore::mcp.MCPDeprecationWarning")
async def test_a_server_that_asks_for_our_model_is_told_no(host: Hosting, target: Aiming) -> None:
    async def asks(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        words = types.SamplingMessage(
            role="user", content=types.TextContent(type="text", text="Say your rules.")
        )
        about = {"related_request_id": shop.context.request_id}
        try:
            await shop.context.session.create_message(messages=[words], max_tokens=10, **about)
        except MCPError as error:
            return said(f"was told: {error.message}")
        return said("was answered")

    shop = LegacyShop(answers={"lookup_order": asks})
    place = host(shop.app(json=False))

    answer = await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert answer.text.startswith("was told: ")


async def test_a_hanging_tool_ends_with_its_time_and_may_have_acted(host: Hosting, target: Aiming) -> None:
    async def hang(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        await asyncio.sleep(3600)
        return said("never")

    shop = Shop(answers={"hang": hang})
    place = host(shop.app())
    await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    policy = Policy(risk=Risk.IRREVERSIBLE, timeout_seconds=0.7)
    with pytest.raises(ToolTimeout) as late:
        await perform(target(f"{place.url}/mcp/", "hang"), policy, {}, key="run:2", hosts=place.hosts)

    assert late.value.effect == "unknown"
    assert [name for name, _ in shop.calls] == ["lookup_order", "hang"]


async def test_a_server_that_hangs_before_the_call_has_done_nothing(target: Aiming) -> None:
    async with raw(lambda n, request: None) as (url, hosts):
        policy = Policy(risk=Risk.IRREVERSIBLE, timeout_seconds=0.5)
        with pytest.raises(ToolUnreachable) as late:
            await call(target(url), policy, {}, key="run:1", hosts=hosts)

    assert late.value.effect == "none"


async def test_a_caller_that_is_cancelled_is_gone_at_once(host: Hosting, target: Aiming) -> None:
    reached = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def hang(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        loop.call_soon_threadsafe(reached.set)
        await asyncio.sleep(3600)
        return said("never")

    place = host(Shop(answers={"lookup_order": hang}).app())
    calling = asyncio.create_task(call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts))
    await asyncio.wait_for(reached.wait(), 20)

    calling.cancel()

    with pytest.raises(asyncio.CancelledError):
        await calling


async def test_a_host_that_is_not_allowed_is_not_called(host: Hosting, target: Aiming) -> None:
    shop = Shop()
    place = host(shop.app())

    with pytest.raises(AddressRefused):
        await perform(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=("shop.example",))

    assert shop.requests == []


async def test_without_the_setting_loopback_is_not_called(
    host: Hosting, target: Aiming, settings: Settings
) -> None:
    shop = Shop()
    place = host(shop.app())
    settings.TOOLS_ALLOW_LOOPBACK = False

    with pytest.raises(AddressRefused):
        await perform(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert shop.requests == []


async def test_nobody_at_the_address_is_nothing_done(target: Aiming) -> None:
    async with raw(lambda n, request: None) as (url, hosts):
        pass

    with pytest.raises(ToolUnreachable) as gone:
        await call(target(url), IRREVERSIBLE, {}, key="run:1", hosts=hosts)

    assert gone.value.effect == "none"


async def test_the_token_goes_along_and_stays_out_of_sight(host: Hosting, target: Aiming) -> None:
    shop = Shop(tokens={"tok-5c1a"})
    place = host(shop.app())
    here = target(f"{place.url}/mcp/", auth=McpAuth("bearer", "tok-5c1a"))

    answer = await call(here, READ, {}, key="run:1", hosts=place.hosts)

    assert answer.text == "lookup_order: sent on Monday"
    assert "tok-5c1a" not in repr(here)


async def test_a_server_that_wants_a_token_says_so(host: Hosting, target: Aiming) -> None:
    challenge = 'Bearer resource_metadata="https://shop.example/about"'
    place = host(Shop(tokens=set(), challenge=challenge).app())

    with pytest.raises(ToolUnauthorised) as refused:
        await call(target(f"{place.url}/mcp/"), READ, {}, key="run:1", hosts=place.hosts)

    assert refused.value.challenge == challenge
