"""What the widget shows, to whom it is usable, and what it refuses to turn into markup."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.widget.peer import MODULE, Peer

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
SOURCES = [
    {
        "n": 1,
        "title": "Returns",
        "heading": "How long?",
        "url": "https://shop.example/r",
        "quote": "30 days.",
    },
    {"n": 2, "title": "Shipping", "heading": "", "url": "javascript:alert(1)", "quote": "Labels are free."},
]
HOSTILE = (
    "<img src=x onerror=window.hit=1> <script>window.hit=1</script> [x](javascript:window.hit=1) "
    "**<b>bold</b>** [data](data:text/html,x) `<i>` [ok](https://shop.example/ok)"
)


def talk(peer: Peer) -> None:
    """A conversation with something of everything in it."""
    peer.until(lambda: peer.hellos)
    peer.tell("Can I return a tent?", "customer")
    peer.tell("Yes, **unused** ones [1][2].\n\n1. Print\n2. Post", data={"run": "r1", "citations": SOURCES})
    peer.tell("Mara joined.", "system", "owner", data={"owner": "agent", "name": "Mara"})
    peer.tell("Hi, I'm Mara.", "agent")
    peer.say(type="status", stage="searching")


def violations(page: Page) -> list[str]:
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in Axe().run(page).response["violations"]]


def test_the_module_is_under_20_kb() -> None:
    assert len(MODULE.read_bytes()) < 20_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_in_an_open_chat(visit: Visit, peer: Peer, theme: str, language: str) -> None:
    page = visit(open="", theme=theme, lang=language)
    talk(peer)
    expect(page.get_by_text("Searching…")).to_be_visible()
    page.locator("summary").first.click()
    page.get_by_role("textbox").fill("x" * 8001)

    assert violations(page) == []


def test_axe_finds_nothing_in_a_closed_chat(visit: Visit, peer: Peer) -> None:
    page = visit()
    expect(page.get_by_role("button", name="Open support chat")).to_be_visible()

    assert violations(page) == []


def test_hostile_text_stays_text(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)

    peer.say(type="delta", run="r1", offset=0, text=HOSTILE)
    peer.tell(HOSTILE, data={"run": "r1", "citations": [{**SOURCES[1], "title": HOSTILE, "quote": HOSTILE}]})
    peer.tell(HOSTILE, "customer")
    peer.tell(HOSTILE, "system", "handoff")
    expect(page.locator("[role=log] .note")).to_have_text(HOSTILE)

    assert page.locator("[role=log] img, [role=log] script, [role=log] b, [role=log] i").count() == 0
    links = page.locator("[role=log] a").evaluate_all("links => links.map(link => link.href)")
    assert set(links) == {"https://shop.example/ok"}
    assert page.evaluate("window.hit") is None


def test_a_mark_opens_its_source_and_only_web_pages_are_linked(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    talk(peer)

    page.get_by_role("button", name="Source 1").click()
    expect(page.get_by_text("30 days.")).to_be_visible()
    expect(page.get_by_role("link", name="Open page")).to_have_attribute("href", "https://shop.example/r")
    page.get_by_role("button", name="Source 2").click()

    expect(page.get_by_text("Labels are free.")).to_be_visible()
    expect(page.get_by_role("link", name="Open page")).to_have_count(1)


def test_hostile_markdown_is_read_in_a_moment(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)

    for sign in ("*", "**", "_ _", "[", "`", "[a](", "*a ", "http://."):
        peer.tell((sign * 8000)[:8000])
    peer.tell("Still here.")

    expect(page.get_by_text("Still here.")).to_be_visible()


def test_the_answer_is_announced_once_and_history_is_not(visit: Visit, peer: Peer) -> None:
    peer.add("An old answer")
    page = visit(open="")
    expect(page.get_by_text("An old answer")).to_be_visible()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")

    peer.say(type="delta", run="r1", offset=0, text="A new")
    expect(page.get_by_text("A new")).to_be_visible()

    expect(page.get_by_role("log").get_by_text("A new")).to_have_count(0)


def test_enter_sends_shift_enter_breaks_and_escape_closes(visit: Visit, peer: Peer) -> None:
    page = visit()
    page.get_by_role("button", name="Open support chat").press("Enter")
    box = page.get_by_role("textbox")
    expect(box).to_be_focused()
    peer.until(lambda: peer.hellos)

    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    box.press("Enter")
    peer.until(lambda: peer.heard("message"))
    assert peer.heard("message")[0]["text"] == "one\ntwo"
    assert peer.heard("typing")[0]["on"] is True
    box.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Open support chat")).to_be_focused()


def test_a_text_over_the_limit_is_refused_and_kept(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    box = page.get_by_role("textbox")

    box.fill("🏕" * 8001)
    box.press("Enter")
    expect(page.get_by_text("Please shorten it.")).to_be_visible()
    expect(box).to_have_value("🏕" * 8001)
    box.fill("🏕" * 8000)
    box.press("Enter")
    peer.until(lambda: peer.heard("message"))

    assert peer.heard("message")[0]["text"] == "🏕" * 8000


def test_asking_for_a_person_and_waiting_in_the_queue(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    page.get_by_role("button", name="Talk to a person").click()
    peer.until(lambda: peer.heard("person"))

    peer.tell("We are looking for somebody.", "system", "handoff", data={"owner": "queue"})
    peer.say(type="queue", position=3, eta_s=200)
    expect(page.get_by_text("You are number 3 in the queue. ≈ 4 min")).to_be_visible()
    expect(page.get_by_role("button", name="Talk to a person")).to_have_count(0)
    peer.tell("Mara joined.", "system", "owner", data={"owner": "agent", "name": "Mara"})
    peer.say(type="typing", author={"kind": "agent", "name": "Mara"}, on=True)

    expect(page.get_by_text("Mara is typing…")).to_be_visible()
    expect(page.get_by_text("You are number 3")).to_have_count(0)


def test_a_thumb_is_sent_and_remembered_by_the_log(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    peer.tell("Nine o'clock.")

    page.get_by_role("button", name="Not helpful").click()
    peer.until(lambda: peer.heard("feedback"))
    assert (peer.heard("feedback")[0]["seq"], peer.heard("feedback")[0]["value"]) == (1, "down")
    peer.tell("", "customer", "feedback", data={"seq": 1, "value": "down"})
    page.reload()

    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")


def test_a_closed_chat_counts_what_is_unread_and_reads_it_when_opened(visit: Visit, peer: Peer) -> None:
    page = visit(open="")
    peer.until(lambda: peer.hellos)
    page.get_by_role("button", name="Close chat").click()

    peer.tell("One")
    peer.tell("Two")
    expect(page.get_by_role("button", name="Open support chat (2)")).to_be_visible()
    page.get_by_role("button", name="Open support chat (2)").click()
    peer.until(lambda: peer.heard("read"))

    assert peer.heard("read")[-1]["seq"] == 2


def test_the_page_hears_of_what_happens_and_may_change_the_texts(
    visit: Visit, page: Page, peer: Peer
) -> None:
    page.add_init_script(
        "window.heard = [];"
        "for (const name of ['open', 'message', 'error'])"
        "  addEventListener('support-chat:' + name, event => heard.push([name, event.detail]))"
    )
    visit()
    page.evaluate("document.querySelector('support-chat').strings = {title: 'Ask the lodge'}")
    page.evaluate("document.querySelector('support-chat').open = true")
    peer.until(lambda: peer.hellos)
    peer.tell("Hi")
    peer.say(type="error", code="too_many", message="Slow down.")

    expect(page.get_by_role("heading", name="Ask the lodge")).to_be_visible()
    expect(page.get_by_text("Slow down.")).to_be_visible()
    assert [name for name, _ in page.evaluate("heard")] == ["open", "message", "error"]


def test_a_phone_gets_the_whole_screen_and_no_zoom(visit: Visit, page: Page, peer: Peer) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    visit(open="")
    talk(peer)

    panel = page.get_by_role("dialog").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 360, "height": 640}
    box = page.get_by_role("textbox")
    assert box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)") >= 16
    assert page.locator(".scroll").evaluate("pane => pane.scrollWidth <= pane.clientWidth")


def test_right_to_left_puts_the_chat_on_the_other_side(visit: Visit, peer: Peer) -> None:
    page = visit(open="", lang="ar")

    panel = page.get_by_role("dialog").bounding_box()

    assert panel is not None
    assert panel["x"] < 100
