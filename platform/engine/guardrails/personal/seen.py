"""A text with what several recognisers ask of it, each made once, when it is first asked for."""

from __future__ import annotations

import re
from itertools import pairwise

from engine.guardrails.personal.labels import PAPERS, Label, before
from engine.guardrails.personal.vocabulary import PAIRS, UPPER, WORDS

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\W_]+")
# Letters that a pattern takes for others when case does not count, and that `lower` leaves as they are or splits.
_ODD = re.compile(
    "[\u00b5\u0130\u0131\u017f\u0345\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u1c80-\u1c88\u1fbe]"
)

# Endings are compared, since a label is looked for in a window that may begin inside a word.
_PAPERS = tuple(word for word, kind in WORDS.items() if kind in PAPERS)
_SHORTEST = min(map(len, _PAPERS))
_ENDS = frozenset(word[-_SHORTEST:] for word in _PAPERS)
_NAMED = [pair for pair, kind in PAIRS.items() if kind in PAPERS]
_SECONDS = {second: tuple(one for one, other in _NAMED if other == second) for _, second in _NAMED}
_IN_CAPITALS = re.compile(
    rf"(?:{'|'.join(word for word, kind in UPPER.items() if kind in PAPERS)})(?![^\W_])"
)


class Seen:
    """One text on its way through the recognisers.

    Args:
        folded: it in small letters; digits: where digits stand; count: how many there are.
    """

    # By hand: `cached_property` takes a lock, which costs more than most of this does for a sentence.
    __slots__ = ("_labels", "_near", "_papers", "_parts", "_words", "count", "digits", "folded", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = text.lower()
        self.digits = [match.span() for match in _DIGITS.finditer(text)]
        self.count = sum([end - start for start, end in self.digits])
        self._labels: dict[int, Label | None] = {}
        self._near: dict[int, list[tuple[int, int]]] = {}
        self._papers: bool | None = None
        self._parts: list[str] | None = None
        self._words: tuple[frozenset[str], frozenset[str]] | None = None

    @property
    def is_odd(self) -> bool:
        """Whether a word may match a pattern without case although it is not among `folded_words`."""
        return not self.text.isascii() and bool(_ODD.search(self.text))

    @property
    def words(self) -> frozenset[str]:
        return self._both()[0]

    @property
    def folded_words(self) -> frozenset[str]:
        return self._both()[1]

    @property
    def folded_parts(self) -> list[str]:
        """The words in order, cut at underscores as well."""
        if self._parts is None:
            self._parts = [*map(str.lower, _PART.findall(self.text))]
        return self._parts

    @property
    def names_papers(self) -> bool:
        """Whether a label may stand in it that names a document or a national number."""
        if self._papers is None:
            self._papers = self._names_papers()
        return self._papers

    def near(self, around: int) -> list[tuple[int, int]]:
        """The stretches of the text that have a digit not further away than so many characters."""
        found = self._near.get(around)
        if found is None:
            found = self._near[around] = self._stretches(around)
        return found

    def label(self, start: int) -> Label | None:
        """The label nearest to `text[start]` on its left."""
        if start not in self._labels:
            self._labels[start] = before(self.text, start)
        return self._labels[start]

    def _both(self) -> tuple[frozenset[str], frozenset[str]]:
        if self._words is None:
            words = frozenset(_WORD.findall(self.text))
            self._words = words, frozenset(map(str.lower, words))
        return self._words

    def _names_papers(self) -> bool:
        parts = self.folded_parts
        return (
            any(part[-_SHORTEST:] in _ENDS and part.endswith(_PAPERS) for part in parts)
            or any(
                second in _SECONDS and first.endswith(_SECONDS[second]) for first, second in pairwise(parts)
            )
            or bool(_IN_CAPITALS.search(self.text))
        )

    def _stretches(self, around: int) -> list[tuple[int, int]]:
        size = len(self.text)
        if not self.digits or (self.digits[0][0] <= around and size <= around):
            return [(0, size)] if self.digits else []
        found: list[tuple[int, int]] = []
        begin = end = -1
        for first, last in self.digits:
            if begin < 0 or first - around > end:
                if begin >= 0:
                    found.append((begin, end))
                begin = max(0, first - around)
            end = last + around
        found.append((begin, end))
        return [(begin, min(end, size)) for begin, end in found]
