"""One story with three browsers: a customer on the shop's page, an agent at the desk, a manager in the console."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from audit.models import AuditEvent
from conversations import tasks
from conversations.models import Conversation
from conversations.queries import read_log, recent_conversations
from core.scope import tenant_scope
from engine.knowledge import services as knowledge
from engine.tools import services as tools
from escalation.packets import services as packets
from tenants.roles import Role
from tenants.services import allow_domain, connect_provider
from tests.browser.wire import Wire
from tests.conversations.asking import ASK_FIRST, ORDER
from tests.conversations.outside import Till, a_tool, open_till
from tests.escalation.desk.pages import at_desk, sign_in
from tests.escalation.desk.posts import a_team
from tests.factories import Person, a_person
from tests.servers import LiveServer, ModelSimulator
from tests.widget.peer import Site

pytestmark = pytest.mark.browser
OffLoop = Callable[..., Any]
PAGE = "# Returning boots\n\nYou can send boots back within sixty days of delivery.\n"
REFUND = """[[simulate: tool name=refund arguments='{"order": 1}']] Please refund order 1"""


@dataclass
class Shop:
    """Ana's tenant with knowledge, a model, a refund that asks first, and an agent and a manager."""

    ana: Person
    ben: Person
    mia: Person
    till: Till
    site: Site


@pytest.fixture
def shop(
    live_server: LiveServer, ana: Person, ben: Person, model_simulator: ModelSimulator, off_loop: OffLoop,
    settings: Any,
) -> Iterator[Shop]:  # fmt: skip
    settings.TOOLS_ALLOW_LOOPBACK = True
    site = Site(live_server.url, "/widget/support-chat.js")
    with open_till() as till:

        def furnish() -> Person:
            tenant_id, actor = ana.tenant.pk, ana.actor
            allow_domain(tenant_id=tenant_id, origin=site.address, actor=actor)
            source = knowledge.ensure_source(tenant_id=tenant_id, name="Help pages")
            knowledge.add_document(
                tenant_id=tenant_id, actor=actor, source=source, upload=knowledge.Upload("r.md", PAGE)
            )
            connect_provider(
                tenant_id=tenant_id, name="Simulated", base_url=model_simulator.url, api_key="k",
                model="simulated", actor=actor,
            )  # fmt: skip
            refund = a_tool(ana, till, "refund", ASK_FIRST)
            tools.change_tool(tenant_id=tenant_id, tool=refund, changes={"parameters": ORDER}, actor=actor)
            a_team(ana, "Care", ben)
            return a_person("mia", ana.tenant, Role.MANAGER)

        yield Shop(ana, ben, off_loop(furnish), till, site)
    site.stop()


@pytest.fixture
def pages(browser: Browser) -> Iterator[Callable[[], Page]]:
    """pages() opens a browser of its own, at most as patient as a slow machine needs."""
    opened = []

    def open_one() -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    expect.set_options(timeout=30_000)
    yield open_one
    expect.set_options(timeout=5_000)
    for context in opened:
        context.close()


