"""The releases' pages in a browser: edited, compared and tried without a mouse, accessible in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine.releases import services
from engine.releases.models import Draft
from engine.releases.values import PROMPT, Configuration, Guideline
from tenants.roles import Role
from tests.escalation.desk.pages import sign_in
from tests.factories import Person, a_person, a_tenant
from tests.servers import LiveServer

GUIDELINES = (
    Guideline("she asks for a refund", "ask for the order number first"),
    Guideline("she is angry", "say sorry once, then solve it"),
)


def violations(page: Page) -> list[str]:
    """Of what is ours; the frame around it is the console's."""
    found = Axe().run(page, context="main").response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found]


def look_at(page: Page, server: LiveServer, person: Person, to: str) -> None:
    """Signs in and waits until the page stands: keys pressed while it is loading get lost."""
    sign_in(page, server, person, "/console/releases/release/")
    expect(page.get_by_role("link", name="Compare two")).to_be_visible()
    page.goto(f"{server.url}{to}")
    expect(page.locator("main")).to_be_visible()
    page.wait_for_load_state()


@pytest.fixture
def mia(off_loop: Callable[..., Any]) -> tuple[Person, Draft]:
    """A manager with a draft in work; made off the browser's loop."""

    def make() -> tuple[Person, Draft]:
        person = a_person("mia", a_tenant("Mia"), Role.MANAGER)
        own: dict[str, Any] = {"tenant_id": person.tenant.pk, "actor": person.actor}
        draft = services.ensure_draft(**own)
        configuration = Configuration(prompt=f"Be brief.\n{PROMPT}\nNever shout.", guidelines=GUIDELINES)
        return person, services.save_draft(draft_id=draft.pk, version=1, configuration=configuration, **own)

    return off_loop(make)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    expect.set_options(timeout=20_000)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 420)])
def test_a_manager_edits_publishes_and_goes_back_without_a_mouse(
    page: Page, live_server: LiveServer, mia: tuple[Person, Draft], scheme: Any, width: int
) -> None:
    person, draft = mia
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    look_at(page, live_server, person, f"/console/releases/draft/{draft.pk}/change/")
    before = page.locator("#token-count").inner_text()
    page.get_by_label("Prompt", exact=True).fill("You are {assistant}. " + "Be kind. " * 400)
    expect(page.locator("#token-count")).not_to_have_text(before)
    page.get_by_role("button", name="Add a guideline").press("Enter")
    expect(page.get_by_label("When", exact=True).nth(2)).to_be_focused()
    page.keyboard.type("she thanks you")
    page.get_by_label("Do", exact=True).nth(2).fill("say that it was a pleasure")
    page.get_by_role("button", name="Move guideline 2 up").press("Enter")
    expect(page.get_by_label("When", exact=True).first).to_have_value("she is angry")
    page.get_by_role("button", name="Remove guideline 1").press("Enter")
    expect(page.get_by_label("When", exact=True)).to_have_count(2)
    found = violations(page)
    page.get_by_role("button", name="Save and publish…").press("Enter")
    expect(page.locator("#changes-title")).to_be_visible()
    found += violations(page)
    page.get_by_label("Why is this published?").fill("Kinder, and thanks are answered.")
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.get_by_text("Release 2 is live")).to_be_visible()
    page.goto(f"{live_server.url}/console/releases/release/compare/?from=1&to=2")
    expect(page.locator("ins").first).to_contain_text("Added:")
    found += violations(page)

    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_manager_tries_a_draft_out(
    page: Page, live_server: LiveServer, mia: tuple[Person, Draft], scheme: Any
) -> None:
    person, draft = mia
    page.emulate_media(color_scheme=scheme)
    look_at(page, live_server, person, f"/console/playground/?of=draft-{draft.pk}")
    first = violations(page)
    page.get_by_label("Write as a customer would").fill("Hello <b>there</b>")
    page.get_by_label("Write as a customer would").press("Control+Enter")
    expect(page.locator("#how-title")).to_be_visible()
    expect(page.get_by_text("Hello <b>there</b>").first).to_be_visible()

    assert first + violations(page) == []


def test_two_people_meet_in_a_draft(
    page: Page, live_server: LiveServer, mia: tuple[Person, Draft], off_loop: Callable[..., Any]
) -> None:
    person, draft = mia
    look_at(page, live_server, person, f"/console/releases/draft/{draft.pk}/change/")
    page.get_by_label("Greeting").fill("Mine")
    page.get_by_label("Disclosure").fill("Mine, an AI")
    theirs = Configuration(prompt=draft.prompt, guidelines=GUIDELINES, greeting="Theirs")
    off_loop(
        lambda: services.save_draft(
            tenant_id=person.tenant.pk,
            draft_id=draft.pk,
            version=2,
            configuration=theirs,
            actor=person.actor,
        )
    )
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator("#about-title")).to_contain_text("while you were at it")
    found = violations(page)
    page.get_by_label("Take what I wrote").check()
    page.get_by_role("button", name="Save both together").press("Enter")

    expect(page.get_by_label("Greeting")).to_have_value("Mine")
    expect(page.get_by_label("Disclosure")).to_have_value("Mine, an AI")
    assert found == []
