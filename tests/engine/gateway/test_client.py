import asyncio
import socket
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest

from engine.gateway.config import Deadlines
from engine.gateway.errors import (
    BetweenTokensTimeout,
    ConnectTimeout,
    FirstTokenTimeout,
    ModelBadRequest,
    ModelError,
    ModelMalformed,
    ModelQuotaSpent,
    ModelRateLimited,
    ModelRefused,
    ModelReplyTooLarge,
    ModelServerError,
    ModelStreamCut,
    ModelUnreachable,
    TotalTimeout,
)
from engine.gateway.protocol import Message, ModelRequest
from tests.engine.gateway.calls import SEARCH, STREAM, Caller, sender
from tests.engine.gateway.conftest import SHORT
from tests.servers import ModelSimulator

Callers = Callable[..., Caller]


async def test_an_answer_is_streamed_and_its_usage_is_the_providers(
    simulator: ModelSimulator, caller: Callers
) -> None:
    ana = caller(simulator.url)

    reply = await ana.ask("[[simulate: say text='It ships today.' delay_ms=5]]")

    assert reply.text == ana.heard == "It ships today."
    assert len(ana.pieces) == 3
    assert (reply.usage.completion_tokens, reply.usage.estimated) == (3, False)
    assert reply.usage.prompt_tokens > 0
    assert reply.finish_reason == "stop"


async def test_tool_calls_come_together_from_their_pieces(simulator: ModelSimulator, caller: Callers) -> None:
    marker = """[[simulate: tool name=lookup_order,cancel_order arguments='{"id": "A-7, größer"}']]"""

    reply = await caller(simulator.url).ask(marker, tools=(SEARCH,))

    assert [(call.name, call.arguments) for call in reply.tool_calls] == [
        ("lookup_order", '{"id": "A-7, größer"}'),
        ("cancel_order", '{"id": "A-7, größer"}'),
    ]
    assert len({call.id for call in reply.tool_calls}) == 2
    assert reply.finish_reason == "tool_calls"


async def test_characters_cut_in_two_arrive_whole(simulator: ModelSimulator, caller: Callers) -> None:
    ana = caller(simulator.url)

    reply = await ana.ask(model="sim:unicode")

    assert reply.text == ana.heard == "Grüße aus Zürich: 你好, мир — 👋🏽 ça va? שלום ½ €"


async def test_a_provider_that_reports_no_usage_gets_an_estimate(
    simulator: ModelSimulator, caller: Callers
) -> None:
    reply = await caller(simulator.url).ask(model="sim:no_usage:tokens=3")

    assert reply.usage.estimated
    assert reply.usage.prompt_tokens == -(-len("Hello") // 3) + 4
    assert reply.usage.completion_tokens == -(-len("word1 word2 word3 ") // 3)


async def test_an_empty_reply_is_a_reply(simulator: ModelSimulator, caller: Callers) -> None:
    reply = await caller(simulator.url).ask(model="sim:empty")

    assert (reply.text, reply.tool_calls, reply.finish_reason) == ("", (), "stop")


async def test_a_busy_provider_is_asked_again_when_it_said(
    simulator: ModelSimulator, caller: Callers
) -> None:
    ana = caller(simulator.url)

    reply = await ana.ask("[[simulate: 429 retry_after=2 times=1 id=busy]]")

    assert reply.text
    assert ana.pauses == [2.25]


async def test_a_provider_that_wants_more_time_than_there_is_is_not_waited_for(
    simulator: ModelSimulator, caller: Callers
) -> None:
    ana = caller(simulator.url)

    with pytest.raises(ModelRateLimited) as caught:
        await ana.ask(model="sim:429:retry_after=90")

    assert caught.value.retry_after == 90
    assert ana.pauses == []


async def test_a_failing_server_is_asked_twice_more_with_growing_pauses(
    simulator: ModelSimulator, caller: Callers
) -> None:
    ana = caller(simulator.url)

    with pytest.raises(ModelServerError) as caught:
        await ana.ask(model="sim:503")

    assert ana.pauses == [0.25, 0.5]
    assert (caught.value.transient, caught.value.status, caught.value.code) == (
        True,
        503,
        "model_server_error",
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ModelBadRequest),
        (401, ModelRefused),
        (403, ModelRefused),
        (404, ModelBadRequest),
        (422, ModelBadRequest),
    ],
)
async def test_what_cannot_pass_by_itself_is_not_tried_again(
    simulator: ModelSimulator, caller: Callers, status: int, kind: type[ModelError]
) -> None:
    ana = caller(simulator.url)

    with pytest.raises(kind) as caught:
        await ana.ask(model=f"sim:{status}")

    assert (ana.pauses, caught.value.transient) == ([], False)


