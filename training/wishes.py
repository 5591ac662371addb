"""Trains `weights/wishes.npz`: the classifier beside the rules of `engine.guardrails.wishes`.

Run from the project's root: `.venv/bin/python -m training.wishes`. Learns from sentences of our own (`wish_words.txt`),
spoilt by slips of the keyboard, and from the development data; judges each source with a classifier that has not seen
it, together with the rules, as the product does.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "platform"))

from engine.guardrails.linear import Linear, save
from engine.guardrails.ngrams import Shape
from engine.guardrails.wishes import judge
from engine.guardrails.wishes.words import fold, sentences
from training.fit import fit, threshold
from training.rows import Row, leaving_out, read

SHAPE = Shape(words=(1, 2, 3), chars=(3, 4, 5), bits=17)
STRENGTH = 4.0
FALSE = 0.001
"""The share of support texts that the classifier alone may flag."""
LEAST = 0.95
"""The threshold is not set lower, so that what resembles nothing in training passes."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and whether it is a wish."""

    text: str
    wish: bool


def main() -> None:
    """Prints the figures of each source left out, then trains on everything and saves."""
    own = [*augmented(random.Random(4))]
    rows = read("handoff_request")
    others = [row for row in read("injection") if row.label == "benign" and row.source in _SUPPORT]
    figures = {}
    for source, rest, judged in leaving_out(rows):
        kind = source.split("-")[0]
        known = [row for row in others if not row.source.startswith(kind)]
        model = trained(own, rest, known, STRENGTH)
        figures[source] = measured(model, judged)
        print(source, figures[source])
    for source in sorted(_SUPPORT):
        judged = [row for row in others if row.source == source]
        kind = source.split("-")[0]
        rest = [row for row in rows if not row.source.startswith(kind)]
        model = trained(own, rest, [row for row in others if not row.source.startswith(kind)], STRENGTH)
        print(source, measured(model, judged))
    alone = trained(own, [], [], STRENGTH)
    for source, _, judged in leaving_out(rows):
        print("own sentences only:", source, measured(alone, judged))
    model = trained(own, rows, others, STRENGTH)
    card = model.card | {"leave_source_out": figures}
    print(save("wishes", replace(model, card=card)), card["threshold"])


_SUPPORT = {"banking77", "multidogo-airline", "multidogo-software", "notinject-1", "xstest-safe"}


def trained(own: list[Example], rows: list[Row], others: list[Row], strength: float) -> Linear:
    """A classifier with its threshold in the card."""
    examples = own + [Example(row.text, row.label == "yes") for row in rows]
    examples += [Example(row.text, wish=False) for row in others]
    pairs = [(sentence, example.wish) for example in examples for sentence in _parts(example)]
    texts, labels = zip(*pairs, strict=True)
    model = fit(texts, labels, shape=SHAPE, strength=strength)
    calm = [model.score(text) for text, wish in pairs if not wish]
    card = {
        "name": "wishes",
        "date": "2026-11-21",
        "task": "an explicit wish for a person; works beside rules, see engine.guardrails.wishes",
        "data": [
            "own sentences in 26 languages, with slips",
            "Bitext sample (CDLA-Sharing-1.0)",
            "Rasa helpdesk-assistant and financial-demo (Apache-2.0)",
            "banking77, XSTest (CC-BY-4.0)",
            "MultiDoGO (CDLA-Permissive-1.0)",
            "NotInject-1 (MIT)",
        ],
        "threshold": max(LEAST, threshold(calm, FALSE)),
    }
    return replace(model, card=card)


def measured(model: Linear, rows: Sequence[Row]) -> dict[str, float]:
    """Recall and false alarms in percent, of rules and classifier together and of the rules alone."""
    result: dict[str, float] = {}
    for label, name in (("yes", "recall"), ("no", "false"), ("benign", "false")):
        texts = [row.text for row in rows if row.label == label]
        if texts:
            result[name] = _share(judge(text, model).flagged for text in texts)
            result[f"{name} of rules"] = _share(
                any(reason.startswith("rule") for reason in judge(text, model).reasons) for text in texts
            )
            result[f"rows {label}"] = len(texts)
    return result


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return round(100 * sum(values) / len(values), 2)


def _parts(example: Example) -> list[str]:
    """A wish is learnt whole; what is none is learnt sentence by sentence, as it is judged."""
    cut = [part.strip() for part in sentences(fold(example.text))]
    return [" ".join(cut)] if example.wish else cut[:8]


def augmented(chance: random.Random) -> Iterator[Example]:
    """Our own sentences, with carriers and slips."""
    own = written()
    wishes = [
        frame.format(n=noun)
        for frame in own["english_frames"]
        for noun in chance.sample(own["english_nouns"], 12)
    ]
    for wish in wishes + own["english_wishes"] * 6:
        yield Example(slipped(chance.choice(own["carriers"]).format(w=wish), chance), wish=True)
    for text in own["not_wishes"]:
        yield from (Example(slipped(text, chance), wish=False) for _ in range(6))
    for language in (name.split()[0] for name in own if name.endswith(" frames")):
        for frame in own[f"{language} frames"]:
            for noun in own[f"{language} nouns"]:
                yield Example(slipped(frame.format(n=noun), chance), wish=True)
        for text in own[f"{language} wishes"] * 3:
            yield Example(slipped(text, chance), wish=True)
        for text in own[f"{language} no wishes"] * 5:
            yield Example(slipped(text, chance), wish=False)


def written() -> dict[str, list[str]]:
    """The sections of `wish_words.txt`."""
    found: dict[str, list[str]] = {}
    for line in (Path(__file__).with_name("wish_words.txt")).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[name := line.strip("[]")] = []
        elif line and not line.startswith("#"):
            found[name].append(line)
    return found


def slipped(text: str, chance: random.Random) -> str:
    """The text as a hurried hand writes it: none to two slips."""
    letters = list(text)
    for _ in range(chance.choice((0, 0, 1, 2))):
        at = chance.randrange(len(letters))
        match chance.randrange(5):
            case 0:
                letters[at] = ""
            case 1:
                letters[at] *= 2
            case 2 if at:
                letters[at - 1], letters[at] = letters[at], letters[at - 1]
            case 3:
                letters[at] = chance.choice("aeioutnrsl")
            case _ if " " in letters:
                letters[letters.index(" ")] = ""
    return "".join(letters)


if __name__ == "__main__":
    main()
