"""Vectors from an OpenAI-compatible `/embeddings` endpoint.

Invariant: every call has a deadline and a largest answer; what comes back has as many rows as texts, all of the stated
width and of length 1, or the call is an error. No text and no key is written to a log.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Sequence

import httpx2
import numpy as np
from numpy.typing import NDArray
from openai import APIConnectionError, APIStatusError, DefaultHttpxClient, OpenAI, Timeout

from core.errors import Unavailable
from engine.gateway import failures
from engine.gateway.config import ProviderConfig
from engine.gateway.connections import authorities
from engine.gateway.errors import ModelError
from engine.gateway.retries import pause_before

# A customer waits for the vector of a question: sooner than this, words alone answer.
QUESTION_SECONDS = 5.0
_BATCH = 64
_MOST_BYTES_A_NUMBER = 32
_MOST_BYTES_BESIDE = 64 * 1024

log = logging.getLogger(__name__)


class EmbeddingsUnavailable(Unavailable):
    code = "embeddings_unavailable"
    default_message = "The embeddings endpoint did not answer as it should. Search goes on by words alone."


class EmbeddingEndpoint:
    """One model at one endpoint; safe to share between threads.

    Args:
        config: where; `deadlines.total` holds for each batch of texts with all its attempts, and for one text alone,
            as a question is, no more than `QUESTION_SECONDS`.
        model: the endpoint's name for the model.
        dims: width of its vectors.
    """

    def __init__(
        self,
        config: ProviderConfig,
        model: str,
        dims: int,
        *,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = f"{model}/{dims}"
        self.dims = dims
        self._config, self._model = config, model
        self._jitter, self._sleep = jitter, sleep
        self._client = _client(config)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dims) float32, rows of length 1.

        Raises:
            EmbeddingsUnavailable: no answer in time, an error, or vectors of another shape.
        """
        vectors = np.empty((len(texts), self.dims), dtype=np.float32)
        total = self._config.deadlines.total
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            seconds = total if len(texts) > 1 else min(total, QUESTION_SECONDS)
            answer = self._attempts(batch, time.monotonic() + seconds)
            vectors[start : start + len(batch)] = self._rows(answer, len(batch))
        return vectors

    def _attempts(self, texts: list[str], ends: float) -> bytes:
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._read(texts, ends)
            except ModelError as error:
                log.warning("embeddings call failed: %s %s, attempt %d", error.code, error.detail, attempt)
                pause = pause_before(error, attempt, self._jitter)
                late = pause is None or time.monotonic() + pause >= ends
                if pause is None or late or attempt > self._config.retries:
                    raise EmbeddingsUnavailable from None
                self._sleep(pause)

    def _read(self, texts: list[str], ends: float) -> bytes:
        """The body of one answer; raises ModelError where another attempt may help."""
        left = max(ends - time.monotonic(), 0.001)
        most = _MOST_BYTES_BESIDE + len(texts) * self.dims * _MOST_BYTES_A_NUMBER
        body = bytearray()
        try:
            with self._client.embeddings.with_streaming_response.create(
                model=self._model,
                input=texts,
                encoding_format="float",
                timeout=Timeout(left, connect=min(left, self._config.deadlines.connect)),
            ) as response:
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > most or time.monotonic() > ends:
                        raise EmbeddingsUnavailable
        except APIStatusError as error:
            raise failures.from_status(error, now=time.time()) from None
        except (APIConnectionError, httpx2.HTTPError, OSError) as error:
            raise failures.from_connection(error) from None
        return bytes(body)

    def _rows(self, answer: bytes, texts: int) -> NDArray[np.float32]:
        try:
            items = sorted(json.loads(answer)["data"], key=lambda item: item["index"])
            rows = np.array([item["embedding"] for item in items], np.float32)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise EmbeddingsUnavailable from None
        lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
        if rows.shape != (texts, self.dims) or not np.isfinite(lengths).all() or not lengths.all():
            raise EmbeddingsUnavailable(
                f"The embeddings endpoint sent {rows.shape}, expected were {(texts, self.dims)}."
            )
        return rows / lengths


def _client(config: ProviderConfig) -> OpenAI:
    """No retries of the client's own, no redirects, and nothing from the environment unless asked for."""
    client = OpenAI(
        base_url=config.base_url,
        api_key=config.api_key or "none",
        max_retries=0,
        http_client=DefaultHttpxClient(
            follow_redirects=False, trust_env=config.trust_env, verify=authorities(config.trust_env)
        ),
        default_headers={"Accept-Encoding": "identity"},
    )
    if not config.trust_env:
        client.organization = client.project = client.admin_api_key = None
    return client
