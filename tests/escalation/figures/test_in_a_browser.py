"""The dashboard in a browser: by keyboard, accessible in light and dark, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from core.scope import tenant_scope
from engine.budgets import services as budgets
from engine.budgets.values import NANOS, Scope
from escalation.figures import rolling
from escalation.models import Team
from tenants.roles import Role
from tests.console.test_approvals_in_a_browser import violations
from tests.escalation.desk.pages import sign_in
from tests.escalation.figures.histories import World
from tests.factories import Person, a_person, a_tenant
from tests.servers import LiveServer

TALKS = 25


@pytest.fixture(scope="module")
def mia() -> Callable[[], Person]:
    """A manager with a fortnight behind her."""

    def make() -> Person:
        person = a_person("mia", a_tenant("Mia"), Role.MANAGER)
        World(person, 21, timezone.now()).live(int(os.environ.get("DASHBOARD_TALKS", TALKS)))
        with tenant_scope(person.tenant.pk):
            Team.objects.filter(name="Shop").update(is_default=True)
        for scope, limit in ((Scope.TENANT_DAY, 5), (Scope.TENANT_MONTH, 120)):
            budgets.set_budget(
                tenant_id=person.tenant.pk,
                scope=scope,
                subject="",
                limit_nanos=limit * NANOS,
                actor=person.actor,
            )
        rolling.rebuild(tenant_id=person.tenant.pk, since=None, now=timezone.now())
        return person

    return make


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    expect.set_options(timeout=20_000)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def picture(page: Page, name: str) -> None:
    """A screenshot of all of it, where somebody wants to look: DESK_PICTURES names a folder."""
    if folder := os.environ.get("DESK_PICTURES"):
        height = page.evaluate("document.querySelector('main').scrollHeight") + 250
        page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height, 6000)})  # type: ignore[index]
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 420)])
def test_a_manager_reads_her_figures_without_a_mouse(
    page: Page, live_server: LiveServer, mia: Any, off_loop: Any, scheme: Any, width: int
) -> None:
    person = off_loop(mia)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, person, "/console/")
    tile = page.get_by_role("link", name="Conversations begun:")
    expect(tile).to_be_visible()
    page.wait_for_load_state()
    shown, wide = violations(page), page.evaluate("document.documentElement.scrollWidth")
    picture(page, f"dashboard-{scheme}-{width}")
    page.get_by_text("As a table").press("Enter")
    expect(page.get_by_role("columnheader", name="Day", exact=True)).to_be_visible()
    unfolded = violations(page)
    page.get_by_label("Team").select_option(label="Billing")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("Team: Billing")).to_be_visible()
    expect(page.get_by_role("link", name="28 days")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="7 days", exact=True).press("Enter")
    expect(page.get_by_text("Team: Billing")).to_be_visible()
    page.goto(f"{live_server.url}/console/?period=28")
    tile.press("Enter")
    expect(page.get_by_role("heading", name="Conversations begun", level=2)).to_be_visible()
    rows = page.locator(".figure-list tbody tr").count()
    listed = violations(page)
    picture(page, f"behind-{scheme}-{width}")

    assert (shown, unfolded, listed) == ([], [], [])
    assert wide <= width
    assert rows > 0
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_new_organisation_finds_its_first_steps(
    page: Page, live_server: LiveServer, off_loop: Any, scheme: Any
) -> None:
    person = off_loop(lambda: a_person("kim", a_tenant("Kim"), Role.OWNER))
    page.emulate_media(color_scheme=scheme)

    sign_in(page, live_server, person, "/console/")
    expect(page.get_by_role("heading", name="What to do first")).to_be_visible()
    picture(page, f"dashboard-empty-{scheme}")

    assert violations(page) == []
