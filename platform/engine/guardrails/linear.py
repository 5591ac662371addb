"""Linear classifiers over n-grams and a few dense numbers, from plain arrays.

Invariant: numpy only; files are read without `pickle`, so a weights file runs no code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.guardrails.ngrams import Indices, Shape, indices, indices_of_each

Floats = NDArray[np.float32]
WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Linear:
    """A trained classifier.

    Each group of n-grams counts as a vector of length 1: `sum(idf * weight) / sqrt(sum(idf ** 2))` over the n-grams
    that the text has. `card` is the model card: data, date, figures, thresholds.
    """

    shape: Shape
    idf: Floats
    weights: Floats
    dense: Floats
    bias: float
    card: dict[str, Any]

    def logit(self, text: str, dense: Sequence[float] | Floats = ()) -> float:
        """The score of a text before the logistic function.

        Args:
            dense: as many numbers as the classifier was trained with.
        """
        total = self.bias + sum(self._group(group) for group in indices(text, self.shape))
        if len(self.dense):
            total += float(np.dot(self.dense, np.asarray(dense, np.float32)))
        return total

    def score(self, text: str, dense: Sequence[float] | Floats = ()) -> float:
        """The probability, 0 to 1."""
        return squash(self.logit(text, dense))

    def logits(self, texts: Sequence[str], dense: Floats) -> NDArray[np.float64]:
        """`logit` for each of many texts, in one go.

        Args:
            dense: (texts, n) further numbers.
        """
        total = np.full(len(texts), self.bias)
        for owners, places in indices_of_each(texts, self.shape):
            idf = self.idf[places].astype(np.float64)
            summed = np.bincount(owners, idf * self.weights[places], len(texts))
            length = np.sqrt(np.bincount(owners, idf * idf, len(texts)))
            total += summed / np.where(length == 0, 1, length)
        if len(self.dense):
            total += dense @ self.dense
        return total

    def _group(self, group: Indices) -> float:
        if not len(group):
            return 0.0
        idf = self.idf.take(group)
        return float(np.dot(idf, self.weights.take(group)) / (math.sqrt(float(np.dot(idf, idf))) or 1.0))


def squash(logit: float) -> float:
    """The logistic function, safe for large numbers."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))


def load(name: str) -> Linear:
    """Reads `weights/NAME.npz`; keep what it gives."""
    with np.load(WEIGHTS / f"{name}.npz", allow_pickle=False) as file:
        card = json.loads(bytes(file["card"]).decode())
        shape = Shape(tuple(card["words"]), tuple(card["chars"]), card["bits"])
        return Linear(
            shape=shape,
            idf=file["idf"].astype(np.float32),
            weights=file["weights"].astype(np.float32),
            dense=file["dense"].astype(np.float32),
            bias=float(file["bias"]),
            card=card,
        )


def save(name: str, model: Linear) -> Path:
    """Writes `weights/NAME.npz`: idf and weights as half floats, the card as JSON bytes beside them."""
    shape = {"words": model.shape.words, "chars": model.shape.chars, "bits": model.shape.bits}
    card = json.dumps({**model.card, **shape}, sort_keys=True, ensure_ascii=False).encode()
    path = WEIGHTS / f"{name}.npz"
    np.savez_compressed(
        path,
        idf=model.idf.astype(np.float16),
        weights=model.weights.astype(np.float16),
        dense=model.dense.astype(np.float32),
        bias=np.float64(model.bias),
        card=np.frombuffer(card, np.uint8),
    )
    return path
