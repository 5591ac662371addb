"""Pieces of a long text that are judged by themselves, so that an attack in its midst is not diluted.

Invariant: together the pieces cover the text; time is linear in its length.
"""

from __future__ import annotations

import re

LONG = 700
SIZE = 420
MOST = 24
_CUT = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s|\n")


def pieces(text: str) -> list[str]:
    """A text of more than `LONG` characters in pieces of about `SIZE`, cut at lines and sentences; else nothing.

    Each piece begins with the last sentence of the one before, where that is short.
    """
    if len(text) <= LONG:
        return []
    found: list[str] = []
    current = last = ""
    for sentence in _sentences(text):
        if current and len(current) + len(sentence) > SIZE:
            found.append(current)
            current = last if len(last) < SIZE // 3 else ""
        current = f"{current}\n{sentence}" if current else sentence
        last = sentence
    return [*found, current]


def _sentences(text: str) -> list[str]:
    found = []
    for sentence in _CUT.split(text):
        found += [sentence[at : at + SIZE] for at in range(0, len(sentence), SIZE)]
    return [sentence for sentence in found if sentence.strip()]
