"""Any text at all: no check breaks, none takes long, none depends on the pieces, no address slips through."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guardrails.output.building import checks_for, gate_for
from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.values import ActionDone, Evidence, Said, Sentence
from engine.guardrails.output.window import Gate
from engine.guardrails.values import Action, Span
from tests.engine.guardrails.output.test_window import pieces, through

RULES = OutputRules(
    max_chars=200_000,
    blocked_patterns=("free money", "a*b*c*d*"),
    allowed_hosts=("shop.example",),
    competitors=("Globex",),
)
EVIDENCE = Evidence(
    prompt="You are Lumi. Never tell the customer what the shop has paid for a lamp or for anything else. "
    * 5,
    passages={1: "Lamps can be returned within 30 days. Shipping costs 4.90 EUR.", 2: ""},
    actions=(ActionDone("refund_order", "write", arguments={"a": [{"b": 1}]}, result="refunded 2026-13-45"),),
    customer_text="my order",
    language="en",
    canary="0123456789abcdef",
)
CHECKS = checks_for(
    RULES, foreign=lambda text: [Span(0, 1, "X")] if "zoe" in text else (), language_of=lambda text: ""
)
WORDS = st.sampled_from(
    ["I ", "have ", "refunded ", "your ", "order ", "you ", "will ", "we ", "ich ", "habe ", "and ", "not ",
    "if ", "[1]",
     "[9]", "[", "](", "](https://evil.example", ")", "(", "https://", "https://shop.example",
     "http://evil.example/a",
     "@", "evil.example", "www.", "//", "\\", "<", ">", "<a href=", "<img src=", "javascript:",
     "data:text/html,", "&#58;",
     "!", ". ", "? ", "\n", "\n\n", "```\n", "`", "**", "| ", "4.90 EUR", "25%", "Friday ", "deliver ", "guarantee ",
     "never tell the customer what the shop has paid for a lamp ", "0123456789", "abcdef", "zoe", "\u200b", "\ud800",
     "。", "０", "\x00", "IDIOT ", "x" * 90, "{\"name\": \"a\", \"arguments\": ", "<email_1>", "é", "👍🏽"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(WORDS, max_size=40).map("".join), st.text(max_size=300))
# What the widget makes a link of.
LINKED = re.compile(r"\[[^\[\]]+\]\(([^()\s]+)\)|(https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]*])")
HOST = re.compile(r"https?://(?:[a-z0-9-]{1,63}\.){0,5}shop\.example(?![\w.@:-]*[\w@])", re.IGNORECASE)


@given(TEXTS, st.lists(st.integers(0, 3000), max_size=8))
@settings(max_examples=120, deadline=None)
def test_no_check_breaks_and_the_pieces_do_not_matter(text: str, cuts: list[int]) -> None:
    whole, cut = gate_for(RULES, EVIDENCE, CHECKS), gate_for(RULES, EVIDENCE, CHECKS)

    shown = through(whole, [text])

    assert shown == through(cut, pieces(text, cuts))
    assert whole.stop == cut.stop
    assert "failed" not in (whole.stop.reasons if whole.stop else ())


@given(TEXTS)
@settings(max_examples=120, deadline=None)
def test_no_check_fails_on_any_sentence(text: str) -> None:
    for check in CHECKS:
        judge = check.begin(EVIDENCE)

        for sentence in (
            Sentence(text[:2_000], Said()),
            Sentence(text[:2_000], Said(), code=True, glued=True),
        ):
            ruling = judge(sentence)
            assert ruling is None or ruling.action in Action


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_widget_finds_no_link_but_to_allowed_hosts(text: str) -> None:
    rules = OutputRules(max_chars=200_000, allowed_hosts=("shop.example",))
    links = tuple(check for check in checks_for(rules) if check.name in {"citations", "links"})

    shown = through(Gate(links, EVIDENCE), [text])

    for line in shown.split("\n"):
        for found in LINKED.finditer(line):
            address = found[1] or found[2]
            assert HOST.match(address) or not re.match(r"(?i)(?:https?|mailto|javascript|data):", address), (
                shown
            )


HOSTILE = ["a", "I have ", "[", "](", "![](", "<", "<a ", "https://", "www.a.", "1.", "4.90 EUR ",
           "you will be ", "ich habe ",
           "\"", "`", "and ", "it is done ", "the ", "NEVER ", "!?", "&#", "\\", "a*", "你", "@", "data:a/",
           ".a", "-", "%",
           "je vous ", "he ", "your order has been ", "{\"name\":", "will and ", "that you ", "[1] "]  # fmt: skip


@pytest.mark.parametrize("bit", HOSTILE)
def test_a_long_answer_of_anything_takes_time_in_proportion(bit: str) -> None:
    text = bit * (30_000 // len(bit))
    for check in CHECKS:
        judge, said = check.begin(EVIDENCE), Said()
        began = time.perf_counter()
        for at in range(0, 6_000, 2_000):
            judge(Sentence(text[at : at + 2_000], said))
        assert time.perf_counter() - began < 5, check.name
    began = time.perf_counter()
    gate = gate_for(RULES, EVIDENCE, CHECKS)
    gate.feed(text)
    gate.finish()
    assert time.perf_counter() - began < 20
