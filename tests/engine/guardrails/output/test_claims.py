"""Claims of deeds, and what bears them out."""

from __future__ import annotations

import pytest

from engine.guardrails.output.building import gate_for
from engine.guardrails.output.claimed import claims_in
from engine.guardrails.output.claims import Ledger
from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.texts import TEXTS
from engine.guardrails.output.values import ActionDone, Evidence, TaskBooked
from engine.guardrails.output.window import Gate
from engine.guardrails.values import Action
from tests.engine.guardrails.output.claim_sentences import (
    CLAIMS,
    HONEST,
    LATER_CLAIMS,
    LATER_HONEST,
    LATEST_CLAIMS,
    LATEST_HONEST,
)
from tests.engine.guardrails.output.saying import say, shown

EVERY_CLAIM = CLAIMS + LATER_CLAIMS + LATEST_CLAIMS
EVERY_HONEST = HONEST + LATER_HONEST + LATEST_HONEST
REFUNDED = ActionDone(
    "refund_order",
    "irreversible",
    arguments={"order": "A-10234", "amount": 45},
    result='{"status": "refunded"}',
)
UPDATED = ActionDone("update_order", "write", arguments={"status": "cancelled"})
LOOKED_UP = ActionDone(
    "get_order", result='{"order": "A-10234", "status": "cancelled", "cancelled_on": "2026-05-03"}'
)


def read(result: str) -> Evidence:
    return Evidence(actions=(ActionDone("get_order", result=result),))


def is_flagged(sentence: str, evidence: Evidence | None = None) -> bool:
    ledger = Ledger(evidence or Evidence(), OutputRules())
    return any(not ledger.carries(claim, sentence) for claim in claims_in(sentence))


def test_a_claim_that_nothing_bears_out_is_found() -> None:
    missed = [sentence for sentence in EVERY_CLAIM if not is_flagged(sentence)]

    assert len(missed) <= 0.04 * len(EVERY_CLAIM), missed


@pytest.mark.parametrize(
    "sentence",
    [
        "I've **refunded** you.",
        "- I have _cancelled_ your order.",
        "✅ Refund issued!",
        "I’ve refunded you.",
        "I HAVE REFUNDED YOU.",
        "I've\nrefunded you.",
        "| I have | refunded you |",
        "I've refunded you, okay?",
        "No problem, I have cancelled it.",
        "No worries, cancelled it for you.",
        "No, I have refunded you.",
    ],
)
def test_a_claim_is_found_in_any_dress(sentence: str) -> None:
    assert is_flagged(sentence)


def test_an_honest_sentence_is_left_alone() -> None:
    flagged = [sentence for sentence in EVERY_HONEST if is_flagged(sentence)]

    assert len(flagged) <= 0.04 * len(EVERY_HONEST), flagged


def test_our_own_texts_claim_nothing() -> None:
    assert not [text for texts in TEXTS.values() for text in texts.values() if is_flagged(text)]


def test_a_false_claim_becomes_an_honest_sentence_in_the_language_of_the_customer() -> None:
    english = shown("I have looked at it. I refunded you. Anything else?")
    german = shown("Ich habe Ihre Bestellung storniert.", evidence=Evidence(language="de"))

    assert english == "I have looked at it. I have not been able to do that yet. Anything else?"
    assert german == "Das konnte ich noch nicht erledigen."


def test_the_honest_sentence_is_said_once() -> None:
    assert (
        shown("I refunded you. I cancelled it. Bye now.") == "I have not been able to do that yet. Bye now."
    )


def test_a_message_that_comes_of_itself_may_be_announced() -> None:
    done = Evidence(language="en", actions=(ActionDone("cancel_order", "write"),))

    assert not is_flagged("You will receive an email with the details.", done)
    assert not is_flagged("You will then get a link by email.")
    assert is_flagged("You will receive an email with the details.")


