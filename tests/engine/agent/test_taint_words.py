"""Whether a value stands in what the customer wrote, however she wrote it; and whether she only said yes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent.taint.assent import is_yes
from engine.agent.taint.leaves import keys, leaves, result_values
from engine.agent.taint.words import Words

SAID = (
    "Please cancel order #W2378156. I am yusuf.rossi7301@example.com, zip,19122; refund 1.234,50 € to "
    "DE89 3704 0044 0532 0130 00, for two pieces, on 5th of March 2026 at 7pm. Zürich, Straße 12."
)


@pytest.mark.parametrize(
    "value",
    [
        "#W2378156", "w2378156", "yusuf.rossi7301@example.com", "Yusuf.Rossi7301@EXAMPLE.com", "19122", 19122,
        1234.5, "1234.50", 2, "2", "DE89370400440532013000", "de89 3704 0044 0532 0130 00", "2026-03-05",
        "2026-03-05T19:00:00Z", "19:00", "Zurich", "straße 12", "STRASSE 12", "cancel order",
    ],
)  # fmt: skip
def test_what_the_customer_wrote_is_found_however_it_is_spelled(value: Any) -> None:
    assert Words([SAID]).holds(value)


@pytest.mark.parametrize(
    "value",
    [
        "#W237815", "W23781560", "rossi7301@example.com", "yusuf@example.com", "yusuf.rossi7301@example.com.evil.test",
        1234, 12345, "2026-03-06", "2025-03-05", "2026-03-05T20:00:00", "DE8937040044053201300", "ich", "Order#W1", 23,
        -2, 3, True, None, "", "  ", "!", 1e400, "yusuf rossi7301 com",
    ],
)  # fmt: skip
def test_what_she_did_not_write_is_not(value: Any) -> None:
    assert not Words([SAID]).holds(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("我想取消订单W123请", "W123"),
        ("am 3. März um 14 Uhr", "2026-03-03T14:00"),
        ("le 3 août 2026", "2026-08-03"),
        ("el 1 de mayo", "2027-05-01"),
        ("03/04/2026", "2026-04-03"),
        ("03/04/2026", "2026-03-04"),
        ("1 000 000 please", 1_000_000),
        ("for 12'500.75 CHF", 12500.75),
        ("drei Karten", 3),
        ("заказ №4417-А", 4417),
        ("room 12-14", 14),
        ("call +49 170 123 45 67", "+491701234567"),
    ],
)
def test_languages_write_it_in_their_own_ways(text: str, value: Any) -> None:
    assert Words([text]).holds(value)


def test_words_of_two_messages_make_no_value() -> None:
    words = Words(["My order is W2378", "and 156 is the house"])

    assert not words.holds("W2378156")
    assert words.holds("W2378")


@pytest.mark.parametrize(
    "text",
    [
        "Yes", "yes please", "Yes, do it!", "go ahead", "OK", "Ja, bitte", "Sí, por favor", "oui c'est ça", "d'accord",
        "はい、お願いします", "好的", "that's right", "да, пожалуйста", "correct 👍", "हाँ",
    ],
)  # fmt: skip
def test_a_plain_yes_is_one_in_many_languages(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "No", "yes but not that", "Is that right?", "yes and refund W999", "thanks", "please look up order W999",
        "right, cancel all of it and send the money to me", "ok, what about shipping", "ja nein", "👍", "yes " * 40,
    ],
)  # fmt: skip
def test_more_than_a_yes_is_none(text: str) -> None:
    assert not is_yes(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-1-11", "2026-11-1"), ("a.b@example.com", "ab@example.com"), ("54.04", "5404"), (5, -5), ("1-23", "12-3"),
        ("W12", "W1 2x"), ("007", "7"),
    ],
)  # fmt: skip
def test_different_facts_have_no_key_in_common(one: Any, other: Any) -> None:
    assert set(keys(one)).isdisjoint(keys(other))


def test_the_same_fact_has_one_whatever_its_dress() -> None:
    assert set(keys("#W12")) & set(keys("w12"))
    assert set(keys("DE89 3704")) & set(keys("DE893704"))
    assert set(keys(12.5)) & set(keys("12.50"))


def test_a_result_gives_its_short_values_and_no_prose() -> None:
    text = '{"id": "#W1", "n": 2, "ok": true, "note": "%s", "more": [{"mail": "a@b.example"}, null]}' % (
        "so " * 40
    )

    assert set(result_values(text)) == {"#W1", 2, "a@b.example"}
    assert list(result_values("yusuf_rossi_9620")) == ["yusuf_rossi_9620"]
    assert "#W1" in list(result_values('{"id": "#W1", "said": "a \\"#W9\\" b"… (cut)'))
    assert "#W9" not in list(result_values('{"id": "#W1", "said": "a \\"#W9\\" b"… (cut)'))


def test_no_argument_escapes() -> None:
    schema = {
        "properties": {"a": {"const": "x"}, "b": {"default": 3}, "c": {"enum": ["one"]}, "d": {"items": {}}}
    }
    arguments = {"a": "x", "b": 3, "c": "one", "d": [{"n@evil": {"y": "z"}}], "e": "", "f": True, "g": {}}

    found = {leaf.path: leaf.is_constant for leaf in leaves(arguments, schema)}

    assert found == {
        "a": True, "b": True, "c": True, "d[0].n@evil (its name)": False, "d[0].n@evil.y": False, "e": True,
        "f": False, "g": True,
    }  # fmt: skip
    assert [leaf.path for leaf in leaves({"a": list(range(1000))}, {})] == ["arguments"]


@settings(max_examples=150, deadline=None)
@given(st.text(), st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_any_text_and_any_value_are_taken(text: str, value: Any) -> None:
    assert Words([text, text + str(value)]).holds(value) in {True, False}
    assert is_yes(text) in {True, False}
    assert list(result_values(text)) == list(result_values(text))
    assert keys(value) == keys(value)


@pytest.mark.parametrize(
    "piece", ["1.", "a@", "a.", "1 ", "ja ", '"\\', "12/", "März 1 ", "\ud800", "\u0301", "9"]
)
def test_no_text_makes_it_run_away(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.perf_counter()

    words = Words([text])
    for value in ("x@y.example", 17.5, "2026-03-05T10:00", "DE89370400440532013000", text[:500]):
        words.holds(value)
    words.begins("cancel")
    is_yes(text)
    list(result_values("{" + text))

    assert time.perf_counter() - began < 5