def ask(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.get_by_label("Write a message").press("Enter")


def answers(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")


def talk_of(shop: Shop) -> Conversation:
    return recent_conversations(shop.ana.tenant.pk)[0]


def test_three_browsers_play_a_conversation_from_the_question_to_the_report(
    live_server: LiveServer, shop: Shop, pages: Callable[[], Page], off_loop: OffLoop
) -> None:
    chat, desk, console = pages(), pages(), pages()
    chat.goto(f"{shop.site.address}/?tenant={shop.ana.tenant.slug}&host={live_server.url}&open=")
    at_desk(desk, live_server, shop.ben, "/desk/?view=all")

    she_asks_and_waits_for_a_person(chat)
    off_loop(lambda: packets.make(shop.ana.tenant.pk, talk_of(shop).pk, with_model=False))
    he_reads_the_packet_answers_and_gives_it_back(desk, chat)
    a_refund_gets_its_yes(desk, chat, shop, off_loop)
    he_takes_over_in_mid_answer(desk, chat)
    he_resolves_and_she_rates(desk, chat)
    off_loop(call_command, "rollup", tenant=shop.ana.tenant.slug)
    the_manager_finds_it_all(console, live_server, shop)

    assert off_loop(_actions, shop) >= {
        "conversation.handed_over", "conversation.claimed", "conversation.returned", "approval.approved",
        "tool.called", "conversation.closed",
    }  # fmt: skip
    assert (off_loop(_cut_of, shop) or "word1").startswith("word1")


def she_asks_and_waits_for_a_person(chat: Page) -> None:
    ask(chat, "Can I send my boots back?")
    expect(chat.locator("[role=log] .say").last).to_contain_text("within sixty days")
    chat.get_by_role("button", name="Talk to a person").click()
    expect(chat.get_by_text("You are number 1 in the queue.").last).to_be_visible()


def he_reads_the_packet_answers_and_gives_it_back(desk: Page, chat: Page) -> None:
    desk.locator(".row").first.click()
    expect(desk.locator("#card")).to_contain_text("Can I send my boots back?")
    desk.get_by_role("button", name="Take over").first.click()
    expect(desk.locator("#talk-told")).to_contain_text("With you")
    expect(chat.get_by_text("Ben of Care joined the conversation.")).to_be_visible()
    answers(desk, "Yes, and I may refund order 1.")
    expect(chat.get_by_text("Yes, and I may refund order 1.")).to_be_visible()
    desk.get_by_role("button", name="Return to assistant").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Refund order 1 if she asks.")
    dialog.get_by_role("button", name="Return").click()
    expect(desk.locator("#talk-told")).to_contain_text("Assistant")


def a_refund_gets_its_yes(desk: Page, chat: Page, shop: Shop, off_loop: OffLoop) -> None:
    ask(chat, REFUND)
    waiting = desk.get_by_role("region", name="What waits for your approval")
    expect(waiting).to_contain_text("refund")
    waiting.get_by_role("button", name="Approve").click()
    expect(waiting).to_be_hidden()
    off_loop(tasks.finish_all, shop.ana.tenant.pk)  # what the worker does
    assert [arguments for _, arguments in shop.till.did("/refund")] == [{"order": 1}]


def he_takes_over_in_mid_answer(desk: Page, chat: Page) -> None:
    ask(chat, "[[simulate: slow delay_ms=300]] Tell me the whole story")
    expect(chat.locator("[role=log]").get_by_text("word1 word2").last).to_be_visible()
    desk.get_by_role("button", name="Take over").first.click()
    expect(desk.locator("#talk-told")).to_contain_text("With you")


def he_resolves_and_she_rates(desk: Page, chat: Page) -> None:
    desk.get_by_role("button", name="Resolve").first.click()
    desk.get_by_role("dialog").get_by_role("radio").first.check()
    desk.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(desk.locator("#talk-told")).to_contain_text("Closed")
    form = chat.get_by_role("form", name="How was this conversation?")
    form.get_by_role("radio", name="5, Very good").check(force=True)
    form.get_by_role("button", name="Send").click()
    expect(chat.get_by_text("Thank you.")).to_be_visible()


def the_manager_finds_it_all(console: Page, server: LiveServer, shop: Shop) -> None:
    sign_in(console, server, shop.mia, "/console/")
    dashboard = console.locator("main.figures")
    expect(dashboard).to_contain_text("The queue now")
    expect(dashboard.locator(".figure-tile").first).to_contain_text("1")
    console.goto(f"{server.url}/console/audit/auditevent/")
    for action in ("conversation.claimed", "approval.approved", "conversation.closed"):
        expect(console.locator("body")).to_contain_text(action)
    console.goto(f"{server.url}/console/budgets/usage/")
    expect(console.locator("body")).to_contain_text("simulated")


def _cut_of(shop: Shop) -> str | None:
    log = read_log(shop.ana.tenant.pk, talk_of(shop).pk, after=0).events
    return next((event.text for event in log if event.data.get("cut")), None)


def _actions(shop: Shop) -> set[str]:
    with tenant_scope(shop.ana.tenant.pk):
        return set(AuditEvent.objects.filter(tenant=shop.ana.tenant).values_list("action", flat=True))


@pytest.mark.parametrize("seconds", [2, pytest.param(30, marks=pytest.mark.long)])
def test_an_agent_whose_line_is_cut_misses_nothing(
    live_server: LiveServer, shop: Shop, pages: Callable[[], Page], off_loop: OffLoop, seconds: int
) -> None:
    wire = Wire(live_server.port)
    chat, desk = pages(), pages()
    chat.goto(f"{shop.site.address}/?tenant={shop.ana.tenant.slug}&host={live_server.url}&open=")
    try:
        at_desk(desk, cast(LiveServer, LiveServerBehind(wire)), shop.ben, "/desk/?view=all")
        ask(chat, "Can I send my boots back?")
        expect(chat.locator("[role=log] .say").last).to_contain_text("within sixty days")
        chat.get_by_role("button", name="Talk to a person").click()
        desk.locator(".row").first.click()
        desk.get_by_role("button", name="Take over").first.click()
        expect(desk.locator("#talk-told")).to_contain_text("With you")

        wire.cut()
        for text in ("First thing", "Second thing", "Third thing"):
            ask(chat, text)
        chat.wait_for_timeout(seconds * 1000)
        wire.mend()

        expect(desk.locator("#line")).to_have_text("Live", timeout=60_000)
        shown = desk.locator("#events .event.customer .bubble")
        expect(shown).to_have_count(4)
        told = [re.sub(r"\s+", " ", one) for one in shown.all_inner_texts()]
        for place, text in enumerate(("boots", "First thing", "Second thing", "Third thing")):
            assert text in told[place]
        if seconds < 15:  # she is still there: nobody was told that she had gone
            answers(desk, "I read all three.")
            expect(chat.get_by_text("I read all three.")).to_be_visible()
    finally:
        wire.stop()


class LiveServerBehind:
    """The live server as it is reached over a wire that can be cut."""

    def __init__(self, wire: Wire) -> None:
        self.url = wire.address
