"""The widget's line to the server: cuts, doubles, gaps, refusals, and messages that must not be lost."""

import base64
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.widget.peer import Peer

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
ANSWER = "Tents can be returned 🏕 within thirty days when they are unused and dry."


def send(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.get_by_label("Write a message").press("Enter")


def jwt(subject: str, signature: str = "x") -> str:
    body = base64.urlsafe_b64encode(json.dumps({"sub": subject}).encode()).decode().rstrip("=")
    return f"e30.{body}.{signature}"


def test_a_closed_chat_of_a_new_visitor_opens_no_socket(visit: Visit, peer: Peer) -> None:
    page = visit()

    expect(page.get_by_role("button", name="Open support chat")).to_be_visible()
    page.wait_for_timeout(200)

    assert peer.hellos == []


def test_an_answer_cut_in_the_middle_goes_on_with_every_word_once(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.say(type="delta", run="r1", offset=0, text=ANSWER[:30])
    expect(page.locator(".say").last).to_have_text(ANSWER[:30].strip())

    peer.before_log = lambda hello: peer.say(type="delta", run="r1", offset=0, text=ANSWER[:60])
    peer.close(1012)
    peer.until(lambda: len(peer.hellos) == 2)

    assert (peer.hellos[1]["run"], peer.hellos[1]["offset"], peer.hellos[1]["after"]) == ("r1", 30, 0)
    peer.say(type="delta", run="r1", offset=50, text=ANSWER[50:])
    expect(page.locator(".say").last).to_have_text(ANSWER)
    peer.tell(ANSWER, data={"run": "r1", "citations": []})
    peer.say(type="delta", run="r1", offset=len(ANSWER), text="late")
    expect(page.locator("[role=log] .say")).to_have_text([ANSWER])
    assert page.get_by_text(ANSWER).count() == 1


def test_deltas_that_overlap_add_only_what_is_new(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)

    for start, stop in ((0, 20), (0, 25), (10, 25), (22, 40), (40, len(ANSWER))):
        peer.say(type="delta", run="r1", offset=start, text=ANSWER[start:stop])

    expect(page.locator(".say").last).to_have_text(ANSWER)
    assert len(peer.hellos) == 1


def test_a_draft_with_a_hole_asks_for_what_is_missing(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.before_log = lambda hello: peer.say(type="delta", run="r1", offset=4, text=ANSWER[4:])

    peer.say(type="delta", run="r1", offset=0, text=ANSWER[:4])
    peer.say(type="delta", run="r1", offset=40, text=ANSWER[40:])
    peer.until(lambda: len(peer.hellos) == 2)

    assert (peer.hellos[1]["run"], peer.hellos[1]["offset"]) == ("r1", 4)
    expect(page.locator(".say").last).to_have_text(ANSWER)


def test_another_run_starts_another_draft(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.say(type="delta", run="r1", offset=0, text="The first try")
    expect(page.get_by_text("The first try")).to_be_visible()

    peer.say(type="delta", run="r2", offset=0, text="The second try")

    expect(page.get_by_text("The second try")).to_be_visible()
    expect(page.get_by_text("The first try")).to_have_count(0)


def test_a_person_who_takes_over_ends_the_draft(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.say(type="delta", run="r1", offset=0, text="Half an ans")
    expect(page.get_by_text("Half an ans")).to_be_visible()

    peer.tell("Mara joined the chat.", "system", "handoff", data={"owner": "agent"})

    expect(page.get_by_text("Mara joined the chat.")).to_be_visible()
    expect(page.get_by_text("Half an ans")).to_have_count(0)


def test_an_event_told_twice_is_shown_once(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)

    event = peer.tell("We open at nine.")
    peer.say(**event)
    peer.tell("On Sundays at ten.")

    expect(page.locator("[role=log] .say")).to_have_text(["We open at nine.", "On Sundays at ten."])


def test_a_gap_in_the_log_is_read_again_from_the_cursor(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("one")
    expect(page.get_by_text("one", exact=True)).to_be_visible()

    peer.add("two")
    peer.tell("three")
    peer.until(lambda: len(peer.hellos) == 2)

    assert peer.hellos[1]["after"] == 1
    expect(page.locator("[role=log] .say")).to_have_text(["one", "two", "three"])


def test_a_gap_that_the_server_insists_on_is_accepted(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.log = [
        {"type": "event", "seq": 7, "kind": "message", "author": {"kind": "ai"}, "text": "seven", "data": {}}
    ]

    peer.say(**peer.log[0])

    expect(page.get_by_text("seven")).to_be_visible()
    assert len(peer.hellos) == 2


def test_an_unacked_message_is_sent_again_with_its_id(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.acking = False
    send(page, "Where is my order?")
    peer.until(lambda: peer.heard("message"))
    expect(page.get_by_text("Sending…")).to_be_visible()

    peer.acking = True
    peer.close(1012)
    peer.until(lambda: len(peer.heard("message")) == 2)

    first, second = peer.heard("message")
    assert first["client_id"] == second["client_id"]
    expect(page.get_by_text("Sent", exact=True)).to_be_visible()
    expect(page.get_by_text("Where is my order?")).to_have_count(1)


def test_a_message_acked_before_its_event_is_shown_once(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.acking = False
    send(page, "Hello?")
    peer.until(lambda: peer.heard("message"))
    sent = peer.heard("message")[0]

    peer.say(type="ack", client_id=sent["client_id"], seq=1)
    expect(page.get_by_text("Sent", exact=True)).to_be_visible()
    peer.tell("Hello?", "customer", client_id=sent["client_id"])
    peer.tell("Hello.")

    expect(page.locator("[role=log] .say")).to_have_text(["Hello?", "Hello."])
    expect(page.get_by_text("Hello?")).to_have_count(1)


def test_a_refused_message_can_be_sent_again_and_is_not_lost(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.acking = False
    send(page, "Is it waterproof?")
    peer.until(lambda: peer.heard("message"))
    sent = peer.heard("message")[0]["client_id"]

    peer.say(type="error", code="too_many", message="Slow down, please.", client_id=sent, retry_after=3)
    expect(page.get_by_text("Not sent.")).to_be_visible()
    expect(page.get_by_text("Slow down, please.")).to_be_visible()
    peer.acking = True
    page.get_by_role("button", name="Try again").click()
    peer.until(lambda: len(peer.heard("message")) == 2)

    assert peer.heard("message")[1]["client_id"] == sent
    expect(page.locator("[role=log] .say")).to_have_text(["Is it waterproof?"])


def test_a_message_that_nobody_acks_says_so(visit: Visit, page: Page, peer: Peer) -> None:
    page.clock.install()
    visit(open="")
    peer.until(lambda: peer.hellos)
    peer.acking = False
    send(page, "Anybody?")
    peer.until(lambda: peer.heard("message"))

    page.clock.run_for(31_000)

    expect(page.get_by_text("Not sent.")).to_be_visible()


def test_messages_written_while_cut_off_leave_in_order_later(visit: Visit, page: Page, peer: Peer) -> None:
    page.clock.install()
    visit(open="")
    peer.until(lambda: peer.hellos)
    expect(page.get_by_text("Hello! How can I help?")).to_be_visible()
    peer.refuse_with = 1012
    peer.close(1012)
    expect(page.get_by_text("Connection lost")).to_have_count(1)

    send(page, "one")
    send(page, "two")
    assert peer.heard("message") == []
    peer.refuse_with = 0
    page.evaluate("dispatchEvent(new Event('online'))")
    peer.until(lambda: len(peer.heard("message")) == 2)

    assert [frame["text"] for frame in peer.heard("message")] == ["one", "two"]
    expect(page.locator("[role=log] .say")).to_have_text(["one", "two"])


def test_a_line_without_pongs_is_given_up_and_dialled_again(visit: Visit, page: Page, peer: Peer) -> None:
    pongs: list[str] = []
    page.on("websocket", lambda line: line.on("framereceived", lambda frame: pongs.append(str(frame))))
    page.clock.install()
    visit(open="")
    peer.until(lambda: peer.hellos)
    expect(page.get_by_text("Hello! How can I help?")).to_be_visible()
    page.clock.run_for(26_000)
    peer.until(lambda: len(peer.heard("ping")) == 1)
    # Its clock runs when we say so: the pong has to be there before the time for it is over.
    for _ in range(500):
        if any("pong" in frame for frame in pongs):
            break
        page.wait_for_timeout(20)
    page.clock.run_for(26_000)
    peer.until(lambda: len(peer.heard("ping")) == 2)
    assert len(peer.hellos) == 1

    peer.ponging = False
    page.clock.run_for(26_000)
    peer.until(lambda: len(peer.heard("ping")) == 3)
    page.clock.run_for(12_000)

    peer.until(lambda: len(peer.hellos) == 2)


def test_going_offline_is_said_and_coming_back_dials_at_once(visit: Visit, page: Page, peer: Peer) -> None:
    page.clock.install()
    visit(open="")
    peer.until(lambda: peer.hellos)
    expect(page.get_by_text("Hello! How can I help?")).to_be_visible()
    peer.ponging = False
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.clock.run_for(10_500)

    send(page, "Kept for later")
    expect(page.get_by_text("Sending…")).to_be_visible()
    page.context.set_offline(False)

    peer.until(lambda: len(peer.hellos) == 2)
    expect(page.get_by_text("You are offline.")).to_have_count(0)
    expect(page.locator("[role=log] .say")).to_have_text(["Kept for later"])


def test_4401_is_explained_and_not_tried_again(visit: Visit, page: Page, peer: Peer) -> None:
    page.clock.install()
    peer.refuse_with = 4401
    visit(open="", token=jwt("ada"))
    page.evaluate("addEventListener('support-chat:error', event => { window.said = event.detail })")

    expect(page.get_by_text("We could not confirm who you are.")).to_be_visible()
    page.clock.run_for(120_000)
    assert len(peer.hellos) == 1
    expect(page.get_by_role("button", name="Start a new chat")).to_have_count(0)

    peer.refuse_with = 0
    page.evaluate(
        "token => document.querySelector('support-chat').setAttribute('token', token)", jwt("ada", "y")
    )
    expect(page.get_by_text("Hello! How can I help?")).to_be_visible()
    assert peer.hellos[1]["token"] == jwt("ada", "y")


def test_a_chat_that_is_gone_offers_a_new_one_and_keeps_what_was_written(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    expect(page.get_by_text("Hello! How can I help?")).to_be_visible()
    peer.acking = False
    send(page, "Still there?")
    peer.until(lambda: peer.heard("message"))
    peer.close(4404)
    expect(page.get_by_text("This chat is not available.")).to_be_visible()

    peer.acking = True
    peer.welcome["conversation"] = "c-2"
    page.get_by_role("button", name="Start a new chat").click()
    peer.until(lambda: len(peer.heard("message")) == 2)

    assert "conversation" not in peer.hellos[1]
    assert "token" not in peer.hellos[1]
    expect(page.locator("[role=log] .say")).to_have_text(["Still there?"])


def test_too_many_waits_as_long_as_the_server_said(visit: Visit, page: Page, peer: Peer) -> None:
    page.clock.install()
    visit(open="")
    peer.until(lambda: peer.hellos)
    peer.say(type="error", code="too_many", message="Too many requests.", retry_after=20)
    expect(page.get_by_text("Too many requests.")).to_be_visible()
    peer.close(4429)
    expect(page.get_by_text("Connection lost.")).to_be_visible()

    page.clock.run_for(19_000)
    page.wait_for_timeout(100)
    assert len(peer.hellos) == 1
    page.clock.run_for(3_000)

    peer.until(lambda: len(peer.hellos) == 2)


def test_a_reload_reads_the_log_anew_and_keeps_no_text_in_the_browser(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    send(page, "A private matter")
    expect(page.locator("[role=log] .say")).to_have_text(["A private matter"])
    stored = page.evaluate("JSON.stringify({...localStorage})")
    assert "private" not in stored

    page.reload()
    peer.until(lambda: len(peer.hellos) == 2)

    hello = peer.hellos[1]
    assert (hello["token"], hello["conversation"], hello["after"]) == ("visitor-1", "c-1", 0)
    expect(page.locator("[role=log] .say")).to_have_text(["A private matter"])


def test_another_person_at_the_same_browser_starts_afresh(visit: Visit, peer: Peer) -> None:
    visit(open="", token=jwt("ada"))
    peer.until(lambda: peer.hellos)
    peer.say(type="pong")

    visit(open="", token=jwt("bo"))
    peer.until(lambda: len(peer.hellos) == 2)

    assert "conversation" not in peer.hellos[1]
    assert peer.hellos[1]["token"] == jwt("bo")


def test_a_log_that_is_not_the_one_we_had_is_read_from_its_start(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("old one")
    peer.tell("old two")
    expect(page.get_by_text("old two")).to_be_visible()

    peer.log.clear()
    peer.add("new one")
    peer.welcome["conversation"] = "c-2"
    peer.close(1012)

    expect(page.locator("[role=log] .say")).to_have_text(["new one"])
    assert [hello["after"] for hello in peer.hellos] == [0, 2, 0]


def test_it_works_where_storage_is_refused(visit: Visit, page: Page, peer: Peer) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused') } })"
    )
    visit(open="")
    peer.until(lambda: peer.hellos)
    send(page, "Hi")
    expect(page.locator("[role=log] .say")).to_have_text(["Hi"])

    peer.close(1012)
    peer.until(lambda: len(peer.hellos) == 2)

    assert (peer.hellos[1]["conversation"], peer.hellos[1]["after"]) == ("c-1", 1)
