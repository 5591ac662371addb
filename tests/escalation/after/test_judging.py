"""What an episode came to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.models import Resolution
from escalation.after.judging import Facts, Line, facts_of, rated, resolution_of

ANY = st.sampled_from(["", *Resolution.values])
SCORE = st.integers(1, 5)
FACTS = st.builds(
    Facts,
    is_confirmed=st.booleans(),
    had_person=st.booleans(),
    last_by=st.sampled_from(["", "customer", "ai", "agent"]),
    last_text=st.sampled_from(["It ships today.", "Which order is it?", "Anything else?", "Thanks!"]),
    last_asked=st.sampled_from(["", "Where is it?", "Thanks!", "That did not help"]),
    thumb=st.sampled_from(["", "up", "down"]),
)


@pytest.mark.parametrize(
    ("facts", "came_to"),
    [
        (Facts(last_by="ai", last_text="It ships today.", last_asked="When?"), "contained"),
        (Facts(last_by="ai", last_text="It ships today.", last_asked="When?", thumb="up"), "assumed"),
        (Facts(last_by="ai", last_text="You're welcome!", last_asked="Thanks!"), "assumed"),
        (Facts(had_person=True, last_by="agent", last_text="It ships today."), "assumed"),
        (Facts(had_person=True, last_by="agent", last_text="Which order is it?"), ""),
        (Facts(had_person=True, last_by="agent", last_text="Did that help?"), "assumed"),
        (Facts(last_by="customer", last_asked="Where is it?"), ""),
        (Facts(last_by="ai", last_text="Fine.", last_asked="That did not help"), ""),
        (Facts(last_by="ai", last_text="Fine.", thumb="down"), ""),
        (Facts(is_confirmed=True, last_by="ai", last_text="Fine."), "confirmed"),
        (Facts(is_confirmed=True, last_by="ai", last_text="Fine.", thumb="down"), ""),
    ],
)
def test_silence_is_judged_by_what_was_said_last(facts: Facts, came_to: str) -> None:
    assert resolution_of(facts) == came_to


@given(FACTS)
def test_nothing_is_solved_against_her_word_and_persons_are_never_contained(facts: Facts) -> None:
    came_to = resolution_of(facts)

    if facts.thumb == "down" or facts.last_asked == "That did not help":
        assert came_to == ""
    if facts.had_person:
        assert came_to != Resolution.CONTAINED
    if came_to == Resolution.CONFIRMED:
        assert facts.is_confirmed
    assert came_to != Resolution.ABANDONED


def test_facts_are_the_last_words_and_the_last_thumb() -> None:
    lines = [
        Line("message", "customer", "Where is it?"),
        Line("message", "ai", "In the post."),
        Line("feedback", "customer", value="up"),
        Line("message", "agent", "It arrived."),
        Line("feedback", "customer", value="down"),
        Line("feedback", "customer"),
    ]

    facts = facts_of(lines, is_confirmed=False, had_person=False)

    assert facts == Facts(False, True, "agent", "It arrived.", "Where is it?", "down")


@given(resolution=ANY, score=SCORE)
def test_a_rating_confirms_takes_back_or_leaves_alone(resolution: str, score: int) -> None:
    now = rated(resolution, score)

    if score >= 4:
        assert now == Resolution.CONFIRMED
    elif score <= 2 and resolution in {Resolution.ASSUMED, Resolution.CONTAINED}:
        assert now == ""
    else:
        assert now == resolution


@given(first=SCORE, second=SCORE, resolution=st.sampled_from(["assumed", "contained"]))
def test_a_changed_mind_counts_as_if_it_were_the_first_but_for_what_was_contained(
    first: int, second: int, resolution: str
) -> None:
    after_both = rated(rated(resolution, first), second, first)

    if second >= 4:
        assert after_both == Resolution.CONFIRMED
    if second <= 2:
        assert after_both == ""
    if second == 3:
        assert after_both in ({resolution, "assumed"} if first >= 3 else {""})
