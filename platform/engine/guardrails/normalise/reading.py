"""The text as a person would read it, with counts of what was odd about it.

Invariant: line breaks survive; nothing that an honest word of any script needs is lost to the eye.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.guardrails.normalise import layers, letters
from engine.guardrails.normalise.layers import Layer

LIMIT = 20_000
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_LINES = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{3,}")
_LETTER, _UPPER, _DIGIT, _BLANK, _SIGN, _FOREIGN = range(6)


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a check should look at.

    Args:
        original: as it came.
        text: NFKC, look-alikes as Latin letters, nothing invisible, white space collapsed, line breaks kept.
        layers: what was hidden in it and could be decoded.
        signals: counts (`invisible`, `tags`, `mixed_words`, `folded_words`, `unseen` characters, `lines`, `length`) and
            shares of the text from 0 to 1 (`upper`, `digits`, `signs`, `foreign`, that is: beyond Latin).
    """

    original: str
    text: str
    layers: tuple[Layer, ...]
    signals: Mapping[str, float]


def normalise(text: str, *, limit: int = LIMIT) -> Normalised:
    """Undoes what hides a text's meaning.

    Args:
        limit: characters looked at; of a longer text the first three quarters of them and the last quarter.
    """
    looked, unseen = _cut(text, limit)
    plain = letters.compatible(looked)
    plain, invisible = (plain, 0) if _printable(plain) else letters.seen(plain)
    plain, mixed, folded = letters.unmasked(plain)
    uncollapsed = plain if plain.isascii() and "\r" not in plain else _BREAKS.sub("\n", plain)
    plain = _collapsed(uncollapsed)[: 2 * limit]
    counts = {
        "invisible": float(invisible),
        "tags": 0.0 if looked.isascii() else float(len(letters.TAGS.findall(looked))),
        "mixed_words": float(mixed),
        "folded_words": float(folded),
        "unseen": float(unseen),
    }
    found = layers.uncover(looked, uncollapsed[: 2 * limit])
    return Normalised(text, plain, found, MappingProxyType({**counts, **_shares(plain)}))


def _cut(text: str, limit: int) -> tuple[str, int]:
    if len(text) <= limit:
        return text, 0
    tail = limit // 4
    return f"{text[: limit - tail]}\n{text[len(text) - tail :]}", len(text) - limit


def _printable(text: str) -> bool:
    return text.isascii() and text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable()


def _collapsed(text: str) -> str:
    if not text.isascii() or "  " in text or "\t" in text:
        text = _BLANKS.sub(" ", text)
    if "\n" in text:
        text = _GAPS.sub("\n\n", _LINES.sub("\n", text))
    return text.strip()


def _classes() -> NDArray[np.uint8]:
    table = np.full(128, _SIGN, np.uint8)
    for code in range(128):
        sign = chr(code)
        if sign.isalpha():
            table[code] = _UPPER if sign.isupper() else _LETTER
        elif sign.isdigit():
            table[code] = _DIGIT
        elif sign.isspace():
            table[code] = _BLANK
    return table


_CLASSES = _classes()


def _shares(text: str) -> dict[str, float]:
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    ascii_codes = codes[codes < 128]
    counts = np.bincount(_CLASSES[ascii_codes], minlength=6) if len(codes) else np.zeros(6, np.int64)
    other = codes[codes >= 128]
    accented = int(np.count_nonzero((other >= 0xC0) & (other < 0x250)))
    signs = int(
        np.count_nonzero((other < 0xC0) | ((other >= 0x2000) & (other < 0x2C00)) | (other >= 0x1F000))
    )
    known = int(counts[_LETTER] + counts[_UPPER]) + accented
    length = max(1, len(codes))
    return {
        "length": float(len(codes)),
        "lines": float(text.count("\n") + 1),
        "upper": float(counts[_UPPER]) / max(1, known),
        "digits": float(counts[_DIGIT]) / length,
        "signs": (float(counts[_SIGN]) + signs) / length,
        "foreign": (len(other) - accented - signs) / length,
    }
