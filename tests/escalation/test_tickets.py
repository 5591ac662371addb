"""Tickets: written once by a call, numbered for each tenant, and closed by a person."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.test import Client

from audit.models import AuditEvent
from conversations.journal import NoSuchConversation
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.tools import registry
from engine.tools.registry import ToolArgumentsInvalid, ToolContext
from engine.tools.values import Risk
from escalation import queries, services
from escalation.services import TicketClosedAlready
from tests.factories import Person, a_visit
from tests.toolbox import a_ticket

WORDS = {"subject": "Replace the zip", "body": "The customer's jacket, order W12.", "priority": "high"}


def a_context(visit: Visit, key: str = "run:3") -> ToolContext:
    return ToolContext(visit.tenant_id, visit.conversation_id, "run", key=key)


def created(visit: Visit, key: str = "run:3", **words: Any) -> dict[str, Any]:
    return called("create_ticket", a_context(visit, key), {**WORDS, **words})


def called(name: str, context: ToolContext, arguments: dict[str, Any]) -> dict[str, Any]:
    result = async_to_sync(registry.get(name).call)(context, arguments, 1)
    answer: dict[str, Any] = json.loads(result.text)
    return answer


def test_a_call_writes_a_ticket_once_however_often_it_is_made(ana: Person) -> None:
    visit = a_visit(ana.tenant)

    first, again = created(visit), created(visit)
    other = created(visit, "run:4")

    ticket = queries.get_ticket(ana.tenant.pk, 1001)
    assert first == again == {"ticket": "T-1001", "priority": "high", "status": "open"}
    assert other["ticket"] == "T-1002"
    assert (ticket.subject, ticket.created_by) == ("Replace the zip", "ai:assistant")
    assert registry.get("create_ticket").policy.risk is Risk.WRITE
    with tenant_scope(ana.tenant.pk):
        lines = AuditEvent.objects.filter(tenant=ana.tenant, action="ticket.opened")
        assert [line.target for line in lines.order_by("id")] == ["ticket:T-1001", "ticket:T-1002"]
        assert "zip" not in str(lines[0].data)


def test_a_caller_that_counts_no_steps_still_gets_one_ticket_for_the_same_words(ana: Person) -> None:
    visit = a_visit(ana.tenant)

    first, again = created(visit, ""), created(visit, "")
    other = created(visit, "", subject="Something else")

    assert first == again
    assert other != first


def test_many_at_once_get_numbers_without_gaps(ana: Person) -> None:
    visit = a_visit(ana.tenant)

    def write(n: int) -> int:
        try:
            return a_ticket(visit, key=f"run:{n % 6}").number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        numbers = list(pool.map(write, range(12)))

    assert sorted(numbers) == sorted([*range(1001, 1007)] * 2)


def test_each_tenant_counts_for_itself_and_sees_its_own(ana: Person, zoe: Person) -> None:
    hers = a_ticket(a_visit(ana.tenant))
    theirs = a_ticket(a_visit(zoe.tenant))

    assert hers.number == theirs.number == 1001
    assert [ticket.pk for ticket in queries.tickets(zoe.tenant.pk)] == [theirs.pk]
    with pytest.raises(queries.NoSuchTicket):
        queries.get_ticket(zoe.tenant.pk, 1002)


def test_another_tenants_conversation_is_not_there(ana: Person, zoe: Person) -> None:
    visit = a_visit(ana.tenant)

    with pytest.raises(NoSuchConversation):
        services.open_ticket(
            tenant_id=zoe.tenant.pk,
            conversation_id=visit.conversation_id,
            draft=services.TicketDraft("Hello"),
            key="run:1",
            actor=zoe.actor,
        )


def test_arguments_that_do_not_fit_are_refused() -> None:
    schema = registry.get("create_ticket").spec.parameters

    with pytest.raises(ToolArgumentsInvalid):
        registry.check_arguments(schema, {**WORDS, "priority": "whenever"})
    with pytest.raises(ToolArgumentsInvalid):
        registry.check_arguments(schema, {"subject": ""})


def test_the_profile_tells_of_the_runs_own_customer(ana: Person, zoe: Person) -> None:
    visit, other = a_visit(ana.tenant), a_visit(ana.tenant)
    created(visit)
    created(other, "run:9")
    stranger = ToolContext(zoe.tenant.pk, visit.conversation_id, "run")

    told = called("customer_profile", a_context(visit), {})
    nothing = called("customer_profile", stranger, {})

    assert told == {
        "name": "",
        "email": "",
        "identity": "anonymous",
        "segments": [],
        "earlier_conversations": 0,
        "open_tickets": ["T-1001"],
    }
    assert nothing == {}


def test_a_member_closes_a_ticket_once(ben: Person) -> None:
    ticket = a_ticket(a_visit(ben.tenant))
    client = Client()
    client.force_login(ben.user)
    page = f"/console/escalation/ticket/{ticket.pk}/change/"

    before = client.get(page).content.decode()
    closed = client.post(f"/console/escalation/ticket/{ticket.pk}/close/")
    after = client.get(page).content.decode()

    assert "Close the ticket" in before
    assert closed.status_code == 302
    assert "Close the ticket" not in after
    assert queries.open_tickets_of(ben.tenant.pk, ticket.customer_id) == []
    with pytest.raises(TicketClosedAlready):
        services.close_ticket(tenant_id=ben.tenant.pk, ticket=ticket, actor=ben.actor)