async def test_an_account_without_money_is_not_asked_again(caller: Callers) -> None:
    body = b'{"error": {"code": "insufficient_quota", "message": "pay first"}}'
    head = b"HTTP/1.1 429 Too Many\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(
        body
    )
    async with sender([head + body]) as provider:
        ana = caller(provider.url)

        with pytest.raises(ModelQuotaSpent):
            await ana.ask()

    assert ana.pauses == []


async def test_a_model_that_does_not_begin_is_given_up(simulator: ModelSimulator, caller: Callers) -> None:
    ana = caller(simulator.url, SHORT)

    with pytest.raises(FirstTokenTimeout):
        await ana.ask(model="sim:hang")

    assert ana.pauses == []


async def test_headers_and_keep_alives_are_not_a_beginning(caller: Callers) -> None:
    opening = b'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n\n'
    async with sender([STREAM, opening, *repeat(b": still here\n\n", 200)], pause=0.05) as provider:
        with pytest.raises(FirstTokenTimeout):
            await caller(provider.url, SHORT).ask()


async def test_a_model_that_falls_silent_is_given_up_and_its_words_are_paid_for(
    simulator: ModelSimulator, caller: Callers
) -> None:
    ana = caller(simulator.url, Deadlines(between_tokens=0.2))

    with pytest.raises(BetweenTokensTimeout) as caught:
        await ana.ask(model="sim:hang:after=3")

    assert ana.heard == "word1 word2 word3 "
    assert caught.value.usage.completion_tokens == 6


async def test_a_model_that_only_ever_drips_is_given_up(simulator: ModelSimulator, caller: Callers) -> None:
    ana = caller(simulator.url, Deadlines(total=1.0))

    with pytest.raises(TotalTimeout) as caught:
        await ana.ask(model="sim:slow:delay_ms=50:tokens=1000")

    assert ana.heard.startswith("word1 ")
    assert caught.value.usage.estimated


async def test_a_slow_reader_is_not_a_silent_model(simulator: ModelSimulator, caller: Callers) -> None:
    ana = caller(simulator.url, Deadlines(between_tokens=0.5))

    async def think(piece: str) -> None:
        await asyncio.sleep(0.6)
        ana.pieces.append(piece)

    reply = await ana.model.complete(
        ModelRequest("sim:slow:delay_ms=1:tokens=3", (Message("user", "Hi"),)), think
    )

    assert reply.text == ana.heard


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of callers is full: who calls now hears nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        callers = [socket.socket() for _ in range(4)]
        for one in callers:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in callers:
            one.close()


async def test_a_provider_that_does_not_pick_up_is_given_up(full_port: int, caller: Callers) -> None:
    ana = caller(f"http://127.0.0.1:{full_port}/v1", Deadlines(connect=0.2), retries=1)

    with pytest.raises(ConnectTimeout):
        await ana.ask()

    assert len(ana.pauses) == 1


async def test_a_provider_that_is_not_there_is_named_so(caller: Callers) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ana = caller(f"http://127.0.0.1:{unused.getsockname()[1]}/v1")

        with pytest.raises(ModelUnreachable):
            await ana.ask()

    assert len(ana.pauses) == 2


