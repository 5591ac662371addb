import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guardrails.wishes import wants_person

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "data" / "dev"
DATA = Path(os.environ.get("SWITCHBOARD_DATA", BESIDE)) / "handoff_request.jsonl"
CASES = Path(__file__).with_name("wish_cases.txt")
SOME_SECONDS = 2.0
ENDLESS = 100_000
WORDS = [
    "a",
    "human",
    "talk",
    "to",
    "with",
    "not",
    "i",
    "want",
    "the",
    "bot",
    ",",
    "connect",
    "me",
    "人",
    "с",
]


def cases(*names: str) -> list[str]:
    parts = CASES.read_text(encoding="utf-8").split("[")[1:]
    sections = {
        name: lines.split("\n\n")[0].splitlines()[1:] for name, lines in (p.split("]") for p in parts)
    }
    return [line for name in names for line in sections[name]]


def test_who_asks_for_a_person_is_heard() -> None:
    assert [text for text in cases("wishes", "foreign_wishes") if not wants_person(text).flagged] == []


def test_who_only_speaks_of_persons_or_bots_is_not_passed_on() -> None:
    assert [text for text in cases("no_wishes", "foreign_no_wishes") if wants_person(text).flagged] == []


def test_a_wish_amid_a_long_complaint_is_found() -> None:
    calm = "The parcel left the depot on Monday and has not been seen since. "

    assert wants_person(calm * 10 + "Let me talk to a human. " + calm * 10).flagged
    assert wants_person(calm * 1000 + "Let me talk to a human.").flagged
    assert not wants_person(calm * 20).flagged


def test_a_reason_names_the_rule_and_never_the_customers_words() -> None:
    judgement = wants_person("This is Zebulon. Let me talk to a human!")

    assert judgement.reasons == ("rule:talk",)
    assert judgement.score > 0.9


def test_case_accents_and_doubled_letters_do_not_count() -> None:
    assert wants_person("HUMANNNN!!!").flagged
    assert wants_person("KONUŞMAK İSTİYORUM BİR İNSANLA").flagged
    assert wants_person("quiero hablar con un AGENTE").flagged
    assert wants_person("nao quero falar com robo").flagged


def test_two_lines_are_two_sentences() -> None:
    assert wants_person("My parcel is lost\nperson").flagged
    assert not wants_person("I talked to\na person at the door").flagged


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    assert 0 <= wants_person(text).score <= 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=60,
    )
)
def test_any_order_of_the_words_of_a_wish_is_taken(words: list[str]) -> None:
    assert wants_person(" ".join(words)) == wants_person(" ".join(words))


@pytest.mark.parametrize(
    "piece",
    ["a", "to a ", "talk to a ", "not, ", "human. ", "I don't ", "人", "\ud800", "\u0301", "。", "real "],
)
def test_no_text_makes_it_run_away(piece: str) -> None:
    text = piece * (ENDLESS // len(piece))
    began = time.perf_counter()

    wants_person(text)

    assert time.perf_counter() - began < SOME_SECONDS


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.exists(), reason=f"the development data is not here: {DATA}")
def test_the_development_data_is_judged_as_it_is_labelled() -> None:
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]

    for source, least in (("bitext-sample", 0.96), ("helpdesk-assistant", 0.96)):
        wishes = [row["text"] for row in rows if row["source"] == source and row["label"] == "yes"]
        assert sum(wants_person(text).flagged for text in wishes) >= least * len(wishes)
    for source in ("banking77", "bitext-sample", "financial-demo", "helpdesk-assistant"):
        others = [row["text"] for row in rows if row["source"] == source and row["label"] == "no"]
        assert sum(wants_person(text).flagged for text in others) <= 0.01 * len(others)
