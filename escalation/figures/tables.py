"""The tables of the dashboard: the same rows on the page, in the export and in the API.

Invariant: a table is made of added-up figures alone; a cell has a plain value for programs and a text for people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from escalation.figures.numbers import SOLVED, is_live, was_wanted
from escalation.figures.periods import Period
from escalation.figures.queries import Names
from escalation.figures.reading import Sum, Sums
from escalation.figures.words import amount, label_of

HALF, MOST = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, its text, and the list behind it, as an address's parts."""

    value: float | str | None
    text: str
    behind: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """`share`: how long its bar is, in percent of the longest; None without a bar."""

    title: str
    cells: tuple[Cell, ...]
    share: float | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: their titles, the row's own first; `keys` name them for programs."""

    key: str
    title: str
    note: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Row, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Shelf:
    """What tables are made of."""

    sums: Sums
    period: Period
    names: Names
    money: bool
    own: bool = False


def tables(shelf: Shelf) -> list[Table]:
    """All tables that this reader may see, in the order of the page."""
    if shelf.own:
        return [_own_steps(shelf), _ratings(shelf, "rated_member")]
    found = [
        _steps(shelf), _endings(shelf), _reasons(shelf), _outcomes(shelf), _times(shelf), _ratings(shelf, "rated"),
        _people(shelf), _languages(shelf), _tools(shelf), _guards(shelf), _models(shelf),
    ]  # fmt: skip
    return [*found, _spending(shelf)] if shelf.money else found


def number(value: float | None, kind: str = "count", behind: Mapping[str, str] | None = None) -> Cell:
    """A cell with a number; nothing is behind a zero."""
    return Cell(value, amount(value, kind), behind if value else None)


def _steps(shelf: Shelf) -> Table:
    columns: list[tuple[str, str, Callable[[dt.datetime], Cell]]] = [
        ("begun", _("Begun"), lambda at: number(shelf.sums.at(at, "begun").count)),
        ("again", _("Begun again"), lambda at: number(shelf.sums.at(at, "again").count)),
        ("ended", _("Ended"), lambda at: number(shelf.sums.at(at, "ended").count)),
        ("solved", _("Solved"), lambda at: number(shelf.sums.at(at, "ended", SOLVED).count)),
        ("escalated", _("Handed over"), lambda at: number(shelf.sums.at(at, "escalated").total)),
    ]
    if shelf.money:
        columns.append(
            ("cost", _("Spent"), lambda at: number(shelf.sums.at(at, "spent", is_live).total, "money"))
        )
    title = _("By the hour") if shelf.period.grain == "hour" else _("By the day")
    return _by_time(shelf, "days", title, columns)


def _own_steps(shelf: Shelf) -> Table:
    columns: list[tuple[str, str, Callable[[dt.datetime], Cell]]] = [
        ("served", _("Taken"), lambda at: number(shelf.sums.at(at, "served").count)),
        ("broken", _("Broken promises"), lambda at: number(shelf.sums.at(at, "served").bad)),
    ]
    title = (
        _("My conversations by the hour")
        if shelf.period.grain == "hour"
        else _("My conversations by the day")
    )
    return _by_time(shelf, "days", title, columns)


def _by_time(
    shelf: Shelf, key: str, title: str, columns: list[tuple[str, str, Callable[[dt.datetime], Cell]]]
) -> Table:
    is_hours = shelf.period.grain == "hour"
    rows = tuple(
        Row(
            step.strftime("%H:%M" if is_hours else "%Y-%m-%d"),
            tuple(make(step) for _key, _title, make in columns),
        )
        for step in steps_of(shelf.period)
    )
    head = (_("Hour") if is_hours else _("Day"), *(one for _key, one, _make in columns))
    return Table(key, title, "", head, ("at", *(one for one, _title, _make in columns)), rows)


