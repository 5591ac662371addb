"""The desk in a browser: what a person sees and does there, with and without a mouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from conversations import services
from conversations.models import Approval
from conversations.visits import Visit
from core.scope import tenant_scope
from escalation.desk import hints
from escalation.models import CannedReply, Handoff, Tag
from tenants.roles import Role
from tests.clients import ChatClient
from tests.escalation.desk.pages import at_desk, picture, violations
from tests.factories import Person, a_message, a_person, a_tenant, a_visit, claim
from tests.servers import LiveServer
from tests.story import ask_for_a_yes
from tests.toolbox import a_connection, a_tool

OffLoop = Callable[..., Any]
WIDE, TABLET, PHONE = (1280, 900), (820, 1100), (390, 800)


@pytest.fixture
def mia(off_loop: OffLoop) -> Person:
    """A manager with a canned reply and a tag; made off the browser's loop."""

    def make() -> Person:
        person = a_person("mia", a_tenant("Mia"), Role.MANAGER)
        with tenant_scope(person.tenant.pk):
            CannedReply.objects.create(
                tenant=person.tenant,
                shortcut="delay",
                title="Late parcel",
                text="Hello {{ customer.name }}, your parcel is on its way. {{ agent.first_name }}",
            )
            Tag.objects.create(tenant=person.tenant, name="parcel")
        return person

    return off_loop(make)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert wrong == []


