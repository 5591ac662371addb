"""What the shop itself knows of the customer it speaks with, found again in a text.

Invariant: linear: one pattern of escaped literals, bounded in number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.guardrails.personal.digits import plain
from engine.guardrails.personal.seen import Seen
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
# Signs that no other stands for where case does not count: not i, k and s, which Turkish, physics and old prints write
# in ways of their own.
_PLAIN = re.compile(r"[a-hjl-rt-z0-9@]+")


@dataclass(frozen=True, slots=True)
class Known:
    """Values of one customer: her profile, and whatever else is certainly hers."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Wanted:
    """Values of one kind as a pattern, made when a text has the letters of one of them.

    Args:
        values: what each is written as in a pattern, with letters that it cannot do without, in small letters.
    """

    values: tuple[tuple[str, tuple[str, ...]], ...]
    kind: str
    flags: re.RegexFlag

    def may_stand_in(self, folded: str) -> bool:
        return any(all(letters in folded for letters in needed) for _, needed in self.values)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        words = {written for written, _ in self.values}
        return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(words, key=lambda w: -len(w)))})(?!\w)", self.flags)


def recognised(seen: Seen, known: Known) -> Iterator[Span]:
    """The places of a text where a known value stands, in whatever case and however its digits are grouped."""
    for wanted in _wanted(known):
        if wanted.may_stand_in(seen.folded):
            for match in wanted.pattern.finditer(seen.text):
                yield Span(match.start(), match.end(), wanted.kind)


@lru_cache(maxsize=512)
def _wanted(known: Known) -> tuple[_Wanted, ...]:
    names, emails = known.names[:_MOST], known.emails[:_MOST]
    phones = [phone for phone in known.phones[:_MOST] if len(plain(phone)) >= 6]
    places = [place for place in known.addresses[:_MOST] if len(place.strip()) > 4]
    parts = [part for name in names for part in _parts(name)]
    found = (
        _Wanted(
            _with_letters(_loose, [name for name in names if len(name.strip()) > 1]), "PERSON", re.IGNORECASE
        ),
        _Wanted(_with_letters(re.escape, parts), "PERSON", re.NOFLAG),
        _Wanted(_with_letters(_loose, [email for email in emails if email.strip()]), "EMAIL", re.IGNORECASE),
        _Wanted(tuple((_spread(phone), ()) for phone in phones), "PHONE", re.NOFLAG),
        _Wanted(_with_letters(_loose, places), "ADDRESS", re.IGNORECASE),
    )
    return tuple(one for one in found if one.values)


def _with_letters(
    pattern: Callable[[str], str], values: Iterable[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((pattern(value), tuple(_PLAIN.findall(_composed(value).lower()))) for value in values)


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
    composed, taken_apart = _composed(word), unicodedata.normalize("NFD", word)
    if composed == taken_apart:
        return re.escape(word)
    return rf"(?:{re.escape(composed)}|{re.escape(taken_apart)})"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _spread(phone: str) -> str:
    """A pattern of the phone's digits with up to three signs between them; its country's code may be missing."""
    digits = plain(phone)
    national = digits[-9:] if len(digits) > 10 else digits.lstrip("0")
    body = r"[ .\-/()]{0,3}".join(national)
    return rf"\+?(?:\d{{1,4}}[ .\-/()]{{0,3}})?{body}"
