"""Runs of digits as people write them: grouped, spaced, in brackets, in other scripts.

Invariant: linear: each repetition is bounded and its parts cannot match the same character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_BETWEEN = r"[ \t\u00a0\u2000-\u200b\u202f.\-‐-―/()•·]{0,3}"
# One sign of a class first: the engine looks for it quickly, and for what must not stand before it only there.
_RUN = re.compile(
    rf"[+(\d](?<!\w.)(?:(?<=\d)|(?<=\+)[ ]?\(?\+?\d|(?<=\()\+?\d)(?:{_BETWEEN}\d){{5,44}}(?!\d)"
)
_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile(r"\.[ \t]+(?=\d)|[ \t]{2,}-[ \t]*(?=\d)")
_GLUED_LEFT = re.compile(r"\w[-_/\\]{1,4}$|\d\.$|\w['’][-_/]?$|[$€£¥₹]\s?$")
_GLUED_RIGHT = re.compile(r"[-_./\\]?[^\W\d]|[-_/\\]\d|[.,:]\d|\s?[%€£¥₹°]")
_URL = re.compile(r"https?://[^\s<>\"']{1,400}")
_UUID = re.compile(r"[0-9a-fA-F](?<!\w.)[0-9a-fA-F]{7}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_WHEN = re.compile(
    r"\d(?:(?<![\d.\-/]\d)(?:[09]\d\d([-/.])[01]?\d\1[0-3]?\d|\d?([-/.])\d\d?\2(?:19|20)\d\d)(?![\d\-/])"
    r"|(?<!\d\d)\d?:\d\d(?::\d\d)?(?:\.\d{1,9})?\b)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of digits in a text.

    Args:
        digits: in ASCII; shape: how many digits stand together, such as (3, 3, 4).
        plus: written with a plus sign; tied: letters or signs of a code are joined to one of its ends.
    """

    start: int
    end: int
    digits: str
    shape: tuple[int, ...]
    plus: bool
    tied: bool
    raw: str


def plain(text: str) -> str:
    """The decimal digits of a text in ASCII, whatever their script."""
    found = "".join(_DIGITS.findall(text))
    return found if found.isascii() else "".join(str(unicodedata.decimal(sign)) for sign in found)


def runs(text: str) -> Iterator[Run]:
    """The runs of 6 to 45 digits that are no part of a date, a time, an address on the web or a UUID."""
    hidden = _WHEN.sub(_blank, text)
    hidden = _UUID.sub(_blank, hidden) if "-" in hidden else hidden
    hidden = _URL.sub(_blank, hidden) if "://" in hidden else hidden
    for match in _RUN.finditer(hidden):
        start = match.start()
        for piece in _pieces(match.group()):
            at = match.group().index(piece, start - match.start())
            run = _run(hidden, match.start() + at, piece)
            start = match.start() + at + len(piece)
            if run is not None:
                yield run


def _blank(match: re.Match[str]) -> str:
    return "_" * len(match.group())


def _pieces(raw: str) -> list[str]:
    return _SENTENCE.split(raw)


def _run(text: str, start: int, raw: str) -> Run | None:
    if raw.count("(") != raw.count(")"):
        kept = raw.lstrip("(") if raw.startswith("(") else raw
        start, raw = start + len(raw) - len(kept), kept
    digits = plain(raw)
    if len(digits) < 6:
        return None
    end = start + len(raw)
    tied = bool(_GLUED_LEFT.search(text, max(0, start - 6), start)) or bool(_GLUED_RIGHT.match(text, end))
    shape = tuple(len(group) for group in _DIGITS.findall(raw))
    return Run(start, end, digits, shape, "+" in raw[:2], tied, raw)
