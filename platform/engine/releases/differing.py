"""What is different between two configurations: field by field, and of texts line by line.

Invariant: pure; a change is told by words and marks as well as by colour.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from engine.releases.values import LABELS, LIMIT_LABELS, Configuration, columns_of

CONTEXT = 3
_SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=[^\W\d_a-z])")
"""Prompts are often one long line: they are compared sentence by sentence."""
MOST_LINES = 4000
Mark = Literal["same", "add", "del", "gap"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: in both, only in the newer ("add"), only in the older ("del"), or lines left out ("gap")."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs; `lines` for the page, `before` and `after` for the API."""

    field: str
    before: Any
    after: Any
    lines: tuple[Line, ...]

    @property
    def label(self) -> Any:
        return LABELS[self.field]

    @property
    def added(self) -> int:
        return sum(line.mark == "add" for line in self.lines)

    @property
    def removed(self) -> int:
        return sum(line.mark == "del" for line in self.lines)


def changes(before: Configuration, after: Configuration) -> tuple[Change, ...]:
    """The fields that differ, in the order of `values.LABELS`."""
    old, new = columns_of(before), columns_of(after)
    return tuple(
        Change(name, old[name], new[name], lines(shown(name, old[name]), shown(name, new[name])))
        for name in LABELS
        if old[name] != new[name]
    )


def lines(before: Sequence[str], after: Sequence[str]) -> tuple[Line, ...]:
    """Two texts as one, line by line, with what is far from any change left out."""
    matcher = difflib.SequenceMatcher(None, before[:MOST_LINES], after[:MOST_LINES], autojunk=False)
    found: list[Line] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found += _context(before[i1:i2], is_first=not i1, is_last=i2 == len(before))
        else:
            found += [Line("del", text) for text in before[i1:i2]]
            found += [Line("add", text) for text in after[j1:j2]]
    return tuple(found)


def _context(same: Sequence[str], *, is_first: bool, is_last: bool) -> list[Line]:
    head = 0 if is_first else CONTEXT
    tail = 0 if is_last else CONTEXT
    if len(same) <= head + tail + 1:
        return [Line("same", text) for text in same]
    left_out = _("%(count)s lines unchanged") % {"count": len(same) - head - tail}
    ends = [Line("same", text) for text in same[len(same) - tail :]] if tail else []
    return [*(Line("same", text) for text in same[:head]), Line("gap", left_out), *ends]


def shown(field: str, value: Any) -> list[str]:
    """A field's value as lines for people."""
    match field, value:
        case "prompt", str():
            return [part for line in value.splitlines() for part in _SENTENCE_END.split(line)]
        case "tools" | "sources", None:
            return [_("All")]
        case "temperature", None:
            return [_("The model's own")]
        case "guidelines", list():
            return [f"{number}. {one['when']} → {one['do']}" for number, one in enumerate(value, start=1)]
        case "limits", dict():
            return [f"{label}: {_plain(value.get(name))}" for name, label in LIMIT_LABELS.items()]
        case _:
            return _variables(value) if field == "variables" else _lines_of(value)


def _variables(value: dict[str, str]) -> list[str]:
    return [f"{{{name}}} = {text}" for name, text in value.items()]


def _lines_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True).splitlines() if value else []
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return value.splitlines() if isinstance(value, str) else [_plain(value)]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def summary(found: Sequence[Change]) -> dict[str, list[int]]:
    """For the ledger: field -> lines added and removed, without what was written."""
    return {one.field: [one.added, one.removed] for one in found}
