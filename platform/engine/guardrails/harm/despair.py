"""Words of people who may hurt themselves: patterns in many languages.

Invariant: a text's words are joined by single blanks, small letters, apostrophes removed, a sentence's end is " .";
every repetition in a pattern is bounded, so time is linear.

Source: own phrases; the kinds follow the wording of the Columbia protocol's
questions (wish to be dead, thoughts, plan, preparation) and indirect forms known from counselling texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from engine.guardrails.harm import despair_elsewhere as elsewhere
from engine.guardrails.harm import despair_english as english

_NEAR = 200
_MOST = 16

_JOKING = re.compile(
    r"laugh|dying to (?:know|see|try|hear)|\bjoke\b|hilarious|vor lachen|de rire|de risa|dal ridere|de ri"
    r"r\b|от смеха|со смеху|\bin (?:the|my|a|this) (?:video )?(?:game|novel|film|movie|story)\b|\b(?:conv"
    r"ince|persuade|encourage|push|get|make|tell) (?:\w{1,12} ){1,4}to (?:commit suicide|kill (?:them|him"
    r"|her)sel)|minecraft|fortnite|\bgta\b|suicide squad|suicide silence|suicide (?:prevention|awareness)"
    r" (?:poster|flyer|week|day|training|book|course)"
)  # fmt: skip

_Patterns = tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]


def despairs(plain: str, text: str) -> bool:
    """Whether somebody says that they think of hurting themselves or of not living.

    Args:
        plain: words in small letters, joined by single blanks, apostrophes removed. Of a text that speaks of it
            again and again the first places count.
        text: as it was written, for scripts whose vowel signs do not count as letters.
    """
    if not text.isascii() and elsewhere.UNSPACED.search(text):
        return True
    return _says(plain, *_english()) or _says(plain, *_spaced())


def _says(plain: str, hints: re.Pattern[str], patterns: _Patterns) -> bool:
    return any(_found(stretch, patterns) for stretch in _stretches(plain, hints))


def _found(stretch: str, patterns: _Patterns) -> bool:
    told = any(
        pattern.search(stretch)
        for needles, pattern in patterns
        if any(needle in stretch for needle in needles)
    )
    return told and not _JOKING.search(stretch)


def _stretches(plain: str, hints: re.Pattern[str]) -> Iterator[str]:
    """What stands around the hints, each place read at most twice."""
    last, count = -_NEAR, 0
    for found in hints.finditer(plain):
        if found.start() - last >= _NEAR:
            last = found.start()
            yield plain[max(0, last - _NEAR) : last + 2 * _NEAR]
            count += 1
            if count == _MOST:
                return


@cache
def _english() -> tuple[re.Pattern[str], _Patterns]:
    patterns = tuple(
        (tuple(needles.split("|")), re.compile(pattern)) for needles, pattern in english.PATTERNS
    )
    return _hinted(english.HINTS), patterns


@cache
def _spaced() -> tuple[re.Pattern[str], _Patterns]:
    return _hinted(elsewhere.HINTS), tuple((("",), re.compile(pattern)) for pattern in elsewhere.PATTERNS)


def _hinted(hints: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(hints, key=len, reverse=True))})\b")
