"""How often a key may call while Redis is away: counted in the database, over all processes."""

from uuid import uuid4

import pytest
from django.conf import LazySettings

from core.actors import Actor
from embedded.processes import free_port
from integrations.api.authentication import Machine
from integrations.api.pace import Windows

NOWHERE = f"redis://127.0.0.1:{free_port()}/0"


def a_key(tenant_id: int) -> Machine:
    return Machine(tenant_id, 1, Actor("api_key", str(uuid4())), frozenset())


@pytest.fixture(autouse=True)
def _few(settings: LazySettings) -> None:
    settings.API_RATE_PER_KEY = "3/day"
    settings.API_RATE_PER_TENANT = "5/day"


def test_two_processes_count_a_keys_calls_together() -> None:
    key, here, there = a_key(uuid4().int % 10**12), Windows(NOWHERE), Windows(NOWHERE)

    taken = [one.take(key) for one in (here, there, here, there)]

    assert [allowed for allowed, _ in taken] == [True, True, True, False]
    assert [allowance.remaining for _, allowance in taken] == [2, 1, 0, 0]
    assert all(0 < allowance.reset <= 86400 for _, allowance in taken)


def test_a_tenants_keys_share_its_window_and_a_refused_call_takes_nothing() -> None:
    tenant_id, here = uuid4().int % 10**12, Windows(NOWHERE)
    one, two = a_key(tenant_id), a_key(tenant_id)
    assert [here.take(one)[0] for _ in range(3)] == [True] * 3
    assert [here.take(two)[0] for _ in range(2)] == [True] * 2

    allowed, allowance = here.take(two)

    assert (allowed, allowance.limit) == (False, 5)
    assert here.take(a_key(uuid4().int % 10**12))[1].remaining == 2
