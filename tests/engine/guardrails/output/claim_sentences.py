"""Sentences that claim a deed, and sentences that do not: written for these tests, in seven languages.

Invariant: nothing was done in the run for which the claims are judged, so each of them is false; each honest sentence
would be true of it.
"""

from __future__ import annotations

from pathlib import Path


def _read() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            found[line[3:]] = []
        else:
            found[list(found)[-1]].append(line)
    return found


_SETS = _read()
CLAIMS = _SETS["CLAIMS"]
HONEST = _SETS["HONEST"]
LATER_CLAIMS = _SETS["LATER_CLAIMS"]
LATER_HONEST = _SETS["LATER_HONEST"]
LATEST_CLAIMS = _SETS["LATEST_CLAIMS"]
LATEST_HONEST = _SETS["LATEST_HONEST"]
