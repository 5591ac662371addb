"""Numbers, dates and times as people write them.

Invariant: linear in the length of the text; what can be read in two ways counts in both.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.agent.taint.plain import plain

Day = tuple[int | None, int, int]
"""Year, if it was said, month and day."""

_NUMBER = re.compile(
    r"(?<!\w)(?<!\d[.,])([-\u2212]?)(\d{1,18}(?:[.,'\u2019\u00a0\u202f]\d{1,18}){0,6})(?![\d])"
)
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.]\d+)?")
_SPACED = re.compile(r"(?<!\w)(?<!\d[.,])\d{1,3}(?: \d{3}){1,5}(?:[.,]\d{1,2})?(?!\d)")
_APART = re.compile(r"(?<=\d)-(?=\d)")
_DATE = re.compile(r"(?<!\d)(\d{1,4})([./-])(\d{1,2})(?:\2(\d{2,4}))?(?!\d)")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})? ?(a\.?m\b|p\.?m\b|uhr\b|h\b|o'clock\b)?")
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e|o|a)?")
_BETWEEN = frozenset({"de", "del", "of", "the", "di"})
_WORDS: dict[str, int] = {
    plain(word): value
    for value, words in enumerate(
        (
            "zero null zéro cero nul",
            "one ein eine einen eins un une uno una een um uma jeden",
            "two zwei deux dos due twee dois duas dwa dwie",
            "three drei trois tres tre drie três trzy",
            "four vier quatre cuatro quattro quatro cztery",
            "five fünf cinq cinco cinque vijf pięć",
            "six sechs seis sei zes sześć",
            "seven sieben sept siete sette zeven sete siedem",
            "eight acht huit ocho otto oito osiem",
            "nine neun neuf nueve nove negen dziewięć",
            "ten zehn dix diez dieci tien dez dziesięć",
            "eleven elf onze once undici jedenaście",
            "twelve zwölf douze doce dodici twaalf doze dwanaście",
        )
    )
    for word in words.split()
}
_MONTHS: dict[str, int] = {
    plain(word): value
    for value, words in enumerate(
        (
            "january jan januar janvier enero gennaio januari janeiro styczeń stycznia",
            "february feb februar février febrero febbraio februari fevereiro luty lutego",
            "march mar märz mars marzo maart março marzec marca",
            "april apr avril abril aprile kwiecień kwietnia",
            "may mai mayo maggio mei maio maj maja",
            "june jun juni juin junio giugno junho czerwiec czerwca",
            "july jul juli juillet julio luglio julho lipiec lipca",
            "august aug août agosto augustus sierpień sierpnia",
            "september sep sept septembre septiembre settembre setembro wrzesień września",
            "october oct okt oktober octobre octubre ottobre outubro październik października",
            "november nov novembre noviembre novembro listopad listopada",
            "december dec dez dezember décembre diciembre dicembre dezembro grudzień grudnia",
        ),
        1,
    )
    for word in words.split()
}


def number(value: Any) -> Decimal | None:
    """The number that a JSON value is; None where it is none, or too large to be meant."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    text = str(value).strip()
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(text):
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found.normalize() if found.is_finite() else None


def numbers_in(text: str, words: list[str]) -> set[Decimal]:
    """The numbers of a text, in digits and in words."""
    found = {Decimal(_WORDS[word]) for word in words if word in _WORDS}
    apart = _APART.sub(" ", text)
    for match in _NUMBER.finditer(apart):
        for one in _read(match[2]):
            found.add(-one if match[1] else one)
    for match in _SPACED.finditer(apart):
        found.update(_read(match[0].replace(" ", "")))
    return {one.normalize() for one in found}


def _read(digits: str) -> list[Decimal]:
    """A number with its separators, in each way in which it can be read."""
    plain = re.sub(r"['\u2019\u00a0\u202f]", "", digits)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return [Decimal(plain)]
    if len(set(marks)) == 2:
        last = max(plain.rfind("."), plain.rfind(","))
        return [Decimal(re.sub(r"[.,]", "", plain[:last]) + "." + plain[last + 1 :])]
    whole = re.sub(r"[.,]", "", plain)
    groups = re.split(r"[.,]", plain)
    grouped = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    if len(marks) > 1:
        return [Decimal(whole)] if grouped else []
    decimal = Decimal(plain.replace(",", "."))
    return [Decimal(whole), decimal] if grouped else [decimal]


def days_in(text: str, words: list[str]) -> set[Day]:
    """The days of a text; without those that hang on what today is."""
    found: set[Day] = set()
    for match in _DATE.finditer(text):
        first, second, third = int(match[1]), int(match[3]), match[4]
        if len(match[1]) > 2:
            if third:
                found.add((first, second, int(third)))
            continue
        year = None if third is None else int(third) + (2000 if len(third) < 3 else 0)
        found |= {(year, first, second), (year, second, first)}
    plain = [word for word in words if word not in _BETWEEN]
    for place, word in enumerate(plain):
        if (month := _MONTHS.get(word)) is not None:
            found |= _beside(plain, place, month)
    return {(year, month, day) for year, month, day in found if 1 <= month <= 12 and 1 <= day <= 31}


def _beside(words: list[str], place: int, month: int) -> set[Day]:
    """The days before and after a month's name, with the year if it follows."""
    found: set[Day] = set()
    for at, then in ((place - 1, place + 1), (place + 1, place + 2)):
        day = _DAY.fullmatch(words[at]) if 0 <= at < len(words) else None
        if day is not None:
            after = words[then] if then < len(words) else ""
            found.add((int(after) if re.fullmatch(r"(19|20)\d\d", after) else None, month, int(day[1])))
    return found


def times_in(text: str) -> set[tuple[int, int]]:
    """Hours and minutes of a text, by a clock of 24 hours."""
    found = set()
    for match in _TIME.finditer(text):
        hour, minute, mark = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
        if (match[2] is None and not mark) or hour > 24 or minute > 59:
            continue
        if mark in {"am", "pm"} and hour <= 12:
            found.add((hour % 12 + (12 if mark == "pm" else 0), minute))
        else:
            found.add((hour % 24, minute))
    return found


def moment(value: str) -> tuple[Day | None, tuple[int, int] | None] | None:
    """A value that is a day, a time or both; None where it is neither."""
    if match := _ISO.fullmatch(value):
        day = (int(match[1]), int(match[2]), int(match[3]))
        time = (int(match[4]), int(match[5])) if match[4] else None
        return day, (None if time == (0, 0) else time)
    if match := _CLOCK.fullmatch(value):
        return None, (int(match[1]), int(match[2]))
    return None
