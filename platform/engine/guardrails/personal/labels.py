"""What a number is said to be: the words that stand before and behind it.

Invariant: only a window of fixed width is looked at, so a number costs the same in a short text and in a long one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from engine.guardrails.personal.vocabulary import FILLERS, OWNERS, PAIRS, PLACES, STEMS, UPPER, WORDS


class Kind(StrEnum):
    """What a label announces. `OTHER` is a thing of the shop: an order, a version, a sum. `NUMBER` says no more."""

    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    SSN = "ssn"
    NATIONAL = "national"
    PASSPORT = "passport"
    LICENCE = "licence"
    NUMBER = "number"
    OTHER = "other"


PAPERS = frozenset({Kind.SSN, Kind.NATIONAL, Kind.PASSPORT, Kind.LICENCE})


@dataclass(frozen=True, slots=True)
class Label:
    """The nearest label before a number; `tight` when nothing but words such as "is" stands between."""

    kind: Kind
    tight: bool


_WINDOW = 64
_FURTHEST = 9
_STEM = 5
_WORD = re.compile(r"#|[^\W_]+")
_BEHIND = re.compile(
    r"[ \t]{0,3}[-–(,]?[ \t]?(?:is[ \t]|as[ \t])?(?:my[ \t]|the[ \t])?"
    r"(?:office|fax|mobile|mob|cell|cellphone|home|work|desk|phone|tel|telephone|landline|whatsapp|handy|m[oó]vil|"
    r"portable|celular|privat|b[uü]ro|bureau|oficina|ufficio)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    {"number", "numbers", "numbwe", "no", "nr", "num", "numero", "número", "numéro", "nummer", "numer", "#"}
)

_WORDS, _UPPER, _STEMS = ({word: Kind(name) for word, name in one.items()} for one in (WORDS, UPPER, STEMS))
_PAIRS = {pair: Kind(name) for pair, name in PAIRS.items()}
_TELLING = _GENERIC.union(_WORDS, (second for _, second in PAIRS))


def before(text: str, start: int) -> Label | None:
    """The label nearest to `text[start]` on its left."""
    window = text[max(0, start - _WINDOW) : start]
    raw = _WORD.findall(window)[-_FURTHEST:]
    words = [word.lower() for word in raw]
    tight = True
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        kind = None
        if word in _TELLING or word[:_STEM] in _STEMS or raw[at] in _UPPER:
            kind = _kind(words, raw, at)
        if kind is not None and not _said_aside(words, at):
            return Label(kind, tight)
        tight = tight and (word in FILLERS or word in _GENERIC)
    return None


def behind(text: str, end: int) -> bool:
    """Whether the words after a number make it a phone's: "office", "fax", "mobile"."""
    return bool(_BEHIND.match(text, end))


def _kind(words: list[str], raw: list[str], at: int) -> Kind | None:
    word = words[at]
    if word in _GENERIC:
        return _generic(words, raw, at)
    previous = words[at - 1] if at else ""
    pair = _PAIRS.get((previous, word))
    if pair is not None:
        return pair
    return _single(word, raw[at])


def _single(word: str, raw: str) -> Kind | None:
    found = _WORDS.get(word) or (_UPPER.get(raw) if raw.isupper() else None)
    if found is None and len(word) > _STEM:
        found = _STEMS.get(word[:_STEM])
    return found


def _generic(words: list[str], raw: list[str], at: int) -> Kind | None:
    """ "number" takes its sense from the word before it: "order number", "my number"."""
    if not at:
        return Kind.NUMBER
    previous = words[at - 1]
    if previous in _GENERIC or previous in OWNERS:
        return Kind.NUMBER if previous in OWNERS else None
    if _single(previous, raw[at - 1]) is not None or (at > 1 and (words[at - 2], previous) in PAIRS):
        return None
    return Kind.NUMBER if words[at] != "no" or previous in FILLERS else None


def _said_aside(words: list[str], at: int) -> bool:
    """ "the number on my account is" names a number of a person, not an account's."""
    if words[at] not in PLACES or at < 2:
        return False
    return words[at - 1] in OWNERS and words[at - 2] in {"on", "with", "for", "in", "under", "to"}
