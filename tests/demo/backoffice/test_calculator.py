"""Arithmetic without eval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.backoffice import ShopError
from demo.backoffice.calculator import DEEPEST, LARGEST, evaluate
from demo.backoffice.operations import OPERATIONS

Sum = tuple[str, float]

NUMBERS = st.decimals(min_value=0, max_value=9999, places=2).map(lambda number: (str(number), float(number)))


def joined(left: Sum, sign: str, right: Sum) -> Sum:
    value = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b if b else math.nan,
    }[sign](left[1], right[1])
    return f"({left[0]} {sign}{right[0]})", value


SUMS = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.builds(joined, inner, st.sampled_from("+-*/"), inner),
        inner.map(lambda one: (f"(- {one[0]})", -one[1])),
    ),
    max_leaves=12,
)


@given(SUMS)
@settings(max_examples=200, deadline=None)
def test_a_sum_has_the_value_of_its_parts(wanted: Sum) -> None:
    text, value = wanted

    if math.isfinite(value) and abs(value) <= LARGEST:
        assert evaluate(text) == value
    else:
        with pytest.raises(ShopError):
            evaluate(text)


@given(st.text(alphabet="0123456789.+-*/() e_x%^,", max_size=30) | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    try:
        value = evaluate(text)
    except ShopError:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2 + 3 * 4", 14), ("2*(3+4)", 14), ("8 / 4 / 2", 1), ("5 - 3 - 1", 1), ("-2 - -3", 1), (".5+1.", 1.5)],
)
def test_signs_bind_as_at_school(text: str, value: float) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 +",
        "* 2",
        "1 2",
        "(1",
        "1)",
        "2 ** 3",
        "2 // 3",
        "1e3",
        "abs(1)",
        "__import__('os')",
        "1,5",
        "٣",
    ],
)
def test_anything_but_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ShopError) as refused:
        evaluate(text)

    assert refused.value.code == "not_arithmetic"


@pytest.mark.parametrize("text", ["1 / 0", "1 / (2 - 2)", "9999999999 * 9999999999"])
def test_what_has_no_number_is_refused(text: str) -> None:
    with pytest.raises(ShopError) as refused:
        evaluate(text)

    assert refused.value.code == "no_such_number"


def test_depth_and_length_are_bounded() -> None:
    assert evaluate("(" * DEEPEST + "1" + ")" * DEEPEST) == 1
    for text in ("(" * 400 + "1" + ")" * 400, "1" * 2000, "-" * 999 + "("):
        with pytest.raises(ShopError):
            evaluate(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1319.43 - 302.67 + 271.89", "1288.65"), ("2 - 2.001", "0.0"), ("10 / 4", "2.5"), ("7", "7.0")],
)
def test_the_answer_is_rounded_to_two_places(text: str, shown: str) -> None:
    assert OPERATIONS["calculate"].function(None, expression=text) == shown
