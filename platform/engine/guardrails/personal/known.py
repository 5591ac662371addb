"""What the shop itself knows of the customer it speaks with, found again in a text.

Invariant: linear: one pattern of escaped literals, bounded in number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.guardrails.personal.digits import plain
from engine.guardrails.values import Span

_MOST = 64
_ORDINARY = """
    will mark may june april august rose grace hope joy faith bill rich art drew chase grant dean guy
    jack pat rob sue ray miles price young long short king little white black brown green gray day summer
    winter page case love best cash bond ford rice baker cook miller bush stone wood field banks mills
    ali van von der den del los las the and sir max pan sun kim lee min major angel star ace can do no so
    he an in to on at by de la le da di du
"""
_COMMON = frozenset(_ORDINARY.split())


@dataclass(frozen=True, slots=True)
class Known:
    """Values of one customer: her profile, and whatever else is certainly hers."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def recognised(text: str, known: Known) -> Iterator[Span]:
    """The places of a text where a known value stands, in whatever case and however its digits are grouped."""
    for pattern, kind in _patterns(known):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), kind)


@lru_cache(maxsize=512)
def _patterns(known: Known) -> tuple[tuple[re.Pattern[str], str], ...]:
    full = [_loose(name) for name in known.names[:_MOST] if len(name.strip()) > 1]
    parts = [re.escape(part) for name in known.names[:_MOST] for part in _parts(name)]
    literal = [
        (full, "PERSON", re.IGNORECASE),
        (parts, "PERSON", re.NOFLAG),
        ([_loose(email) for email in known.emails[:_MOST] if email.strip()], "EMAIL", re.IGNORECASE),
        ([_spread(phone) for phone in known.phones[:_MOST] if len(plain(phone)) >= 6], "PHONE", re.NOFLAG),
        (
            [_loose(place) for place in known.addresses[:_MOST] if len(place.strip()) > 4],
            "ADDRESS",
            re.IGNORECASE,
        ),
    ]
    return tuple(
        (re.compile(rf"(?<!\w)(?:{'|'.join(sorted(set(words), key=lambda w: -len(w)))})(?!\w)", flags), kind)
        for words, kind, flags in literal
        if words
    )


def _parts(name: str) -> Iterator[str]:
    """Single names as they are written with a capital; those that are no ordinary word also without."""
    pieces = [piece for piece in re.split(r"[\s,]+", name) if len(piece) > 2]
    if len(name.split()) < 2:
        return
    for piece in pieces:
        title = piece[0].upper() + piece[1:]
        yield title
        yield piece.upper()
        if len(piece) > 3 and piece.lower() not in _COMMON:
            yield piece.lower()


def _loose(value: str) -> str:
    """A pattern of the value's words with any white space or comma between them, in either Unicode form."""
    words = [word for word in re.split(r"[\s,]+", value.strip()) if word]
    return r"[\s,]{1,4}".join(_either(word) for word in words)


def _either(word: str) -> str:
    composed, taken_apart = unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)
    if composed == taken_apart:
        return re.escape(word)
    return rf"(?:{re.escape(composed)}|{re.escape(taken_apart)})"


def _spread(phone: str) -> str:
    """A pattern of the phone's digits with up to three signs between them; its country's code may be missing."""
    digits = plain(phone)
    national = digits[-9:] if len(digits) > 10 else digits.lstrip("0")
    body = r"[ .\-/()]{0,3}".join(national)
    return rf"\+?(?:\d{{1,4}}[ .\-/()]{{0,3}})?{body}"
