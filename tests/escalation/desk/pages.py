"""The desk's page in a browser, for tests."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, Person
from tests.servers import LiveServer


def sign_in(page: Page, server: LiveServer, person: Person, to: str = "/desk/") -> None:
    page.goto(f"{server.url}{to}")
    page.get_by_label("Email").fill(person.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{to}")


def at_desk(page: Page, server: LiveServer, person: Person, to: str = "/desk/") -> None:
    """Signed in, and the line stands."""
    sign_in(page, server, person, to)
    expect(page.locator("#line")).to_have_text("Live", timeout=30_000)


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found]


def picture(page: Page, name: str) -> None:
    """A screenshot, where somebody wants to look: DESK_PICTURES names a folder."""
    if folder := os.environ.get("DESK_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")
