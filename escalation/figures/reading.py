"""Reads figures of a period, added up from hours.

Invariant: reads the counted hours alone, of the tenant in scope, in two statements a period whatever has happened: of
whole days where there are any, and of the hours around them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core import sql
from core.scope import tenant_scope
from escalation.figures import histograms
from escalation.figures.filters import OWN, Filters
from escalation.figures.periods import Period, Span

_PART = "SELECT * FROM {table} f WHERE f.tenant_id = %s AND f.hour >= %s AND f.hour < %s AND {condition}"
# An hour belongs to the day that begins in it.
_SUMS = (
    "SELECT date_trunc(%s, f.hour + interval '59 minutes', %s), f.name, f.label, sum(f.count)::bigint, "
    "sum(f.bad)::bigint, sum(f.total)::bigint FROM ({parts}) f GROUP BY 1, 2, 3"
)
_BARS = (
    "SELECT f.name, f.label, b.bucket, sum(b.n)::bigint FROM ({parts}) f, unnest(f.buckets, f.counts) AS b(bucket, n) "
    "GROUP BY 1, 2, 3"
)
_HOURS, _DAYS = "escalation_figure", "escalation_figureday"


@dataclass(slots=True)
class Sum:
    """One figure under one label: how many, how many of them bad, their total and the histogram of their times."""

    count: int = 0
    bad: int = 0
    total: int = 0
    bars: dict[int, int] = field(default_factory=dict)

    def add(self, other: Sum) -> None:
        self.count, self.bad, self.total = (
            self.count + other.count,
            self.bad + other.bad,
            self.total + other.total,
        )
        for bucket, number in other.bars.items():
            self.bars[bucket] = self.bars.get(bucket, 0) + number

    def quantile(self, share: float) -> float | None:
        """Milliseconds, within two percent."""
        return histograms.quantile(self.bars, share)

    @property
    def times(self) -> int:
        """How many have a time."""
        return sum(self.bars.values())


@dataclass(slots=True)
class Sums:
    """All figures of a span; `steps` are its hours or days with their own sums, without histograms."""

    found: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    steps: dict[dt.datetime, dict[tuple[str, str], Sum]] = field(default_factory=dict)

    def labels(self, name: str) -> dict[str, Sum]:
        """A figure by label, the most frequent first."""
        rows = {label: one for (known, label), one in self.found.items() if known == name}
        return dict(sorted(rows.items(), key=lambda item: (-item[1].count, item[0])))

    def of(self, name: str, wanted: Iterable[str] | Callable[[str], bool] | None = None) -> Sum:
        """A figure over some labels, or over all."""
        return _added(self.found, name, wanted)

    def at(
        self, step: dt.datetime, name: str, wanted: Iterable[str] | Callable[[str], bool] | None = None
    ) -> Sum:
        """A figure in one hour or day."""
        return _added(self.steps.get(step, {}), name, wanted)


def _added(
    found: Mapping[tuple[str, str], Sum], name: str, wanted: Iterable[str] | Callable[[str], bool] | None
) -> Sum:
    chosen = None if wanted is None or callable(wanted) else frozenset(wanted)
    whole = Sum()
    for (known, label), one in found.items():
        fits = chosen is None or label in chosen
        if known == name and (wanted(label) if callable(wanted) else fits):
            whole.add(one)
    return whole


def read(tenant_id: int, period: Period, filters: Filters) -> tuple[Sums, Sums]:
    """The figures of a period, and those of the one before."""
    with tenant_scope(tenant_id):
        now = _read(
            tenant_id, period.now, filters, (period.grain, period.zone if period.grain == "day" else "UTC")
        )
        before = _read(tenant_id, period.before, filters, ("century", "UTC"))
    return now, before


def _read(tenant_id: int, span: Span, filters: Filters, steps: tuple[str, str]) -> Sums:
    grain, zone = steps
    days = _parts(tenant_id, span, filters, by_day=True)
    # Days of another zone are made of hours.
    parts = (
        days if grain == "century" or (grain, zone) == ("day", "UTC") else _parts(tenant_id, span, filters)
    )
    sums = Sums()
    for step, name, label, count, bad, total in sql.rows(_SUMS.format(parts=parts[0]), [*steps, *parts[1]]):
        one = Sum(count, bad, total)
        sums.steps.setdefault(step, {})[name, label] = one
        sums.found[name, label].add(one)
    for name, label, bucket, number in sql.rows(_BARS.format(parts=days[0]), days[1]):
        sums.found[name, label].bars[bucket] = number
    return sums


def _parts(tenant_id: int, span: Span, filters: Filters, *, by_day: bool = False) -> tuple[str, list[Any]]:
    """The rows of a span: its hours, or its whole days in UTC and the hours around them."""
    first, last = _day_after(span.lo - _MOMENT), _day_after(span.hi) - _DAY
    whole = [(_HOURS, span.lo, span.hi)]
    if by_day and first < last:
        whole = [(_DAYS, first, last), (_HOURS, span.lo, first), (_HOURS, last, span.hi)]
    condition, more = filters.condition()
    if filters.member is not None:
        condition += f" AND f.name IN {OWN}"
    used = [one for one in whole if one[1] < one[2]] or whole
    text = " UNION ALL ".join(_PART.format(table=table, condition=condition) for table, _lo, _hi in used)
    return text, [value for _table, lo, hi in used for value in (tenant_id, lo, hi, *more)]


_DAY, _MOMENT = dt.timedelta(days=1), dt.timedelta(microseconds=1)


def _day_after(moment: dt.datetime) -> dt.datetime:
    """The beginning of the next day in UTC."""
    return moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
