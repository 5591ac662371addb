"""The assistant helps a person to write; what it says is a draft with its sources and what its checks found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync

from audit.models import AuditEvent
from conversations import routes
from conversations.journal import NoSuchConversation
from conversations.side_calls import NoModel, NoMoneyLeft
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.budgets import services as budgets
from engine.budgets.models import Usage
from engine.budgets.values import Scope
from engine.guardrails import policies
from engine.guardrails import services as guardrails
from engine.knowledge import services as knowledge
from escalation.assist.answering import BadWish, NotForYou, assist
from escalation.desk.deeds import Deed
from escalation.desk.posts import post_of
from tenants.roles import Role
from tenants.services import connect_provider
from tests.factories import Person, a_message, a_person, a_visit
from tests.servers import ModelSimulator

Connect = Callable[[str], None]
PAGE = "# Returns\n\nYou can send boots back within sixty days of delivery."


@pytest.fixture
def connect(ana: Person, model_simulator: ModelSimulator) -> Connect:
    def with_model(model: str) -> None:
        connect_provider(
            tenant_id=ana.tenant.pk, name="Simulated", base_url=model_simulator.url, api_key="k", model=model,
            actor=ana.actor,
        )  # fmt: skip
        routes.forget(ana.tenant.pk)

    return with_model


def helped(person: Person, visit: Visit, **fields: Any) -> dict[str, Any]:
    return async_to_sync(assist)(
        post_of(person.member, person.user), Deed("assist", visit.conversation, "1", fields)
    )


def a_talk(person: Person, text: str = "May I send my boots back? I am ida@example.com") -> Visit:
    visit = a_visit(person.tenant)
    a_message(visit, text)
    return visit


def test_a_reply_is_suggested_from_knowledge_and_paid_as_assist(ana: Person, connect: Connect) -> None:
    connect(f"sim:say:text={quote('Within sixty days of delivery [1].')}")
    source = knowledge.ensure_source(tenant_id=ana.tenant.pk, name="Help")
    knowledge.add_document(
        tenant_id=ana.tenant.pk, actor=ana.actor, source=source, upload=knowledge.Upload("r.md", PAGE)
    )

    told = helped(ana, a_talk(ana), kind="suggest")

    assert told["text"] == "Within sixty days of delivery [1]."
    assert told["sources"][0]["title"] == "Returns"
    assert told["warnings"] == []
    with tenant_scope(ana.tenant.pk):
        assert [row.feature for row in Usage.objects.filter(tenant_id=ana.tenant.pk)] == ["assist"]
        acted = AuditEvent.objects.get(tenant_id=ana.tenant.pk, action="assist.asked")
    assert acted.data["kind"] == "suggest"


def test_the_model_reads_placeholders_and_the_person_reads_the_values(ana: Person, connect: Connect) -> None:
    connect(f"sim:say:text={quote('Written to <email_1>.')}")

    told = helped(ana, a_talk(ana), kind="rewrite", text="Write to bo@example.com today.", tone="formal")

    assert told["text"] == "Written to bo@example.com."


def test_it_says_what_its_checks_would_have_stopped(ana: Person, connect: Connect) -> None:
    guardrails.set_policy(tenant_id=ana.tenant.pk, settings={"blocked_words": ["guarantee"]}, actor=ana.actor)
    policies.forget(ana.tenant.pk)
    connect(f"sim:say:text={quote('I guarantee that. I have refunded you.')}")

    told = helped(ana, a_talk(ana), kind="suggest")

    assert set(told["warnings"]) >= {"blocked"}
    assert "guarantee" in told["text"]


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"kind": "sing"}, {"kind": "rewrite"}, {"kind": "rewrite", "text": "x", "tone": "rude"},
        {"kind": "suggest", "text": "x" * 9000}, {"kind": "translate", "text": 7},
        {"kind": "translate", "text": "x", "language": "a" * 99},
    ],
)  # fmt: skip
def test_a_wish_that_is_none_is_refused(ana: Person, fields: dict[str, Any]) -> None:
    visit = a_talk(ana)

    with pytest.raises(BadWish):
        helped(ana, visit, **fields)


def test_without_a_model_or_money_it_says_so(ana: Person, connect: Connect) -> None:
    visit = a_talk(ana)
    with pytest.raises(NoModel):
        helped(ana, visit, kind="summarise")

    connect("simulated")
    budgets.set_budget(tenant_id=ana.tenant.pk, scope=Scope.TENANT_DAY, limit_nanos=0, actor=ana.actor)
    with pytest.raises(NoMoneyLeft):
        helped(ana, visit, kind="summarise")


def test_an_auditor_and_another_tenant_get_no_help(ana: Person, zoe: Person, connect: Connect) -> None:
    connect("simulated")
    visit = a_talk(ana)
    auditor = a_person("una", ana.tenant, Role.AUDITOR)

    with pytest.raises(NotForYou):
        helped(auditor, visit, kind="summarise")
    with pytest.raises(NoSuchConversation):
        helped(zoe, visit, kind="summarise")
