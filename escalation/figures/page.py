"""The dashboard in the console, the lists behind its numbers, and both as CSV.

Invariant: who may see what is decided here and nowhere else: an agent sees her own teams' queue and her own figures,
everybody else of the team sees all of the tenant's, money too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Forbidden, Invalid, NotFound
from escalation.desk.queries.people import seats_of
from escalation.figures import behind, queries, rolling
from escalation.figures.behind import Thing, Wish
from escalation.figures.charts import Chart, chart_of
from escalation.figures.exporting import as_csv
from escalation.figures.filters import Filters, filters_of
from escalation.figures.numbers import GROUPS, Shown, numbers
from escalation.figures.periods import PRESETS, TITLES, Period, period_of
from escalation.figures.queries import Names, Purse
from escalation.figures.reading import read
from escalation.figures.tables import Shelf, Table, tables
from escalation.figures.words import amount, label_of, money
from tenants.requests import TenantRequest, demand
from tenants.roles import Right, Role

STALE = dt.timedelta(minutes=10)
PAGE = 50
NEARLY = 0.9
MOST_WITH_BARS = 4
"""Columns beside which there is room for a bar."""


class NoSuchTable(NotFound):
    code = "no_such_table"
    default_message = "There is no such table, or your role does not see it."


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and what: `own` sees herself alone."""

    tenant_id: int
    own: bool
    period: Period
    filters: Filters
    problem: str = ""

    @property
    def query(self) -> dict[str, str]:
        return self.period.query | self.filters.query

    def address(self, name: str, **parts: str) -> str:
        return f"{reverse(f'admin:{name}')}?{urlencode(self.query | parts)}"


def reader_of(request: TenantRequest, *, gently: bool = False) -> Reader:
    """Who asks, and for what.

    Args:
        gently: what cannot be understood is said on the page, which shows the usual period meanwhile.

    Raises:
        core.errors.Forbidden, escalation.figures.periods.BadPeriod, escalation.figures.filters.BadFigureFilter
    """
    demand(request.membership, Right.READ_CONVERSATIONS)
    tenant_id, own = request.tenant.pk, request.membership.role == Role.AGENT
    member = request.membership.pk if own else None
    now, zone = timezone.now(), queries.zone_of(tenant_id)
    try:
        period = period_of(request.GET, now=now, zone=zone)
        return Reader(tenant_id, own, period, filters_of(request.GET, member=member))
    except Invalid as error:
        if not gently:
            raise
        return Reader(
            tenant_id, own, period_of({}, now=now, zone=zone), Filters(member=member), error.message
        )


def dashboard(request: Any) -> HttpResponse:
    """The console's first page."""
    reader = reader_of(request, gently=True)
    tenant_id, now = reader.tenant_id, timezone.now()
    sums, before = read(tenant_id, reader.period, reader.filters)
    names = queries.names(tenant_id)
    shown = tables(Shelf(sums, reader.period, names, money=not reader.own, own=reader.own))
    headline = numbers(sums, before, money=not reader.own, own=reader.own)
    talked = bool(sums.found) or queries.has_talked(tenant_id)
    teams = seats_of(tenant_id, request.membership.pk).teams if reader.own else None
    context = {
        **_frame(reader, names),
        "title": _("My figures") if reader.own else _("Dashboard"),
        "groups": _grouped(reader, headline),
        "charts": _charts(shown[0]),
        "tables": [_linked(reader, table) for table in shown],
        "queue": [
            (line, amount(line.longest, "time"))
            for line in queries.queue_now(tenant_id, now=now, teams=teams)
        ],
        "budgets": []
        if reader.own
        else [(one, _purse(one)) for one in queries.budgets_now(tenant_id, now=now)],
        "steps": [] if talked or reader.own else queries.first_steps(tenant_id),
        "is_empty": not talked,
        **_freshness(tenant_id, now),
    }
    return TemplateResponse(
        request, "console/figures/dashboard.html", admin.site.each_context(request) | context
    )


def export(request: Any) -> HttpResponse:
    """One table of the dashboard as CSV.

    Raises:
        NoSuchTable
    """
    reader = reader_of(request)
    sums, _before = read(reader.tenant_id, reader.period, reader.filters)
    shelf = Shelf(sums, reader.period, queries.names(reader.tenant_id), money=not reader.own, own=reader.own)
    table = next((one for one in tables(shelf) if one.key == request.GET.get("table")), None)
    if table is None:
        raise NoSuchTable
    rows = ([row.title, *(cell.value for cell in row.cells)] for row in table.rows)
    return as_csv(f"{table.key}-{reader.period.first}-{reader.period.last}", _units(table), rows)


