"""A tenant with a tool, what it leads to, and a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversations.visits import Visit
from core.actors import Actor
from engine.tools import catalogue, services
from engine.tools.models import Connection, Tool
from engine.tools.permissions import count_in_database
from engine.tools.services import ConnectionDraft, Definition
from escalation.models import Ticket
from escalation.services import TicketDraft, open_ticket
from tenants.services import set_secret
from tests.factories import Person

HOST = "api.shop.example"
BY_ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {"order_id": {"type": "string", "description": "The order's number."}},
    "required": ["order_id"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Toolbox:
    connection: Connection
    tool: Tool
    ticket: Ticket


def a_connection(person: Person, name: str = "Shop", **wishes: Any) -> Connection:
    """A connection to an allowed host, with a bearer token."""
    tenant_id, actor = person.tenant.pk, person.actor
    services.allow_host(tenant_id=tenant_id, host=HOST, actor=actor)
    secret = set_secret(tenant_id=tenant_id, name=f"{name} token", value="s3cret-of-the-shop", actor=actor)
    said = {"base_url": f"https://{HOST}/v1", "auth": "bearer", "secret": secret, **wishes}
    return services.add_connection(tenant_id=tenant_id, draft=ConnectionDraft(name, **said), actor=actor)


def a_definition(name: str = "find_order", **wishes: Any) -> Definition:
    said = {"description": "Finds an order.", "parameters": BY_ORDER, "url_template": "/orders/{order_id}"}
    return Definition(name, **{**said, **wishes})


def a_tool(person: Person, connection: Connection, name: str = "find_order", **wishes: Any) -> Tool:
    """An HTTP tool that is on offer at once in this process."""
    tool = services.add_http_tool(
        tenant_id=person.tenant.pk,
        connection=connection,
        definition=a_definition(name, **wishes),
        actor=person.actor,
    )
    catalogue.forget(person.tenant.pk)
    return tool


def a_ticket(visit: Visit, subject: str = "Call back", key: str = "run:1") -> Ticket:
    return open_ticket(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        draft=TicketDraft(subject, "The customer waits for a call."),
        key=key,
        actor=Actor("ai", "assistant"),
    )


def furnish(person: Person, visit: Visit, mark: str) -> Toolbox:
    """A row in every table about tools and tickets; `mark` stands in what could be shown."""
    connection = a_connection(person, mark)
    host = f"{mark.lower()}.example"
    services.allow_host(tenant_id=person.tenant.pk, host=host, actor=person.actor)
    tool = a_tool(person, connection, mark, description=f"Finds an order at {mark}.")
    count_in_database(person.tenant.pk, tool.name, 1)
    return Toolbox(connection, tool, a_ticket(visit, mark))
