"""A text as plain words: case, accents, contractions and the usual short forms of chats do not count.

Invariant: time is linear in the length of the text; any text is taken, whatever characters it has.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ODD = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "’": "'", "‘": "'", "´": "'", "`": "'"}
)
_CONTRACTION = re.compile(r"'(?<=[a-z]')(?=(?:t|d|m|s|re|ve|ll)\b)")
_WORD = re.compile(r"[^\s!-+\--/:-@\[-`{-~…„“”«»¿¡、。！？：；・（）「」–—,，।؟،؛]+|[,，;；،、]")
_SENTENCE = re.compile(r"[!?\n…。！？।؟\r]+|\.+(?=\s|$)|\.{2,}")
_REPEATED = re.compile(r"([a-z])\1{2,}")


def fold(text: str) -> str:
    """The text in lower case, without accents; Hangul stays in syllables."""
    low = text.casefold()
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFKD", low)
    bare = apart.translate(
        {ord(sign): None for sign in set(apart) if unicodedata.category(sign) in ("Mn", "Cf")}
    )
    return unicodedata.normalize("NFC", bare).translate(_ODD)


def sentences(folded: str) -> list[str]:
    """Cuts a folded text at full stops, question and exclamation marks and line ends."""
    return [part for part in _SENTENCE.split(_CONTRACTION.sub("", folded)) if part.strip()]


@lru_cache(maxsize=4)
def words_of(sentence: str) -> tuple[str, ...]:
    """The words of a folded sentence; a comma or semicolon is a word, `,`."""
    calm = _REPEATED.sub(r"\1", sentence) if sentence.isascii() else sentence
    return tuple(["," if word in ",，;；،、" else word for word in _WORD.findall(calm)])