def steps_of(period: Period) -> list[dt.datetime]:
    """The hours or days of a period, as they begin in its zone."""
    zone = ZoneInfo(period.zone)
    if period.grain == "hour":
        first = period.now.lo.astimezone(zone)
        hours = int((period.now.hi - period.now.lo).total_seconds() // 3600)
        return [(first + dt.timedelta(hours=one)) for one in range(hours)]
    days = (period.first + dt.timedelta(days=one) for one in range(period.days))
    return [dt.datetime.combine(day, dt.time(), zone) for day in days]


def _endings(shelf: Shelf) -> Table:
    keys = ("confirmed", "assumed", "contained", "reopened", "unsolved", "abandoned")
    found = shelf.sums.labels("ended")
    every = shelf.sums.of("ended").count
    rows = [
        _row("ended", key, found.get(key, Sum()), every, lambda one, key: (
            number(one.count, "count", {"figure": "ended", "label": key}),
            number(one.count / every if every else None, "share"),
            number(one.bad, "count", {"figure": "ended", "label": key, "only": "bad"}),
        ))
        for key in keys
    ]  # fmt: skip
    return Table(
        "endings", _("How conversations ended"),
        _("One that was reopened within 7 days counts as reopened, whatever it was before."),
        (_("Ended"), _("Conversations"), _("Share"), _("Came back within 7 days")),
        ("label", "count", "share", "repeat"), tuple(rows) if every else (),
    )  # fmt: skip


def _reasons(shelf: Shelf) -> Table:
    def cells(one: Sum, label: str) -> tuple[Cell, ...]:
        behind = {"figure": "escalated", "label": label}
        return (
            number(one.count, "count", behind),
            number(one.bad, "count", behind | {"only": "bad"}),
            number(one.quantile(HALF), "time"),
            number(one.quantile(MOST), "time"),
        )

    return _labelled(
        shelf, "escalated",
        Table(
            "reasons", _("Why conversations went to a person"), _("Times are those until a person's first reply."),
            (_("Reason"), _("Hand-offs"), _("Broken promises"), _("Half within"), _("95 % within")),
            ("label", "count", "broken", "p50_ms", "p95_ms"),
        ),
        cells,
    )  # fmt: skip


def _outcomes(shelf: Shelf) -> Table:
    return _labelled(
        shelf, "outcome",
        Table("outcomes", _("What became of hand-offs"), "", (_("Outcome"), _("Hand-offs")), ("label", "count")),
        lambda one, label: (number(one.count, "count", {"figure": "outcome", "label": label}),),
    )  # fmt: skip


def _times(shelf: Shelf) -> Table:
    parts = (
        (_("First answer"), shelf.sums.of("answered"), {"figure": "answered"}),
        (
            _("A person's first reply"),
            shelf.sums.of("escalated", was_wanted),
            {"figure": "escalated", "label": "wanted"},
        ),
        (_("Until solved"), shelf.sums.of("ended", SOLVED), {"figure": "ended", "label": "solved"}),
    )
    rows = tuple(
        Row(
            title,
            (
                number(one.times),
                number(one.quantile(HALF), "time", behind),
                number(one.quantile(MOST), "time", behind),
            ),
        )
        for title, one, behind in parts
    )
    return Table(
        "times", _("How long things take"), _("Right within two percent."),
        (_("Time"), _("Measured"), _("Half within"), _("95 % within")),
        ("label", "count", "p50_ms", "p95_ms"), rows,
    )  # fmt: skip


def _ratings(shelf: Shelf, figure: str) -> Table:
    found = shelf.sums.labels(figure)
    if figure == "rated_member":
        # There the label is the member: only the sum is known.
        every = shelf.sums.of(figure)
        mean = every.total / every.count if every.count else None
        row = Row(_("My ratings"), (number(every.count, "count", {"figure": figure}), number(mean, "rating")))
        head = (_("Rating"), _("Ratings"), _("Mean"))
        return Table(
            "ratings", _("My ratings"), "", head, ("label", "count", "mean"), (row,) if every.count else ()
        )
    every_count = shelf.sums.of(figure).count
    rows = [
        _row(figure, score, found.get(score, Sum()), every_count, lambda one, label: (
            number(one.count, "count", {"figure": figure, "label": label}),
            number(one.count / every_count if every_count else None, "share"),
        ))
        for score in ("5", "4", "3", "2", "1")
    ]  # fmt: skip
    head = (_("Rating"), _("Ratings"), _("Share"))
    return Table(
        "ratings", _("Ratings"), "", head, ("label", "count", "share"), tuple(rows) if every_count else ()
    )


def _people(shelf: Shelf) -> Table:
    rated = shelf.sums.labels("rated_member")
    rows = []
    for label, one in shelf.sums.labels("served").items():
        marks = rated.get(label, Sum())
        cells = (
            number(one.count, "count", {"figure": "served", "label": label}),
            number(one.quantile(HALF), "time"),
            number(one.quantile(MOST), "time"),
            number(one.bad, "count", {"figure": "served", "label": label, "only": "bad"}),
            number(marks.total / marks.count if marks.count else None, "rating"),
            number(marks.count, "count", {"figure": "rated_member", "label": label}),
        )
        rows.append(Row(shelf.names.member(label), cells, key=label))
    head = (
        _("Person"),
        _("Taken"),
        _("First reply, half within"),
        _("95 % within"),
        _("Broken promises"),
        _("Rating"),
        _("Ratings"),
    )
    keys = ("label", "count", "p50_ms", "p95_ms", "broken", "rating", "ratings")
    return Table("people", _("Person by person"), "", head, keys, tuple(rows))


def _languages(shelf: Shelf) -> Table:
    return _labelled(
        shelf, "begun",
        Table("languages", _("Languages"), "", (_("Language"), _("Conversations")), ("label", "count")),
        lambda one, label: (number(one.count, "count", {"figure": "begun", "label": label}),),
    )  # fmt: skip


def _tools(shelf: Shelf) -> Table:
    def cells(one: Sum, label: str) -> tuple[Cell, ...]:
        behind = {"figure": "tool", "label": label}
        return (
            number(one.count, "count", behind),
            number(one.bad, "count", behind | {"only": "bad"}),
            number((one.count - one.bad) / one.count if one.count else None, "share"),
            number(one.quantile(HALF), "time"),
            number(one.quantile(MOST), "time"),
        )

    head = (_("Tool"), _("Calls"), _("Failed"), _("Worked"), _("Half within"), _("95 % within"))
    keys = ("label", "count", "failed", "share", "p50_ms", "p95_ms")
    return _labelled(shelf, "tool", Table("tools", _("Tools"), "", head, keys), cells)


def _guards(shelf: Shelf) -> Table:
    def cells(one: Sum, label: str) -> tuple[Cell, ...]:
        behind = {"figure": "guard", "label": label}
        return number(one.total, "count", behind | {"only": "total"}), number(
            one.bad, "count", behind | {"only": "bad"}
        )

    head = (_("Check"), _("Acted"), _("Failed itself"))
    return _labelled(
        shelf, "guard", Table("guards", _("Guardrails"), "", head, ("label", "acted", "failed")), cells
    )


def _models(shelf: Shelf) -> Table:
    def cells(one: Sum, label: str) -> tuple[Cell, ...]:
        behind = {"figure": "model", "label": label}
        return (
            number(one.count, "count", behind),
            number(one.bad, "count", behind | {"only": "bad"}),
            number(one.total, "tokens"),
        )

    head = (_("Level"), _("Calls"), _("Failed"), _("Tokens"))
    keys = ("label", "count", "failed", "tokens")
    return _labelled(shelf, "model", Table("models", _("Model calls"), "", head, keys), cells)


def _spending(shelf: Shelf) -> Table:
    def cells(one: Sum, label: str) -> tuple[Cell, ...]:
        return number(one.count, "count", {"figure": "spent", "label": label}), number(one.total, "money")

    note = _("Playground and evaluation are metered apart: they are in no cost of a conversation.")
    head = (_("What for"), _("Calls"), _("Cost"))
    table = Table("spending", _("What money was spent on"), note, head, ("label", "count", "nanos"))
    return _labelled(shelf, "spent", table, cells)


def _labelled(
    shelf: Shelf, figure: str, table: Table, cells: Callable[[Sum, str], tuple[Cell, ...]]
) -> Table:
    """A table with a row for each label of a figure."""
    found = shelf.sums.labels(figure)
    longest = max((one.count for one in found.values()), default=0)
    rows = tuple(_row(figure, label, one, longest, cells) for label, one in found.items())
    return Table(table.key, table.title, table.note, table.columns, table.keys, rows)


def _row(
    figure: str, label: str, one: Sum, longest: int, cells: Callable[[Sum, str], tuple[Cell, ...]]
) -> Row:
    return Row(
        label_of(figure, label), cells(one, label), one.count * 100 / longest if longest else 0.0, label
    )
