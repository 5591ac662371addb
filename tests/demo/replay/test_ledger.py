"""What the model sold against what the ledger and the steps say."""

from __future__ import annotations

from typing import Any

import pytest

from demo.replay.ledger import Balance, balance
from demo.replay.model import Sold

SOLD = {"r:1": Sold("a", 100, 10, whole=1), "r:3": Sold("a", 150, 12, whole=1)}


def a_step(number: int, prompt: int, completion: int) -> dict[str, Any]:
    tokens = {"prompt_tokens": prompt, "completion_tokens": completion}
    return {"run__public_id": "r", "number": number, "is_error": False, **tokens}


def a_row(step: int, prompt: int, completion: int, **other: Any) -> dict[str, Any]:
    row = {"run": "r", "step": step, "reservation": step, "estimated": False, "lost": False}
    return row | {"prompt_tokens": prompt, "completion_tokens": completion} | other


STEPS = [a_step(1, 100, 10), a_step(3, 150, 12)]
ROWS = [a_row(1, 100, 10), a_row(3, 150, 12)]


def held(sold: dict[str, Sold], rows: list[dict[str, Any]], *, calm: bool = False) -> Balance:
    return balance(sold, STEPS, rows, calm=calm)


def test_equal_tokens_make_no_difference() -> None:
    found = held(SOLD, ROWS, calm=True)

    assert found.differences == ()
    assert (found.sold_tokens, found.step_tokens, found.paid_tokens) == (272, 272, 272)


def test_a_call_whose_process_was_killed_may_be_lost_but_not_forgotten() -> None:
    twice = SOLD | {"r:3": Sold("a", 150, 12, whole=2)}
    lost = a_row(3, 200, 800, reservation=9, lost=True)

    assert held(twice, [*ROWS, lost]).differences == ()
    assert "only 1 on the ledger" in held(twice, ROWS).differences[0]


@pytest.mark.parametrize(
    "rows",
    [ROWS[:1], [*ROWS, a_row(3, 150, 12, reservation=9)], [ROWS[0], a_row(3, 150, 13)]],
    ids=["unpaid", "paid twice", "other tokens"],
)
def test_what_was_sold_once_is_paid_once_and_exactly(rows: list[dict[str, Any]]) -> None:
    assert held(SOLD, rows).differences


def test_without_faults_nothing_may_be_lost_or_estimated() -> None:
    lost = a_row(3, 200, 800, reservation=9, lost=True)

    assert held(SOLD, [*ROWS, lost], calm=True).differences


def test_the_ledger_has_no_call_that_the_model_never_saw() -> None:
    assert held(SOLD, [*ROWS, a_row(5, 1, 1)]).differences
