from collections.abc import Callable

import httpx2 as httpx
import pytest

from tests.factories import Person
from tests.integrations.callers import a_caller
from tests.servers import LiveServer

Caller = Callable[[Person], httpx.Client]


@pytest.fixture
def server(live_server_with_model: LiveServer) -> LiveServer:
    return live_server_with_model


@pytest.fixture
def api(server: LiveServer, ana: Person) -> httpx.Client:
    """Ana's tenant calls, with every scope."""
    return a_caller(server, ana)
