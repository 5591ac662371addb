"""The pages of the console in a browser: accessible in light and dark, and as wide as the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants.roles import Role
from tests.console.furnished import PAGES, furnish_console
from tests.console.test_approvals_in_a_browser import violations
from tests.escalation.desk.pages import picture, sign_in
from tests.factories import Person, a_person, a_tenant
from tests.servers import LiveServer


@pytest.fixture(scope="module")
def mia(off_loop: Callable[..., Any]) -> tuple[Person, dict[str, str]]:
    """An administrator, and the addresses of her pages; made off the browser's loop."""

    def make() -> tuple[Person, dict[str, str]]:
        person = a_person("mia", a_tenant("Mia"), Role.ADMIN)
        return person, furnish_console(person)

    return off_loop(make)


@pytest.fixture(scope="module")
def page(browser: Browser, live_server: LiveServer, mia: tuple[Person, dict[str, str]]) -> Iterator[Page]:
    expect.set_options(timeout=30_000)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, live_server, mia[0], "/console/escalation/team/")
    expect(page.locator("#changelist")).to_be_visible()
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_light_and_dark_and_fits_the_window(
    page: Page, live_server: LiveServer, mia: tuple[Person, dict[str, str]], name: str
) -> None:
    found: list[str] = []
    wide: list[int] = []
    for scheme, width in (("light", 1280), ("dark", 420)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}{mia[1][name]}")
        expect(page).to_have_url(f"{live_server.url}{mia[1][name]}")
        expect(page.locator("main, #content-main").first).to_be_visible()
        page.wait_for_load_state()
        # Lists are drawn by the console's own frame: of them we look at how wide they are.
        found += violations(page) if page.locator("main").count() else []
        wide.append(page.evaluate("document.documentElement.scrollWidth") - width)
        picture(page, f"{name.replace(' ', '-')}-{scheme}")

    assert found == []
    assert max(wide) <= 0


def test_what_is_refused_is_said_and_kept_and_a_try_is_shown_without_a_mouse(
    page: Page, live_server: LiveServer, mia: tuple[Person, dict[str, str]]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{live_server.url}{mia[1]['team']}")
    page.get_by_label("Saturday, from (1)").fill("10:00")
    page.get_by_label("An offer stands for, seconds").fill("3")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was saved yet")
    expect(page.get_by_label("Saturday, from (1)")).to_have_value("10:00")
    expect(page.get_by_text("Both times are needed, or none.")).to_be_visible()
    refused = violations(page)
    page.goto(f"{live_server.url}{mia[1]['macro']}")
    expect(page.get_by_label("Ready text").nth(1)).to_be_visible()
    expect(page.get_by_label("Ready text").first).to_be_hidden()
    page.goto(f"{live_server.url}{mia[1]['policy']}")
    page.get_by_label("Text", exact=True).fill("I want a person, now. Mail me: jo@example.com")
    page.get_by_role("button", name="Try", exact=True).press("Enter")
    expect(page.get_by_text("What would follow:")).to_be_visible()
    tried = violations(page)
    page.goto(f"{live_server.url}{mia[1]['try a tool']}")
    page.get_by_label("order_id").fill("7")
    page.get_by_role("button", name="Try it").press("Enter")
    expect(page.locator("#result-title")).to_be_visible()

    assert (refused, tried, violations(page)) == ([], [], [])
