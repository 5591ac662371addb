"""What is released, sentence by sentence."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.output.window import Gate
from engine.guardrails.values import Action, FailMode

BITS = st.sampled_from(
    ["a", "I ", "Z", "1", " ", "  ", "\n", "\n\n", ".", "!", "?", "...", "…", "。", "।", "؟", "[1]", " [2, 3]", "[",
     "]", "(", ")", '"', "”", "**", "`", "```", "\n```\n", "| a | b |", "- ", "1. ", "e.g. ", "Dr. ", "3.5",
     "am 3. Mai",
     "https://a.example/x.y?z=1", "ana@a.example", "<email_1>", "你好", "，", "word " * 30, "x" * 700, "\ud800", "\x00"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(BITS, max_size=40).map("".join), st.text(max_size=200))


@dataclass(frozen=True)
class Does:
    """A check that does the same with every sentence that has a word in it, and keeps what it saw."""

    word: str
    ruling: Ruling | None
    seen: list[Sentence]
    name: str = "does"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        def judge(sentence: Sentence) -> Ruling | None:
            self.seen.append(sentence)
            return self.ruling if self.word in sentence.text else None

        return judge


def does(word: str = "", ruling: Ruling | None = None) -> Does:
    return Does(word, ruling, [])


def pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    return [text[start:end] for start, end in itertools.pairwise(places)]


def through(gate: Gate, parts: list[str]) -> str:
    return "".join([gate.feed(part).text for part in parts] + [gate.finish().text])


def sentences(text: str) -> list[str]:
    check = does()
    through(Gate([check], Evidence()), [text])
    return [one.text for one in check.seen]


@given(TEXTS, st.lists(st.integers(0, 3000), max_size=12))
@settings(max_examples=150, deadline=None)
def test_what_is_released_is_what_was_written(text: str, cuts: list[int]) -> None:
    gate = Gate([does()], Evidence())

    assert through(gate, pieces(text, cuts)) == text


@given(TEXTS, st.lists(st.integers(0, 3000), max_size=12), st.sampled_from(["", "Sorry."]))
@settings(max_examples=150, deadline=None)
def test_it_does_not_matter_in_which_pieces_an_answer_comes(text: str, cuts: list[int], instead: str) -> None:
    whole, cut, single = (does("a", Ruling(Action.REWRITE, instead)) for _ in range(3))

    shown = {
        through(Gate([whole], Evidence()), [text]),
        through(Gate([cut], Evidence()), pieces(text, cuts)),
        through(Gate([single], Evidence()), list(text)),
    }

    assert len(shown) == 1
    assert (
        [one.text for one in whole.seen]
        == [one.text for one in cut.seen]
        == [one.text for one in single.seen]
    )


@given(TEXTS, st.lists(st.integers(0, 3000), max_size=12))
@settings(max_examples=100, deadline=None)
def test_every_character_but_white_space_has_been_seen_by_the_checks(text: str, cuts: list[int]) -> None:
    check = does()

    shown = through(Gate([check], Evidence()), pieces(text, cuts))

    assert "".join("".join(one.text for one in check.seen).split()) == "".join(shown.split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It ships today. You will get a mail.", 2),
        ("Dr. Ana Ruiz e.g. says so. Fine.", 2),
        ("It costs 3.50 EUR. That is all.", 2),
        ("See https://a.example/b.c?d=1. Or write to ana@a.example. Thanks.", 3),
        ("It is free. [1] [2] And quick [3].", 2),
        ("It is free.[1] And quick.", 2),
        ("1. Open the app. \n2. Sign in.\n- Done", 3),
        ("你好。它是免费的。[1]再见！", 3),
        ("यह मुफ़्त है। धन्यवाद।", 2),
        ("هل وصل الطلب؟ نعم.", 2),
        ("Am 3. Mai kommt es an. Gut.", 2),
        ("Das gilt z. B. für Schuhe bzw. Hemden. Ja.", 2),
        ("I wrote to <email_1>. It is done.", 2),
        ("Run this:\n```\na. b\n\nc. d\n```\nDone.", 3),
        ("| a. b | c |\n| d | e |\n\nEnd.", 3),
        ("He said “Stop!” and left. Bye.", 2),
        ("Use `a. B` here. Or [our. Page](https://a.example). Ok.", 3),
        ("a wrapped\nline goes on. Yes.", 2),
        ("Is it free? No. It costs 5.", 3),
        ("See no. 5 there. Yes.", 2),
    ],
)
def test_a_sentence_is_what_a_reader_takes_for_one(text: str, parts: int) -> None:
    found = sentences(text)

    assert len(found) == parts, found


def test_the_first_sentence_goes_out_as_soon_as_it_is_complete() -> None:
    gate = Gate([does()], Evidence())

    assert gate.feed("Your order ").text == ""
    assert gate.feed("is on its way.").text == ""
    assert gate.feed(" ").text == ""
    assert gate.feed("It").text == "Your order is on its way."


def test_a_sentence_without_an_end_is_cut_at_a_good_place() -> None:
    gate = Gate([does()], Evidence())

    shown = gate.feed("and so on, " * 80).text

    assert 300 <= len(shown) <= 600
    assert shown.endswith("on,")


def test_a_sentence_left_out_takes_its_blank_along_but_not_its_paragraph() -> None:
    gate = Gate([does("bad", Ruling(Action.REWRITE))], Evidence())

    shown = through(gate, ["A bad one. Good. A bad one. Good.\n\nA bad one. Good."])

    assert shown == "Good. Good.\n\nGood."


def test_nothing_follows_a_stop() -> None:
    gate = Gate([does("bad", Ruling(Action.REPLY, "Sorry.", reasons=("why",)))], Evidence())

    first = gate.feed("Good. A bad one. More. ")
    last = gate.feed("And more. ")

    assert first.text == "Good."
    assert first.stop
    assert (first.stop.action, first.stop.text, first.stop.check) == (Action.REPLY, "Sorry.", "does")
    assert last.text == gate.finish().text == ""


def test_the_next_check_sees_what_the_one_before_has_made_of_a_sentence() -> None:
    last = does()
    gate = Gate([does("bad", Ruling(Action.REWRITE, "Kind.")), last], Evidence())

    through(gate, ["A bad one. Good."])

    assert [one.text for one in last.seen] == ["Kind.", "Good."]


def test_a_check_that_only_watches_changes_nothing() -> None:
    gate = Gate([does("bad", Ruling(Action.BLOCK))], Evidence(), watch_only=frozenset({"does"}))

    shown = gate.feed("A bad one. Good. ")

    assert shown.text == "A bad one."
    assert [(one.action, one.acted) for one in shown.verdicts] == [(Action.BLOCK, False)]


@pytest.mark.parametrize(("fail", "text"), [(FailMode.OPEN, "Good."), (FailMode.CLOSED, "")])
def test_a_check_that_breaks_counts_by_its_fail_mode(fail: FailMode, text: str) -> None:
    class Broken(Does):
        def begin(self, evidence: Evidence) -> Judge:
            raise RuntimeError("broken")

    gate = Gate([Broken("", None, [], fail=fail)], Evidence())

    released = gate.finish() if not gate.feed("Good.").text else None

    assert released
    assert released.text == text
    assert released.verdicts[0].failed
    assert bool(released.stop) is (fail is FailMode.CLOSED)


def test_what_is_learnt_counts_for_what_is_still_held() -> None:
    gate = Gate([does()], Evidence(prompt="old"))
    gate.feed("It is done. And")
    gate.learn(Evidence(prompt="new"))

    assert gate.flush().text == " And"
    assert gate.evidence.prompt == "new"


@pytest.mark.parametrize(
    "text", ["a", "a.", "a. ", ".", "[", "`", "\n", "``` ", "。[1", "x\n", "Dr. ", "|a\n"]
)
def test_a_long_answer_takes_time_in_proportion(text: str) -> None:
    long = text * (30_000 // len(text))
    gate = Gate([does("never")], Evidence())

    began = time.perf_counter()
    shown = through(gate, [long[at : at + 3] for at in range(0, len(long), 3)])

    assert shown == long
    assert time.perf_counter() - began < 20