def behind_page(request: Any) -> HttpResponse:
    """The list behind a number, or that list as CSV.

    Raises:
        core.errors.Forbidden: a number that is not hers to see.
    """
    reader, wish = reader_of(request), behind.wish_of(request.GET)
    if not behind.is_for(wish, reader.filters):
        raise Forbidden
    names = queries.names(reader.tenant_id)
    if request.GET.get("format") == "csv":
        return _exported(reader, wish, names)
    found = behind.page(
        reader.tenant_id,
        wish,
        reader.period.now,
        reader.filters,
        cursor=request.GET.get("cursor", ""),
        limit=PAGE,
    )
    address = wish.query
    rows = [_listed(wish, thing, names, reader.period) for thing in found.things]
    context = {
        **_frame(reader, names),
        "title": _titled(wish, names),
        "rows": rows,
        "sized": any(row["size"] for row in rows),
        "newer": reader.address("figures_behind", **address) if request.GET.get("cursor") else "",
        "older": reader.address("figures_behind", **address, cursor=found.next) if found.next else "",
        "csv": reader.address("figures_behind", **address, format="csv"),
        "back": reader.address("index"),
        "most": behind.MOST_EXPORTED,
    }
    return TemplateResponse(
        request, "console/figures/behind.html", admin.site.each_context(request) | context
    )


def _frame(reader: Reader, names: Names) -> dict[str, Any]:
    """The form of period and filters."""
    filters = reader.filters
    presets = [
        (
            TITLES[name],
            f"{reverse('admin:index')}?{urlencode({'period': name} | filters.query)}",
            name == reader.period.name,
        )
        for name in PRESETS
    ]
    chosen = [_("Team: %s") % names.team(filters.team)] if filters.team is not None else []
    chosen += [_("Channel: %s") % filters.channel] if filters.channel else []
    chosen += [_("Release %s") % filters.release] if filters.release is not None else []
    return {
        "period": reader.period,
        "presets": presets,
        "filters": filters,
        "problem": reader.problem,
        "own": reader.own,
        "names": names,
        "chosen": chosen,
        "dashboard_url": reverse("admin:index"),
        "days": _("%(first)s to %(last)s") % {"first": reader.period.first, "last": reader.period.last},
    }


def _freshness(tenant_id: int, now: dt.datetime) -> dict[str, Any]:
    mark = rolling.counted_up_to(tenant_id)
    return {
        "counted": mark.seen_at if mark else None,
        "is_stale": mark is None or now - mark.seen_at > rolling.MARGIN + STALE,
        "is_rebuilding": bool(mark and mark.rebuild_from),
    }


def _purse(purse: Purse) -> dict[str, str]:
    """A budget in words."""
    nearly = purse.used is not None and purse.used >= NEARLY
    return {
        "spent": money(purse.spent),
        "reserved": money(purse.reserved),
        "left": money(purse.left),
        "limit": money(purse.limit),
        "warning": (_("used up") if not purse.left else _("nearly used up")) if nearly else "",
    }


def _grouped(reader: Reader, headline: list[Shown]) -> list[dict[str, Any]]:
    def link(one: Shown) -> str:
        return reader.address("figures_behind", **one.behind) if one.behind and one.value else ""

    return [
        {"title": GROUPS[group], "key": group, "numbers": [(one, link(one)) for one in found]}
        for group, found in groupby(headline, key=lambda one: one.group)
    ]


def _charts(steps: Table) -> list[Chart]:
    wanted = (
        chart_of(steps, _("Begun and handed over"), "begun", "escalated"),
        chart_of(steps, _("Ended and solved"), "ended", "solved"),
        chart_of(steps, _("Spent on conversations"), "cost"),
        chart_of(steps, _("Taken"), "served"),
    )
    return [one for one in wanted if one is not None]


def _linked(reader: Reader, table: Table) -> dict[str, Any]:
    """A table with addresses for what is behind its cells."""
    rows = [
        (
            row,
            [
                (cell, reader.address("figures_behind", **cell.behind) if cell.behind else "")
                for cell in row.cells
            ],
        )
        for row in table.rows
    ]
    return {
        "table": table,
        "rows": rows,
        "bars": len(table.columns) <= MOST_WITH_BARS and any(row.share is not None for row in table.rows),
        "csv": reader.address("figures_export", table=table.key),
        "folded": table.key == "days",
    }


