"""The guardrails' pages in a browser: changed without a mouse, and accessible in light and dark, wide and narrow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants.roles import Role
from tests.console.test_approvals_in_a_browser import violations
from tests.escalation.desk.pages import sign_in
from tests.factories import Person, a_person, a_tenant
from tests.servers import LiveServer

POLICY = "/console/guardrails/policy/"


@pytest.fixture
def mia(off_loop: Callable[..., Any]) -> Person:
    """A manager; made off the browser's loop."""
    return off_loop(lambda: a_person("mia", a_tenant("Mia"), Role.MANAGER))


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    expect.set_options(timeout=20_000)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def look_at(page: Page, server: LiveServer, person: Person, to: str) -> None:
    """Signs in and waits until the page stands: keys pressed while it is loading get lost."""
    sign_in(page, server, person, to)
    expect(page.locator("main")).to_be_visible()
    page.wait_for_load_state()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 420)])
def test_a_manager_lets_a_check_only_watch_and_goes_back_without_a_mouse(
    page: Page, live_server: LiveServer, mia: Person, scheme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    look_at(page, live_server, mia, POLICY)
    watch = page.get_by_role("group", name="Wish for a person").get_by_label("Only watch")
    score = page.get_by_role("group", name="Wish for a person").get_by_label("From a score of")
    expect(watch).not_to_be_checked()
    watch.press("Space")
    expect(watch).to_be_checked()
    score.fill("7")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was saved yet")
    wrong = violations(page)
    score.fill("0.7")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Saved. Conversations follow within seconds.")).to_be_visible()
    expect(watch).to_be_checked()
    expect(score).to_have_value("0.7")
    saved, wide = violations(page), page.evaluate("document.documentElement.scrollWidth")
    page.get_by_text("Reset to defaults").press("Enter")
    page.get_by_role("button", name="Yes, reset everything").press("Enter")
    expect(page.get_by_text("These are the defaults")).to_be_visible()
    expect(watch).not_to_be_checked()

    assert (wrong, saved) == ([], [])
    assert wide <= width


def test_a_manager_measures_her_own_texts(
    page: Page, live_server: LiveServer, mia: Person, tmp_path: Path
) -> None:
    file = tmp_path / "chats.jsonl"
    file.write_text(json.dumps({"id": "1", "text": "Where is my parcel?", "label": "no"}), encoding="utf-8")
    look_at(page, live_server, mia, "/console/guardrail-measure/")
    page.get_by_text("What the file looks like").press("Enter")
    expect(page.get_by_text("very_negative")).to_be_visible()
    before = violations(page)
    page.get_by_label("What is measured").select_option("handoff_request")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Measure").press("Enter")
    expect(page.locator("#result-title")).to_have_text("The plain wish for a person")
    measured = violations(page)
    page.goto(f"{live_server.url}/console/guardrail-figures/")
    expect(page.locator("#figures-title")).to_be_visible()

    assert (before, measured, violations(page)) == ([], [], [])
