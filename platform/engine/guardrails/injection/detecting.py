"""The judgement of a text: of the whole, of its pieces, of what is hidden in it; the highest counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.guardrails.injection.features import Seen, look
from engine.guardrails.injection.meanings import meanings
from engine.guardrails.injection.rules import COMMON, forms
from engine.guardrails.injection.windows import LONG, pieces
from engine.guardrails.linear import Floats, Linear, load, squash
from engine.guardrails.normalise import Normalised, normalise
from engine.guardrails.values import Judgement

# Characters of the whole and pieces of it that are judged; what lies beyond is judged by its meanings only.
WHOLE = 2_500
MOST = 12
# A piece is looked at where this many of its words have a meaning that attacks are made of, or it has a telling form;
# it is judged where a rule fires then, or this many have one.
TELLING, DENSE = 3, 6
# Of a text with more letters beyond Latin than this share the bundled encoder understands too little.
FOREIGN = 0.2
# Characters that the encoder reads: its time grows with them, and of more it finds no more.
MEANT = 100

Embed = Callable[[str], Floats]
"""A sentence as numbers of length 1 (`engine.gateway.minilm.bundled().embed([text])[0]`)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the classifier says of one text: of the whole, of a piece, of a layer (`where`)."""

    logit: float
    text: str
    where: str
    rules: frozenset[str]
    lengthy: bool


@dataclass(frozen=True, slots=True)
class _Trained:
    """The weights; thresholds for short and for long texts, as logits; the second opinion over the embedding.

    `thresholds` are for the classifier alone, `joint` for both opinions, of which the second counts for `share` (0 to
    1). It is asked where the first is closer than `band` to its threshold: so far below it, so far above.
    """

    model: Linear
    meant: Floats
    bias: float
    thresholds: tuple[float, float]
    joint: tuple[float, float]
    band: tuple[float, float]
    share: float

    def above(self, verdict: Verdict) -> float:
        """How far a verdict's logit lies above the threshold for texts of its length."""
        return verdict.logit - self.thresholds[verdict.lengthy]


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
    worst = max(verdicts(normal, trained.model), key=trained.above)
    above, asked = trained.above(worst), False
    below, over = trained.band
    if embed is not None and -below < above < over and normal.signals["foreign"] < FOREIGN:
        above, asked = _second(trained, worst, embed), True
    flagged = above >= 0
    return Judgement(squash(above), flagged, "injection" if flagged else "", _reasons(worst, asked))


def verdicts(normal: Normalised, model: Linear) -> Iterator[Verdict]:
    """The verdicts on a text, on its telling pieces and on its layers; the trainer measures by them, too."""
    lengthy = len(normal.text) > LONG
    yield _judged(normal.text[:WHOLE], "", model, look(normal.text[:WHOLE], normal.signals), lengthy)
    for piece, seen in _telling(normal.text):
        yield _judged(piece, "piece", model, seen, lengthy)
    for layer in normal.layers:
        text = layer.text[:WHOLE]
        yield _judged(text, f"layer:{layer.kind}", model, look(text), len(text) > LONG)


def _telling(text: str) -> list[tuple[str, Seen]]:
    """The pieces of a long text worth judging, those with most rules first; few in an honest text."""
    found = pieces(text)
    formed = bool(found) and bool(forms(text))
    worth = []
    for piece in found:
        known = meanings(piece)
        if len(known[0]) >= TELLING or (formed and forms(piece) - COMMON):
            seen = look(piece, known=known, formed=formed)
            if seen.rules - COMMON or seen.hits >= DENSE:
                worth.append((piece, seen))
    return sorted(worth, key=lambda pair: (-len(pair[1].rules), -pair[1].hits))[:MOST]


def _judged(text: str, where: str, model: Linear, seen: Seen, lengthy: bool) -> Verdict:
    return Verdict(model.logit(text, seen.dense), text, where, seen.rules, lengthy)


def _second(trained: _Trained, verdict: Verdict, embed: Embed) -> float:
    """How far the first opinion and the encoder's together lie above their threshold."""
    meant = float(np.dot(trained.meant, embed(verdict.text[:MEANT]))) + trained.bias
    both = (1 - trained.share) * verdict.logit + trained.share * meant
    return both - trained.joint[verdict.lengthy]


def _reasons(verdict: Verdict, asked: bool) -> tuple[str, ...]:
    rules = sorted(f"rule:{name}" for name in verdict.rules)
    return (*((verdict.where,) if verdict.where else ()), *rules, *(("meaning",) if asked else ()))


@cache
def _trained() -> _Trained:
    model = load("injection")
    meaning = model.card["meaning"]
    meant, bias = np.asarray(meaning["weights"], np.float32), float(meaning["bias"])
    alone, joint = (_logits(model.card[name]) for name in ("thresholds", "joint"))
    below, over = model.card["band"]
    return _Trained(model, meant, bias, alone, joint, (below, over), float(model.card["share"]))


def _logits(shares: Sequence[float]) -> tuple[float, float]:
    short, lengthy = (math.log(share / (1 - share)) for share in shares)
    return short, lengthy
