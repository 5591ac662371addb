from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from engine.gateway.client import ChatCompletions
from engine.gateway.config import Deadlines, ProviderConfig
from engine.gateway.connections import close_clients
from tests.engine.gateway.calls import Caller
from tests.servers import ModelSimulator

SHORT = Deadlines(first_token=0.2)


@pytest.fixture
def simulator(model_simulator: ModelSimulator) -> ModelSimulator:
    """The real thing, as a process of its own."""
    return model_simulator


@pytest.fixture
async def caller() -> AsyncIterator[Callable[..., Caller]]:
    """Makes callers for an address; their pauses between attempts are kept and not waited."""

    def make(base_url: str, deadlines: Deadlines | None = None, **options: Any) -> Caller:
        config = ProviderConfig(base_url, "key-7f3a", deadlines=deadlines or Deadlines(), **options)
        pauses: list[float] = []

        async def note(seconds: float) -> None:
            pauses.append(seconds)

        return Caller(ChatCompletions(config, jitter=lambda: 0.5, sleep=note), pauses)

    yield make
    await close_clients()
