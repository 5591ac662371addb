"""Is a text harmful: hate, harassment, threats, violence, sexual, illegal, or somebody in despair?

Invariant: pure, the same text gives the same verdict, time is linear: of long texts the beginning and the end are
read. Swearing and anger are not harm.
"""

from __future__ import annotations

from functools import cache

from engine.guardrails.harm.despair import despairs
from engine.guardrails.harm.signs import Signs, Words, read, signs
from engine.guardrails.linear import Linear, load, squash
from engine.guardrails.values import Judgement

HEAD = 12_000
TAIL = 4_000
_PIECE = 1_500
SURE = 0.98
# Set by hand, not learned: the collections differ most in how much of this they call harmful. Swearing alone must
# never reach the threshold.
SLUR, INSULT, SWEAR = 6.0, 2.0, 1.0


def judge(text: str) -> Judgement:
    """Scores a text and names its class.

    Args:
        text: any language; of more than 16,000 characters the first 12,000 and the last 4,000 count.

    Returns:
        `label` is `self_harm` when the writer may be in danger, whatever else the text says; otherwise, if flagged,
        `hate`, `harassment`, `threat`, `violence`, `sexual` or `illegal`; empty when it is not flagged.
    """
    looked_at = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"
    pieces = _pieces(looked_at)
    if despairs(" ".join(words.plain for _, words in pieces), looked_at):
        return Judgement(SURE, True, "self_harm", ("rule:despair",))
    score, seen = max((_scored(piece) for piece in pieces), key=lambda found: found[0])
    flagged = score >= _model().card["threshold"]
    return Judgement(score, flagged, _label(seen) if flagged else "", _reasons(seen) if flagged else ())


def _pieces(text: str) -> list[tuple[str, Words]]:
    """Long texts in parts, so that one bad sentence is not lost among many harmless ones."""
    parts = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [""]
    return [(part, read(part)) for part in parts]


def _scored(piece: tuple[str, Words]) -> tuple[float, Signs]:
    text, words = piece
    seen = signs(words)
    return squash(logit(_model(), text, seen)), seen


def logit(model: Linear, text: str, seen: Signs) -> float:
    """The classifier's opinion and what slurs, insults and swearing add by rule; the trainer uses it as well."""
    return (
        model.logit(text, seen.learned()) + SLUR * seen.slurs + INSULT * seen.insults + SWEAR * seen.swearing
    )


def _label(seen: Signs) -> str:
    """The class that the rules saw most clearly."""
    found = (
        ("sexual", max(seen.minors, seen.explicit, seen.sexual * 0.7)),
        ("threat", seen.threatens),
        ("hate", max(min(seen.slurs * 2, 1.0), seen.despises * 0.9)),
        ("violence", seen.deadly * 0.8),
        ("illegal", max(seen.makes * 0.7, seen.crime)),
        ("harassment", max(seen.insults * 0.6, seen.hurts * 0.5)),
    )
    label, strength = max(found, key=lambda pair: pair[1])
    return label if strength else ("hate" if seen.groups else "illegal")


def _reasons(seen: Signs) -> tuple[str, ...]:
    named = tuple(f"rule:{name}" for name in _TOLD if getattr(seen, name) >= 0.5)
    return named or ("model",)


_TOLD = ("slurs", "hurts", "deadly", "makes", "crime", "sexual", "minors", "despises", "threatens")


@cache
def _model() -> Linear:
    return load("harm")
