"""Whether a value stands in texts that somebody wrote.

Invariant: whole words only, in their order; case, accents, spacing and punctuation aside. An e-mail address has to
stand there as it is. Linear in the length of the texts, each of which counts up to `MOST_CHARACTERS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import Any

from engine.agent.taint import spellings
from engine.agent.taint.plain import plain, words_of

MOST_CHARACTERS = 16_000
LEAST_DIGITS, LONGEST_CODE = 3, 64
LEAST_JOINED = 6
"""Characters of a value that may be written with other gaps: `DE89 3704 …` for `DE893704…`."""
WITHOUT_GAPS = "\u1100"
"""From here on there are scripts that put no gaps between words."""
_PIECE = re.compile(r"[\w#][\w.#-]{0,80}")
_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


def shape(code: str) -> str:
    """A code with every digit and every letter alike: those of one kind have one shape."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", code))


def _bare(value: str | int) -> str:
    return str(value).strip().casefold().strip("#.-")[:LONGEST_CODE]


class Words:
    """Texts of one origin."""

    def __init__(self, texts: Iterable[str]) -> None:
        raw = [text[:MOST_CHARACTERS] for text in texts]
        self._folded = [text.casefold() for text in raw]
        self._plain = [plain(text) for text in raw]
        self._words = [words_of(text) for text in self._plain]

    def __bool__(self) -> bool:
        return bool(self._plain)

    def holds(self, value: Any) -> bool:
        """Whether somebody wrote this string or number."""
        number = spellings.number(value)
        if number is not None and number in self._numbers:
            return True
        if not isinstance(value, str):
            return False
        text = value.strip()
        if "@" in text and not re.search(r"\s", text):
            return text.casefold() in self._mails or (not _MAIL.fullmatch(text) and self._holds_words(text))
        if number is not None and (len(text) < LEAST_JOINED or not text.isdigit()):
            return False
        moment = spellings.moment(text)
        if moment is not None and self._holds_moment(*moment):
            return True
        return self._holds_words(text)

    def begins(self, phrase: str) -> bool:
        """Whether words begin like this, the last one at least: `cancel` for `cancelled`."""
        wanted = " ".join(words_of(plain(phrase)))
        if any(one >= WITHOUT_GAPS for one in wanted):
            return any(wanted in text for text in self._spaced)
        return bool(wanted) and any(f" {wanted}" in text for text in self._spaced)

    def another_like(self, value: Any) -> str:
        """What was named here that looks like the value and is another: `W13` for `W12`; empty where nothing is.

        Only for codes, which have at least `LEAST_DIGITS` digits.
        """
        code = _bare(value) if isinstance(value, str | int) else ""
        if sum(one.isdigit() for one in code) < LEAST_DIGITS:
            return ""
        named = self._codes.get(shape(code), set())
        return "" if code in named else min(named, default="")

    def _holds_words(self, text: str) -> bool:
        wanted = words_of(plain(text))
        if not wanted:
            mark = text.casefold()
            return bool(mark) and any(mark in folded for folded in self._folded)
        spaced = f" {' '.join(wanted)} "
        if any(spaced in one for one in self._spaced):
            return True
        joined = "".join(wanted)
        has_digit = any(one.isdigit() for one in joined)
        return len(joined) >= LEAST_JOINED and has_digit and self._holds_joined(joined)

    def _holds_joined(self, joined: str) -> bool:
        for text, bounds in self._joined:
            at = text.find(joined)
            while at >= 0:
                if at in bounds and at + len(joined) in bounds:
                    return True
                at = text.find(joined, at + 1)
        return False

    def _holds_moment(self, day: spellings.Day | None, time: tuple[int, int] | None) -> bool:
        if time is not None and time not in self._times:
            return False
        return day is None or day in self._days or (None, day[1], day[2]) in self._days

    @cached_property
    def _spaced(self) -> list[str]:
        return [f" {' '.join(words)} " for words in self._words]

    @cached_property
    def _joined(self) -> list[tuple[str, frozenset[int]]]:
        """Each text without gaps, and where its words begin and end."""
        return [("".join(words), frozenset(accumulate(map(len, words), initial=0))) for words in self._words]

    @cached_property
    def _codes(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for text in self._folded:
            for piece in _PIECE.findall(text):
                code = _bare(piece)
                found.setdefault(shape(code), set()).add(code)
        return found

    @cached_property
    def _mails(self) -> frozenset[str]:
        return frozenset(mail.rstrip(".-") for text in self._folded for mail in _MAIL.findall(text))

    @cached_property
    def _numbers(self) -> frozenset[Any]:
        pairs = zip(self._folded, self._words, strict=True)
        return frozenset(one for text, words in pairs for one in spellings.numbers_in(text, words))

    @cached_property
    def _days(self) -> frozenset[spellings.Day]:
        pairs = zip(self._plain, self._words, strict=True)
        return frozenset(day for text, words in pairs for day in spellings.days_in(text, words))

    @cached_property
    def _times(self) -> frozenset[tuple[int, int]]:
        return frozenset(time for text in self._plain for time in spellings.times_in(text))
