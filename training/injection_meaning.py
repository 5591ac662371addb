"""The second opinion on injections: a classifier over the sentence encoder's numbers.

Invariant: deterministic; a text is read as far as the product reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.gateway.minilm import bundled
from engine.guardrails.injection.detecting import MEANT
from engine.guardrails.linear import Floats
from training.injection_samples import Sample

OWN_EVERY, PIECES_EVERY, BATCH = 5, 8, 64
# What was invented to look like an attack would make the encoder timid.
LOOKALIKE = 0.3

Table = tuple[list[Sample], Floats]


def table(samples: Sequence[Sample]) -> Table:
    """All recorded texts, a part of the invented ones and of the pieces, with their numbers."""
    own = [sample for sample in samples if sample.source.startswith("own-")]
    recorded = [sample for sample in samples if not sample.source.startswith("own-")]
    cut = [sample for sample in recorded if sample.weight < 1]
    whole = [sample for sample in recorded if sample.weight == 1]
    chosen = [*whole, *cut[::PIECES_EVERY], *own[::OWN_EVERY]]
    return chosen, embedded([sample.text for sample in chosen])


def embedded(texts: Sequence[str]) -> Floats:
    """The encoder's numbers, a row a text; texts of like length together, since the longest sets the time."""
    encoder, parts = bundled(), [text[:MEANT] for text in texts]
    order = sorted(range(len(parts)), key=lambda at: len(parts[at]))
    found = np.zeros((len(parts), 384), np.float32)
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        found[batch] = encoder.embed([parts[at] for at in batch])
    return found


def meaning(known: Table, without: tuple[str, ...] = ()) -> dict[str, object]:
    """The weights and the bias of the second opinion.

    Args:
        without: sources that are left out, by the beginnings of their names.
    """
    kept = [at for at, sample in enumerate(known[0]) if not without or not sample.source.startswith(without)]
    samples = [known[0][at] for at in kept]
    model = LogisticRegression(C=0.25, max_iter=500, class_weight="balanced")
    model.fit(known[1][kept], [s.attack for s in samples], sample_weight=[_weight(s) for s in samples])
    return {
        "weights": [round(float(weight), 4) for weight in model.coef_[0]],
        "bias": float(model.intercept_[0]),
    }


def _weight(sample: Sample) -> float:
    return LOOKALIKE if sample.source.startswith("own-") and sample.weight == 0.7 else sample.weight