_UNITS = {"p50_ms": "ms", "p95_ms": "ms", "nanos": "nano-USD", "cost": "nano-USD"}


def _units(table: Table) -> list[str]:
    """Column titles with their units, for programs."""
    titles = zip(table.keys, table.columns, strict=True)
    return [f"{title} ({_UNITS[key]})" if key in _UNITS else title for key, title in titles]


_TITLES: Mapping[str, Any] = {
    "begun": gettext_lazy("Conversations begun"),
    "again": gettext_lazy("Conversations begun again"),
    "ended": gettext_lazy("Conversations that ended"),
    "answered": gettext_lazy("First answers"),
    "escalated": gettext_lazy("Hand-offs"),
    "outcome": gettext_lazy("Hand-offs by outcome"),
    "served": gettext_lazy("Conversations taken"),
    "rated": gettext_lazy("Ratings"),
    "rated_member": gettext_lazy("Ratings of people"),
    "spent": gettext_lazy("Paid calls"),
    "tokens": gettext_lazy("Tokens"),
    "tool": gettext_lazy("Calls of tools"),
    "model": gettext_lazy("Model calls"),
    "guard": gettext_lazy("What guardrails did"),
}
_ALSO = {("ended", "solved"): gettext_lazy("Solved"), ("spent", "live"): "", ("escalated", "wanted"): ""}
_ONLY = {"bad": gettext_lazy("only what went wrong"), "total": gettext_lazy("only what counts")}
_ONLY_OF = {
    ("ended", "bad"): gettext_lazy("who came back within 7 days"),
    ("guard", "total"): gettext_lazy("those that acted"),
    ("escalated", "bad"): gettext_lazy("with a broken promise"),
    ("served", "bad"): gettext_lazy("with a broken promise"),
    ("escalated", "total"): gettext_lazy("the first of each episode"),
}


def _titled(wish: Wish, names: Names) -> str:
    parts = [str(_TITLES[wish.figure])]
    if wish.label is not None:
        also = _ALSO.get((wish.figure, wish.label))
        parts.append(_labelled(wish, wish.label, names) if also is None else str(also))
    if wish.only:
        parts.append(str(_ONLY_OF.get((wish.figure, wish.only), _ONLY[wish.only])))
    return ": ".join(part for part in parts if part)


def _labelled(wish: Wish, label: str, names: Names) -> str:
    return names.member(label) if wish.figure in ("served", "rated_member") else label_of(wish.figure, label)


def _listed(wish: Wish, thing: Thing, names: Names, period: Period) -> dict[str, Any]:
    """A row of the list behind a number."""
    kind = behind.KINDS.get(wish.figure)
    size = (
        amount(thing.total, kind)
        if kind
        else amount(thing.millis, "time")
        if thing.millis is not None
        else ""
    )
    return {
        "at": thing.at.astimezone(ZoneInfo(period.zone)),
        "conversation": thing.conversation,
        "link": f"{reverse('desk')}?{urlencode({'conversation': thing.conversation})}"
        if thing.conversation
        else "",
        "customer": thing.customer or (_("Visitor") if thing.conversation else _("No conversation")),
        "label": _labelled(wish, thing.label, names),
        "team": names.team(thing.team) if thing.team else "",
        "channel": thing.channel,
        "release": thing.release or "",
        "size": size,
        "is_bad": thing.is_bad,
    }


def _exported(reader: Reader, wish: Wish, names: Names) -> HttpResponse:
    head = (
        "at",
        "conversation",
        "customer",
        "label",
        "team",
        "channel",
        "release",
        "went_wrong",
        "total",
        "millis",
    )
    rows = (
        (
            one.at.isoformat(timespec="seconds"), one.conversation, one.customer, _labelled(wish, one.label, names),
            names.team(one.team) if one.team else "", one.channel, one.release or "",
            int(one.is_bad), one.total, one.millis,
        )
        for one in behind.every(reader.tenant_id, wish, reader.period, reader.filters)
    )  # fmt: skip
    return as_csv(f"{wish.figure}-{reader.period.first}-{reader.period.last}", head, rows)
