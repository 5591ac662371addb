"""A chat peer, a foreign site and a tab on it. Nothing here needs Django or the database."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.widget.peer import Peer, Site


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.stop()


@pytest.fixture
def site(peer: Peer) -> Iterator[Site]:
    site = Site(peer.address)
    yield site
    site.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 820}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab that fails the test if the widget throws, or breaks the site's content policy."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    yield page
    assert wrong == []


@pytest.fixture
def visit(page: Page, site: Site, peer: Peer) -> Callable[..., Page]:
    """visit(open="", theme="dark") loads the foreign page with these attributes on the element."""

    def go(**attributes: str) -> Page:
        wanted = {"tenant": "retail", "host": peer.address, **attributes}
        page.goto(f"{site.address}/?{urlencode(wanted)}")
        return page

    return go
