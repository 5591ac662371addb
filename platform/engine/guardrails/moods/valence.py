"""How strongly a text's words speak, sentence by sentence, as a few numbers for the classifier.

Invariant: linear in the length of the text.

Source: VADER, Hutto and Gilbert 2014 (its lexicon, MIT licence, its ideas of negation, intensifiers, capitals and the
squashing `s / sqrt(s * s + 15)`); computed anew here because its program is quadratic, takes subjects of support for
moods, and judges long reviews by the sum of all words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from engine.guardrails.moods import words as w

_TOKEN = re.compile(r"[^\W_]+|[.!?\n]{1,8}|[:;=]-?[()DP/|]|[^\w\s,;:'\"-]")
_QUOTES = str.maketrans("", "", "'’‘`´*_")
_CONTRASTS = frozenset(["but", "however", "aber", "mais", "pero", "ma", "mas", "maar", "ale", "но", "ama"])
_FLIP, _DAMP = -0.6, -0.35
_ALPHA = 15.0
_BAD = re.compile("|".join(w.UNSPACED_BAD))
_GOOD = re.compile("|".join(w.UNSPACED_GOOD))
_FACES = {
    ":)": 2.0, ":-)": 1.8, ":d": 2.3, ":(": -1.9, ":-(": -1.8, ":/": -1.2, ":-/": -1.2, ";)": 1.2,
    "=(": -1.8, "=)": 1.8, ":|": -0.8,
}  # fmt: skip


class Valence(NamedTuple):
    """Numbers of about -1 to 1.

    Args:
        whole: all words together; worst, best, last: of a sentence; bad, good: how much there is of either.
        fierce: own phrases; swearing, shouting, marks: how it is said; again: failed repeatedly; leaving: threats to
            leave, sue or tell; asks: questions and courtesy.
    """

    whole: float = 0.0
    worst: float = 0.0
    best: float = 0.0
    last: float = 0.0
    bad: float = 0.0
    good: float = 0.0
    fierce: float = 0.0
    swearing: float = 0.0
    shouting: float = 0.0
    marks: float = 0.0
    again: float = 0.0
    leaving: float = 0.0
    asks: float = 0.0


def valence(text: str) -> Valence:
    """What the words of a text say."""
    cleaned = text.translate(_QUOTES)
    tokens = _TOKEN.findall(cleaned)
    lowered = [token.lower() for token in tokens]
    capitals = _shouted(tokens)
    sentences = list(_sentences(lowered, capitals))
    bad, good = (
        -sum(min(value, 0.0) for value, _ in sentences),
        sum(max(value, 0.0) for value, _ in sentences),
    )
    foreign = _foreign(text)
    bad, good = bad + max(-foreign, 0.0), good + max(foreign, 0.0)
    each = [_squash(value) for value, _ in sentences] or [0.0]
    each[-1] = max(-1.0, min(1.0, each[-1] + _squash(foreign)))
    return Valence(
        whole=_squash((good - bad) / math.sqrt(max(len(each) / 2, 1.0))),
        worst=min(min(each), 0.0),
        best=max(max(each), 0.0),
        last=each[-1],
        bad=bad / (bad + 4),
        good=good / (good + 4),
        fierce=min(sum(found for _, found in sentences) / 2, 1.0),
        swearing=min(sum(word in w.SWEARING for word in lowered) / 2, 1.0),
        shouting=capitals,
        marks=_marks(lowered),
        again=_tells(lowered, _again()),
        leaving=_tells(lowered, _leaving()),
        asks=float(lowered[-1:] == ["?"] or any(word in w.POLITE for word in lowered)),
    )


def _sentences(words: Sequence[str], capitals: float) -> Iterator[tuple[float, int]]:
    """The sum of valences of each sentence, and how many fierce phrases it holds."""
    start = 0
    for at, word in enumerate([*words, "."]):
        if word[0] in ".!?\n":
            if at > start:
                value, fierce = _sentence(words[start:at])
                yield value * (1 + 0.15 * min(len(word) - 1 + (word[0] == "!"), 3) + 0.3 * capitals), fierce
            start = at + 1


def _sentence(words: Sequence[str]) -> tuple[float, int]:
    phrases, lexicon = _phrases(), _lexicon()
    total, fierce, at, contrast = 0.0, 0, 0, 1.0
    while at < len(words):
        word = words[at]
        value, length = _phrase(words, at, phrases) if word in phrases else (0.0, 0)
        if length:
            fierce += value <= -2
        else:
            length, value = 1, lexicon.get(word, 0.0)
            if word in _CONTRASTS:
                total, contrast = total * 0.6, 1.3
        if value:
            total += contrast * _in_context(words, at, value)
        at += length
    return total, fierce


def _in_context(words: Sequence[str], at: int, value: float) -> float:
    before = words[max(0, at - 3) : at]
    value *= 1 + sum(w.MORE.get(word, 0.0) for word in before[-2:])
    if any(word in w.NOT for word in before):
        return value * (_FLIP if value > 0 else _DAMP)
    return value


def _phrase(
    words: Sequence[str], at: int, phrases: Mapping[str, Mapping[tuple[str, ...], float]]
) -> tuple[float, int]:
    for phrase, value in phrases.get(words[at], {}).items():
        if tuple(words[at : at + len(phrase)]) == phrase:
            return value, len(phrase)
    return 0.0, 0


def _foreign(text: str) -> float:
    if text.isascii():
        return 0.0
    lowered = text.lower()
    bad, good = len(_BAD.findall(lowered)), len(_GOOD.findall(lowered))
    return 2.0 * good - 3.0 * bad


def _shouted(tokens: Sequence[str]) -> float:
    """The share of words of three letters and more in capitals, if there are at least two."""
    long = [token for token in tokens if len(token) > 2 and token.isalpha()]
    shouted = sum(map(str.isupper, long))
    return shouted / len(long) if shouted > 1 else 0.0


def _marks(words: Sequence[str]) -> float:
    loud = sum(len(word) for word in words if word[0] in "!?" and (len(word) > 1 or word == "!"))
    return min(loud / 5, 1.0)


def _squash(value: float) -> float:
    return value / math.sqrt(value * value + _ALPHA)


def _tells(words: Sequence[str], phrases: Mapping[str, Mapping[tuple[str, ...], float]]) -> float:
    return float(any(word in phrases and _phrase(words, at, phrases)[1] for at, word in enumerate(words)))


@cache
def _again() -> Mapping[str, Mapping[tuple[str, ...], float]]:
    return _by_first_word(dict.fromkeys(w.AGAIN, 1.0))


@cache
def _leaving() -> Mapping[str, Mapping[tuple[str, ...], float]]:
    return _by_first_word(dict.fromkeys(w.LEAVING, 1.0))


@cache
def _phrases() -> Mapping[str, Mapping[tuple[str, ...], float]]:
    return _by_first_word(w.FIERCE)


def _by_first_word(phrases: Mapping[str, float]) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    """Phrases as words, grouped by their first one, longest first."""
    grouped: dict[str, dict[tuple[str, ...], float]] = {}
    for phrase in sorted(phrases, key=lambda phrase: -len(phrase.split())):
        parts = tuple(phrase.split())
        grouped.setdefault(parts[0], {})[parts] = phrases[phrase]
    return grouped


@cache
def _lexicon() -> Mapping[str, float]:
    known = SentimentIntensityAnalyzer().lexicon
    values = {word.replace("'", ""): float(value) for word, value in known.items() if word.isascii()}
    values |= {
        word: value for value, listed in w.ELSEWHERE.items() for word in listed.split() if word not in values
    }
    values |= dict.fromkeys(w.TOPICS, 0.0)
    return values | w.OWN | w.EMOJI | _FACES
