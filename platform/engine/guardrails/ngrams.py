"""Word and character n-grams of a text as numbers of a fixed table.

Invariant: the same text gives the same numbers in every process and version of Python: no `hash()`. Time is linear
in the length of the text.

Source: feature hashing, Weinberger et al. 2009; rolling polynomial hashes, Karp and Rabin 1987; the finaliser of
splitmix64, Steele et al. 2014.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.uint32]
Owned = tuple[NDArray[np.int64], Indices]
_U64 = NDArray[np.uint64]
_Number = TypeVar("_Number", np.uint32, np.uint64)

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


def indices_of_each(texts: Sequence[str], shape: Shape) -> tuple[Owned, Owned]:
    """What `indices` gives for each of many texts, in one go: (numbers of the texts, places), texts in order."""
    words: list[int] = []
    ends: list[int] = []
    plains = [_BLANK.sub(" ", text.lower()).strip() for text in texts]
    for plain in plains:
        words.extend(zlib.crc32(w.encode("utf-8", "replace")) for w in _WORD.findall(plain))
        ends.append(len(words))
    raw = "".join(f" {plain} " for plain in plains).encode("utf-32-le", "replace")
    letters = np.frombuffer(raw, np.uint32).astype(np.uint64)
    numbers = np.arange(len(texts))
    by_word = np.repeat(numbers, np.diff([0, *ends]))
    by_letter = np.repeat(numbers, [len(plain) + 2 for plain in plains])
    return (
        _owned(np.asarray(words, np.uint64), by_word, shape.words, shape.bits, 1),
        _owned(letters, by_letter, shape.chars, shape.bits, 2),
    )


def _owned(units: _U64, owners: NDArray[np.int64], lengths: tuple[int, ...], bits: int, salt: int) -> Owned:
    keys: list[_U64] = []
    for length in (length for length in lengths if len(units) >= length):
        first, last = owners[: len(units) - length + 1], owners[length - 1 :]
        places = _hashed(units, length, salt) & np.uint64((1 << bits) - 1)
        keys.append(((first.astype(np.uint64) << np.uint64(bits)) | places)[first == last])
    if not keys:
        return np.empty(0, np.int64), np.empty(0, np.uint32)
    found = _distinct(np.concatenate(keys))
    return (found >> np.uint64(bits)).astype(np.int64), (found & np.uint64((1 << bits) - 1)).astype(np.uint32)


def _places(units: _U64, lengths: tuple[int, ...], bits: int, salt: int) -> Indices:
    found = [_hashed(units, length, salt) for length in lengths if len(units) >= length]
    if not found:
        return np.empty(0, np.uint32)
    return _distinct((np.concatenate(found) & np.uint64((1 << bits) - 1)).astype(np.uint32))


def _distinct(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """`np.unique`, which is four times as slow: it looks for duplicates with a table before it sorts."""
    ranked = np.sort(numbers)
    return ranked[np.concatenate(([True], ranked[1:] != ranked[:-1]))] if len(ranked) else ranked


def _hashed(units: _U64, length: int, salt: int) -> _U64:
    count = len(units) - length + 1
    total = np.full(count, salt * 64 + length, np.uint64)
    for offset in range(length):  # arrays of whole numbers wrap around without a warning
        total = total * _PRIME + units[offset : offset + count]
        total ^= total >> np.uint64(29)
    total = (total ^ (total >> np.uint64(30))) * _MIX_1
    total = (total ^ (total >> np.uint64(27))) * _MIX_2
    result: _U64 = total ^ (total >> np.uint64(31))
    return result
