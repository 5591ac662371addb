"""Texts as they are compared: without case, accents and the many forms of one character.

Invariant: total over every str, and a text is cut into words in the same way wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata

# Latin letters and digits by themselves: Chinese and Japanese put no gap between a word and a number. From Devanagari
# to Burmese, signs between the letters belong to the word.
_WORD = re.compile(r"[a-z0-9]+|(?:[^\W_a-z0-9]|[\u0900-\u109f])+")


def plain(text: str) -> str:
    """A text without case, accents and the many forms of one character."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in folded if not unicodedata.combining(one))


def words_of(text: str) -> list[str]:
    """The words of a plain text."""
    return _WORD.findall(text)
