"""Trains the mood detector: `python -m training.moods` from the project's root.

There is one labelled source only (tweets). So it is judged three ways: on the tweets by a classifier that saw only our
own sentences, on our own review-like sentences by one that saw none of them, and on support text of each corpus by one
that saw neither it nor its authors.
"""

from __future__ import annotations

import sys
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
    figures: dict[str, dict[str, float]] = {}
    without_tweets = trained([row for row in rows if row.source != "vader-tweets"])
    tweets = [row for row in rows if row.source == "vader-tweets"]
    figures["vader-tweets"] = {"auc": _auc(tweets, scores(without_tweets, tweets))}
    figures["reviews-written, trained on tweets and support only"] = {
        "auc": _auc(
            written, scores(trained([row for row in rows if not row.source.startswith("own")]), written)
        )
    }
    model = trained(rows)
    figures["reviews-written"] = {"auc": _auc(written, scores(model, written))}
    alarms: dict[str, list[float]] = {}
    for held in SUPPORT:
        calm_model = trained([row for row in rows if not row.source.startswith(held)])
        alarms[held] = scores(
            calm_model, [row for row in rows if row.source.startswith(held) and not _rude(row.text)]
        )
    line = max(threshold([value for found in alarms.values() for value in found], SHARE), 0.5)
    for held, found in alarms.items():
        figures[held] = {"flagged": float(np.mean(np.array(found) >= line))}
    flagged = np.array(scores(model, written)) >= line
    figures["reviews-written"] |= {
        "found": float(flagged[: len(mood_reviews.VERY_NEGATIVE)].mean()),
        "false": float(flagged[len(mood_reviews.VERY_NEGATIVE) :].mean()),
    }
    figures["vader-tweets"]["found"] = float(
        np.mean(
            [
                value >= line
                for row, value in zip(tweets, scores(without_tweets, tweets), strict=True)
                if row.bad
            ]
        )
    )
    figures["vader-tweets"]["false"] = float(
        np.mean(
            [
                value >= line
                for row, value in zip(tweets, scores(without_tweets, tweets), strict=True)
                if not row.bad
            ]
        )
    )
    for name, values in figures.items():
        print(f"{name:55}", {key: round(value, 3) for key, value in values.items()})
    card = {
        "name": "moods",
        "date": datetime.now(UTC).date().isoformat(),
        "licences": LICENCES,
        "threshold": line,
        "figures": figures,
    }
    print("threshold", round(line, 3), save("moods", replace(model, card=card)))


SHARE = 0.004


def _auc(rows: Sequence[Example], values: Sequence[float]) -> float:
    return float(roc_auc_score([row.bad for row in rows], values))


def _rude(text: str) -> bool:
    """A few rows of the support corpora swear or are bad reviews: they are not calm questions."""
    told = valence(text)
    return told.swearing > 0 or told.whole < -0.6


def _support(row: Row) -> Example:
    return Example(row.text, False, row.source, 0.5)


def _calm(row: Row) -> bool:
    return (
        row.source.startswith(SUPPORT)
        and row.label in ("benign", "no", "yes", "safe")
        and not _rude(row.text)
    )


if __name__ == "__main__":
    sys.exit(main())
