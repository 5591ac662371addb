import json
from dataclasses import replace

from bench import guards, report
from bench.guard_texts import LONG, PASSAGE, PIECES, Texts
from bench.report import UNGUARDED, Figures
from engine.guardrails.personal import find
from tests.bench.test_report import a_turn

SPREAD = {"p50_ms": 4.0, "p95_ms": 14.0, "most_ms": 20.0}
INPUT = {"count": 60, "turn": SPREAD | {"longest": "Where is"}, "plain": SPREAD, "parts": {"mood": SPREAD}}
FIGURES = {
    "length": 320.0,
    "input, 300": INPUT,
    "input, 8000": INPUT | {"turn": SPREAD | {"p50_ms": 41.0}},
    "injection": {"alone": SPREAD | {"p50_ms": 1.0}, "encoder": SPREAD, "asked": 0.03},
    "indirect": SPREAD,
    "output": {
        **dict.fromkeys(("first", "first_again", "whole", "sentence"), SPREAD),
        "checks": {"leak": SPREAD},
        "count": 9,
    },
}


def test_a_text_never_comes_twice():
    texts = Texts()

    messages = [one.text for _ in range(3) for one in texts.messages()]
    long_ones = [one.text for _ in range(3) for one in texts.long_ones()]
    replies = [piece for _ in range(3) for reply in texts.answered().replies for piece in reply]

    for found in (messages, long_ones):
        assert len(set(found)) == len(found)
    assert len(messages) >= 3 * 60
    assert {len(text) for text in long_ones} == {LONG}
    assert len(replies) == 3 * 2 * PIECES
    assert not any("{" in text for text in [*messages, *long_ones, *replies])


def test_the_same_seed_gives_the_same_texts():
    assert Texts(5).messages() == Texts(5).messages()
    assert Texts(5).messages() != Texts(6).messages()


def test_the_numbers_made_up_are_such_as_the_guardrails_look_for():
    kinds = {span.type for one in Texts().messages() for span in find(one.text)}

    assert kinds >= {"EMAIL", "PHONE", "CREDIT_CARD", "IBAN", "IP_ADDRESS", "DATE_OF_BIRTH"}


def test_passages_are_pages_and_some_speak_to_the_assistant():
    texts = Texts()

    assert len(texts.passage()) == PASSAGE
    assert any(word in texts.passage(poisoned=True) for word in ("assistant", "AI"))
    assert len(texts.answered().passages) == 5


def test_the_goals_are_those_of_the_slowest_way():
    assert [goal.is_met for goal in guards.goals(FIGURES)] == [True, True, False, True, True, True]


def test_every_part_has_a_line_and_is_kept():
    lines = guards.text(FIGURES).splitlines()
    kept = report.as_json(Figures(guards=FIGURES, guards_goals=guards.goals(FIGURES)))

    assert lines[0].endswith("the encoder was asked for 3%")
    assert lines[2].split()[-5:] == ["4.000", "14.000", "20.000", "Where", "is"]
    assert any(line.startswith("    leak, a sentence") for line in lines)
    assert json.loads(json.dumps(kept))["guards"]["output"]["count"] == 9


def test_a_turn_with_guardrails_is_compared_with_the_one_beside_it():
    rounds = a_turn()
    rounds += [
        replace(one, server=UNGUARDED, cpu_ms=one.cpu_ms / 1.25) for one in rounds if one.server == "ours"
    ]

    goal = report.goals(Figures(turn=rounds))[-1]

    assert (goal.name, goal.value, goal.is_met) == (
        "turn, 20 sockets: with / without guardrails, CPU a turn",
        1.25,
        True,
    )
