"""Numbers written as words: "five five five, one two three, double four seven".

Invariant: linear: a run of number words is read once, word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.guardrails.personal import checksums
from engine.guardrails.personal.labels import Kind
from engine.guardrails.personal.seen import Seen
from engine.guardrails.values import Span

_LANGUAGES = (
    "zero one two three four five six seven eight nine",
    "null eins zwei drei vier fünf sechs sieben acht neun",
    "zéro un deux trois quatre cinq six sept huit neuf",
    "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "zero uno due tre quattro cinque sei sette otto nove",
    "nul een twee drie vier vijf zes zeven acht negen",
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "zero um dois três quatro cinco seis sete oito nove",
)
_VALUES = {word: str(value) for line in _LANGUAGES for value, word in enumerate(line.split())}
_VALUES |= {"oh": "0", "nought": "0", "zwo": "2", "één": "1", "uma": "1", "duas": "2", "meia": "6"}
_TIMES = {"double": 2, "triple": 3, "doppel": 2, "doble": 2, "triplo": 3}
_WORD = re.compile(r"[^\W_]+")
_LEAST = 7
_MOST_GAP = 3
# A quick look at a text, with a sign for each word: digits spelt out, digits, doublings, the rest.
_SIGNS = {str(value).zfill(size): "d" for size in (1, 2, 3) for value in range(10**size)}
_SIGNS |= dict.fromkeys(_TIMES, "d") | dict.fromkeys(_VALUES, "v")
_IN_A_ROW = re.compile(rf"v(?:d*v){{{_LEAST - 3}}}")


def spoken(seen: Seen) -> Iterator[Span]:
    """Phones, cards and social security numbers that are spelt out, of at least seven digits."""
    if not _IN_A_ROW.search("".join([_SIGNS.get(part, ".") for part in seen.folded_parts])):
        return
    group: list[re.Match[str]] = []
    for match in _WORD.finditer(seen.text):
        if _digits(match) is None and match.group().lower() not in _TIMES:
            yield from _judged(seen, group)
            group = []
        elif group and match.start() - group[-1].end() > _MOST_GAP:
            yield from _judged(seen, group)
            group = [match]
        else:
            group.append(match)
    yield from _judged(seen, group)


def _digits(match: re.Match[str]) -> str | None:
    word = match.group().lower()
    return _VALUES.get(word) or (word if len(word) < 4 and word.isascii() and word.isdigit() else None)


def _read(group: list[re.Match[str]]) -> str:
    digits, times = "", 1
    for match in group:
        value = _digits(match)
        digits += (value or "") * times
        times = 1 if value else _TIMES[match.group().lower()]
    return digits


def _judged(seen: Seen, group: list[re.Match[str]]) -> Iterator[Span]:
    words = sum(match.group().lower() in _VALUES for match in group)
    if words < _LEAST - 2 or len(digits := _read(group)) < _LEAST:
        return
    start, end = group[0].start(), group[-1].end()
    label = seen.label(start)
    kind = label.kind if label else None
    if kind is Kind.OTHER and label and label.tight:
        return
    if kind is Kind.CARD or checksums.card(digits):
        yield Span(start, end, "CREDIT_CARD", 0.8)
    elif kind in (Kind.SSN, Kind.NATIONAL):
        yield Span(start, end, "US_SSN" if len(digits) == 9 else "NATIONAL_ID", 0.8)
    elif len(digits) <= 16:
        yield Span(start, end, "PHONE", 0.8)
