"""Trains the mood detector: `python -m training.moods` from the project's root.

There is one labelled source only (tweets). So it is judged three ways: on the tweets by a classifier that saw only our
own sentences, on our own review-like sentences by one that saw none of them, and on support text of each corpus by one
that saw neither it nor its authors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from sklearn.metrics import roc_auc_score

from engine.guardrails.linear import Linear, save
from engine.guardrails.moods.valence import valence
from engine.guardrails.ngrams import Shape
from training import mood_reviews
from training.calm import calm
from training.fit import fit, threshold
from training.mood_sentences import content, furious, reviews
from training.rows import Row, read

SHAPE = Shape(words=(1, 2), chars=(3, 4), bits=17)
STRENGTH = 1.0
# Of calm questions, this share may be flagged.
SHARE = 0.002
SUPPORT = ("banking77", "bitext-sample", "multidogo", "financial-demo", "helpdesk-assistant")
LICENCES = (
    "VADER tweets MIT; banking77 CC-BY-4.0; Bitext CDLA-Sharing-1.0; MultiDoGO CDLA-Permissive-1.0; "
    "Rasa Apache-2.0; own sentences"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    bad: bool
    source: str
    counts: float = 1.0


def examples() -> list[Example]:
    """What it learns from; rude rows of the support corpora are left out, as nobody labelled them."""
    rows = [Example(row.text, row.label == "very_negative", row.source) for row in read("sentiment")]
    rows += [
        _support(row)
        for kind in ("injection", "handoff_request", "content_safety")
        for row in read(kind)
        if _calm(row)
    ]
    rows += [Example(text, True, "own") for text in furious()]
    rows += [Example(text, False, "own") for text in content()]
    rows += [Example(text, bad, "own-reviews") for text, bad in reviews()]
    rows += [Example(text, False, "own-calm") for text in calm()]
    return list({row.text: row for row in rows}.values())


def judged() -> list[Example]:
    """What only judges."""
    return [Example(text, True, "reviews-written") for text in mood_reviews.VERY_NEGATIVE] + [
        Example(text, False, "reviews-written") for text in mood_reviews.NOT
    ]


def trained(on: Sequence[Example]) -> Linear:
    dense = np.array([valence(row.text) for row in on], np.float32)
    return fit(
        [row.text for row in on],
        [row.bad for row in on],
        shape=SHAPE,
        dense=dense,
        strength=STRENGTH,
        weights=[row.counts for row in on],
    )


def scores(model: Linear, rows: Sequence[Example]) -> list[float]:
    return [model.score(row.text, valence(row.text)) for row in rows]


def main() -> None:
    rows, written = examples(), judged()
    model = trained(rows)
    judgements = {
        "vader-tweets": _held_out(rows, rows, "vader-tweets"),
        "reviews-written": list(zip(written, scores(model, written), strict=True)),
        "reviews-written, no own sentences": _held_out(rows, written, "own"),
        **{held: _held_out(rows, _support_rows(held), held) for held in SUPPORT},
    }
    calm_ones = [value for held in SUPPORT for row, value in judgements[held] if not _rude(row.text)]
    line = max(threshold(calm_ones, SHARE), 0.5)
    figures = {name: _figures(found, line) for name, found in judgements.items()}
    for name, values in figures.items():
        print(f"{name:35}", {key: round(value, 3) for key, value in values.items()})
    card = {
        "name": "moods",
        "date": datetime.now(UTC).date().isoformat(),
        "licences": LICENCES,
        "threshold": line,
        "figures": figures,
    }
    print("threshold", round(line, 3), save("moods", replace(model, card=card)))


def _held_out(rows: Sequence[Example], judge: Sequence[Example], held: str) -> list[tuple[Example, float]]:
    """Rows judged by a classifier that saw none of the source."""
    model = trained([row for row in rows if not row.source.startswith(held)])
    found = [row for row in judge if row.source.startswith((held, "reviews-written"))]
    return list(zip(found, scores(model, found), strict=True))


def _figures(judged: Sequence[tuple[Example, float]], line: float) -> dict[str, float]:
    bad = [value for row, value in judged if row.bad]
    good = [value for row, value in judged if not row.bad]
    result = {"flagged": _share(good, line)}
    if bad:
        labels = [1] * len(bad) + [0] * len(good)
        result |= {"found": _share(bad, line), "auc": float(roc_auc_score(labels, bad + good))}
    polite = [value for row, value in judged if not row.bad and not _rude(row.text)]
    return result | {"flagged_of_the_polite": _share(polite, line)}


def _share(values: Sequence[float], line: float) -> float:
    return float(np.mean(np.array(values) >= line))


def _rude(text: str) -> bool:
    """A few rows of the support corpora swear or are bad reviews: they are not calm questions."""
    told = valence(text)
    return told.swearing > 0 or told.whole < -0.6


def _support_rows(held: str) -> list[Example]:
    """All rows of a support corpus, rude ones as well."""
    kinds = ("injection", "handoff_request", "content_safety")
    return [
        _support(row)
        for kind in kinds
        for row in read(kind)
        if row.source.startswith(held) and row.label != "attack"
    ]


def _support(row: Row) -> Example:
    return Example(row.text, False, row.source, 0.5)


def _calm(row: Row) -> bool:
    return (
        row.source.startswith(SUPPORT)
        and row.label in ("benign", "no", "yes", "safe")
        and not _rude(row.text)
    )


if __name__ == "__main__":
    main()
