from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from engine.guardrails.indirect.units import opened, units

LETTERS = some.text(
    alphabet=some.sampled_from("ab C.!?。\n\t|<>p/-*\"'\\{}[]:,é\u200b\ud83d😀 "), max_size=200
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | LETTERS,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)


def test_a_paragraph_is_cut_into_sentences_and_a_wrapped_line_is_not():
    text = "Dear Mr. Smith, e.g. this. Press Save!\nThis sentence is\nwrapped. * Done"

    found = [unit.text for unit in units(text)]

    assert found == ["Dear Mr. Smith, e.g. this.", "Press Save!", "This sentence is\nwrapped.", "* Done"]


def test_cells_comments_and_attributes_are_units_of_their_own():
    text = '| a b | c |\n<p>One.</p><!-- two words --><img alt="three words in alt">'

    found = [unit.text for unit in units(text)]

    assert {"a b", "c", "One.", "two words", "three words in alt"} <= set(found)


@given(LETTERS)
@settings(max_examples=200, deadline=None)
def test_units_stand_where_they_say_in_order(text):
    found = units(text)

    assert all(text[unit.start : unit.end] == unit.text and unit.text.strip() for unit in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@given(VALUES, some.booleans())
@settings(max_examples=200, deadline=None)
def test_the_strings_of_json_are_found_without_escapes_and_with_their_places(value, plain):
    text = json.dumps({"value": value, "nested": json.dumps(value)}, ensure_ascii=plain)

    view = opened(text)

    assert view.json
    assert len(view.places) == len(view.text) + 1
    for at, letter in enumerate(view.text):
        assert text[view.places[at]] == letter or text[view.places[at]] in '\\"' or letter in "\n\0"
    assert list(view.places) == sorted(view.places)


def test_deep_nesting_and_half_json_are_plain_text():
    deep = "[" * 20_000
    half = '{"a": "b"'

    assert not opened(deep).json
    assert opened(half).text == half
