"""Pieces: nothing lost, nothing doubled, nothing too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.knowledge.chunking import pieces
from engine.knowledge.extract.sections import Section, clean

WORDS = st.text(alphabet="abcdé. \n-#*ß漢1", max_size=3000).map(clean)
PATHS = st.lists(st.text(alphabet="abc ", min_size=1, max_size=9), max_size=3).map(tuple)


@given(st.lists(st.builds(Section, text=WORDS, headings=PATHS), max_size=4))
def test_no_word_is_lost_or_doubled(sections: list[Section]) -> None:
    found = pieces(sections)

    assert "".join("".join(piece.text.split()) for piece in found) == "".join(
        "".join(section.text.split()) for section in sections
    )
    assert all(len(piece.text) <= 1000 for piece in found)


def test_a_piece_stays_below_its_own_heading() -> None:
    found = pieces([Section("a " * 700, ("Shop", "Returns")), Section("b", ("Shop", "Hours"))])

    assert [piece.heading for piece in found] == ["Shop › Returns", "Shop › Returns", "Shop › Hours"]


def test_an_answer_stays_with_its_question() -> None:
    short, long = (
        pieces([Section("a " * 900, question="Why?")]),
        pieces([Section("b " * 3000, question="How?")]),
    )

    assert len(short) == 1
    assert len(long) > 1
    assert {piece.question for piece in long} == {"How?"}
