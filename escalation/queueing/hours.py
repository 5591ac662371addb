"""When a team is open: its week, its holidays, its time zone. Pure; moments in and out are aware.

Invariant: open is what a clock on the wall of the team says. A span over midnight ends on the next day; a day that is
a holiday is closed from midnight to midnight; an hour that the clock jumps over is no time at all, and one that comes
twice counts twice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 400
"""Who does not open within a year and a month never opens."""
MOST_SPANS, MOST_HOLIDAYS = 8, 366
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_DAY = dt.timedelta(days=1)
_MINUTES = 24 * 60

Span = tuple[dt.datetime, dt.datetime]


class BadHours(Invalid):
    """`field` names what is wrong: `zone`, `hours` or `holidays`."""

    code = "bad_hours"
    default_message = "These opening hours cannot be read."

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Calendar:
    """A team's hours: for each day of the week, Monday first, spans in minutes from its midnight; None: always."""

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...] | None = None
    holidays: frozenset[dt.date] = frozenset()

    @property
    def is_always_open(self) -> bool:
        return self.week is None and not self.holidays


ALWAYS = Calendar(ZoneInfo("UTC"))


def calendar_of(zone: str, hours: Mapping[str, Any], holidays: Sequence[Any]) -> Calendar:
    """A team's columns as a calendar.

    Args:
        zone: a name of the IANA database.
        hours: day (`mon` to `sun`) -> spans `[from, to]`, each `HH:MM`; `to` at or before `from` is on the next day,
            and `24:00` is midnight. A day that is not named is closed; no day at all: always open.
        holidays: dates, or `{"date": …, "name": …}`, as ISO 8601.

    Raises:
        BadHours
    """
    if not isinstance(hours, Mapping) or set(hours) - set(DAYS):
        raise BadHours("hours", f"Hours are given for the days {', '.join(DAYS)}.")
    week = tuple(_spans_of(day, hours.get(day) or ()) for day in DAYS) if hours else None
    return Calendar(_zone(zone), week, _dates(holidays))


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise BadHours("zone", "There is no such time zone. Choose one such as Europe/Berlin.") from error


def _spans_of(day: str, given: Any) -> tuple[tuple[int, int], ...]:
    if not isinstance(given, list | tuple) or len(given) > MOST_SPANS:
        raise BadHours("hours", f"{day}: give at most {MOST_SPANS} spans [from, to].")
    return tuple(sorted(_span_of(day, span) for span in given))


def _span_of(day: str, span: Any) -> tuple[int, int]:
    if not isinstance(span, list | tuple) or len(span) != 2 or not all(isinstance(at, str) for at in span):
        raise BadHours("hours", f"{day}: a span is [from, to], such as ['09:00', '17:00'].")
    if not all(_TIME.fullmatch(at) for at in span) or span[0] == "24:00":
        raise BadHours("hours", f"{day}: times are written HH:MM, from 00:00 to 24:00.")
    begin, end = (int(at[:2]) * 60 + int(at[3:]) for at in span)
    return begin, end if end > begin else end + _MINUTES


def _dates(given: Any) -> frozenset[dt.date]:
    if not isinstance(given, list | tuple) or len(given) > MOST_HOLIDAYS:
        raise BadHours("holidays", f"Give at most {MOST_HOLIDAYS} holidays.")
    try:
        return frozenset(
            dt.date.fromisoformat(one["date"] if isinstance(one, Mapping) else one) for one in given
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadHours("holidays", "A holiday is a date, written YYYY-MM-DD, and a name.") from error


def is_open(calendar: Calendar, at: dt.datetime) -> bool:
    """Whether the team is open at a moment."""
    if calendar.is_always_open:
        return True
    first = next(_spans(calendar, at, at + dt.timedelta(microseconds=1)), None)
    return first is not None and first[0] <= at


def next_opening(calendar: Calendar, at: dt.datetime) -> dt.datetime | None:
    """The first moment from `at` on at which the team is open, `at` itself if it is; None: it never opens again."""
    if calendar.is_always_open:
        return at
    first = next(_spans(calendar, at, at + dt.timedelta(days=HORIZON_DAYS)), None)
    return None if first is None else max(first[0], at)


def open_seconds(calendar: Calendar, begin: dt.datetime, end: dt.datetime) -> float:
    """Seconds between two moments in which the team is open; 0 where they are the other way round."""
    if calendar.is_always_open:
        return max((end - begin).total_seconds(), 0.0)
    clipped = ((max(one, begin), min(other, end)) for one, other in _spans(calendar, begin, end))
    return sum((other - one).total_seconds() for one, other in clipped)


def after_open_seconds(calendar: Calendar, begin: dt.datetime, seconds: float) -> dt.datetime | None:
    """The moment at which so many open seconds have gone by since `begin`; None: not within the horizon."""
    left = dt.timedelta(seconds=seconds)
    if calendar.is_always_open:
        return begin + left
    for one, other in _spans(calendar, begin, begin + dt.timedelta(days=HORIZON_DAYS)):
        one = max(one, begin)
        if other - one >= left:
            return one + left
        left -= other - one
    return None


def _spans(calendar: Calendar, begin: dt.datetime, end: dt.datetime) -> Iterator[Span]:
    """Open spans that touch [begin, end), in order, in UTC, none overlapping another."""
    begin, end = begin.astimezone(dt.UTC), end.astimezone(dt.UTC)
    first = begin.astimezone(calendar.zone).date() - _DAY
    last = end.astimezone(calendar.zone).date()
    days = takewhile(lambda day: day <= last, (first + _DAY * number for number in range(HORIZON_DAYS * 30)))
    latest: dt.datetime | None = None
    for day in days:
        for one, other in _spans_on(calendar, day):
            one = one if latest is None else max(one, latest)
            latest = other if latest is None else max(other, latest)
            if one < other and one < end and other > begin:
                yield one, other


@lru_cache(maxsize=4096)
def _spans_on(calendar: Calendar, day: dt.date) -> tuple[Span, ...]:
    """What is open on a calendar day, and not the day before or after, in UTC."""
    if day in calendar.holidays:
        return ()
    if calendar.week is None:
        found = [(0, _MINUTES)]
    else:
        before, today = calendar.week[(day - _DAY).weekday()], calendar.week[day.weekday()]
        over = [] if day - _DAY in calendar.holidays else [(0, end - _MINUTES) for _, end in before]
        found = sorted([*over, *((one, min(end, _MINUTES)) for one, end in today)])
    return tuple(
        (_moment(calendar.zone, day, one, fold=0), _moment(calendar.zone, day, end, fold=1))
        for one, end in found
        if end > one
    )


def _moment(zone: ZoneInfo, day: dt.date, minutes: int, *, fold: int) -> dt.datetime:
    """A wall time as a moment; one that the clock jumps over is the moment of the jump.

    Args:
        fold: of a time that comes twice, 0 the first and 1 the second.
    """
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    early, late = sorted(wall.replace(tzinfo=zone, fold=one).astimezone(dt.UTC) for one in (0, 1))
    if early == late:
        return early
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return late if fold else early
    while late - early > dt.timedelta(seconds=1):  # the jump lies between: halve until it is found
        middle = early + dt.timedelta(seconds=(late - early).total_seconds() // 2)
        jumped = middle.astimezone(zone).utcoffset() != early.astimezone(zone).utcoffset()
        early, late = (early, middle) if jumped else (middle, late)
    return late
