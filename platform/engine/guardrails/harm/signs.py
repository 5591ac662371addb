"""What the rules see in a text: who does what to whom, as a few numbers for the classifier.

Invariant: linear in the number of words; every rule looks a fixed number of words ahead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.guardrails.harm import words as w
from engine.guardrails.harm.slurs import weight

_TOKEN = re.compile(r"[^\W_]+|[.!?\n]")
_QUOTES = str.maketrans("", "", "'’‘`´*_")
_LIVES = frozenset((
    "where you live", "where u live", "where your family", "your family will", "watch your back",
    "one eye open", "your days are", "kill yourself", "hang yourself", "kill urself", "you should die",
    "hope you die", "go die", "bullet in your", "come for you", "hunt you down", "make you suffer",
    "you will pay", "find you and", "drink bleach",
))  # fmt: skip


class Signs(NamedTuple):
    """Numbers of 0 to 1; the trainer learns what each after the first three is worth."""

    slurs: float = 0.0
    insults: float = 0.0
    swearing: float = 0.0
    hurts: float = 0.0
    deadly: float = 0.0
    makes: float = 0.0
    crime: float = 0.0
    sexual: float = 0.0
    explicit: float = 0.0
    minors: float = 0.0
    groups: float = 0.0
    despises: float = 0.0
    threatens: float = 0.0
    wary: float = 0.0
    asked: float = 0.0
    hidden: float = 0.0
    anything: float = 0.0

    def learned(self) -> tuple[float, ...]:
        return self[3:]


_DEEDS = ("hurts", "deadly", "makes", "minors", "explicit", "despises", "threatens")


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words: small letters, apostrophes removed, sentence ends as `.`."""

    list: Sequence[str]
    plain: str


def read(text: str) -> Words:
    found = [word if word.isalnum() else "." for word in _TOKEN.findall(text.lower().translate(_QUOTES))]
    return Words(found, " ".join(found))


def signs(words: Words) -> Signs:
    """What the rules see; for one or a few sentences at a time."""
    found = words.list
    seen = Signs(
        slurs=_share(sum(map(weight, found)), 2),
        insults=_count(found, w.INSULT, 3),
        swearing=_count(found, w.SWEAR, 3),
        hurts=_near(found, w.HURT, w.HUMAN, 6),
        deadly=_near(found, w.DEADLY, w.HUMAN, 4),
        makes=_near(found, w.MAKE, w.CONTRABAND, 7),
        crime=_count(found, w.CRIME, 2),
        sexual=_count(found, w.SEXUAL, 2),
        explicit=_count(found, w.EXPLICIT, 2),
        minors=_near(found, w.SEXUAL, w.MINORS, 8) or _near(found, w.MINORS, w.SEXUAL, 8),
        groups=_count(found, w.GROUPS, 2),
        despises=_near(found, w.GROUPS, w.AGAINST, 7) or _near(found, w.AGAINST, w.GROUPS, 4),
        threatens=_threat(words),
        wary=_count(found, w.WARY, 2),
        asked=float(bool(found) and found[0] in w.ASKED),
        hidden=float(any(phrase in words.plain for phrase in w.HIDING)),
    )
    return seen._replace(anything=float(seen.slurs > 0 or any(getattr(seen, deed) for deed in _DEEDS)))


def _threat(words: Words) -> float:
    if any(phrase in words.plain for phrase in _LIVES):
        return 1.0
    willing = any(word in w.GOING_TO for word in words.list) or _near(words.list, w.FIRST, w.WILL, 3)
    return float(willing) and _near(words.list, w.DEADLY, w.THREAT_TO, 4)


def _near(words: Sequence[str], first: frozenset[str], second: frozenset[str], reach: int) -> float:
    """1 when a word of the second kind follows one of the first within so many words of the same sentence."""
    if first.isdisjoint(words) or second.isdisjoint(words):
        return 0.0
    left = 0
    for word in words:
        if word == ".":
            left = 0
            continue
        if left and word in second:
            return 1.0
        left = reach if word in first else left - 1 if left else 0
    return 0.0


def _count(words: Sequence[str], kind: frozenset[str], full: int) -> float:
    return _share(sum(word in kind for word in words), full)


def _share(count: float, full: int) -> float:
    return min(count / full, 1.0)
