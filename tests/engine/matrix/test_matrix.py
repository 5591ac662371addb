"""When a conversation goes to a person, decided by rules over signals."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.matrix import BadMatrix, Conditions, Do, Matrix, Rule, Signals, decide, merged
from engine.matrix.topics import amount_in, says_it_did_not_help, says_yes, topics_in

STRENGTH = list(Do)


@pytest.mark.parametrize(
    ("signals", "do", "rule", "urgency"),
    [
        (Signals(), Do.GO_ON, "", "normal"),
        (Signals(asked=True), Do.HAND_OVER, "asked", "normal"),
        (Signals(confidence=0.39, questions=1), Do.HAND_OVER, "unsure", "normal"),
        (Signals(confidence=0.39), Do.CLARIFY, "unsure", "normal"),
        (Signals(confidence=0.4), Do.GO_ON, "", "normal"),
        (Signals(failed=2), Do.GO_ON, "", "normal"),
        (Signals(failed=3), Do.HAND_OVER, "failed", "normal"),
        (Signals(mood=-0.71), Do.HAND_OVER, "mood", "high"),
        (Signals(mood=-0.7), Do.GO_ON, "", "normal"),
        (Signals(topics=("legal",)), Do.CONFIRM, "high_stakes", "high"),
        (Signals(stopped="guardrail:claims"), Do.HAND_OVER, "stopped", "normal"),
        (Signals(stopped="budget:tenant_day"), Do.HAND_OVER, "stopped", "normal"),
        (Signals(stopped="guardrail:self_harm"), Do.HAND_OVER, "despair", "urgent"),
        (Signals(chosen="needs_decision"), Do.HAND_OVER, "chosen", "normal"),
    ],
)
def test_the_usual_matrix_decides(signals: Signals, do: Do, rule: str, urgency: str) -> None:
    decision = decide(Matrix(), signals)

    assert (decision.do, decision.rule, decision.urgency) == (do, rule, urgency)
    assert decision.signals == signals


def test_somebody_angry_who_asks_is_handed_over_with_the_urgency_of_her_anger() -> None:
    decision = decide(Matrix(), Signals(asked=True, mood=-0.9))

    assert decision.do is Do.HAND_OVER
    assert decision.urgency == "high"
    assert set(decision.fired) == {"asked", "mood"}


def test_one_question_may_come_first_and_asking_again_always_hands_over() -> None:
    matrix = merged({"clarify": {"asked": 1}})

    assert decide(matrix, Signals(asked=True)).do is Do.CLARIFY
    assert decide(matrix, Signals(asked=True, asked_before=1)).do is Do.HAND_OVER
    assert decide(matrix, Signals(asked=True, questions=1)).do is Do.HAND_OVER
    assert decide(matrix, Signals(asked=True, mood=-0.9)).do is Do.HAND_OVER


def test_a_rule_of_ones_own_goes_by_topic_segment_language_and_money() -> None:
    own = {
        "name": "big_refund",
        "when": {"topics": ["refund"], "segments": ["vip"], "languages": ["de"], "value_at_least": 500},
        "do": "hand_over", "urgency": "urgent", "team": "Billing", "skills": ["refunds"],
    }  # fmt: skip
    matrix = merged({"topics": {"refund": ["geld zurück", "erstatt*"]}}, {"own": [own]})
    text = "Ich will mein Geld zurück, 1.250,00 €!"
    signals = Signals(
        topics=topics_in(text, matrix.topics), segments=("vip",), language="de", value=amount_in(text)
    )

    decision = decide(matrix, signals)

    assert (decision.rule, decision.urgency, decision.team) == ("big_refund", "urgent", "Billing")
    assert decision.skills == ("refunds",)
    assert decide(matrix, Signals(topics=("refund",), segments=("vip",), language="en")).do is Do.GO_ON


def test_a_release_may_say_otherwise_than_its_tenant() -> None:
    tenant = {"rules": {"failed": {"when": {"failed_at_least": 5}}}}
    release = {"rules": {"failed": {"when": {"failed_at_least": 2}}, "mood": {"on": False}}}

    matrix = merged(tenant, release)

    assert decide(matrix, Signals(failed=2)).rule == "failed"
    assert decide(matrix, Signals(mood=-1)).do is Do.GO_ON


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"rules": {"asked": {"on": False}}}, "always leads to a person"),
        ({"rules": {"asked": {"do": "confirm"}}}, "always leads to a person"),
        ({"rules": {"despair": {"on": False}}}, "always leads to a person"),
        ({"own": [{"name": "all"}]}, "every message"),
        ({"own": [{"name": "asked", "when": {"topics": ["legal"]}}]}, "name"),
        ({"own": [{"name": "x", "when": {"topics": ["nothing"]}}]}, "topic that is not there"),
        ({"topics": {"legal": []}}, "topic that is not there"),
        ({"rules": {"nobody": {}}}, "no rule called"),
        ({"rules": {"mood": {"when": {"mood_below": -2}}}}, "from -1 to 1"),
        ({"rules": {"mood": {"urgency": "soon"}}}, "urgency"),
        ({"clarify": {"asked": 2}}, "0 (hand over at once) or 1"),
        ({"own": [{"name": "x", "when": {"stopped": ["rain"]}}]}, "begins with none"),
        ({"other": 1}, "no setting"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_says_why(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(BadMatrix) as refused:
        merged(settings)

    assert says in refused.value.message


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 30) | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["rules", "own", "topics", "clarify", "asked", "mood", "when", "name", "on", "do", "urgency"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["rules", "own", "topics", "clarify"]), json_like, max_size=4))
def test_whatever_is_set_is_a_matrix_or_refused_and_a_wish_for_a_person_gets_one(
    settings: dict[str, Any],
) -> None:
    try:
        matrix = merged(settings)
    except BadMatrix:
        return
    assert decide(matrix, Signals(asked=True, asked_before=1)).do is Do.HAND_OVER
    assert decide(matrix, Signals(stopped="guardrail:self_harm")).do is Do.HAND_OVER


signals = st.builds(
    Signals,
    asked=st.booleans(),
    asked_before=st.integers(0, 2),
    questions=st.integers(0, 2),
    confidence=st.none() | st.floats(0, 1),
    failed=st.integers(0, 5),
    mood=st.none() | st.floats(-1, 1),
    topics=st.lists(st.sampled_from(["legal", "safety"]), unique=True).map(tuple),
)


@given(signals, st.sampled_from(["legal", "safety"]), st.sampled_from(["confirm", "hand_over"]))
def test_another_rule_never_makes_a_hand_off_less_sure_or_less_urgent(
    seen: Signals, topic: str, does: str
) -> None:
    more = merged({"own": [{"name": "more", "when": {"topics": [topic]}, "do": does, "urgency": "low"}]})
    order = ["low", "normal", "high", "urgent"]

    before, after = decide(Matrix(), seen), decide(more, seen)

    assert STRENGTH.index(after.do) >= STRENGTH.index(before.do)
    assert before.do is Do.GO_ON or order.index(after.urgency) >= order.index(before.urgency)


def test_no_condition_no_rule() -> None:
    everything = Matrix(rules=(Rule("all", "All", Conditions(), Do.HAND_OVER),))

    assert decide(everything, Signals(asked=True)).do is Do.GO_ON


def test_topics_are_whole_words_in_any_case_and_accent() -> None:
    topics = Matrix().topics

    assert topics_in("My LAWYERS will write to you.", topics) == ("legal",)
    assert topics_in("J'irai au TRIBUNAL, et l'hôpital aussi", topics) == ("legal", "safety")
    assert topics_in("I was outlawed from the hospitality suite", topics) == ()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("I paid $1,299.99 and 20 EUR", 1299.99), ("1.234,50 €", 1234.5), ("about 12 000 zł", 12000.0),
        ("Order 100234 of May 3", None), ("€5", 5.0), ("£1'000", 1000.0),
    ],
)  # fmt: skip
def test_the_largest_amount_of_money_is_found(text: str, amount: float | None) -> None:
    assert amount_in(text) == amount


@pytest.mark.parametrize(
    ("text", "agrees"),
    [("Yes please", True), ("ja", True), ("No, thanks", False), ("oui !", True), ("non merci", False),
     ("Where is my parcel from Monday, it has not come yet at all?", None), ("", None), ("tak", True)],
)  # fmt: skip
def test_a_short_yes_or_no_is_heard_in_the_languages_we_ask_in(text: str, agrees: bool | None) -> None:
    assert says_yes(text) is agrees


def test_it_is_heard_that_an_answer_did_not_help() -> None:
    assert says_it_did_not_help("No, that didn’t help at all".replace("’", "'"))
    assert says_it_did_not_help("Das hilft mir nicht!")
    assert not says_it_did_not_help("Thanks, that did help")


@pytest.mark.parametrize("piece", ["1", "€1", "lawyer ", "1.", " ", "ʼ", "€ 1 "])
def test_long_texts_are_read_in_linear_time(piece: str) -> None:
    text, began = piece * 50_000, time.process_time()

    topics_in(text, Matrix().topics), amount_in(text), says_yes(text)

    assert time.process_time() - began < 2
