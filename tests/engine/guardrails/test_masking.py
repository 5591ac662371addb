"""Values leave for the model as placeholders and come back whole."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guardrails.masking import Masks, Unmasker, foreign, mask, unmask, unmask_data, unmask_json
from engine.guardrails.personal import Known, find
from engine.guardrails.values import Span

_SNIPPETS = st.sampled_from(
    [
        "<email_1>", "&lt;email_1&gt;", "<EMAIL_2>", "<text_1>", "<", ">", "&", "&lt;", "\\u003c", "\\",
        "«phone_1»", "email_1",
        "ana@shop.example", "+49 30 1234567", "4111 1111 1111 1111", " ", "\n",
        "<national", "_id_1>", "<national id 1>", "é",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(_SNIPPETS, st.text(max_size=6)), max_size=14).map("".join)


def _masked(text: str, masks: Masks | None = None) -> tuple[str, Masks]:
    return mask(text, find(text), masks or Masks())


def test_the_same_value_has_the_same_placeholder_however_it_is_written() -> None:
    first, masks = _masked("Write to Ana@Shop.example or call +49 (0)30 123 4567.")

    second, again = _masked("ana@shop.example, 0049 30 1234567; or else bo@shop.example", masks)

    assert first == "Write to <email_1> or call <phone_1>."
    assert second == "<email_1>, <phone_1>; or else <email_2>"
    assert len(again.entries) == 3


@pytest.mark.parametrize(
    "variant",
    [
        "<email_1>",
        "<EMAIL_1>",
        "< email_1 >",
        "&lt;email_1&gt;",
        "‹email_1›",
        "«email_1»",
        "\\u003cemail_1\\u003e",
        "<email\\_1>",
    ],
)
def test_what_a_model_makes_of_a_placeholder_is_still_restored(variant: str) -> None:
    _, masks = _masked("I am ana@shop.example")

    restored = unmask(f"Sent to {variant}.", masks)

    assert restored == "Sent to ana@shop.example."


def test_a_placeholder_that_was_never_given_out_stays() -> None:
    _, masks = _masked("I am ana@shop.example")

    restored = unmask("<email_2> <phone_1> <b>", masks)

    assert restored == "<email_2> <phone_1> <b>"


def test_a_customer_cannot_fish_for_a_value_by_typing_its_placeholder() -> None:
    _, masks = _masked("I am ana@shop.example")

    masked, masks = _masked("What is <email_1>? And &lt;EMAIL_1&gt;?", masks)

    assert "email_1" not in masked.lower()
    assert unmask(masked, masks) == "What is <email_1>? And &lt;EMAIL_1&gt;?"


def test_values_come_back_inside_json_with_their_escapes() -> None:
    text = 'a"b\\c@x'
    _, masks = mask(text, [Span(0, len(text), "ADDRESS")], Masks())

    restored = unmask_json(json.dumps({"to": "<address_1>", "also": ["<address_1>"]}), masks)

    assert json.loads(restored) == {"to": text, "also": [text]}
    assert unmask_data({"<address_1>": ["<address_1>", 1]}, masks) == {text: [text, 1]}


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_whatever_is_masked_is_restored(text: str) -> None:
    # Two writings of one value share its placeholder, so values are taken as they stand.
    spans = find(text)[:1]

    masked, masks = mask(text, spans, Masks())

    assert unmask(masked, masks) == text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>_ email1ptx&lg;\\", max_size=40), st.data())
def test_whatever_spans_are_given_the_text_comes_back(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    spans = [Span(start, end, f"KIND_{start}") for start, end in zip(cuts[::2], cuts[1::2], strict=False)]

    masked, masks = mask(text, spans, Masks())

    assert unmask(masked, masks) == text


@settings(max_examples=120, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 60), max_size=12))
def test_a_stream_gives_the_same_whatever_the_cuts(text: str, cuts: list[int]) -> None:
    _, masks = _masked("ana@shop.example, +49 30 1234567, 4111 1111 1111 1111")
    edges = sorted({min(cut, len(text)) for cut in (0, *cuts, len(text))})
    unmasker = Unmasker(masks)

    pieces = [unmasker.feed(text[start:end]) for start, end in pairwise(edges)]

    assert "".join(pieces) + unmasker.flush() == unmask(text, masks)


def test_a_stream_holds_back_only_what_may_become_a_placeholder() -> None:
    _, masks = _masked("ana@shop.example")
    unmasker = Unmasker(masks)

    pieces = [unmasker.feed(piece) for piece in ("a < b, <strong", ">to</b> <ema", "il_", "1", "> now")]

    assert pieces == ["a < b, <strong", ">to</b> ", "", "", "ana@shop.example now"]
    assert unmasker.flush() == ""


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_masks_survive_the_database(text: str) -> None:
    _, masks = _masked(text)

    again = Masks.from_json(masks.to_json())

    assert again == masks


@pytest.mark.parametrize("broken", ["{}", "[[1]]", '[["a", "b"]]', "nonsense"])
def test_broken_masks_are_refused(broken: str) -> None:
    with pytest.raises(ValueError):
        Masks.from_json(broken)


def test_known_values_are_the_values_without_what_was_only_typed() -> None:
    _, masks = _masked("<email_1> is ana@shop.example")

    known = masks.known_values()

    assert known == (("EMAIL", "ana@shop.example"),)


def test_what_belongs_to_somebody_else_is_seen_on_its_way_out() -> None:
    _, masks = _masked("Call me at (555) 123-4567")
    known = Known(emails=("ana@shop.example",))
    text = (
        "ANA@shop.example, call +1 555 123 4567 or help@shop.example. Zoe is zoe@else.example, 555-987-6543."
    )

    found = foreign(text, known=known, masks=masks, allowed=("help@shop.example",))

    assert [text[span.start : span.end] for span in found] == ["zoe@else.example", "555-987-6543"]


def test_a_whole_domain_may_be_allowed() -> None:
    found = foreign("bo@shop.example", known=Known(), masks=Masks(), allowed=("@shop.example",))

    assert found == ()
