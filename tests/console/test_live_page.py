"""The live page and the sign-in page in a browser: what a person sees, with and without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.clients import ChatClient
from tests.factories import PASSWORD, Person, Role
from tests.servers import LiveServer

OffLoop = Callable[..., Any]


@pytest.fixture
def mia(off_loop: OffLoop) -> Person:
    """A manager; made off the browser's loop."""
    return off_loop(lambda: factories.a_person("mia", factories.a_tenant("Mia"), Role.MANAGER))


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, reduced_motion="reduce")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert wrong == []


def sign_in(page: Page, server: LiveServer, person: Person, to: str = "/console/live/") -> None:
    page.goto(f"{server.url}{to}")
    page.get_by_label("Email").fill(person.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{to}")


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found]


def test_a_manager_follows_and_steps_in_without_a_mouse(
    page: Page, live_server: LiveServer, mia: Person
) -> None:
    sign_in(page, live_server, mia)
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello={}) as customer:
        customer.say("Is the hut open in May?")
        row = page.locator(".row")
        expect(row).to_be_visible()
        row.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#events")).to_contain_text("Is the hut open in May?")
        customer.send({"type": "person"})
        expect(page.locator("#waiting")).to_have_text("1 waiting")
        page.get_by_role("button", name="Take over").press("Enter")
        page.get_by_label("Your answer to the customer").fill("From the 10th on.")
        page.keyboard.press("Enter")
        answer = customer.until("event", kind="message", text="From the 10th on.")
        expect(page.locator("#text")).to_have_value("")
        found = violations(page)
        page.get_by_role("button", name="Close", exact=True).press("Enter")
        expect(page.locator("#owner")).to_have_text("Closed")

    assert answer["author"]["name"] == mia.user.name
    assert found == []


def test_a_lost_line_comes_back_and_nothing_is_shown_twice(
    page: Page, live_server: LiveServer, mia: Person
) -> None:
    sign_in(page, live_server, mia)
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello={}) as customer:
        customer.say("First question")
        customer.answer()
        page.locator(".row").click()
        expect(page.locator("#events > li")).to_have_count(2)
    live_server.restart()
    expect(page.locator("#line")).to_have_text("Live", timeout=30_000)
    hello = {"token": customer.welcome["token"], "after": 2}
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello=hello) as customer:
        customer.say("Second question")
        expect(page.locator("#events")).to_contain_text("Second question")

    texts = page.locator("#events > li.customer .text").all_text_contents()
    assert texts == ["First question", "Second question"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_and_an_empty_live_page_are_accessible(
    page: Page, live_server: LiveServer, mia: Person, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/accounts/login/")
    before = violations(page)
    sign_in(page, live_server, mia)
    expect(page.locator("#nobody")).to_be_visible()

    assert before == []
    assert violations(page) == []


def test_a_narrow_screen_shows_one_thing_at_a_time(page: Page, live_server: LiveServer, mia: Person) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    sign_in(page, live_server, mia)
    with ChatClient(live_server.ws_url, mia.tenant.slug, hello={}) as customer:
        customer.say("Hello from a small screen, with_one_very_long_word_" + "o" * 120)
        page.locator(".row").click()
    expect(page.locator("#events")).to_contain_text("Hello from a small screen")

    width = page.evaluate("document.documentElement.scrollWidth")
    assert not page.locator("#rows").is_visible()
    assert width <= 360
    page.get_by_role("button", name="All conversations").click()
    expect(page.locator("#rows")).to_be_visible()
