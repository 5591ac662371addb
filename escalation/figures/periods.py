"""From when to when figures are shown, in days of the tenant's zone, and what they are compared with.

Figures are counted by the hour in UTC; where a zone's day begins within an hour, as India's does, that hour belongs to
the day that begins in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

MOST_DAYS = 400
PRESETS: dict[str, int] = {"today": 1, "7": 7, "28": 28, "90": 90}
TITLES: dict[str, Any] = {
    "today": _("Today"),
    "7": _("7 days"),
    "28": _("28 days"),
    "90": _("90 days"),
    "custom": _("From … to …"),
}
USUAL = "28"
_HOUR = dt.timedelta(hours=1)


class BadPeriod(Invalid):
    code = "bad_period"
    default_message = (
        f"Choose days such as 2026-11-01, the first not after the last, at most {MOST_DAYS} of them, "
        "and none in the future."
    )


@dataclass(frozen=True, slots=True)
class Span:
    """From `lo` to before `hi`, whole hours in UTC."""

    lo: dt.datetime
    hi: dt.datetime


@dataclass(frozen=True, slots=True)
class Period:
    """What is shown. `first` and `last` are days of the zone, the last one included.

    Args:
        before: as long, and just before; today is compared with yesterday up to the same hour.
        grain: "hour" or "day", for charts.
    """

    name: str
    first: dt.date
    last: dt.date
    zone: str
    now: Span
    before: Span

    @property
    def grain(self) -> str:
        return "hour" if self.first == self.last else "day"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def query(self) -> dict[str, str]:
        """Its part of an address."""
        if self.name != "custom":
            return {"period": self.name}
        return {"period": "custom", "from": self.first.isoformat(), "to": self.last.isoformat()}


def period_of(asked: Mapping[str, str], *, now: dt.datetime, zone: str = "UTC") -> Period:
    """The period that an address asks for: `period`, or `from` and `to`.

    Raises:
        BadPeriod
    """
    name = asked.get("period", "") or ("custom" if asked.get("from") or asked.get("to") else USUAL)
    today = now.astimezone(ZoneInfo(zone)).date()
    if name in PRESETS:
        first = today - dt.timedelta(days=PRESETS[name] - 1)
        # A form sends the days along: whoever changed them wants those.
        if all(asked.get(end, str(day)) == str(day) for end, day in (("from", first), ("to", today))):
            return _period(name, first, today, now, zone)
    elif name != "custom":
        raise BadPeriod
    first, last = _day(asked.get("from", "")), _day(asked.get("to", "") or today.isoformat())
    if not first <= last <= today + dt.timedelta(days=1) or (last - first).days >= MOST_DAYS:
        raise BadPeriod
    return _period("custom", first, last, now, zone)


def _period(name: str, first: dt.date, last: dt.date, now: dt.datetime, zone: str) -> Period:
    days = dt.timedelta(days=(last - first).days + 1)
    lo, end = _begin(first, zone), _begin(last + dt.timedelta(days=1), zone)
    hi = min(end, max(_hour(now) + _HOUR, lo))
    earlier = _begin(first - days, zone)
    # An unfinished period is compared with as much of the one before.
    return Period(name, first, last, zone, Span(lo, hi), Span(earlier, min(earlier + (hi - lo), lo)))


def _begin(day: dt.date, zone: str) -> dt.datetime:
    return _hour(dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC))


def _hour(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _day(given: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(given.strip()[:10])
    except ValueError as error:
        raise BadPeriod from error
    if not 2000 <= day.year <= 2200:
        raise BadPeriod
    return day
