from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pytest_django import Settings
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from engine.tools.mcp import McpTarget
from tests.engine.tools.mcp.authority import Authority, Place
from tests.engine.tools.mcp.servers import Hosted, Shop


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True


@pytest.fixture(scope="session")
def _hosted() -> Iterator[list[Hosted]]:
    servers: list[Hosted] = []
    yield servers
    for server in servers:
        server.ended()


@pytest.fixture
def host(_hosted: list[Hosted]) -> Iterator[Callable[[ASGIApp], Hosted]]:
    """Puts an application on loopback until the test ends."""
    with ExitStack() as stack:

        def put(app: ASGIApp) -> Hosted:
            server = stack.enter_context(Hosted(app))
            _hosted.append(server)
            return server

        yield put


@pytest.fixture
def target() -> Callable[..., McpTarget]:
    def make(url: str, tool: str = "lookup_order", **more: Any) -> McpTarget:
        return McpTarget(url, tenant_id=1, connection_id=1, tool=tool, **more)

    return make


@pytest.fixture
def place(host: Callable[[ASGIApp], Hosted]) -> Place:
    authority = Authority()
    at = host(authority.app())
    authority.url = at.url
    shop = Shop(tokens=authority.given)
    made = Place(authority, shop)
    inner = shop.app()
    described = "/.well-known/oauth-protected-resource/mcp/"
    routes = [Route(described, made.describe), Mount("/", inner)]
    there = host(Starlette(routes=routes, lifespan=inner.router.lifespan_context))
    made.url = f"{there.url}/mcp/"
    made.hosts = at.hosts + there.hosts
    shop.challenge = f'Bearer resource_metadata="{there.url}{described}", scope="orders"'
    return made
