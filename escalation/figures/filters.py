"""Which figures are asked for: of a team, a channel, a release, or of one member alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid

OWN = ("served", "rated_member")
"""Figures that are counted by member."""


class BadFigureFilter(Invalid):
    code = "bad_filter"
    default_message = "'team' and 'release' are numbers; 'channel' is a name such as chat."


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; None and empty: all. `team` 0: what no team has to do with.

    `member` is not the reader's to choose: figures of this member alone are shown.
    """

    team: int | None = None
    channel: str = ""
    release: int | None = None
    member: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """Its part of an address."""
        chosen = {"team": self.team, "channel": self.channel or None, "release": self.release}
        return {name: str(value) for name, value in chosen.items() if value is not None}

    def condition(self, row: str = "f") -> tuple[str, list[Any]]:
        """SQL over a figure's or a source's columns, and its values."""
        parts, values = ["true"], []
        for column, value in (
            ("team", self.team),
            ("channel", self.channel or None),
            ("release", self.release),
        ):
            if value is not None:
                parts.append(f"{row}.{column} = %s")
                values.append(value)
        if self.member is not None:
            parts.append(f"{row}.label = %s")
            values.append(str(self.member))
        return " AND ".join(parts), values


def filters_of(asked: Mapping[str, str], *, member: int | None = None) -> Filters:
    """Filters of an address.

    Raises:
        BadFigureFilter
    """
    channel = asked.get("channel", "").strip()
    if len(channel) > 16 or "\x00" in channel:
        raise BadFigureFilter
    return Filters(_number(asked.get("team", "")), channel, _number(asked.get("release", "")), member)


def _number(given: str) -> int | None:
    if not given.strip():
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 9):
        raise BadFigureFilter
    return int(given)
