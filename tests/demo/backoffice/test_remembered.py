"""Answers by key, in bounded memory."""

from __future__ import annotations

import pytest

from demo.backoffice.remembered import Answer, KeyReused, Remembered


def test_the_key_not_used_for_longest_is_forgotten_first() -> None:
    remembered = Remembered(most_keys=2)
    remembered.keep("a", "call", Answer("1"))
    remembered.keep("b", "call", Answer("2"))
    remembered.find("a", "call")

    remembered.keep("c", "call", Answer("3"))

    assert remembered.find("a", "call") == Answer("1")
    assert remembered.find("b", "call") is None


def test_large_answers_make_room_for_one_another() -> None:
    remembered = Remembered(most_characters=1000)

    for n in range(100):
        remembered.keep(str(n), "call", Answer("x" * 100))

    assert len(remembered) == 10
    assert remembered.find("99", "call") is not None


def test_a_key_is_not_lent_to_another_call() -> None:
    remembered = Remembered()
    remembered.keep("a", "call", Answer("1"))

    with pytest.raises(KeyReused):
        remembered.find("a", "another call")
