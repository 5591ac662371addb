"""What the widget asks and offers besides words: how it was and why not, the queue, a way on, a copy by mail."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.widget.peer import Peer
from tests.widget.test_look import violations

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
NOBODY: dict[str, Any] = {"offer": ["ticket", "assistant"], "opens_at": "2026-11-23T08:00:00+00:00"}


def closed(peer: Peer) -> None:
    peer.until(lambda: peer.hellos)
    peer.tell("Can I return a tent?", "customer")
    peer.tell("Yes.", data={"run": "r1", "citations": []})
    peer.tell("The conversation was closed.", "agent", "owner", data={"owner": "closed"})
    peer.say(type="csat", episode=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_asks_how_it_was_when_it_is_over_and_axe_finds_nothing(
    visit: Visit, peer: Peer, theme: str
) -> None:
    page = visit(open="", theme=theme)
    closed(peer)
    form = page.get_by_role("form", name="How was this conversation?")
    expect(form).to_be_visible()
    assert violations(page) == []

    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("Please choose one of the five.")).to_be_visible()
    form.get_by_role("radio", name="1, Very bad").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    form.get_by_label("In your own words").fill("Quick and kind")
    assert violations(page) == []
    form.get_by_role("button", name="Send").click()
    peer.until(lambda: peer.heard("rate"))

    assert peer.heard("rate") == [{"type": "rate", "episode": 1, "score": 4, "comment": "Quick and kind"}]
    peer.say(type="rated", episode=1, score=4)
    expect(form).to_have_count(0)
    expect(page.get_by_text("Thank you.")).to_be_visible()


def test_who_does_not_want_to_say_is_not_asked_again(visit: Visit, peer: Peer) -> None:
    peer.welcome |= {"csat": {"episode": 1}, "owner": "closed"}
    page = visit(open="")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("form")).to_have_count(0)

    page.reload()
    peer.until(lambda: len(peer.hellos) == 2)
    expect(page.get_by_text("Hello! How can I help?")).to_be_visible()
    page.wait_for_timeout(300)

    expect(page.get_by_role("form")).to_have_count(0)


def test_a_refused_rating_says_so_at_the_form_and_keeps_what_was_written(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    closed(peer)
    form = page.get_by_role("form", name="How was this conversation?")
    form.get_by_role("radio", name="2, Bad").check(force=True)
    form.get_by_label("In your own words").fill("Slow")
    form.get_by_role("button", name="Send").click()
    peer.until(lambda: peer.heard("rate"))

    peer.say(type="error", code="rated_already", message="This was rated already, more than a day ago.")

    expect(form.get_by_role("alert")).to_have_text("This was rated already, more than a day ago.")
    expect(form.get_by_label("In your own words")).to_have_value("Slow")


def test_a_thumb_down_asks_why_and_a_reason_goes_with_it(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("Nine o'clock.")
    page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("radio", name="Not what I asked")).to_be_focused()
    assert violations(page) == []

    page.get_by_role("radio", name="Not true").check(force=True)
    page.get_by_label("In your own words").fill("It is ten")
    page.get_by_role("button", name="Send", exact=True).first.click()
    peer.until(lambda: len(peer.heard("feedback")) == 2)

    assert peer.heard("feedback") == [
        {"type": "feedback", "seq": 1, "value": "down"},
        {"type": "feedback", "seq": 1, "value": "down", "reason": "not_true: It is ten"},
    ]
    expect(page.get_by_text("Thank you.")).to_be_visible()


def test_nobody_there_leaves_two_ways_on(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell(
        "Nobody of our team is here at the moment. You can leave your address.", "ai", "notice", data=NOBODY
    )
    page.get_by_role("button", name="Leave my e-mail address").click()
    box = page.get_by_label("Your e-mail address")
    expect(box).to_be_focused()
    assert violations(page) == []

    box.fill("nobody")
    box.press("Enter")
    expect(page.get_by_text("Please enter a whole e-mail address")).to_be_visible()
    box.fill("ida@example.com")
    box.press("Enter")
    peer.until(lambda: peer.heard("offer"))
    assert peer.heard("offer") == [{"type": "offer", "choice": "ticket", "email": "ida@example.com"}]
    peer.tell("Thank you. Your request has the number T-1001.", "system", "notice")

    expect(page.get_by_label("Your e-mail address")).to_have_count(0)
    expect(page.get_by_text("T-1001")).to_be_visible()


def test_she_may_go_on_with_the_assistant(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("Nobody is here.", "ai", "notice", data=NOBODY)

    page.get_by_role("button", name="Go on with the assistant").click()
    peer.until(lambda: peer.heard("offer"))

    assert peer.heard("offer") == [{"type": "offer", "choice": "assistant"}]


def test_who_waits_may_leave_an_address_and_sees_who_joins(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("We look for somebody.", "system", "handoff", data={"owner": "queue"})
    peer.say(type="queue", position=2, eta_s=None)
    expect(page.get_by_role("button", name="Leave my e-mail address")).to_be_visible()
    assert violations(page) == []

    peer.tell("Ben joined.", "agent", "owner", data={"owner": "agent", "name": "Ben", "of": "Billing"})

    expect(
        page.get_by_text("Ben of Billing joined the conversation. You need not repeat anything")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Leave my e-mail address")).to_have_count(0)


def test_yes_and_no_are_buttons_where_she_is_asked_for_them(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("Shall I pass you on?", data={"run": "r1", "citations": [], "asks": "person"})
    page.get_by_role("button", name="Yes", exact=True).click()
    peer.until(lambda: peer.heard("message"))

    assert peer.heard("message")[0]["text"] == "Yes"
    expect(page.get_by_role("button", name="No", exact=True)).to_have_count(0)


def test_a_cut_answer_is_shown_as_cut(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.say(type="delta", run="r1", offset=0, text="Half an ans")
    peer.tell("Half an ans", data={"run": "r1", "cut": True})

    expect(page.get_by_text("Cut off here: a person took over.")).to_be_visible()


def test_a_copy_by_mail_is_asked_for_in_the_chat(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    page.get_by_role("button", name="Send me this conversation by e-mail").click()
    box = page.get_by_label("Your e-mail address")
    expect(box).to_be_focused()
    assert violations(page) == []
    box.fill("ida@example.com")
    box.press("Enter")
    peer.until(lambda: peer.heard("transcript"))

    peer.say(type="error", code="too_many_transcripts", message="3 copies a day are the most.")
    expect(page.get_by_text("Three copies a day are the most.")).to_be_visible()
    box.press("Enter")
    peer.until(lambda: len(peer.heard("transcript")) == 2)
    peer.say(type="transcript", to="i***@example.com")

    expect(page.get_by_text("The conversation is on its way to i***@example.com.")).to_be_visible()
    expect(box).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "title"), [("de-AT", "Hilfe"), ("fr", "Assistance"), ("pl", "Pomoc"), ("ar", "Support")]
)
def test_its_words_are_in_the_language_of_the_page(
    visit: Visit, peer: Peer, language: str, title: str
) -> None:
    page = visit(open="", lang=language)

    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_the_language_of_the_conversation_wins_over_the_browsers(visit: Visit, peer: Peer) -> None:
    peer.welcome |= {"language": "de"}
    page = visit(open="")

    expect(page.get_by_role("heading", name="Hilfe")).to_be_visible()
    expect(page.get_by_role("button", name="Mit einem Menschen sprechen")).to_be_visible()
    assert len(peer.hellos) == 2


@pytest.mark.parametrize("code", ["de", "es", "fr", "it", "nl", "pl", "pt"])
def test_every_language_has_every_word_with_its_places(visit: Visit, peer: Peer, code: str) -> None:
    page = visit(lang=code)
    expect(page.locator("support-chat")).to_be_attached()
    found = page.evaluate(
        """async ([host, code]) => {
            const places = text => (text.match(/{\\w+}/g) ?? []).sort().join();
            const {default: words} = await import(`${host}/support-chat-${code}.js`);
            const text = await import(`${host}/support-chat-more.js`);
            const english = {...document.createElement("support-chat").strings, ...text.STRINGS};
            return Object.keys(english).filter(key => !words[key] || places(words[key]) !== places(english[key]));
        }""",
        [peer.address, code],
    )

    assert found == []


def test_a_narrow_phone_shows_all_of_it(visit: Visit, page: Page, peer: Peer) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    visit(open="")
    closed(peer)
    expect(page.get_by_role("form", name="How was this conversation?")).to_be_visible()

    assert page.locator(".scroll").evaluate("pane => pane.scrollWidth <= pane.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
