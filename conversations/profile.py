"""The built-in tool `customer_profile`: what is known of the customer of this conversation.

Invariant: it tells of the customer whom the run answers and of nobody else; it takes no argument to name one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from conversations.verification import IDENTITY_NOW
from core import sql
from core.offload import in_database
from core.scope import tenant_scope
from engine.gateway.protocol import ToolSpec
from engine.tools.registry import Tool, ToolContext
from engine.tools.values import Policy, ToolResult

_CUSTOMER = (
    f"SELECT c.id, c.name, c.email, {IDENTITY_NOW}, c.segments, "  # noqa: S608 — fixed text
    "(SELECT count(*) FROM conversations_conversation o WHERE o.tenant_id = c.tenant_id AND o.customer_id = c.id "
    "AND o.id <> v.id AND o.last_seq > 0) "
    "FROM conversations_conversation v JOIN conversations_customer c "
    "ON c.tenant_id = v.tenant_id AND c.id = v.customer_id WHERE v.tenant_id = %s AND v.id = %s"
)
SPEC = ToolSpec(
    name="customer_profile",
    description=(
        "What is known of the customer you are talking to: name and e-mail address as far as known, how the customer "
        "was identified, segments, how many earlier conversations there were, and open tickets."
    ),
    parameters={"type": "object", "properties": {}, "additionalProperties": False},
)
Teller = Callable[[int, int], Any]
"""(tenant id, customer's row number) -> a value in JSON's own types; runs in the tenant's scope."""

_more: dict[str, Teller] = {}


def tell_also(name: str, teller: Teller) -> None:
    """Adds a fact to the profile at start-up, for apps above this one."""
    _more[name] = teller


def profile_of(tenant_id: int, conversation_id: int) -> dict[str, Any]:
    """What is known of a conversation's customer; empty where there is no such conversation."""
    with tenant_scope(tenant_id):
        found = sql.row(_CUSTOMER, [timezone.now(), tenant_id, conversation_id])
        if found is None:
            return {}
        customer_id, name, email, identity, segments, earlier = found
        known = {"name": name, "email": email, "identity": identity, "segments": segments}
        told = {key: teller(tenant_id, customer_id) for key, teller in sorted(_more.items())}
    return {**known, "earlier_conversations": earlier, **told}


async def _call(context: ToolContext, arguments: dict[str, Any], first_citation: int) -> ToolResult:
    profile = await in_database(profile_of)(context.tenant_id, context.conversation_id)
    return ToolResult(text=json.dumps(profile, ensure_ascii=False))


CUSTOMER_PROFILE = Tool(SPEC, _call, policy=Policy(results="records"))
