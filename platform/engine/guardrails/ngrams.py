"""Word and character n-grams of a text as numbers of a fixed table.

Invariant: the same text gives the same numbers in every process and version of Python: no `hash()`. Time is linear
in the length of the text.

Source: feature hashing, Weinberger et al. 2009; rolling polynomial hashes, Karp and Rabin 1987; the finaliser of
splitmix64, Steele et al. 2014.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.uint32]
_U64 = NDArray[np.uint64]

_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_WORD = re.compile(r"\w+|[^\w\s]")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which n-grams are taken.

    Args:
        words: lengths in words (punctuation marks are words); chars: lengths in characters, blanks included.
        bits: the table has `2 ** bits` places; the same n-gram always has the same one.
    """

    words: tuple[int, ...] = (1, 2, 3)
    chars: tuple[int, ...] = (2, 3, 4, 5)
    bits: int = 18


def indices(text: str, shape: Shape) -> tuple[Indices, Indices]:
    """The places of a text's word n-grams and of its character n-grams, each once, in rising order.

    Case and the amount of white space do not count.
    """
    plain = _BLANK.sub(" ", text.lower()).strip()
    words = np.fromiter((zlib.crc32(w.encode("utf-8", "replace")) for w in _WORD.findall(plain)), np.uint64)
    letters = np.frombuffer(f" {plain} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    return _places(words, shape.words, shape.bits, 1), _places(letters, shape.chars, shape.bits, 2)


def _places(units: _U64, lengths: tuple[int, ...], bits: int, salt: int) -> Indices:
    found = [_hashed(units, length, salt) for length in lengths if len(units) >= length]
    if not found:
        return np.empty(0, np.uint32)
    return np.unique((np.concatenate(found) & np.uint64((1 << bits) - 1)).astype(np.uint32))


def _hashed(units: _U64, length: int, salt: int) -> _U64:
    count = len(units) - length + 1
    total = np.full(count, salt * 64 + length, np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(length):
            total = total * _PRIME + units[offset : offset + count]
            total ^= total >> np.uint64(29)
        total = (total ^ (total >> np.uint64(30))) * _MIX_1
        total = (total ^ (total >> np.uint64(27))) * _MIX_2
    result: _U64 = total ^ (total >> np.uint64(31))
    return result
