"""The judgement of a text: of the whole, of its pieces, of what is hidden in it; the highest counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.guardrails.injection.features import Seen, look
from engine.guardrails.injection.meanings import meanings
from engine.guardrails.injection.rules import forms
from engine.guardrails.injection.windows import pieces
from engine.guardrails.linear import Floats, Linear, load, squash
from engine.guardrails.normalise import Normalised, normalise
from engine.guardrails.values import Judgement

# Characters of the whole and pieces of it that are judged; what lies beyond is judged by its meanings only.
WHOLE = 2_500
MOST = 12
# A piece is judged where this many of its words have a meaning that attacks are made of, or it has a telling form.
TELLING = 3

Embed = Callable[[str], Floats]
"""A sentence as numbers of length 1 (`engine.gateway.minilm.bundled().embed([text])[0]`)."""


@dataclass(frozen=True, slots=True)
class _Trained:
    """The weights: with them the thresholds and the second opinion over the sentence's embedding."""

    model: Linear
    meant: Floats
    bias: float
    threshold: float
    band: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Verdict:
    logit: float
    text: str
    where: str
    rules: frozenset[str]


def detect(text: str, *, normal: Normalised | None = None, embed: Embed | None = None) -> Judgement:
    """Whether a text tries to change what the assistant does, or to have its instructions out of it.

    Args:
        normal: the text's normalisation, where it was made already.
        embed: a sentence encoder; asked once, and only where the n-grams and rules leave it open.

    Returns:
        `score` from 0 to 1, 0.5 at the threshold; `label` is `injection` where it is flagged; `reasons` as
        `rule:reset_near`, `layer:base64`, `piece` (it stands in one piece of a long text), `meaning` (the encoder
        was asked).
    """
    trained = _trained()
    normal = normalise(text) if normal is None else normal
    worst = max(_verdicts(normal, trained.model), key=lambda verdict: verdict.logit)
    logit, asked = worst.logit, False
    if embed is not None and trained.band[0] < logit < trained.band[1]:
        logit, asked = _second(trained, worst, embed), True
    score = squash(logit - trained.threshold)
    flagged = logit >= trained.threshold
    return Judgement(score, flagged, "injection" if flagged else "", _reasons(worst, asked))


def _verdicts(normal: Normalised, model: Linear) -> Iterator[_Verdict]:
    yield _judged(normal.text[:WHOLE], "", model, look(normal.text[:WHOLE], normal.signals))
    for piece, seen in _telling(normal.text):
        yield _judged(piece, "piece", model, seen)
    for layer in normal.layers:
        yield _judged(layer.text[:WHOLE], f"layer:{layer.kind}", model, look(layer.text[:WHOLE]))


def _telling(text: str) -> list[tuple[str, Seen]]:
    """The pieces of a long text worth judging, those with most rules first; few in an honest text."""
    found = pieces(text)
    formed = bool(found) and bool(forms(text))
    worth = []
    for piece in found:
        known = meanings(piece)
        if len(known[0]) >= TELLING or (formed and forms(piece)):
            worth.append((piece, look(piece, known=known)))
    return sorted(worth, key=lambda pair: (-len(pair[1].rules), -pair[1].hits))[:MOST]


def _judged(text: str, where: str, model: Linear, seen: Seen) -> _Verdict:
    return _Verdict(model.logit(text, seen.dense), text, where, seen.rules)


def _second(trained: _Trained, verdict: _Verdict, embed: Embed) -> float:
    """Both opinions in equal parts."""
    meant = float(np.dot(trained.meant, embed(verdict.text[:500]))) + trained.bias
    return (verdict.logit + meant) / 2


def _reasons(verdict: _Verdict, asked: bool) -> tuple[str, ...]:
    rules = sorted(f"rule:{name}" for name in verdict.rules)
    return (*((verdict.where,) if verdict.where else ()), *rules, *(("meaning",) if asked else ()))


@cache
def _trained() -> _Trained:
    model = load("injection")
    meaning = model.card["meaning"]
    meant, bias = np.asarray(meaning["weights"], np.float32), float(meaning["bias"])
    threshold, band = float(model.card["threshold"]), model.card["band"]
    return _Trained(
        model, meant, bias, math.log(threshold / (1 - threshold)), (float(band[0]), float(band[1]))
    )
