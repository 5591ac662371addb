"""The bundled encoder against what its authors published, and the endpoint against a server on loopback."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from engine.gateway import minilm
from engine.gateway.config import Deadlines, ProviderConfig
from engine.gateway.embeddings import EmbeddingEndpoint, EmbeddingsUnavailable
from engine.gateway.minilm import MiniLM, ModelUnusable
from engine.knowledge.embedding import QueryVectors, get_embedder
from tests.servers import ModelSimulator


@pytest.fixture(scope="module")
def bundled() -> MiniLM:
    return MiniLM()


def test_the_bundled_model_gives_the_published_similarities(bundled: MiniLM) -> None:
    happy, dog, very_happy, sunny = bundled.embed(
        [
            "That is a happy person",
            "That is a happy dog",
            "That is a very happy person",
            "Today is a sunny day",
        ]
    )

    published = [0.6945773, 0.9429151, 0.2568763]
    assert [dog @ happy, very_happy @ happy, sunny @ happy] == pytest.approx(published, abs=1e-5)


def test_a_text_has_the_same_vector_alone_and_among_longer_ones(bundled: MiniLM) -> None:
    texts = ["short", "a longer sentence about parcels " * 4, "", "middle sized words"] * 5

    together = bundled.embed(texts)

    assert together.shape == (20, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[3], bundled.embed([texts[3]])[0], atol=1e-5)
    assert np.allclose(together[0], together[16], atol=1e-5)


def test_an_altered_model_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(minilm._SHA256, "model.safetensors", "0" * 64)

    with pytest.raises(ModelUnusable):
        MiniLM()


def test_a_question_is_encoded_once_for_each_tenant(bundled: MiniLM) -> None:
    class Counted:
        name, dims, calls = "counted", 384, 0

        def embed(self, texts: Any) -> Any:
            self.calls += 1
            return bundled.embed(texts)

    embedder, vectors = Counted(), QueryVectors(capacity=2)

    for tenant_id, text in [(1, "a"), (1, "a"), (2, "a"), (2, "b"), (1, "a")]:
        vectors.get(tenant_id, embedder, text)

    assert embedder.calls == 4


def test_settings_choose_the_embedder(settings: Any) -> None:
    settings.EMBEDDING_MODEL = "none"
    assert get_embedder() is None

    settings.EMBEDDING_BASE_URL = "http://127.0.0.1:1/v1"
    settings.EMBEDDING_MODEL = "some-model"
    settings.EMBEDDING_DIMS = 8
    embedder = get_embedder()
    assert embedder is not None
    assert (embedder.name, embedder.dims) == ("some-model/8", 8)


class _Endpoint(BaseHTTPRequestHandler):
    """Answers each text with a vector of its length, in reverse order; misbehaves as the model's name says."""

    asked: list[tuple[str, str]] = []

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = asked["model"]
        self.asked.append((model, self.headers.get("Authorization", "")))
        tries = [name for name, _ in self.asked].count(model)
        if model == "silent":
            time.sleep(2)
        if model.startswith("broken") or (model.startswith("busy") and tries < 3):
            self._answer(503, b"{}")
        elif model.startswith("refused"):
            self._answer(401, b"{}")
        elif model.startswith("elsewhere"):
            self._answer(307, b"", ("Location", f"http://{self.headers['Host']}/v1/x"))
        else:
            self._answer(200, _body(model, asked["input"]))

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in [
            *headers,
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ]:
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


def _body(model: str, texts: list[str]) -> bytes:
    if model == "no-json":
        return b"<html>"
    if model == "endless":
        return b" " * 2_000_000
    dims = 3 if model == "narrow" else 4
    data = [
        {"object": "embedding", "index": at, "embedding": [float(len(text))] + [1.0] * (dims - 1)}
        for at, text in enumerate(texts)
    ]
    return json.dumps({"object": "list", "data": data[::-1], "model": "m", "usage": {}}).encode()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def _at(url: str, model: str, *, total: float = 20.0, pauses: list[float] | None = None) -> EmbeddingEndpoint:
    """Pauses between attempts are kept and not waited."""
    config = ProviderConfig(url, "key-7f3a", deadlines=Deadlines(connect=1.0, total=total))
    noted = [] if pauses is None else pauses
    return EmbeddingEndpoint(config, model, 4, jitter=lambda: 0.5, sleep=noted.append)


def test_an_endpoint_gives_vectors_in_the_order_of_the_texts(endpoint: str) -> None:
    vectors = _at(endpoint, "good").embed(["a" * (at + 1) for at in range(70)])

    assert vectors.shape == (70, 4)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.all(np.diff(vectors[:, 0]) > 0)


def test_an_endpoint_of_the_real_protocol_gives_near_vectors_for_near_texts(
    model_simulator: ModelSimulator,
) -> None:
    embedder = EmbeddingEndpoint(ProviderConfig(model_simulator.url), "simulated", 384)

    one, near, far = embedder.embed(["where is my parcel", "where is the parcel", "gift cards"])

    assert one @ near > 0.5 > one @ far


@pytest.mark.parametrize("model", ["narrow", "no-json", "endless", "refused-once", "elsewhere"])
def test_an_endpoint_that_misbehaves_is_asked_once(endpoint: str, model: str) -> None:
    with pytest.raises(EmbeddingsUnavailable):
        _at(endpoint, model).embed(["a"])

    assert [name for name, _ in _Endpoint.asked].count(model) == 1


def test_an_endpoint_that_is_busy_is_asked_again_after_pauses(endpoint: str) -> None:
    pauses: list[float] = []

    vectors = _at(endpoint, "busy", pauses=pauses).embed(["a"])

    assert vectors.shape == (1, 4)
    assert pauses == [0.25, 0.5]


def test_an_endpoint_that_stays_broken_is_given_up(endpoint: str) -> None:
    pauses: list[float] = []

    with pytest.raises(EmbeddingsUnavailable):
        _at(endpoint, "broken", pauses=pauses).embed(["a"])

    assert len(pauses) == 2


def test_a_silent_endpoint_is_left_at_the_deadline(endpoint: str) -> None:
    with pytest.raises(EmbeddingsUnavailable):
        _at(endpoint, "silent", total=0.3).embed(["a", "b"])


def test_an_endpoint_that_is_gone_is_a_named_error() -> None:
    with pytest.raises(EmbeddingsUnavailable):
        _at("http://127.0.0.1:1/v1", "good").embed(["a"])


def test_a_proxy_of_the_environment_sees_nothing(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert _at(endpoint, "good").embed(["a"]).shape == (1, 4)


def test_neither_texts_nor_keys_are_logged(endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(EmbeddingsUnavailable):
        _at(endpoint, "broken-too").embed(["a very private question"])

    assert "embeddings call failed" in caplog.text
    assert "private" not in caplog.text
    assert "key-7f3a" not in caplog.text