def palette(page: Page, words: str) -> None:
    """Does something by the palette, by keyboard only."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_a_day_at_the_desk_by_keyboard_only(page: Page, live_server: LiveServer, mia: Person) -> None:
    at_desk(page, live_server, mia)
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello={}) as customer:
        customer.say("Where is my parcel?")
        customer.answer()
        customer.send({"type": "person"})
        palette(page, "unassigned")
        expect(page.locator(".row")).to_have_count(1)
        page.keyboard.press("j")
        expect(page.locator("#events")).to_contain_text("Where is my parcel?")
        palette(page, "take over")
        expect(page.locator("#talk-told")).to_contain_text("With you")
        expect(page.locator("#text")).to_be_focused()
        page.keyboard.type("/del")
        expect(page.locator("#canned-preview")).to_have_text(
            f"Hello there, your parcel is on its way. {mia.user.name}"
        )
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        answer = customer.until("event", kind="message", author={"kind": "agent", "name": mia.user.name})
        expect(page.locator("#text")).to_have_value("")
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        page.keyboard.type("Third late parcel this week.")
        page.keyboard.press("Enter")
        expect(page.locator(".event.note")).to_contain_text("Third late parcel")
        picture(page, "work-light")
        found = violations(page)
        page.keyboard.press("Escape")
        page.keyboard.press("e")
        dialog = page.get_by_role("dialog", name="Resolve this conversation")
        dialog.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        picture(page, "resolve")
        in_dialog = violations(page)
        page.keyboard.press("Enter")
        expect(page.locator("#talk-told")).to_contain_text("Closed")

    assert answer["text"] == f"Hello there, your parcel is on its way. {mia.user.name}"
    assert (found, in_dialog) == ([], [])


@pytest.fixture
def busy(off_loop: OffLoop, mia: Person) -> Visit:
    """A conversation that mia has, with a hand-off, its packet, an approval and an upset customer."""

    def make() -> Visit:
        a_tool(mia, a_connection(mia), "throw_away", description="Throws a thing away.")
        visit = a_visit(mia.tenant)
        ask_for_a_yes(visit, "the blue bicycle")
        a_message(visit, "I want **my money** back!\n\n- the tent\n- the stove")
        with tenant_scope(mia.tenant.pk):
            packet = {
                "goal": "Get the money for the torn tent back.",
                "facts": [{"text": "Order 1042 was delivered on Monday", "source": "orders"}],
                "tried": [{"what": "Looked up the order", "result": "Delivered", "worked": True}],
                "next_step": "Refund 149 €.",
                "opening": "Hello, I am here for your tent.",
            }
            Handoff.objects.filter(tenant=mia.tenant, conversation_id=visit.conversation_id).delete()
            Handoff.objects.create(
                tenant=mia.tenant,
                conversation_id=visit.conversation_id,
                reason="asked",
                note="She has waited for two weeks.",
                packet=packet,
                urgency=2,
            )
        return visit

    return off_loop(make)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, TABLET])
def test_the_desk_is_accessible(
    page: Page, live_server: LiveServer, mia: Person, busy: Visit, scheme: Any, size: tuple[int, int]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    at_desk(page, live_server, mia, "/desk/?view=all")
    expect(page.locator(".row").first).to_be_visible()
    empty = violations(page)
    page.locator(".row").first.click()
    expect(page.get_by_role("region", name="What waits for your approval")).to_contain_text("throw_away")
    picture(page, f"open-{scheme}-{size[0]}")
    reading = violations(page)
    if size == TABLET:
        page.get_by_role("button", name="Customer and details").click()
    expect(page.locator("#card")).to_contain_text("Get the money for the torn tent back.")
    picture(page, f"card-{scheme}-{size[0]}")
    card = violations(page)
    page.keyboard.press("Control+k")
    picture(page, f"palette-{scheme}-{size[0]}")
    commands = violations(page)

    assert (empty, reading, card, commands) == ([], [], [], [])


def test_a_call_is_refused_with_a_reason_where_the_conversation_is(
    page: Page, live_server: LiveServer, mia: Person, busy: Visit, off_loop: OffLoop
) -> None:
    at_desk(page, live_server, mia, f"/desk/?conversation={busy.conversation}")
    waiting = page.get_by_role("region", name="What waits for your approval")
    waiting.get_by_role("button", name="Refuse").click()
    page.get_by_label("Why?").fill("The bicycle is still in use.")
    page.get_by_role("dialog").get_by_role("button", name="Refuse").click()
    expect(waiting).to_be_hidden()

    def statuses() -> list[tuple[str, str]]:
        with tenant_scope(mia.tenant.pk):
            return list(Approval.objects.filter(tenant=mia.tenant).values_list("status", "reason"))

    assert off_loop(statuses) == [("refused", "The bicycle is still in use.")]


HOSTILE = (
    "<img src=x onerror=alert(1)> [click](javascript:alert(2)) <script>alert(3)</script>\n"
    '```\n</code><b>no</b>\n```\n[fine](https://example.com/?a="><b>) **bold**'
)


def test_hostile_text_is_shown_as_text(
    page: Page, live_server: LiveServer, mia: Person, off_loop: OffLoop
) -> None:
    visit: Visit = off_loop(lambda: a_visit(mia.tenant))
    off_loop(lambda: a_message(visit, HOSTILE))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))

    at_desk(page, live_server, mia, f"/desk/?conversation={visit.conversation}")
    bubble = page.locator(".event.customer .bubble")
    expect(bubble).to_contain_text("<script>alert(3)</script>")

    assert bubble.locator("img, script, b").count() == 0
    links = bubble.locator("a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(links) <= {"https:"}
    assert bubble.locator("strong").all_text_contents() == ["bold"]


def test_a_file_goes_along_and_its_name_is_a_name(
    page: Page, live_server: LiveServer, mia: Person, zoe_in: Client, off_loop: OffLoop
) -> None:
    visit: Visit = off_loop(lambda: a_visit(mia.tenant))
    off_loop(lambda: claim(visit, mia))
    at_desk(page, live_server, mia, f"/desk/?conversation={visit.conversation}")
    expect(page.locator("#text")).to_be_visible()
    name = '"><img src=x onerror=alert(1)>.txt'
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/html", "buffer": b"Hello"})
    expect(page.locator("#attached .hint")).to_have_text("5 B")
    picture(page, "attached")
    page.locator("#text").fill("Here it is.")
    page.keyboard.press("Enter")
    link = page.locator(".event.agent .file")
    expect(link).to_contain_text("img src=x onerror=alert(1)")
    address = link.get_attribute("href") or ""
    mine = page.request.get(f"{live_server.url}{address}")
    theirs = off_loop(lambda: zoe_in.get(address))

    assert link.locator("img").count() == 0
    assert (mine.status, mine.text()) == (200, "Hello")
    assert mine.headers["content-disposition"].startswith("attachment")
    assert theirs.status_code == 404


@pytest.fixture
def zoe_in(off_loop: OffLoop) -> Client:
    """A browser of somebody of another tenant."""

    def make() -> Client:
        client = Client()
        client.force_login(a_person("zoe", a_tenant("Zoe"), Role.OWNER).user)
        return client

    return off_loop(make)


def test_an_offer_is_taken_by_keyboard(
    page: Page, live_server: LiveServer, mia: Person, off_loop: OffLoop
) -> None:
    visit: Visit = off_loop(lambda: a_visit(mia.tenant))

    def offer() -> None:
        a_message(visit, "My stove does not light.")
        services.request_person(
            tenant_id=visit.tenant_id,
            conversation_id=visit.conversation_id,
            actor=visit.customer,
            now=timezone.now(),
        )
        with tenant_scope(mia.tenant.pk):
            Handoff.objects.filter(tenant=mia.tenant, conversation_id=visit.conversation_id).update(
                status="offered",
                offered_to_id=mia.member.pk,
                offered_until=timezone.now() + dt.timedelta(minutes=2),
            )
        hints.called(mia.tenant.pk, mia.member.pk)

    at_desk(page, live_server, mia)
    off_loop(offer)
    dialog = page.get_by_role("dialog", name="A conversation for you")
    expect(dialog).to_contain_text("My stove does not light.")
    picture(page, "offer")
    found = violations(page)
    dialog.get_by_role("button", name="Accept").press("Enter")
    expect(page.locator("#talk-told")).to_contain_text("With you")

    assert found == []


def test_a_lost_line_comes_back_and_nothing_is_lost_or_doubled(
    page: Page, live_server: LiveServer, mia: Person
) -> None:
    at_desk(page, live_server, mia, "/desk/?view=all")
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello={}) as customer:
        customer.say("First question")
        customer.answer()
        page.locator(".row").click()
        expect(page.locator("#deeds")).to_contain_text("Take over")
        page.keyboard.press("t")
        expect(page.locator("#text")).to_be_focused()
        seq = customer.until("event", kind="owner")["seq"]
    live_server.stop()
    page.locator("#text").fill("I am here")
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_be_visible(timeout=30_000)
    live_server.start()
    expect(page.locator("#line")).to_have_text("Live", timeout=60_000)
    hello = {"token": customer.welcome["token"], "after": seq}
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello=hello) as customer:
        customer.until("event", kind="message", text="I am here")
        customer.say("Second question")
        expect(page.locator("#events")).to_contain_text("Second question")

    texts = page.locator("#events .event:is(.customer, .agent) .md").all_text_contents()
    assert texts == ["First question", "I am here", "Second question"]
    expect(page.locator("#banner")).to_be_hidden()


def test_two_at_one_conversation_see_each_other(
    browser: Browser, page: Page, live_server: LiveServer, mia: Person, off_loop: OffLoop
) -> None:
    tom: Person = off_loop(lambda: a_person("tom", mia.tenant, Role.AGENT))
    visit: Visit = off_loop(lambda: a_visit(mia.tenant))
    off_loop(lambda: a_message(visit))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    other = context.new_page()
    at_desk(page, live_server, mia, f"/desk/?conversation={visit.conversation}")
    at_desk(other, live_server, tom, f"/desk/?conversation={visit.conversation}")
    expect(page.locator("#who-else")).to_contain_text(f"{tom.user.name} is looking at this too")
    other.keyboard.press("n")
    other.keyboard.type("I know this one")

    expect(page.locator("#company")).to_contain_text(f"{tom.user.name} is writing here too")
    other.keyboard.press("Control+k")
    context.close()
    expect(page.locator("#who-else li")).to_have_count(0)


def test_a_phone_shows_one_thing_at_a_time(
    page: Page, live_server: LiveServer, mia: Person, busy: Visit
) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    at_desk(page, live_server, mia, "/desk/?view=all")
    picture(page, "phone-list")
    page.locator(".row").first.click()
    expect(page.locator("#events")).to_contain_text("my money")
    picture(page, "phone-talk")

    assert not page.locator("#rows").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert violations(page) == []
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator("#rows")).to_be_visible()


def test_two_hundred_conversations_are_a_handful_of_elements(
    page: Page, live_server: LiveServer, mia: Person, off_loop: OffLoop
) -> None:
    off_loop(lambda: [a_message(a_visit(mia.tenant), f"Question {number}") for number in range(120)])
    at_desk(page, live_server, mia, "/desk/?view=all")
    expect(page.locator(".row").first).to_be_visible()
    page.locator("#list").evaluate("list => { list.scrollTop = 40 * 88; }")
    expect(page.locator('#rows li[aria-posinset="45"]')).to_be_visible()
    # The next rows come when the end of those there is near.
    page.wait_for_function(
        """() => {
            document.querySelector("#list").scrollTop = 1e6;
            return document.querySelector('#rows li[aria-posinset="95"]');
        }""",
        timeout=30_000,
        polling=200,
    )

    assert page.locator("#rows li").count() < 40
