"""Word and character n-grams of a text as numbers of a fixed table.

Invariant: the same text gives the same numbers in every process and version of Python: no `hash()`. Time is linear
in the length of the text.

Source: feature hashing, Weinberger et al. 2009; rolling polynomial hashes, Karp and Rabin 1987; the finaliser of
splitmix64, Steele et al. 2014.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
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
_27, _29, _30, _31 = (np.uint64(bits) for bits in (27, 29, 30, 31))
_WORDS, _LETTERS = 1, 2
"""Salts: a word and a letter of the same number are two things."""
_WORD = re.compile(r"\w+|[^\w\s]")
_ASCII_WORD = re.compile(rb"\w+|[^\w\s]")
_MANY = 3_000
"""Numbers from which a table finds the distinct ones sooner than sorting does."""
_remembered = threading.local()


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
    plain = " ".join(text.lower().split())
    kept: dict[str, _Hashes] | None = getattr(_remembered, "texts", None)
    hashes = kept.get(plain) if kept is not None else None
    if hashes is None:
        hashes = _Hashes(plain)
        if kept is not None:
            kept[plain] = hashes
    hashes.make(shape)
    return _places(hashes.words, shape.words, shape.bits), _places(hashes.letters, shape.chars, shape.bits)


@contextmanager
def remembering() -> Iterator[None]:
    """Within it, in this thread, n-grams that several classifiers take of the same text are hashed once."""
    before = getattr(_remembered, "texts", None)
    _remembered.texts = {}
    try:
        yield
    finally:
        _remembered.texts = before


class _Hashes:
    """The hashed n-grams of one text, by their length."""

    __slots__ = ("_plain", "letters", "words")

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self.words: dict[int, _U64] = {}
        self.letters: dict[int, _U64] = {}

    def make(self, shape: Shape) -> None:
        """Hashes the lengths of a shape that are not there yet, all of them together."""
        wanted: list[tuple[dict[int, _U64], int, int, _U64]] = []
        if words := [length for length in shape.words if length not in self.words]:
            units = _word_units(self._plain)
            wanted += [(self.words, _WORDS, length, units) for length in words]
        if chars := [length for length in shape.chars if length not in self.letters]:
            units = _letter_units(f" {self._plain} ")
            wanted += [(self.letters, _LETTERS, length, units) for length in chars]
        _hash_together(wanted)


def _hash_together(wanted: list[tuple[dict[int, _U64], int, int, _U64]]) -> None:
    """Hashes all n-grams of each (where they are put, salt, length, units): in one array, since calls cost more than
    numbers do in a short text.
    """
    wanted.sort(key=lambda one: -one[2])  # those that take one more unit are a beginning of the array
    counts = [max(len(units) - length + 1, 0) for _, _, length, units in wanted]
    ends = [*accumulate(counts)]
    begins = [end - count for end, count in zip(ends, counts, strict=True)]
    total = np.empty(sum(counts), np.uint64)
    for (_, salt, length, _), begin, end in zip(wanted, begins, ends, strict=True):
        total[begin:end] = salt * 64 + length
    spare = np.empty_like(total)
    for offset in range(wanted[0][2] if wanted else 0):
        upto = 0
        for (_, _, length, units), begin, end in zip(wanted, begins, ends, strict=True):
            if length > offset:
                upto = end
                spare[begin:end] = units[offset : offset + end - begin]
        some, free = total[:upto], spare[:upto]
        np.multiply(some, _PRIME, out=some)
        np.add(some, free, out=some)
        np.right_shift(some, _29, out=free)
        np.bitwise_xor(some, free, out=some)
    _finish(total, spare)
    for (place, _, length, _), begin, end in zip(wanted, begins, ends, strict=True):
        place[length] = total[begin:end]


def _finish(total: _U64, spare: _U64) -> None:
    for shift, factor in ((_30, _MIX_1), (_27, _MIX_2)):
        np.right_shift(total, shift, out=spare)
        np.bitwise_xor(total, spare, out=total)
        np.multiply(total, factor, out=total)
    np.right_shift(total, _31, out=spare)
    np.bitwise_xor(total, spare, out=total)


def _word_units(plain: str) -> _U64:
    if plain.isascii():
        return np.array([*map(zlib.crc32, _ASCII_WORD.findall(plain.encode()))], np.uint64)
    crc = zlib.crc32
    return np.array([crc(word.encode("utf-8", "replace")) for word in _WORD.findall(plain)], np.uint64)


def _letter_units(text: str) -> _U64:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)


def indices_of_each(texts: Sequence[str], shape: Shape) -> tuple[Owned, Owned]:
    """What `indices` gives for each of many texts, in one go: (numbers of the texts, places), texts in order."""
    words: list[_U64] = []
    ends: list[int] = []
    plains = [" ".join(text.lower().split()) for text in texts]
    for plain in plains:
        words.append(_word_units(plain))
        ends.append(len(words[-1]) + (ends[-1] if ends else 0))
    letters = _letter_units("".join(f" {plain} " for plain in plains))
    numbers = np.arange(len(texts))
    by_word = np.repeat(numbers, np.diff([0, *ends]))
    by_letter = np.repeat(numbers, [len(plain) + 2 for plain in plains])
    return (
        _owned(np.concatenate([np.empty(0, np.uint64), *words]), by_word, shape.words, shape.bits, _WORDS),
        _owned(letters, by_letter, shape.chars, shape.bits, _LETTERS),
    )


def _owned(units: _U64, owners: NDArray[np.int64], lengths: tuple[int, ...], bits: int, salt: int) -> Owned:
    keys: list[_U64] = []
    hashes: dict[int, _U64] = {}
    _hash_together([(hashes, salt, length, units) for length in lengths if len(units) >= length])
    for length, found in hashes.items():
        first, last = owners[: len(units) - length + 1], owners[length - 1 :]
        places = found & np.uint64((1 << bits) - 1)
        keys.append(((first.astype(np.uint64) << np.uint64(bits)) | places)[first == last])
    if not keys:
        return np.empty(0, np.int64), np.empty(0, np.uint32)
    found = _distinct(np.concatenate(keys))
    return (found >> np.uint64(bits)).astype(np.int64), (found & np.uint64((1 << bits) - 1)).astype(np.uint32)


def _places(hashes: dict[int, _U64], lengths: tuple[int, ...], bits: int) -> Indices:
    found = [hashes[length] for length in lengths]
    together = np.concatenate(found) if found else np.empty(0, np.uint64)
    together &= np.uint64((1 << bits) - 1)
    if len(together) < _MANY:
        return _distinct(together.astype(np.uint32))
    taken = np.zeros(1 << bits, np.bool_)
    taken[together.astype(np.intp)] = True
    return np.flatnonzero(taken).astype(np.uint32)


def _distinct(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """`np.unique`, which is four times as slow: it looks for duplicates with a table. `numbers` are left sorted."""
    if not len(numbers):
        return numbers
    numbers.sort()
    is_new = np.empty(len(numbers), np.bool_)
    is_new[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=is_new[1:])
    return numbers[is_new]
