"""Judges every sentence of a text from outside: is it an order to the assistant, or a task that does not belong there?

Invariant: deterministic and thread-safe; time is linear in the length of the text.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.guardrails.indirect.features import bare, covered, features, worth
from engine.guardrails.indirect.markup import edits
from engine.guardrails.indirect.rules import SURE, Hit, hits
from engine.guardrails.indirect.units import Unit, units
from engine.guardrails.linear import Linear, load, squash
from engine.guardrails.normalise import normalise

NAME = "indirect"
THRESHOLD = 0.5
CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class Judged:
    """A unit and how sure it is that it speaks to the assistant.

    Args:
        score: 0 to 1; 0.5 is where at most the trained share of clean documents is flagged.
        why: short codes of what spoke for it.
    """

    unit: Unit
    score: float
    why: tuple[str, ...] = ()


@functools.cache
def model() -> Linear:
    """The classifier that ships; its card says how it was trained."""
    return load(NAME)


def judged(text: str) -> list[Judged]:
    """The units of a plain text that can be sentences, each with its score, in order."""
    found = [unit for unit in units(text) if worth(unit)]
    if not found:
        return []
    places = hits(text)
    scores = _scores(text, found, places)
    reasons: list[list[str]] = [[] for _ in found]
    for hit in places:
        for row in covered(found, hit):
            reasons[row].append(f"rule:{hit.code}")
            if hit.weight >= SURE:
                scores[row] = max(scores[row], CERTAIN)
    _marked(text, found, scores, reasons)
    _uncovered(text, found, scores, reasons)
    return [
        Judged(unit, float(score), tuple(dict.fromkeys(why)) or ("classifier",))
        for unit, score, why in zip(found, scores, reasons, strict=True)
    ]


def _scores(text: str, found: Sequence[Unit], places: Sequence[Hit]) -> NDArray[np.float64]:
    trained = model()
    logits = trained.logits([bare(unit.text) for unit in found], features(text, found, places))
    line = float(trained.card["threshold"])
    return np.asarray([squash(float(logit) - line) for logit in logits])


def _marked(text: str, found: Sequence[Unit], scores: NDArray[np.float64], reasons: list[list[str]]) -> None:
    """Chat markup never stands in an honest document of a shop; a role with a colon may."""
    for edit in edits(text):
        for row in covered(found, Hit(edit.why, edit.start, edit.end, 0)):
            reasons[row].append(f"mark:{edit.why}")
            if edit.why in ("chat_token", "hidden"):
                scores[row] = max(scores[row], CERTAIN)


def _uncovered(
    text: str, found: Sequence[Unit], scores: NDArray[np.float64], reasons: list[list[str]]
) -> None:
    """What a unit says once look-alikes, invisible signs and encodings are undone."""
    whole = normalise(text, limit=len(text))
    if not (whole.layers or whole.signals["invisible"] or whole.signals["folded_words"]):
        return
    for row, unit in enumerate(found):
        reading = normalise(unit.text)
        hidden = [(layer.kind, layer.text) for layer in reading.layers]
        if reading.signals["invisible"] or reading.signals["folded_words"]:
            hidden.append(("disguise", reading.text))
        for kind, said in hidden:
            score = _alone(said)
            if score > scores[row]:
                scores[row] = score
                reasons[row].append(f"layer:{kind}")


def _alone(text: str) -> float:
    unit = Unit(0, len(text), text)
    places = hits(text)
    if any(hit.weight >= SURE for hit in places):
        return CERTAIN
    return float(_scores(text, [unit], places)[0]) if worth(unit) else 0.0
