"""Puts values back into an answer while it is still being written.

Invariant: however the answer is cut into pieces, what comes out joined equals `unmask` of the whole; no more is held
back than what may still become a placeholder.
"""

from __future__ import annotations

import re

from engine.guardrails.masking.masks import Masks
from engine.guardrails.masking.replacing import CLOSERS, OPENERS, WORDS, unmask

_LONGEST = 48
_OPENER_HEADS = frozenset(opener[:size] for opener in OPENERS for size in range(1, len(opener)))
_CLOSER_HEADS = frozenset(closer[:size].lower() for closer in CLOSERS for size in range(len(closer)))
_OPENER = re.compile("|".join(map(re.escape, OPENERS)), re.IGNORECASE)
_FIRST = re.compile("[" + re.escape("".join(sorted({opener[0] for opener in OPENERS}))) + "]")
_TAIL = re.compile(r"(?:\\?[_ \-]?|\\?[_ \-]\d{1,6}(?: ?([^\d ]{0,6})| ))\Z", re.ASCII)


class Unmasker:
    """Feed it the pieces of an answer; `flush` gives what is left at the end."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._held = ""

    def feed(self, piece: str) -> str:
        """The text that is certain by now."""
        if not self._masks.entries:
            return piece
        text = self._held + piece
        cut = _safe(text)
        self._held = text[cut:]
        return unmask(text[:cut], self._masks)

    def flush(self) -> str:
        """The rest, at the end of the answer."""
        text, self._held = self._held, ""
        return unmask(text, self._masks)


def _safe(text: str) -> int:
    """How many characters cannot be part of a placeholder that has only begun."""
    for opener in _FIRST.finditer(text, max(0, len(text) - _LONGEST)):
        if _begun(text[opener.start() :]):
            return opener.start()
    return len(text)


def _begun(tail: str) -> bool:
    if tail.lower() in _OPENER_HEADS:
        return True
    opener = _OPENER.match(tail)
    if opener is None:
        return False
    rest = tail[opener.end() :]
    rest = rest.removeprefix(" ").lower()
    return any(_fits(rest, word) for word in WORDS)


def _fits(rest: str, word: str) -> bool:
    """Whether the text behind the opener may go on to a word, a number and a closer."""
    at = 0
    for sign in word:
        if at == len(rest):
            return True
        if sign == "_":
            if rest[at] == "\\":
                at += 1
                if at == len(rest):
                    return True
            if rest[at] not in "_ -":
                return False
        elif rest[at] != sign:
            return False
        at += 1
    end = _TAIL.fullmatch(rest, at)
    return end is not None and (end.group(1) or "") in _CLOSER_HEADS
