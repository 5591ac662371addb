from __future__ import annotations

import re
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.guardrails import ngrams
from engine.guardrails.ngrams import Shape, indices, indices_of_each, remembering

SHAPES = (Shape((1, 2), (3, 4, 5), 17), Shape((1, 2, 3), (3, 4), 18), Shape((), (2,), 9))
MASK = (1 << 64) - 1


def by_hand(text: str, shape: Shape) -> list[list[int]]:
    """The definition, number by number."""
    plain = re.sub(r"\s+", " ", text.lower()).strip()
    words = [zlib.crc32(word.encode("utf-8", "replace")) for word in re.findall(r"\w+|[^\w\s]", plain)]
    letters = [int(code) for code in np.frombuffer(f" {plain} ".encode("utf-32-le", "replace"), np.uint32)]
    return [
        sorted({_hash(units[at : at + n], salt) % 2**shape.bits for n in lengths for at in _starts(units, n)})
        for units, lengths, salt in ((words, shape.words, 1), (letters, shape.chars, 2))
    ]


def _starts(units: list[int], length: int) -> range:
    return range(len(units) - length + 1)


def _hash(units: list[int], salt: int) -> int:
    total = salt * 64 + len(units)
    for unit in units:
        total = (total * 0x100000001B3 + unit) & MASK
        total ^= total >> 29
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        total = ((total ^ (total >> shift)) * factor) & MASK
    return total ^ (total >> 31)


@given(text=st.text(max_size=60) | st.text("ab é.\n\ud800", max_size=60))
def test_the_places_of_a_text_are_those_of_the_definition(text: str) -> None:
    for shape in SHAPES:
        assert [list(found) for found in indices(text, shape)] == by_hand(text, shape)


@pytest.mark.parametrize("text", ["", "a", "Where is my parcel?\n\nIt is late.", "Où est mon colis ? 你好"])
def test_classifiers_that_share_a_text_see_what_each_would_see_alone(text: str) -> None:
    alone = [indices(text, shape) for shape in SHAPES]

    with remembering():
        together = [indices(f"  {text} ", shape) for shape in SHAPES for _ in range(2)]

    for one, two, other in zip(alone, together[::2], together[1::2], strict=True):
        assert all(map(np.array_equal, one, two))
        assert all(map(np.array_equal, one, other))


def test_long_texts_have_the_places_that_short_ones_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"word{number} and {number * 7}" for number in range(400))
    by_table = [indices(text, shape) for shape in SHAPES]

    monkeypatch.setattr(ngrams, "_MANY", 10**9)

    for shape, found in zip(SHAPES, by_table, strict=True):
        assert all(map(np.array_equal, found, indices(text, shape)))


def test_many_texts_at_once_have_the_places_of_each() -> None:
    texts = ["", "My order is late", "é è", "x", "My order is late"]

    for shape in SHAPES:
        for group, (owners, places) in enumerate(indices_of_each(texts, shape)):
            for number, text in enumerate(texts):
                assert list(places[owners == number]) == list(indices(text, shape)[group])


def test_nothing_of_a_text_is_kept_when_its_screening_is_over() -> None:
    with remembering():
        indices("my secret order", SHAPES[0])

    assert getattr(ngrams._remembered, "texts", None) is None