async def test_a_stream_cut_in_the_middle_is_never_begun_anew(
    simulator: ModelSimulator, caller: Callers
) -> None:
    ana = caller(simulator.url)

    with pytest.raises(ModelStreamCut) as caught:
        await ana.ask(model="sim:cut:after=4")

    assert ana.heard == "word1 word2 word3 word4 "
    assert ana.pauses == []
    assert caught.value.usage.completion_tokens == 8


@pytest.mark.parametrize("directive", ["malformed", "error"])
async def test_nonsense_and_errors_in_the_stream_have_their_names(
    simulator: ModelSimulator, caller: Callers, directive: str
) -> None:
    ana = caller(simulator.url)

    with pytest.raises(ModelMalformed if directive == "malformed" else ModelServerError):
        await ana.ask(model=f"sim:{directive}:after=2")

    assert ana.heard == "word1 word2 "


@pytest.mark.parametrize(
    "body", [b"<html>Welcome to the hotel</html>", b'{"choices": [{"message": {"content": "not a stream"}}]}']
)
async def test_a_page_is_not_a_stream(caller: Callers, body: bytes) -> None:
    async with sender([STREAM + body]) as provider:
        with pytest.raises(ModelMalformed):
            await caller(provider.url).ask()


@pytest.mark.parametrize(
    "chunk",
    [
        b"[]",
        b"7",
        b'{"choices": 3}',
        b'{"choices": [1]}',
        b'{"choices": [{"delta": {"content": 5}}]}',
        b'{"choices": [{"delta": {"tool_calls": 1}}]}',
        b'{"usage": "much", "choices": []}',
        b'{"choices": [{"delta": {"content": "\xff"}}]}',
        b'{"a":' * 50_000,
    ],
)
async def test_a_chunk_of_another_shape_is_malformed(caller: Callers, chunk: bytes) -> None:
    async with sender([STREAM + b"data: " + chunk + b"\n\ndata: [DONE]\n\n"]) as provider:
        with pytest.raises(ModelMalformed):
            await caller(provider.url).ask()


async def test_a_reply_without_end_is_cut_off(simulator: ModelSimulator, caller: Callers) -> None:
    with pytest.raises(ModelReplyTooLarge):
        await caller(simulator.url, max_reply_bytes=20_000).ask(model="sim:plain:tokens=5000")


async def test_an_error_page_without_end_is_cut_off(caller: Callers) -> None:
    head = b"HTTP/1.1 400 Bad\r\ncontent-type: text/plain\r\n\r\n"
    async with sender([head, *repeat(b"x" * 65_536, 4)], hold=True) as provider:
        with pytest.raises(ModelBadRequest):
            await caller(provider.url).ask()


async def test_the_end_is_believed_though_the_line_stays_open(caller: Callers) -> None:
    said = b'data: {"choices": [{"delta": {"content": "Hi"}}]}\n\ndata: [DONE]\n\n'
    async with sender([STREAM + said], hold=True) as provider:
        reply = await caller(provider.url).ask()

    assert reply.text == "Hi"


async def test_redirects_are_not_followed(caller: Callers) -> None:
    moved = b"HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    async with sender([moved]) as provider:
        with pytest.raises(ModelBadRequest) as caught:
            await caller(provider.url).ask()

    assert caught.value.detail == "307"


@pytest.mark.parametrize("kind", [TimeoutError, ValueError, OSError])
async def test_an_error_of_the_listener_is_its_own(
    simulator: ModelSimulator, caller: Callers, kind: type[Exception]
) -> None:
    async def refuse(_: str) -> None:
        raise kind("the listener's own")

    with pytest.raises(kind, match="the listener's own"):
        await caller(simulator.url).model.complete(ModelRequest("any", (Message("user", "Hi"),)), refuse)


async def test_cancelling_is_passed_through(simulator: ModelSimulator, caller: Callers) -> None:
    ana = caller(simulator.url)
    task = asyncio.ensure_future(ana.ask(model="sim:hang"))
    await asyncio.sleep(0.05)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
