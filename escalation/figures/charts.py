"""Bars over time as numbers for a drawing: places and heights in percent, so that no style or script is needed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from escalation.figures.tables import Table

GAP = 0.22


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in percent of the drawing; `title` is what it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one or two columns of a table; `ticks` are the texts below: the first, the middle and the last."""

    title: str
    summary: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    top: str
    ticks: tuple[str, ...]


def chart_of(table: Table, title: str, *keys: str) -> Chart | None:
    """A chart of columns of a table over time; None where there is nothing to draw."""
    places = [table.keys.index(key) - 1 for key in keys if key in table.keys]
    values = [[float(row.cells[place].value or 0) for place in places] for row in table.rows]
    highest = max((value for row in values for value in row), default=0)
    if not highest:
        return None
    bars = tuple(
        _bar(table, (number, series, place), len(places), values[number][series] / highest)
        for number in range(len(table.rows))
        for series, place in enumerate(places)
    )
    names = tuple(table.columns[place + 1] for place in places)
    top = next(row.cells[p].text for row, had in zip(table.rows, values, strict=True)
               for p, value in zip(places, had, strict=True) if value == highest)  # fmt: skip
    titles = [row.title for row in table.rows]
    ticks = tuple(dict.fromkeys((titles[0], titles[len(titles) // 2], titles[-1])))
    return Chart(title, _summary(table, places, names), names, bars, top, ticks)


def _bar(table: Table, at: tuple[int, int, int], series: int, share: float) -> Bar:
    number, one, place = at
    slot = 100 / len(table.rows)
    width = slot * (1 - GAP) / series
    height = round(max(share * 100, 1.0 if share else 0), 2)
    row = table.rows[number]
    title = f"{row.title}: {table.columns[place + 1]} {row.cells[place].text}"
    x = slot * number + slot * GAP / 2 + width * one
    return Bar(round(x, 3), round(100 - height, 2), round(width, 3), height, one + 1, title)


def _summary(table: Table, places: list[int], names: tuple[str, ...]) -> str:
    """What the drawing shows, for who does not see it."""
    said = []
    for place, name in zip(places, names, strict=True):
        best = max(table.rows, key=lambda row, place=place: float(row.cells[place].value or 0))  # type: ignore[misc]
        said.append(_("%(name)s: most at %(when)s with %(much)s") % {
            "name": name, "when": best.title, "much": best.cells[place].text,
        })  # fmt: skip
    return "; ".join(said)
