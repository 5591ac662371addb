"""Tables as CSV that no spreadsheet takes for a program.

Invariant: a cell that a spreadsheet would compute (one that begins with =, +, -, @, a tab or a line's end, after spaces
and in wide forms too) gets an apostrophe; plain numbers stay numbers. Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_STARTS = frozenset("=+-@\t\r\n|%")


def safe(cell: object) -> str:
    """A cell's text, with an apostrophe before what would be computed."""
    text = "" if cell is None else str(cell).replace("\x00", "")
    begin = unicodedata.normalize("NFKC", text.lstrip(" \u00a0\ufeff")[:1])
    if _NUMBER.fullmatch(text) or (not (begin in _STARTS and begin) and text[:1] not in _STARTS):
        return text
    return f"'{text}"


def as_csv(name: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A file to be downloaded; `name` without its ending."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow([safe(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
