"""Two people's changes to one draft, brought together field by field.

Invariant: pure; nothing that either wrote is dropped without somebody's choice. Three-way merge (Khanna, Kunal,
Pierce, "A formal investigation of diff3", 2007), with a field as the smallest piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.releases.differing import Line, lines, shown
from engine.releases.values import LABELS, Configuration, columns_of

Side = Literal["theirs", "mine"]


@dataclass(frozen=True, slots=True)
class Both:
    """A field that both have changed, each in another way; `theirs` and `mine` as changes of what stood before."""

    field: str
    base: tuple[str, ...]
    theirs: tuple[Line, ...]
    mine: tuple[Line, ...]

    @property
    def label(self) -> Any:
        return LABELS[self.field]


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of it.

    Attributes:
        merged: with every change that only one of them made; where both did, it has theirs.
        theirs, mine: the fields that only they, or only I, have changed.
        conflicts: those that both have.
    """

    merged: Configuration
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    conflicts: tuple[Both, ...]


def merge(base: Configuration, theirs: Configuration, mine: Configuration) -> Merge:
    """Brings two changes of one configuration together."""
    old, their, my = columns_of(base), columns_of(theirs), columns_of(mine)
    only_theirs, only_mine, conflicts = [], [], []
    for name in LABELS:
        if their[name] == my[name]:
            continue
        if my[name] == old[name]:
            only_theirs.append(name)
        elif their[name] == old[name]:
            only_mine.append(name)
        else:
            before, after, own = (shown(name, one[name]) for one in (old, their, my))
            conflicts.append(Both(name, tuple(before), lines(before, after), lines(before, own)))
    merged = replace(theirs, **{name: getattr(mine, name) for name in only_mine})
    return Merge(merged, tuple(only_theirs), tuple(only_mine), tuple(conflicts))


def settled(found: Merge, mine: Configuration, picks: Mapping[str, Side]) -> Configuration | None:
    """The configuration once every conflict has a side; None while one has none."""
    names = [one.field for one in found.conflicts]
    if any(picks.get(name) not in ("theirs", "mine") for name in names):
        return None
    return replace(found.merged, **{name: getattr(mine, name) for name in names if picks[name] == "mine"})
