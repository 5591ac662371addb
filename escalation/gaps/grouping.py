"""Puts questions together that ask for the same. Pure.

Two questions are alike when they share at least half of their telling words (Jaccard, over words cut to six letters,
so that endings matter less), or when one holds nearly all of a shorter one's. Single pass over the newest first: a
question joins the first group whose first question it is like (leader clustering, Hartigan 1975), so the result does
not depend on anything but the order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

ALIKE, NEARLY_ALL, SEVERAL = 0.5, 0.75, 2
_STEM = 6
_LEAST = 3
_WORD = re.compile(r"[^\W\d_]+|\d+")
_FILLERS = (
    "the and for you your how what when where which who can could does did are was were have has with not this that "
    "about there from will would please hello want need get got its our any out mein meine der die das und ist wie "
    "was wann ich sie ein eine nicht les des une que est pour avec comment los las como por"
)
_EMPTY = frozenset(_FILLERS.split())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was not answered well: `why` is `nothing_found`, `unsure` or `not_answered`."""

    text: str
    why: str
    conversation_id: int
    conversation: UUID
    at: dt.datetime


@dataclass(slots=True)
class Group:
    """Questions alike; `text` is the newest of them."""

    text: str
    words: frozenset[str]
    asked: list[Asked] = field(default_factory=list)

    @property
    def whys(self) -> list[str]:
        return sorted({one.why for one in self.asked})

    @property
    def conversations(self) -> list[Asked]:
        """One question of each conversation, the newest first."""
        return list({one.conversation_id: one for one in reversed(self.asked)}.values())[::-1]

    @property
    def last(self) -> dt.datetime:
        return max(one.at for one in self.asked)


def words_of(text: str) -> frozenset[str]:
    """The telling words of a question, cut to their beginnings."""
    found = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:_STEM] for word in found if len(word) >= _LEAST and word not in _EMPTY)


def grouped(asked: Iterable[Asked]) -> list[Group]:
    """Groups, those with the most conversations first.

    Args:
        asked: the newest first.
    """
    groups: list[Group] = []
    for one in asked:
        words = words_of(one.text)
        found = next((group for group in groups if _are_alike(words, group.words)), None)
        if found is None:
            found = Group(one.text, words)
            groups.append(found)
        found.asked.append(one)
    return sorted(groups, key=lambda group: (-len(group.conversations), -group.last.timestamp()))


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    both, shared = one | other, len(one & other)
    if shared >= SEVERAL and shared >= NEARLY_ALL * min(len(one), len(other)):
        return True
    return bool(both) and shared >= ALIKE * len(both)
