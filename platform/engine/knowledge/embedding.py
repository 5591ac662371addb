"""Text to vectors, by the bundled model or by an endpoint, chosen once for the installation.

Invariant: vectors of different models never meet: each is stored and searched under its embedder's `name`.
A cached query vector belongs to the tenant that asked.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Protocol

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from engine.gateway.config import ProviderConfig

Floats = NDArray[np.float32]
_NONE = "none"


class Embedder(Protocol):
    """Texts to vectors. `name` identifies the vector space, `dims` its width."""

    @property
    def name(self) -> str: ...

    @property
    def dims(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Floats:
        """(len(texts), dims) float32, rows of length 1.

        Raises:
            core.errors.Unavailable: no vectors to be had now.
        """
        ...


_loading = Lock()


def get_embedder() -> Embedder | None:
    """The installation's embedder; None where `EMBEDDING_MODEL` is "none" (full text only).

    Settings: `EMBEDDING_BASE_URL`, `EMBEDDING_API_KEY`, `EMBEDDING_MODEL` and `EMBEDDING_DIMS` name an
    OpenAI-compatible endpoint; without a base URL the bundled model is used.

    Raises:
        core.errors.Unavailable: the bundled model is missing or altered.
    """
    with _loading:
        return _make(
            ProviderConfig(
                settings.EMBEDDING_BASE_URL, settings.EMBEDDING_API_KEY, trust_env=settings.MODEL_TRUST_ENV
            ),
            settings.EMBEDDING_MODEL,
            settings.EMBEDDING_DIMS,
        )


@cache
def _make(config: ProviderConfig, model: str, dims: int) -> Embedder | None:
    # Imported when needed: both cost about half a second that a web process without searches need not pay.
    if model == _NONE:
        return None
    if config.base_url:
        from engine.gateway.embeddings import EmbeddingEndpoint

        return EmbeddingEndpoint(config, model, dims)
    from engine.gateway.minilm import bundled

    return bundled()


class QueryVectors:
    """Vectors of the last questions, per process: the same question is encoded once a tenant."""

    def __init__(self, capacity: int = 2048) -> None:
        self._capacity = capacity
        self._known: OrderedDict[tuple[int, str, str], Floats] = OrderedDict()
        self._lock = Lock()

    def get(self, tenant_id: int, embedder: Embedder, text: str) -> Floats:
        """The vector of one text, (dims,) float32.

        Raises:
            core.errors.Unavailable: as `Embedder.embed`.
        """
        key = (tenant_id, embedder.name, text)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        vector = embedder.embed([text])[0]
        with self._lock:
            self._known[key] = vector
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        return vector


query_vectors = QueryVectors()
