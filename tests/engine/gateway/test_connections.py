import asyncio
import gc
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.gateway import connections
from engine.gateway.client import ChatCompletions
from engine.gateway.config import ProviderConfig
from engine.gateway.errors import ModelBadRequest, ModelUnreachable
from engine.gateway.protocol import Message, ModelRequest
from tests.engine.gateway.calls import STREAM, Caller, sender
from tests.servers import ModelSimulator

Callers = Callable[..., Caller]
KEY = "key-7f3a"


async def test_calls_to_one_provider_share_a_client(simulator: ModelSimulator, caller: Callers) -> None:
    await asyncio.gather(*(caller(simulator.url).ask() for _ in range(5)))

    assert connections.open_clients() == 1


async def test_clients_of_many_providers_are_bounded(
    simulator: ModelSimulator, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_CLIENTS", 2)

    replies = []
    for retries in range(5):
        replies.append(await caller(simulator.url, retries=retries).ask())

    assert all(reply.text for reply in replies)
    assert connections.open_clients() == 2


async def test_a_client_in_use_is_not_closed_for_a_newer_one(
    simulator: ModelSimulator, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_CLIENTS", 1)
    slow = asyncio.ensure_future(caller(simulator.url, retries=0).ask(model="sim:slow:delay_ms=20:tokens=10"))
    await asyncio.sleep(0.05)

    for retries in range(1, 4):
        await caller(simulator.url, retries=retries).ask()

    assert (await slow).text.startswith("word1 ")


def test_threads_with_loops_of_their_own_leave_nothing_open(
    simulator: ModelSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    model = ChatCompletions(ProviderConfig(simulator.url, KEY))

    async def ignore(_: str) -> None:
        return

    def in_a_thread(_: int) -> str:
        reply = asyncio.run(model.complete(ModelRequest("any", (Message("user", "Hi"),)), ignore))
        return reply.text

    with ThreadPoolExecutor(max_workers=3) as pool:
        texts = list(pool.map(in_a_thread, range(6)))

    assert all(text.startswith("word1 ") for text in texts)
    gc.collect()
    assert "Unclosed" not in caplog.text


async def test_neither_key_nor_words_are_logged(
    simulator: ModelSimulator, caller: Callers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ana = caller(simulator.url)

    reply = await ana.ask("my secret illness")
    with pytest.raises(ModelBadRequest):
        await ana.ask("my secret illness", model="sim:400")

    assert reply.text
    assert "model_bad_request" in caplog.text
    for private in (KEY, "my secret illness", "word1"):
        assert private not in caplog.text
    assert KEY not in repr(ProviderConfig(simulator.url, KEY))


async def test_what_a_provider_says_of_an_error_goes_no_further(caller: Callers) -> None:
    body = b'{"error": {"message": "bad key key-7f3a", "code": "Bad Key key-7f3a", "type": "x"}}'
    head = b"HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    async with sender([head + body]) as provider:
        with pytest.raises(ModelBadRequest) as caught:
            await caller(provider.url).ask()

    assert KEY not in f"{caught.value} {caught.value.detail}"


async def test_a_proxy_in_the_environment_is_taken_only_when_told_so(
    simulator: ModelSimulator, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    assert (await caller(simulator.url).ask()).text
    with pytest.raises(ModelUnreachable):
        await caller(simulator.url, trust_env=True).ask()


async def test_an_organisation_in_the_environment_is_not_told_to_a_tenants_provider(
    caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody-else")
    said = b'data: {"choices": [{"delta": {"content": "Hi"}}]}\n\ndata: [DONE]\n\n'
    async with sender([STREAM + said]) as provider:
        await caller(provider.url).ask()

        assert b"org-of-somebody-else" not in provider.received
        assert f"Bearer {KEY}".encode() in provider.received


async def test_closed_clients_are_made_anew(simulator: ModelSimulator, caller: Callers) -> None:
    await caller(simulator.url).ask()

    await connections.close_clients()

    assert connections.open_clients() == 0
    assert (await caller(simulator.url).ask()).text


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


async def test_a_provider_nobody_vouches_for_gets_neither_key_nor_words(
    caller: Callers, tmp_path: Path
) -> None:
    async with sender([STREAM], tls=self_signed(tmp_path)) as provider:
        with pytest.raises(ModelUnreachable):
            await caller(provider.url, retries=0).ask()

    assert provider.received == b""
