"""How a customer feels: a mood for each message, whether it is very negative, and where a conversation is going.

Invariant: pure, the same text gives the same verdict, time is linear: of long texts the beginning and the end are
read. What a message is about (theft, fraud, a refund, a complaint) is not a mood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from engine.guardrails.linear import Linear, load
from engine.guardrails.moods.valence import Valence, valence
from engine.guardrails.values import Judgement

HEAD = 12_000
TAIL = 4_000
VERY = -0.7
"""The mood below which a customer counts as very unhappy."""
_LEVEL = 0.5
_SLOPE = 0.3


@dataclass(frozen=True, slots=True)
class Trend:
    """Where the mood of a conversation stands.

    Args:
        now: the smoothed mood after the last message, -1 to 1.
        slope: its smoothed change a message; negative when the customer grows angrier.
        low: the lowest single mood.
    """

    now: float
    slope: float
    low: float


def mood(text: str) -> float:
    """How a text sounds, -1 (angry, desperate, disappointed) to 1 (delighted); about 0 for sober ones."""
    told, score = _judged(text)
    return max(-1.0, min(1.0, told.whole * (1 - score) - score * score))


def level(score: float) -> float:
    """A score of `judge` as a mood from -1 to 0 that lies below `VERY` exactly where the text is very negative.

    The trained threshold moves with every training; rules go by a number that stays.
    """
    least = float(_model().card["threshold"])
    if score < least:
        return VERY * score / least
    return VERY + (-1 - VERY) * (score - least) / (1 - least) - 1e-6


def judge(text: str) -> Judgement:
    """How sure it is that a text is very negative, 0 to 1.

    Args:
        text: any language; of more than 16,000 characters the first 12,000 and the last 4,000 count.
    """
    told, score = _judged(text)
    flagged = score >= _model().card["threshold"]
    return Judgement(score, flagged, "very_negative" if flagged else "", _reasons(told) if flagged else ())


def trend(moods: Sequence[float]) -> Trend:
    """Follows the moods of a conversation's customer messages, oldest first.

    The level and slope are smoothed exponentially, so that the last two or three messages count most.
    Source: Holt 1957, reprinted in International Journal of Forecasting 20 (2004), with weights 0.5 and 0.3.
    """
    if not moods:
        return Trend(0.0, 0.0, 0.0)
    level, slope = moods[0], 0.0
    for value in moods[1:]:
        before = level
        level = _LEVEL * value + (1 - _LEVEL) * (level + slope)
        slope = _SLOPE * (level - before) + (1 - _SLOPE) * slope
    return Trend(max(-1.0, min(1.0, level)), slope, min(moods))


def _judged(text: str) -> tuple[Valence, float]:
    looked_at = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"
    told = valence(looked_at)
    return told, _model().score(looked_at, told)


def _reasons(told: Valence) -> tuple[str, ...]:
    named = [
        name for name in ("fierce", "swearing", "shouting", "again", "leaving") if getattr(told, name) >= 0.5
    ]
    return tuple(f"rule:{name}" for name in named) or ("model",)


@cache
def _model() -> Linear:
    return load("moods")
