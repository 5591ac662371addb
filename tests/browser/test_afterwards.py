"""After the chat in the real widget against the real server: a file, a queue, an offer, a rating."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from conversations.queries import recent_conversations
from conversations.visits import Visit
from core.scope import tenant_scope
from escalation.models import Rating, Ticket
from tenants.services import allow_domain
from tests.escalation.desk.posts import does
from tests.factories import Person
from tests.servers import LiveServer
from tests.widget.peer import Site
from tests.widget.test_look import violations

pytestmark = pytest.mark.browser
OffLoop = Callable[..., Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def chat(browser: Browser, live_server: LiveServer, ana: Person, off_loop: OffLoop) -> Iterator[Page]:
    """Ana's chat on a page of another origin."""
    site = Site(live_server.url, "/widget/support-chat.js")
    off_loop(allow_domain, tenant_id=ana.tenant.pk, origin=site.address, actor=ana.actor)
    page = browser.new_page(viewport={"width": 1100, "height": 800}, reduced_motion="reduce")
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    page.goto(f"{site.address}/?tenant={ana.tenant.slug}&host={live_server.url}&open=")
    yield page
    page.close()
    site.stop()
    expect.set_options(timeout=5_000)


def visit_of(person: Person) -> Visit:
    row = recent_conversations(person.tenant.pk)[0]
    empty: dict[str, Any] = dict.fromkeys(Visit.__slots__)
    return Visit(
        **{**empty, "tenant_id": row.tenant_id, "conversation_id": row.pk, "conversation": str(row.public_id)}
    )


def rated(person: Person) -> list[tuple[int, str, int | None]]:
    with tenant_scope(person.tenant.pk):
        return list(Rating.objects.values_list("score", "comment", "member_id"))


def ask(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.get_by_label("Write a message").press("Enter")


def test_a_customer_waits_is_served_and_says_how_it_was(chat: Page, ana: Person, off_loop: OffLoop) -> None:
    ask(chat, "Hello")
    expect(chat.locator("[role=log] .ai").last).to_be_visible()
    chat.get_by_role("button", name="Talk to a person").click()
    expect(chat.get_by_text("You are number 1 in the queue.").last).to_be_visible()
    expect(chat.get_by_role("button", name="Leave my e-mail address")).to_be_visible()
    visit = off_loop(visit_of, ana)
    off_loop(does, ana, "claim", visit)
    expect(chat.get_by_text("Ana joined the conversation.")).to_be_visible()
    off_loop(does, ana, "reply", visit, text="It ships today.")
    off_loop(does, ana, "resolve", visit, disposition="Answered")

    form = chat.get_by_role("form", name="How was this conversation?")
    form.get_by_role("radio", name="5, Very good").check(force=True)
    form.get_by_label("In your own words").fill("Kind")
    assert violations(chat) == []
    form.get_by_role("button", name="Send").click()

    expect(chat.get_by_text("Thank you.")).to_be_visible()
    assert off_loop(rated, ana) == [(5, "Kind", ana.member.pk)]


def test_a_picture_is_sent_and_what_is_no_picture_is_refused_in_words(
    chat: Page, tmp_path: Path, ana: Person
) -> None:
    expect(chat.get_by_role("button", name="Attach a file")).to_be_enabled()
    good, empty, bad = tmp_path / "tent.png", tmp_path / "nothing.txt", tmp_path / "virus.exe"
    good.write_bytes(PNG)
    empty.write_bytes(b"")
    bad.write_bytes(b"MZ")
    lie = tmp_path / "lie.pdf"
    lie.write_bytes(b"MZ\x90\x00\xff\xfe")
    picker = chat.locator("input[type=file]")

    picker.set_input_files(good)
    expect(chat.get_by_role("button", name="Save tent.png")).to_be_visible()
    assert violations(chat) == []
    for file, told in (
        (empty, "nothing.txt is empty."),
        (bad, "virus.exe cannot be sent."),
        (lie, "lie.pdf cannot be sent."),
    ):
        picker.set_input_files(file)
        expect(chat.get_by_text(told)).to_be_visible()

    with chat.expect_download() as saved:
        chat.get_by_role("button", name="Save tent.png").click()
    assert saved.value.suggested_filename == "tent.png"
    assert Path(saved.value.path()).read_bytes() == PNG


def test_who_does_not_want_to_wait_leaves_an_address_and_gets_a_ticket(
    chat: Page, ana: Person, off_loop: OffLoop
) -> None:
    ask(chat, "My tent leaks")
    chat.get_by_role("button", name="Talk to a person").click()
    chat.get_by_role("button", name="Leave my e-mail address").click()
    chat.get_by_label("Your e-mail address").fill("ida@example.com")
    chat.get_by_label("Your e-mail address").press("Enter")

    expect(chat.get_by_text("T-1001")).to_be_visible()
    expect(chat.get_by_role("button", name="Talk to a person")).to_be_visible()

    def tickets() -> int:
        with tenant_scope(ana.tenant.pk):
            return Ticket.objects.count()

    assert off_loop(tickets) == 1
