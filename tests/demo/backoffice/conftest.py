from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from demo.backoffice.service import Wanted
from tests.demo.backoffice.serving import served

SECONDS = 30.0


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    """Of the invented shop, with its levers."""
    with served(Wanted(control=True)) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx2.Client]:
    """A caller of a shop as it was at the start."""
    with httpx2.Client(base_url=address, timeout=SECONDS) as client:
        client.post("/faults", json={})
        client.post("/reset").raise_for_status()
        yield client
        client.post("/faults", json={})
