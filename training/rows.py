"""Reads labelled rows and cuts them by source."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(
    os.environ.get("SWITCHBOARD_DATA", Path(__file__).resolve().parents[2] / "shared" / "data" / "dev")
)


@dataclass(frozen=True, slots=True)
class Row:
    """A text, its label, the collection it comes from, and whatever else its line had."""

    id: str
    text: str
    label: str
    source: str
    more: dict[str, Any]


def read(kind: str) -> list[Row]:
    """The rows of `KIND.jsonl`; `SWITCHBOARD_DATA` names another folder."""
    with (DATA / f"{kind}.jsonl").open(encoding="utf-8") as lines:
        return [_row(json.loads(line)) for line in lines]


def leaving_out(rows: list[Row]) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """For each source: its name, all other rows to train on, its own rows to judge."""
    for source in sorted({row.source for row in rows}):
        rest = [row for row in rows if row.source != source]
        yield source, rest, [row for row in rows if row.source == source]


def _row(fields: dict[str, Any]) -> Row:
    known = {name: fields.pop(name) for name in ("id", "text", "label", "source")}
    return Row(**known, more=fields)
