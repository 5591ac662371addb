"""Made-up embeddings: texts that share words lie near each other.

Each word, hashed, adds one to or takes one from one dimension ("feature hashing": K. Weinberger et al.,
"Feature hashing for large scale multitask learning", ICML 2009); the sum is scaled to length one.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from array import array
from collections.abc import Mapping
from typing import Any

DIMENSIONS = 384
MOST_TEXTS = 2048
_WORD = re.compile(r"\w+")


class NotTexts(ValueError):
    """The input is neither a text nor a list of texts."""


def answer(body: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The answer to an embeddings request, and the tokens it reports.

    Raises:
        NotTexts: see there.
    """
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not 0 < len(texts) <= MOST_TEXTS:
        raise NotTexts
    if not all(isinstance(text, str) for text in texts):
        raise NotTexts
    dimensions = min(max(int(body.get("dimensions") or DIMENSIONS), 1), 4096)
    written = body.get("encoding_format") == "base64"
    vectors = [vector(text, dimensions) for text in texts]
    data = [
        {"object": "embedding", "index": index, "embedding": _base64(found) if written else found}
        for index, found in enumerate(vectors)
    ]
    tokens = sum(len(_WORD.findall(text)) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": str(body.get("model", "")), "data": data, "usage": usage}, tokens


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """The embedding of a text: `dimensions` numbers of length one together."""
    sums = [0.0] * dimensions
    for word in _WORD.findall(text.casefold()) or [""]:
        hashed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
        sums[(hashed >> 1) % dimensions] += 1.0 if hashed & 1 else -1.0
    length = math.sqrt(sum(value * value for value in sums))
    if not length:
        sums[0] = length = 1.0
    return [value / length for value in sums]


def _base64(vector: list[float]) -> str:
    return base64.b64encode(array("f", vector).tobytes()).decode()
