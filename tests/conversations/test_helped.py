"""Whether a customer's words say that she was helped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import helped

ASKED = "You find the label in your account. Did that help?"
MORE = "You're welcome! Is there anything else I can help you with?"
SOLVED = (
    "Yes, that helped!",
    "thanks, solved",
    "It works now, thank you so much",
    "Ja, das hat geholfen",
    "Danke, gelöst!",
    "Merci, c'est résolu",
    "Ça marche, merci",
    "Gracias, ya funciona",
    "Grazie, risolto",
    "Dank je, opgelost",
    "Dziękuję, rozwiązane",
    "Obrigada, resolvido",
)
NOT_SOLVED = (
    "That did not help",
    "It works, but the label is missing",
    "Is it solved?",
    "I hope that helped my colleague",
    "Thanks, but no",
    "It still doesn't work",
    "Nein, das hat nicht geholfen",
    "Merci mais ça ne marche pas",
    "No funciona, gracias",
    "Non funziona ancora",
    "Het werkt nog niet, bedankt",
    "Nie, nie pomogło",
    "Não funciona",
    "Thanks. " + "And then I went to the shop. " * 9,
    "",
    "if it works now I will tell you",
)


@pytest.mark.parametrize("text", SOLVED)
def test_words_that_say_so_confirm_when_somebody_had_asked(text: str) -> None:
    assert helped.may_confirm(text)
    assert helped.confirms(text, asked_by=ASKED, has_thumb_up=False)
    assert helped.confirms(text, asked_by=MORE, has_thumb_up=False)
    assert helped.confirms(text, asked_by="It is in your account.", has_thumb_up=True)
    assert not helped.confirms(text, asked_by="It is in your account.", has_thumb_up=False)


@pytest.mark.parametrize("text", NOT_SOLVED)
def test_words_with_a_doubt_or_a_question_confirm_nothing(text: str) -> None:
    assert not helped.confirms(text, asked_by=ASKED, has_thumb_up=True)


@pytest.mark.parametrize("yes", ["yes", "Ja!", "Oui", "Sí", "sì", "tak", "Sim"])
def test_a_bare_yes_answers_only_whether_it_helped(yes: str) -> None:
    assert helped.confirms(yes, asked_by=ASKED, has_thumb_up=False)
    assert not helped.confirms(yes, asked_by=MORE, has_thumb_up=False)
    assert not helped.confirms(yes, asked_by="Shall I pass you on to a person?", has_thumb_up=True)


def test_thanks_alone_confirm_after_a_thumb_up_and_not_after_a_goodbye() -> None:
    assert helped.confirms("Thanks!", asked_by="It is in your account.", has_thumb_up=True)
    assert not helped.confirms("Thanks!", asked_by=MORE, has_thumb_up=False)


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("What is your order number?", True),
        ("It ships today.", False),
        (MORE, False),
        (ASKED, False),
        ("Wie lautet Ihre Bestellnummer?", True),
        ("Kann ich sonst noch etwas für Sie tun?", False),
    ],
)
def test_a_question_leaves_a_matter_open_unless_it_is_a_goodbye(text: str, is_open: bool) -> None:
    assert helped.leaves_open(text) is is_open


@given(text=st.text(max_size=300), asked=st.sampled_from([ASKED, MORE, "Fine.", ""]), up=st.booleans())
def test_what_confirms_had_to_be_able_to_and_had_a_reason(text: str, asked: str, up: bool) -> None:
    confirmed = helped.confirms(text, asked_by=asked, has_thumb_up=up)

    if confirmed:
        assert helped.may_confirm(text)
        assert up or asked in {ASKED, MORE}
        assert "?" not in text
