"""Trains the harmful content detector: `python -m training.harm` from the project's root.

A text's source is judged by a classifier that saw neither the source nor its kind; support text sets the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from sklearn.metrics import roc_auc_score

from engine.guardrails.harm import logit
from engine.guardrails.harm.despair import despairs
from engine.guardrails.harm.signs import read as read_words
from engine.guardrails.harm.signs import signs
from engine.guardrails.linear import Linear, save, squash
from engine.guardrails.ngrams import Shape
from training.calm import calm
from training.fit import fit, threshold
from training.harm_contrasts import pairs
from training.harm_sentences import safe, unsafe
from training.mood_sentences import content, furious
from training.rows import Row, read

SHAPE = Shape(words=(1, 2), chars=(3, 4, 5), bits=17)
SUPPORT = ("banking77", "bitext-sample", "multidogo", "financial-demo", "helpdesk-assistant")
LICENCES = (
    "Davidson MIT; XSTest CC-BY-4.0; banking77 CC-BY-4.0; Bitext CDLA-Sharing-1.0; MultiDoGO "
    "CDLA-Permissive-1.0; Rasa Apache-2.0; own sentences"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    bad: bool
    source: str
    kind: str
    counts: float = 1.0


_Judged = Sequence[tuple[Example, float]]


def examples() -> list[Example]:
    """All rows and sentences; `kind` unsafe, safe, offensive or support."""
    rows = [_content(row) for row in read("content_safety")]
    rows += [_support(row) for kind in ("injection", "handoff_request") for row in read(kind) if _calm(row)]
    rows += [Example(row.text, False, row.source, _tone(row), 0.6) for row in read("sentiment")]
    rows += [Example(row.text, False, row.source, "support", 0.5) for row in read("pii")]
    rows += [
        Example(row.text[:1500], False, row.source, "documents", 0.5)
        for row in read("indirect_injection")
        if row.label == "benign"
    ]
    own = [Example(text, True, "own", "unsafe") for text, _ in unsafe()]
    own += [Example(text, False, "own", "safe") for text in safe()]
    own += [Example(text, bad, "own", "unsafe" if bad else "safe") for text, bad in pairs()]
    own += [Example(text, False, "own", "safe") for text in (*furious(), *content())]
    own += [Example(text, False, "own", "support", 2.0) for text in calm()]
    seen = {row.text: row for row in rows + own}
    return list(seen.values())


def trained(on: Sequence[Example]) -> Linear:
    """Offensive rows teach nothing: their authors disagree about what is harm."""
    taught = [row for row in on if row.kind != "offensive"]
    return fit(
        [row.text for row in taught],
        [row.bad for row in taught],
        shape=SHAPE,
        dense=np.array([signs(read_words(row.text)).learned() for row in taught], np.float32),
        strength=STRENGTH,
        weights=[row.counts for row in taught],
    )


STRENGTH = 4.0


def score(model: Linear, text: str) -> float:
    words = read_words(text)
    return 0.98 if despairs(words.plain, text) else squash(logit(model, text, signs(words)))


def main() -> None:
    rows = examples()
    judged = {held: _held_out(rows, held) for held in HELD}
    alarms = [value for held in SUPPORT for _, value in judged[held]]
    angry = [value for row, value in judged["vader-tweets"] if row.kind == "angry"]
    line = max(threshold(alarms, 0.003), threshold(angry, 0.03), 0.6)
    figures = {held: _figures(judged[held], judged["banking77"], line) for held in HELD}
    both = [*judged["davidson"], *judged["xstest"]]
    figures["davidson and xstest"] = _figures(both, judged["banking77"], line)
    for held, values in figures.items():
        print(f"{held:20}", {name: round(value, 3) for name, value in values.items()})
    card = {
        "name": "harm",
        "date": datetime.now(UTC).date().isoformat(),
        "licences": LICENCES,
        "threshold": line,
        "figures": figures,
    }
    print("threshold", round(line, 3), save("harm", replace(trained(rows), card=card)))


def _held_out(rows: Sequence[Example], held: str) -> list[tuple[Example, float]]:
    """The rows of a source, judged by a classifier that saw none of them."""
    model = trained([row for row in rows if not row.source.startswith(held)])
    return [(row, score(model, row.text)) for row in rows if row.source.startswith(held)]


def _figures(judged: _Judged, support: _Judged, line: float) -> dict[str, float]:
    found = {kind: [value for row, value in judged if row.kind == kind] for kind in KINDS}
    result = {
        f"{kind}_flagged": float(np.mean(np.array(values) >= line))
        for kind, values in found.items()
        if values
    }
    if found["unsafe"] and found["safe"]:
        result["auc"] = _auc(found["unsafe"], found["safe"])
        result["auc_support"] = _auc(found["unsafe"], [value for _, value in support])
    return result


def _auc(bad: Sequence[float], good: Sequence[float]) -> float:
    return float(roc_auc_score([1] * len(bad) + [0] * len(good), [*bad, *good]))


HELD = ("davidson", "xstest", "vader-tweets", *SUPPORT, "presidio", "bipia", "product-docs")
KINDS = ("unsafe", "safe", "offensive", "angry", "support", "documents")


def _tone(row: Row) -> str:
    return "angry" if row.label == "very_negative" else "safe"


def _content(row: Row) -> Example:
    kind = "support" if row.source == "banking77" else row.label
    return Example(row.text, row.label == "unsafe", row.source, kind)


def _support(row: Row) -> Example:
    return Example(row.text, False, row.source, "support", 0.5)


def _calm(row: Row) -> bool:
    return row.source.startswith(SUPPORT) and row.label in ("benign", "no", "yes")


if __name__ == "__main__":
    main()
