"""Who is chosen, without a database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from escalation.queueing.routing import (
    Someone,
    TeamFacts,
    Wanted,
    best_team,
    choose,
    eta_seconds,
    rank,
)
from tests.escalation.queueing.floor import NOON, later

WORDS = st.frozensets(st.sampled_from(["refunds", "returns", "de", "en"]), max_size=3)
PEOPLE = st.lists(
    st.builds(
        Someone,
        st.integers(1, 30),
        st.frozensets(st.integers(1, 3), min_size=1),
        WORDS,
        WORDS,
        load=st.fixed_dictionaries({"chat": st.integers(0, 5)}),
        last_routed_at=st.none() | st.integers(0, 100).map(later),
        is_free=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.member_id,
)
WANTED = st.builds(
    Wanted,
    st.integers(1, 3),
    st.integers(-400, 0).map(later),
    language=st.sampled_from(["", "de"]),
    skills=WORDS,
    preferred=st.none() | st.integers(1, 30),
    declined_by=st.frozensets(st.integers(1, 30), max_size=3),
)


@given(WANTED, PEOPLE, st.booleans())
def test_whoever_is_chosen_is_free_has_room_did_not_decline_and_belongs_there(
    wanted: Wanted, people: list[Someone], by_turn: bool
) -> None:
    chosen = choose(wanted, people, 1, by_turn=by_turn, now=NOON)

    could = [
        one
        for one in people
        if one.is_free and one.room("chat") > 0 and one.member_id not in wanted.declined_by
    ]
    suited = [one for one in could if wanted.team_id in one.teams and one.suits(wanted)]
    if chosen is None:
        assert suited == []
    else:
        (she,) = (one for one in could if one.member_id == chosen)
        assert she.teams & {wanted.team_id, 1}
        assert she in suited or not suited


def test_in_turn_is_who_waits_longest_and_least_busy_counts_by_what_each_takes() -> None:
    wanted = Wanted(1, NOON)
    ida = Someone(1, frozenset({1}), capacity={"chat": 8}, load={"chat": 3}, last_routed_at=later(5))
    ole = Someone(2, frozenset({1}), capacity={"chat": 4}, load={"chat": 2}, last_routed_at=later(1))

    assert choose(wanted, [ida, ole], None, by_turn=True, now=NOON) == 2
    assert choose(wanted, [ida, ole], None, by_turn=False, now=NOON) == 1
    assert choose(replace(wanted, preferred=2), [ida, ole], None, by_turn=False, now=NOON) == 2


def test_a_team_is_meant_by_name_then_by_skills_then_by_language_else_it_is_the_default() -> None:
    teams = [
        TeamFacts(1, "Support", is_default=True, languages=frozenset({"en"})),
        TeamFacts(2, "Refunds", skills=frozenset({"refunds", "cards"}), languages=frozenset({"en"})),
        TeamFacts(3, "Polska", languages=frozenset({"pl"})),
    ]

    def meant(name: str = "", skills: tuple[str, ...] = (), language: str = "") -> int:
        return best_team(teams, names=[name], skills=skills, language=language)

    assert meant() == meant(name="Unknown") == meant(language="en") == 1
    assert meant(name="refunds") == meant(skills=("cards",)) == 2
    assert meant(language="pl") == 3


def test_rank_and_estimate() -> None:
    assert [rank(3, ahead=False), rank(0, ahead=True), rank(2, ahead=False)] == [6, 5, 4]
    assert eta_seconds(3, 600.0, 4) == 450
    assert eta_seconds(3, None, 4) is eta_seconds(3, 600.0, 0) is None
    assert (NOON - later(1)) == dt.timedelta(seconds=-1)
