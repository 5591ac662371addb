import json
import math
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from openai import AsyncOpenAI, InternalServerError

from engine.agent.values import Citation, Limits, ToolResult
from engine.gateway.errors import ModelServerError
from engine.gateway.protocol import Message
from tests.engine.agent.turns import Conversation
from tests.engine.gateway.calls import Caller
from tests.servers import ROOT, Child, ModelSimulator

Callers = Callable[..., Caller]


@pytest.fixture
async def vendor(simulator: ModelSimulator) -> AsyncIterator[AsyncOpenAI]:
    """The vendor's own client, as it comes."""
    async with AsyncOpenAI(base_url=simulator.url, api_key="any", max_retries=0) as client:
        yield client


def stats(simulator: ModelSimulator) -> dict:
    with urlopen(f"{simulator.address}/stats", timeout=5) as answer:
        return json.load(answer)


async def test_a_question_is_searched_for_and_answered_with_a_citation(
    simulator: ModelSimulator, caller: Callers
) -> None:
    conversation = Conversation()
    found = {"n": 1, "title": "Shipping", "heading": "", "text": "It ships in two days. Or three. Or four."}
    conversation.shelf.results["search_knowledge"] = ToolResult(
        json.dumps({"passages": [found]}), citations=(Citation(1, "p1", "Shipping", "", "It ships"),)
    )

    outcome = await conversation.answer(caller(simulator.url).model)

    assert json.loads(conversation.shelf.calls[0].arguments) == {"query": "Where is my parcel?"}
    assert (outcome.kind, outcome.text) == ("answered", "It ships in two days. Or three. [1]")
    assert [citation.title for citation in outcome.citations] == ["Shipping"]


async def test_a_model_that_loops_is_stopped_by_the_limits(
    simulator: ModelSimulator, caller: Callers
) -> None:
    conversation = Conversation(limits=Limits(identical_calls=2))
    conversation.messages = (Message("user", "[[simulate: loop]]"),)

    outcome = await conversation.answer(caller(simulator.url).model)

    assert (outcome.kind, outcome.reason) == ("exhausted", "identical_calls")


async def test_the_vendors_own_client_understands_the_simulator(vendor: AsyncOpenAI) -> None:
    whole = await vendor.chat.completions.create(
        model="sim:plain:tokens=2", messages=[{"role": "user", "content": "Hi"}]
    )
    models = await vendor.models.list()

    assert whole.choices[0].message.content == "word1 word2 "
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 2
    assert [model.id for model in models.data] == ["simulated"]
    with pytest.raises(InternalServerError):
        await vendor.chat.completions.create(model="sim:500", messages=[])


async def test_texts_that_share_words_have_near_embeddings(vendor: AsyncOpenAI) -> None:
    texts = ["where is my parcel", "my parcel is lost", "opening hours on sunday"]

    first, near, far = (
        item.embedding for item in (await vendor.embeddings.create(model="any", input=texts)).data
    )
    again = (
        (await vendor.embeddings.create(model="any", input=texts[0], encoding_format="float"))
        .data[0]
        .embedding
    )

    assert len(first) == 384
    assert math.dist(first, near) < math.dist(first, far)
    assert again == pytest.approx(first, abs=1e-6)


async def test_reported_tokens_are_counted(simulator: ModelSimulator, caller: Callers) -> None:
    before = stats(simulator)

    reply = await caller(simulator.url).ask(model="sim:plain:tokens=7")
    await caller(simulator.url).ask(model="sim:no_usage:tokens=5")

    after = stats(simulator)
    assert after["completion_tokens"] - before["completion_tokens"] == reply.usage.completion_tokens == 7
    assert after["prompt_tokens"] - before["prompt_tokens"] == reply.usage.prompt_tokens
    assert after["unreported_tokens"] - before["unreported_tokens"] == 5


async def test_one_connection_serves_many_requests(simulator: ModelSimulator) -> None:
    host, port = simulator.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(b"GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < 2:
            received += line.recv(65_536)

    assert received.count(b'"simulated"') == 2


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n{",
        b'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 15\r\n\r\n{"messages": 3}',
        b'POST /v1/embeddings HTTP/1.1\r\nhost: x\r\ncontent-length: 12\r\n\r\n{"input": 3}',
    ],
)
async def test_a_bad_request_is_told_so(simulator: ModelSimulator, request_bytes: bytes) -> None:
    host, port = simulator.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(request_bytes)
        received = line.recv(65_536)

    assert received.startswith(b"HTTP/1.1 400 ")


def test_a_busy_port_gives_one_clear_line(simulator: ModelSimulator) -> None:
    port = simulator.address.rsplit(":", 1)[1]

    done = subprocess.run(
        [sys.executable, "manage.py", "model_simulator", "--port", port],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


async def test_requests_are_logged_without_their_text(tmp_path: Path, caller: Callers) -> None:
    log = tmp_path / "requests.jsonl"
    arguments = ["manage.py", "model_simulator", "--port", "0", "--tokens", "3", "--log", str(log)]
    simulator = Child(arguments, tmp_path / "output.log", ready=r"listening on (http://\S+)", extra={})
    simulator.start()
    try:
        assert simulator.said is not None
        reply = await caller(f"{simulator.said[1]}/v1").ask("my secret illness")
        with pytest.raises(ModelServerError):
            await caller(f"{simulator.said[1]}/v1", retries=0).ask(model="sim:500")
    finally:
        simulator.stop()

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert reply.text == "word1 word2 word3 "
    assert [(line["status"], line["tokens"], line["directive"]) for line in lines] == [
        (200, 3, ""),
        (500, 0, "500"),
    ]
    assert "illness" not in log.read_text()
