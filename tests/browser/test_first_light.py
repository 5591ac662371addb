"""A customer's question in the real widget, on another site, answered by the real server over a bad line."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from conversations import services
from conversations.queries import read_log, recent_conversations
from engine.knowledge import services as knowledge
from tenants.services import allow_domain, connect_provider
from tests.browser.wire import Wire
from tests.factories import Person
from tests.servers import LiveServer, ModelSimulator
from tests.widget.peer import Site

pytestmark = pytest.mark.browser
PAGE = """# Returning boots

## How long you have

You can send boots back within sixty days of delivery when they were worn indoors only. We refund the whole price.
"""


@pytest.fixture
def wire(live_server: LiveServer) -> Iterator[Wire]:
    wire = Wire(live_server.port)
    yield wire
    wire.stop()


@pytest.fixture
def shop(wire: Wire, ana: Person) -> Iterator[Site]:
    """A page on another origin that embeds ana's chat, whose knowledge has one page."""
    site = Site(wire.address, "/widget/support-chat.js")
    allow_domain(tenant_id=ana.tenant.pk, origin=site.address, actor=ana.actor)
    source = knowledge.ensure_source(tenant_id=ana.tenant.pk, name="Help pages")
    upload = knowledge.Upload("returns.md", PAGE)
    knowledge.add_document(tenant_id=ana.tenant.pk, actor=ana.actor, source=source, upload=upload)
    yield site
    site.stop()


@pytest.fixture
def chat(browser: Browser, shop: Site, wire: Wire, ana: Person) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.set_default_timeout(20_000)
    page.goto(f"{shop.address}/?tenant={ana.tenant.slug}&host={wire.address}&open=")
    yield page
    page.close()


def ask(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.get_by_label("Write a message").press("Enter")


def log_of(person: Person) -> list[tuple[str, str]]:
    conversation = recent_conversations(person.tenant.pk)[0]
    events = read_log(person.tenant.pk, conversation.pk, after=0).events
    return [(event.author_kind, event.text) for event in events]


def test_a_question_is_answered_from_the_shops_own_pages_with_a_citation(chat: Page, ana: Person) -> None:
    ask(chat, "Can I send my boots back?")

    answer = chat.locator("[role=log] .say").last
    expect(answer).to_contain_text("within sixty days of delivery", timeout=20_000)
    expect(answer).to_contain_text("quoting")
    chat.locator("[role=log]").get_by_text("Returning boots").first.click()
    assert [author for author, _ in log_of(ana)] == ["customer", "ai"]


def test_a_line_cut_in_mid_answer_comes_back_with_every_word_once(
    chat: Page, wire: Wire, ana: Person, model_simulator: ModelSimulator
) -> None:
    connect_provider(
        tenant_id=ana.tenant.pk,
        name="simulated",
        base_url=model_simulator.url,
        api_key="x",
        model="sim::delay_ms=150",
        actor=ana.actor,
    )
    ask(chat, "Can I send my boots back?")
    expect(chat.locator("[role=log] .say").last).to_contain_text("You can send boots", timeout=20_000)
    wire.cut()
    chat.wait_for_timeout(400)
    wire.mend()

    expect(chat.locator("[role=log] .say").last).to_contain_text("worn indoors only", timeout=20_000)
    expect(chat.get_by_text("1 · Returning boots")).to_be_visible(timeout=20_000)
    said = log_of(ana)
    assert [author for author, _ in said] == ["customer", "ai"]
    shown = re.sub(r"\s+", " ", chat.locator("[role=log] .say").last.inner_text()).strip()
    assert shown == re.sub(r"\s*\[(\d+)\]", r" \1", said[-1][1]).strip()


def test_a_person_can_be_asked_for_and_answers_in_the_same_chat(
    chat: Page, ana: Person, ben: Person, off_loop: Callable[..., object]
) -> None:
    ask(chat, "Hello")
    chat.get_by_role("button", name="Talk to a person").click()
    expect(chat.get_by_text("You asked for a person.")).to_be_visible(timeout=20_000)

    conversation = recent_conversations(ana.tenant.pk)[0]
    where = {"tenant_id": ana.tenant.pk, "conversation_id": conversation.pk, "now": timezone.now()}
    off_loop(services.claim, **where, agent=ben.user, actor=ben.actor)
    off_loop(services.reply, **where, agent=ben.user, actor=ben.actor, text="Ben from the shop here.")

    expect(chat.get_by_text("Ben joined the conversation.")).to_be_visible(timeout=20_000)
    expect(chat.get_by_text("Ben from the shop here.")).to_be_visible(timeout=20_000)
