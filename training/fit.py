"""Fits a linear classifier over hashed n-grams in the form that the product reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from engine.guardrails.linear import Floats, Linear
from engine.guardrails.ngrams import Shape, indices

Grams = tuple[NDArray[np.uint32], NDArray[np.uint32]]


def fit(
    texts: Sequence[str | Grams],
    labels: Sequence[bool],
    *,
    shape: Shape,
    dense: Floats | None = None,
    strength: float = 10.0,
    weights: Sequence[float] | None = None,
) -> Linear:
    """Logistic regression with the classes balanced.

    Args:
        texts: or what `indices` gives for each, where it is known already.
        dense: (texts, n) further numbers; scale them to about 1 yourself.
        strength: the inverse of the L2 penalty.
        weights: how much each text counts.

    Returns:
        The classifier with an empty card; `dataclasses.replace` gives it one.
    """
    groups = [indices(text, shape) if isinstance(text, str) else text for text in texts]
    size = 1 << shape.bits
    idf = _idf(groups, size)
    parts: list[Any] = [_matrix([group[at] for group in groups], idf) for at in (0, 1)]
    if dense is not None:
        parts.append(csr_matrix(dense))
    table = hstack(parts).tocsr()
    model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced", solver="liblinear")
    model.fit(table, np.asarray(labels, int), sample_weight=weights)
    coefficients = model.coef_[0]
    # A place of the table belongs to either group by its own salt: their weights may be added.
    placed = (coefficients[:size] + coefficients[size : 2 * size]).astype(np.float32)
    return Linear(
        shape=shape,
        # What was never seen in training says nothing of its own, and little of how long the text is.
        idf=np.where(placed == 0, np.float32(1), idf),
        weights=placed,
        dense=coefficients[2 * size :].astype(np.float32),
        bias=float(model.intercept_[0]),
        card={},
    )


def threshold(scores: Sequence[float], share: float) -> float:
    """The lowest threshold that at most a share (0 to 1) of these scores reach."""
    ranked = np.sort(np.asarray(scores))[::-1]
    allowed = int(len(ranked) * share)
    return float(np.nextafter(ranked[allowed], 2.0)) if allowed < len(ranked) else 0.0


def _idf(groups: Sequence[tuple[NDArray[np.uint32], NDArray[np.uint32]]], size: int) -> Floats:
    seen = np.zeros(size, np.float64)
    for words, letters in groups:
        seen[words] += 1
        seen[letters] += 1
    return (np.log((1 + len(groups)) / (1 + seen)) + 1).astype(np.float32)


def _matrix(rows: Sequence[NDArray[np.uint32]], idf: Floats) -> csr_matrix:
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = np.concatenate(rows) if rows else np.empty(0, np.uint32)
    lengths = [float(np.sqrt(np.dot(idf[row], idf[row]))) or 1.0 for row in rows]
    values = np.concatenate([idf[row] / length for row, length in zip(rows, lengths, strict=True)])
    return csr_matrix((values, columns.astype(np.int64), starts), shape=(len(rows), len(idf)))
