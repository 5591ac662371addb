"""A list of the console as CSV: the columns it shows, the rows its filters leave, and nothing that a spreadsheet would
take for a program.

Invariant: every page of rows is read inside the scope of the tenant whose member asked; a cell that a spreadsheet
would compute gets an apostrophe (OWASP, "CSV Injection"). The file is written while it is read, a page at a time.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from core.errors import Unprocessable
from core.offload import in_database
from core.scope import require_tenant_id, tenant_scope

MOST_ROWS = 100_000
PAGE = 500
_COMPUTED = frozenset("=+-@\t\r\n|%")
_SPACES = " \u00a0\ufeff"
_BEGINNING = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


class TooManyRows(Unprocessable):
    code = "export_too_large"
    default_message = "This list is too long for one file. Filter it first: a file has 100,000 rows at most."


@dataclass(frozen=True, slots=True)
class _Table:
    """What is written: whose rows, of which list, in which columns."""

    tenant_id: int
    model_admin: Any
    rows: QuerySet[Any]
    columns: tuple[str, ...]
    last: int


def export(model_admin: Any, request: HttpRequest) -> HttpResponseBase:
    """The list as the request's filters and search leave it, as a download.

    Raises:
        TooManyRows
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    try:
        shown = model_admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect("../")
    rows = shown.queryset.order_by("pk")
    count = rows.count()
    if count > MOST_ROWS:
        raise TooManyRows
    columns = tuple(name for name in shown.list_display if name != "action_checkbox")
    newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    table = _Table(require_tenant_id(), model_admin, rows, columns, newest)
    head = [str(label_for_field(name, model_admin.model, model_admin)) for name in columns]
    name = _NOT_A_NAME.sub("-", str(model_admin.opts.verbose_name_plural).lower()).strip("-")
    model_admin.admin_site.exported(request, model_admin.opts.label_lower, count)
    answer = StreamingHttpResponse(_written(table, head), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name or "rows"}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


async def _written(table: _Table, head: Sequence[str]) -> AsyncIterator[bytes]:
    yield (_BEGINNING + _lines([head])).encode()
    after = 0
    while after < table.last:
        after, lines = await in_database(_page, lane="long")(table, after)
        yield lines.encode()


def _page(table: _Table, after: int) -> tuple[int, str]:
    """The lines of the next rows, and the last of them; the end where there are no more."""
    with tenant_scope(table.tenant_id):
        rows = list(table.rows.filter(pk__gt=after, pk__lte=table.last)[:PAGE])
        lines = _lines([cell_of(row, name, table.model_admin) for name in table.columns] for row in rows)
    return (rows[-1].pk if len(rows) == PAGE else table.last), lines


def _lines(rows: Iterable[Sequence[object]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue()


def cell_of(row: Any, name: str, model_admin: Any) -> object:
    """What the list shows of a row in a column, as plain text or a number."""
    try:
        field, _attribute, value = lookup_field(name, row, model_admin)
    except ObjectDoesNotExist:
        return ""
    if field is not None and getattr(field, "choices", None):
        return str(getattr(row, f"get_{field.name}_display")())
    return _plain(value)


def _plain(value: Any) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, SafeString):
        return " ".join(strip_tags(value).split())
    if isinstance(value, tuple) and len(value) == 2:  # a label: its colour and its words
        return str(value[1])
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else value


def safe(cell: object) -> str:
    """A cell's text, with an apostrophe before what a spreadsheet would compute; numbers stay numbers."""
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    text = str(cell).replace("\x00", "")
    begin = unicodedata.normalize("NFKC", text.lstrip(_SPACES)[:1])
    is_computed = text[:1] in _COMPUTED if text else False
    return f"'{text}" if is_computed or (begin and begin in _COMPUTED) else text