def test_a_false_claim_hands_over_where_the_policy_says_so() -> None:
    said = say("Hello there. I refunded you.", OutputRules(actions={"claims": Action.HAND_OVER}))

    assert said.text == "Hello there."
    assert said.stop
    assert (said.stop.action, said.stop.check) == (Action.HAND_OVER, "claims")


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("I refunded you.", Evidence(actions=(REFUNDED,))),
        ("I have refunded order A-10234.", Evidence(actions=(REFUNDED,))),
        ("I've refunded $45 for order A-10234.", Evidence(actions=(REFUNDED,))),
        ("Ich habe Ihnen den Betrag erstattet.", Evidence(actions=(REFUNDED,))),
        ("Je vous ai remboursé.", Evidence(actions=(REFUNDED,))),
        ("Your order was cancelled on 3 May.", Evidence(actions=(LOOKED_UP,))),
        ("Your order was cancelled on 3 May.", Evidence(records="Order A-1: cancelled")),
        ("An agent will call you.", Evidence(tasks=(TaskBooked("call_back"),))),
        ("A colleague will get back to you.", Evidence(tasks=(TaskBooked("hand_off"),))),
        ("I've escalated this.", Evidence(tasks=(TaskBooked("escalation"),))),
        ("Your order is cancelled.", Evidence(actions=(ActionDone("cancelOrder", "write"),))),
        ("I've cancelled your order.", Evidence(actions=(UPDATED,))),
        ("You will get a refund in five days.", Evidence(actions=(ActionDone("cancel_order", "write"),))),
        ("Your return has been requested.", read('{"status": "return requested"}')),
        ("Your order has been delivered.", read('{"id": "1", "status": "delivered", "cancelled": false}')),
        ("Done!", Evidence(actions=(ActionDone("set_flag", "write"),))),
        ("Your account will be deleted after 30 days [1].", Evidence(passages={1: "An account is deleted "
                                                                                  "after 30 days."})),
    ],
)  # fmt: skip
def test_what_was_done_may_be_told(sentence: str, evidence: Evidence) -> None:
    assert not is_flagged(sentence, evidence)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("I refunded you.", Evidence(actions=(ActionDone("refund_order", "write", ok=False),))),
        ("I refunded you.", Evidence(actions=(ActionDone("get_refund", "read", result="refunded: no"),))),
        ("I cancelled your order.", Evidence(actions=(REFUNDED,))),
        ("I cancelled your order.", Evidence(actions=(LOOKED_UP,))),
        ("I have refunded order A-99999.", Evidence(actions=(REFUNDED,))),
        ("I've refunded $450.", Evidence(actions=(REFUNDED,))),
        ("An agent will call you.", Evidence(actions=(REFUNDED,))),
        ("Your order was shipped.", Evidence(actions=(LOOKED_UP,))),
        (
            "Your order was refunded.",
            read('{"cancellable": true, "refunded": false, "refund_policy": "30 days"}'),
        ),
        (
            "Your order is cancelled.",
            read('{"cancellable": true, "cancelled_at": null, "status": "pending"}'),
        ),
        ("Your order is cancelled.", read("The order was not cancelled, cancellation is possible.")),
        (
            "Your order has been refunded.",
            Evidence(actions=(ActionDone("search_knowledge", result="is refunded"),)),
        ),
        ("I refunded you [1].", Evidence(passages={1: "We refunded you, says the customer."})),
        ("Your order has been refunded.", Evidence(passages={1: "Orders that were returned are refunded."})),
    ],
)
def test_what_was_not_done_may_not_be_told(sentence: str, evidence: Evidence) -> None:
    assert is_flagged(sentence, evidence)


def test_what_is_announced_waits_for_the_call_that_bears_it_out() -> None:
    rules = OutputRules()
    said = []
    for action in (None, ActionDone("cancel_order", "write")):
        gate = _gate(rules)
        first = gate.feed("Sure. I'll cancel that for you now.").text + gate.flush().text
        gate.learn(Evidence(language="en", actions=(action,) if action else ()))
        said.append((first, first + gate.feed("\n\nAnything else? ").text + gate.finish().text))

    assert [first for first, _ in said] == ["Sure.", "Sure."]
    assert said[0][1] == "Sure. I can only confirm this once it is done.\n\nAnything else? "
    assert said[1][1] == "Sure. I'll cancel that for you now.\n\nAnything else? "


def _gate(rules: OutputRules) -> Gate:
    return gate_for(rules, Evidence(language="en"))
