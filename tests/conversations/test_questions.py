"""When two questions are the same, and which concern somebody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conversations import questions


def words() -> st.SearchStrategy[str]:
    return st.text(max_size=60)


@given(words())
def test_putting_a_question_into_its_plain_form_twice_changes_nothing(text: str) -> None:
    plain = questions.normalise(text)

    assert questions.normalise(plain) == plain


@given(words())
def test_case_and_white_space_tell_nothing(text: str) -> None:
    plain = questions.normalise(text)

    assert questions.normalise(f" \t{text}\n") == plain
    assert questions.normalise(text.casefold()) == plain


@given(st.lists(st.sampled_from(["boots", "not", "5", "-5", "i", "you", "€"]), min_size=1, max_size=3))
def test_words_that_tell_stay_in_their_order(telling: list[str]) -> None:
    spoken = "Hello, could " + " the ".join(telling) + " please?!"

    asked = questions.question_of(spoken, release_id=1, tools=())

    plain = questions.question_of(" ".join(telling), release_id=1, tools=())
    assert asked is not None
    assert plain is not None
    assert asked.gist == plain.gist
    other = questions.question_of(" ".join([*telling, "not"]), release_id=1, tools=())
    assert other is not None
    assert other.gist != plain.gist


@given(st.text("0123456789 -", min_size=1, max_size=20).filter(lambda text: sum(map(str.isdigit, text)) > 3))
def test_four_digits_in_a_row_concern_somebody(text: str) -> None:
    concerned = questions.concerns_somebody(f"Where is {text}?")

    assert concerned
