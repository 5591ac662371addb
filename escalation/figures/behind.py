"""What is behind a number: the things it counts, the newest first, a page at a time, each with its conversation.

Invariant: the same sources as the sums, so a list is as long as its number says; pages are found by key (at, row).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import sql
from core.errors import Invalid
from core.scope import tenant_scope
from escalation.figures.filters import OWN, Filters
from escalation.figures.numbers import APART, SOLVED, TAKEN_OVER
from escalation.figures.periods import Period, Span
from escalation.figures.sources import SOURCES

MOST = 100
MOST_EXPORTED = 20_000
ONLY = {"": "true", "bad": "i.bad", "total": "i.total > 0"}
GROUPED = {("ended", "solved"): SOLVED}
"""Labels that stand for several."""
KINDS: Mapping[str, str] = {
    "spent": "money",
    "tokens": "tokens",
    "model": "tokens",
    "rated": "rating",
    "rated_member": "rating",
}
"""What the total of a figure is, where it is worth showing."""
_LIST = (
    "SELECT i.at, i.row, i.label, i.release, i.team, i.channel, i.bad, i.total, i.ticks, d.public_id::text, "
    "coalesce(nullif(k.name, ''), nullif(k.email, ''), '') FROM ("
    "SELECT * FROM (SELECT %s::bigint AS tenant, %s::timestamptz AS lo, %s::timestamptz AS hi) span "
    "CROSS JOIN LATERAL ({source}) s WHERE true) i "
    "LEFT JOIN conversations_conversation d ON d.tenant_id = %s AND d.id = i.conversation "
    "LEFT JOIN conversations_customer k ON k.tenant_id = d.tenant_id AND k.id = d.customer_id "
    "WHERE {condition} ORDER BY i.at DESC, i.row DESC LIMIT %s"
)


class BadFigure(Invalid):
    code = "bad_figure"
    default_message = f"'figure' is one of {', '.join(SOURCES)}; 'only' is empty, bad or total."


class BadPlace(Invalid):
    code = "bad_cursor"
    default_message = "'cursor' is not one of this list. Start again without it."


@dataclass(frozen=True, slots=True)
class Wish:
    """Which number: a figure, under one label or all, and whether only what went wrong or counts in its total."""

    figure: str
    label: str | None = None
    only: str = ""

    @property
    def query(self) -> dict[str, str]:
        """Its part of an address."""
        parts = {"figure": self.figure, "label": self.label, "only": self.only or None}
        return {name: value for name, value in parts.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that was counted. `millis`: how long it took, where that is measured."""

    at: dt.datetime
    row: int
    label: str
    release: int
    team: int
    channel: str
    is_bad: bool
    total: int
    millis: int | None
    conversation: str | None
    customer: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some things; `next` is the cursor of the page after it, empty at the end."""

    things: list[Thing]
    next: str


def wish_of(asked: Mapping[str, str]) -> Wish:
    """The number that an address names.

    Raises:
        BadFigure
    """
    wish = Wish(asked.get("figure", ""), asked.get("label"), asked.get("only", ""))
    if wish.figure not in SOURCES or wish.only not in ONLY or "\x00" in (wish.label or ""):
        raise BadFigure
    return wish


def is_for(wish: Wish, filters: Filters) -> bool:
    """Whether a reader who sees one member's figures alone may have this list."""
    return filters.member is None or wish.figure in OWN


def page(
    tenant_id: int, wish: Wish, span: Span, filters: Filters, *, cursor: str = "", limit: int = 50
) -> Page:
    """A page of what is behind a number.

    Args:
        cursor: `next` of the page before; limit: most rows.

    Raises:
        BadPlace
    """
    condition, values = filters.condition("i")
    parts = [condition, ONLY[wish.only]]
    if wish.label is not None:
        text, more = _labelled(wish)
        parts.append(text)
        values.extend(more)
    hi = span.hi
    if cursor:
        at, row = _read(cursor)
        parts.append("(i.at, i.row) < (%s, %s)")
        values += [at, row]
        hi = min(hi, at + dt.timedelta(microseconds=1))
    statement = _LIST.format(source=SOURCES[wish.figure].select, condition=" AND ".join(parts))
    with tenant_scope(tenant_id):
        rows = sql.rows(statement, [tenant_id, span.lo, hi, tenant_id, *values, limit + 1])
    things = [Thing(*row) for row in rows[:limit]]
    return Page(things, _written(things[-1]) if len(rows) > limit else "")


def every(tenant_id: int, wish: Wish, period: Period, filters: Filters) -> list[Thing]:
    """All of it for export, up to MOST_EXPORTED."""
    return page(tenant_id, wish, period.now, filters, limit=MOST_EXPORTED).things


def _labelled(wish: Wish) -> tuple[str, list[Any]]:
    if wish.figure == "spent" and wish.label == "live":
        return "NOT i.label = ANY(%s::varchar[])", [list(APART)]
    if wish.figure == "escalated" and wish.label == "wanted":
        return "i.label <> %s", [TAKEN_OVER]
    labels = GROUPED.get((wish.figure, wish.label or ""), (wish.label,))
    return "i.label = ANY(%s::varchar[])", [list(labels)]


def _written(thing: Thing) -> str:
    return base64.urlsafe_b64encode(f"{thing.at.isoformat()}|{thing.row}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, int]:
    try:
        at, _, row = base64.urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment, number = dt.datetime.fromisoformat(at), int(row)
        if moment.tzinfo is None or not 2000 <= moment.year <= 2200 or not 0 <= number < 2**63:
            raise BadPlace
    except (ValueError, binascii.Error) as error:
        raise BadPlace from error
    return moment, number
