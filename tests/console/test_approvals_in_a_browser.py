"""The approval's page in a browser: decided without a mouse, and accessible in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from conversations.models import Approval
from tenants.roles import Role
from tests.escalation.desk.pages import sign_in
from tests.factories import Person, a_person, a_tenant, a_visit
from tests.servers import LiveServer
from tests.story import ask_for_a_yes
from tests.toolbox import a_connection, a_tool


def violations(page: Page) -> list[str]:
    """Of what is ours; the frame around it is the console's."""
    found = Axe().run(page, context="main").response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found]


@pytest.fixture
def mia(off_loop: Callable[..., Any]) -> tuple[Person, Approval]:
    """A manager, and what she may decide; made off the browser's loop."""

    def make() -> tuple[Person, Approval]:
        person = a_person("mia", a_tenant("Mia"), Role.MANAGER)
        a_tool(person, a_connection(person), "throw_away", description="Throws a thing away.")
        return person, ask_for_a_yes(a_visit(person.tenant), "the blue bicycle")

    return off_loop(make)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_manager_edits_is_corrected_and_approves_without_a_mouse(
    page: Page, live_server: LiveServer, mia: tuple[Person, Approval], scheme: Any
) -> None:
    person, approval = mia
    address = f"/console/conversations/approval/{approval.pk}/change/"
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, person, address)
    expect(page.locator("#decide-title")).to_be_visible()
    before = violations(page)
    page.get_by_text("Edit and approve").press("Enter")
    page.get_by_label("Call it with these arguments").fill('{"order_id": 7}')
    page.get_by_role("button", name="Approve with these").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("order_id")
    wrong = violations(page)
    page.get_by_label("Call it with these arguments").fill('{"order_id": "7"}')
    page.get_by_role("button", name="Approve with these").press("Enter")
    expect(page.locator("#call-title")).to_contain_text("Approved")
    page.goto(f"{live_server.url}/console/conversations/run/{approval.run_id}/change/")
    expect(page.locator("#steps-title")).to_be_visible()

    assert (before, wrong, violations(page)) == ([], [], [])


def test_the_desk_leads_to_what_the_assistant_asks_for(
    page: Page, live_server: LiveServer, mia: tuple[Person, Approval]
) -> None:
    person, approval = mia
    sign_in(page, live_server, person, "/desk/?view=waiting_approval")
    page.locator(".row").click()
    page.get_by_role("link", name="Edit or see more").click()
    page.get_by_role("link", name="throw_away").click()

    expect(page.locator("#decide-title")).to_be_visible()
    assert f"/console/conversations/approval/{approval.pk}/change/" in page.url
