"""What a release says reaches the turn, and conversations stay on the one that they began with."""

from __future__ import annotations

import asyncio
from typing import Any

from conversations import guarding
from conversations.models import Customer
from core.scope import tenant_scope
from engine.knowledge import queries as knowledge
from engine.knowledge.services import Upload, add_document, ensure_source
from engine.knowledge.tools import SEARCH_KNOWLEDGE
from engine.releases import services
from engine.releases.services import Configuration
from engine.tools.registry import ToolContext
from tests.factories import Person, a_job, a_visit


def publish(person: Person, **said: Any) -> None:
    services.publish(tenant_id=person.tenant.pk, configuration=Configuration(**said), actor=person.actor)


def test_a_conversation_stays_on_its_release(ana: Person) -> None:
    publish(ana, prompt="The first.", temperature=0.2)
    visit = a_visit(ana.tenant)
    publish(ana, prompt="The second.")
    services.revert(tenant_id=ana.tenant.pk, number=1, actor=ana.actor)

    begun, fresh = a_job(visit), a_job(a_visit(ana.tenant))

    assert begun.turn.messages[0].text.startswith("The first.")
    assert (begun.turn.temperature, begun.release) == (0.2, 2)
    assert fresh.turn.messages[0].text.startswith("You are Assistant")
    assert (fresh.turn.temperature, fresh.release) == (None, 4)


def test_a_name_in_the_prompt_is_masked_like_any_other(ana: Person) -> None:
    publish(
        ana,
        prompt="You help {customer_name}.",
        guardrails={"masked": ["PERSON"], "rules": {"injection": {"on": False}}},
    )
    visit = a_visit(ana.tenant)
    with tenant_scope(ana.tenant.pk):
        Customer.objects.filter(tenant=ana.tenant, public_id=visit.customer.id).update(
            name="Wilhelmina Brand"
        )
    job = a_job(visit, "Hello")

    prepared = asyncio.run(guarding.prepare(job))

    plain, sent = job.turn.messages[0].text, prepared.job.turn.messages[0].text
    assert plain == "You help Wilhelmina Brand."
    assert "Wilhelmina" not in sent
    assert sent.startswith("You help <")


def test_only_the_release_s_sources_are_searched(ana: Person) -> None:
    tenant_id = ana.tenant.pk
    for name, days in (("Help", 30), ("Internal", 99)):
        source = ensure_source(tenant_id=tenant_id, name=name)
        text = f"# Returns\n\nYou may send everything back within {days} days, says {name}."
        add_document(tenant_id=tenant_id, actor=ana.actor, source=source, upload=Upload(f"{name}.md", text))
    publish(ana, sources=("Help",))
    job = a_job(a_visit(ana.tenant))
    context = ToolContext(tenant_id, 0, "run", sources=job.sources)

    async def search() -> Any:
        return await SEARCH_KNOWLEDGE.call(context, {"query": "How many days to send it back?"}, 1)

    found = asyncio.run(search())

    assert job.sources == ("Help",)
    assert "30 days" in found.text
    assert "99 days" not in found.text
    everything = knowledge.search(tenant_id, "How many days to send it back?")
    assert {one.name for one in everything} == {"Help.md", "Internal.md"}
    assert knowledge.search(tenant_id, "How many days to send it back?", sources=[]) == []
    assert knowledge.search(tenant_id, "How many days to send it back?", sources=["Nowhere"]) == []
