"""A till that tools call, and a customer who asks for a refund."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conversations.models import Approval
from conversations.turns import Job
from conversations.visits import Visit
from engine.tools import services as tools
from tenants.services import connect_provider
from tests.conversations.asking import ASK_FIRST, ORDER, REFUND, Ask, pending_of
from tests.conversations.outside import Till, a_tool, answer, open_till
from tests.factories import Person, a_job, a_visit
from tests.servers import ModelSimulator


@pytest.fixture
def till(settings: Any) -> Iterator[Till]:
    settings.TOOLS_ALLOW_LOOPBACK = True
    with open_till() as opened:
        yield opened


@pytest.fixture
def asked(ana: Person, till: Till, model_simulator: ModelSimulator) -> Ask:
    """asked(text): a customer of ana's asks for a refund, and the run waits for a yes."""
    tenant_id, actor = ana.tenant.pk, ana.actor
    url = model_simulator.url
    connect_provider(
        tenant_id=tenant_id, name="Simulated", base_url=url, api_key="k", model="simulated", actor=actor
    )
    refund = a_tool(ana, till, "refund", ASK_FIRST)
    tools.change_tool(tenant_id=tenant_id, tool=refund, changes={"parameters": ORDER}, actor=actor)

    def ask(text: str = REFUND) -> tuple[Visit, Job, Approval]:
        visit = a_visit(ana.tenant)
        job = a_job(visit, text)
        assert answer(job).status == "waiting"
        return visit, job, pending_of(job)

    return ask
