"""Sections to pieces small enough to embed and to quote.

Invariant: no word of a section is lost or doubled, and a piece never crosses a heading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from semantic_text_splitter import TextSplitter

from engine.knowledge.extract.sections import Section

# Characters. The embedding model reads 256 tokens, about 1,000 characters of English.
_WISHED = 700
_MOST = 1000
_MOST_OF_AN_ANSWER = 4000
BETWEEN_HEADINGS = " › "


@dataclass(frozen=True, slots=True)
class Piece:
    """What becomes a chunk. `heading` is the whole path; `question` is set where `text` answers one."""

    text: str
    heading: str = ""
    question: str = ""


def pieces(sections: Iterable[Section]) -> list[Piece]:
    """Splits sections at the largest natural borders that fit 1,000 characters.

    An answer to a question stays whole up to 4,000 characters; each piece of a longer one keeps the question.
    """
    return [
        Piece(part, BETWEEN_HEADINGS.join(section.headings), section.question)
        for section in sections
        for part in _split(section)
    ]


def _split(section: Section) -> list[str]:
    if len(section.text) <= (_MOST_OF_AN_ANSWER if section.question else _MOST):
        return [section.text]
    return [part for part in _splitter().chunks(section.text) if part.strip()]


@cache
def _splitter() -> TextSplitter:
    return TextSplitter((_WISHED, _MOST))
