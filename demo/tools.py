"""The back office that the retail tenant's assistant may call: its tools, as a manager would set them up."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from core.actors import Actor
from demo.backoffice.openapi import document
from demo.backoffice.operations import OPERATIONS
from demo.origins import origins
from engine.tools import queries
from engine.tools.models import Auth, Connection
from engine.tools.services.connections import ConnectionDraft, add_connection, change_connection
from engine.tools.services.hosts import allow_host
from engine.tools.services.imports import import_openapi
from engine.tools.services.tools import change_tool
from engine.tools.values import Risk
from tenants.services import set_secret

NAME = "Back office"
KEPT_AS = "Back office token"
# The platform has its own hand-off; nobody needs a second one that only tells the shop.
LEFT_OUT = frozenset({"transfer_to_human_agents"})


def connect_office(*, tenant_id: int, actor: Actor) -> int:
    """Gives a tenant the shop's operations as tools, at the address the settings name; how many there are.

    What a manager has changed about a tool stays; what has moved is followed.
    """
    if not settings.OFFICE_URL:
        return 0
    secret = None
    if settings.SHOP_TOKEN:
        secret = set_secret(tenant_id=tenant_id, name=KEPT_AS, value=settings.SHOP_TOKEN, actor=actor)
    allow_host(tenant_id=tenant_id, host=settings.OFFICE_URL.partition("//")[2], actor=actor)
    draft = ConnectionDraft(
        name=NAME,
        base_url=settings.OFFICE_URL,
        auth=Auth.BEARER if secret else Auth.NONE,
        secret=secret,
    )
    known = next((one for one in queries.connections(tenant_id) if one.name == NAME), None)
    if known is None:
        _import(add_connection(tenant_id=tenant_id, draft=draft, actor=actor), actor)
    elif known.base_url != settings.OFFICE_URL or known.auth != draft.auth:
        change_connection(tenant_id=tenant_id, connection=known, draft=draft, actor=actor)
    return len(OPERATIONS) - len(LEFT_OUT)


def _import(connection: Connection, actor: Actor) -> None:
    text = json.dumps(document(settings.OFFICE_URL, with_token=bool(settings.SHOP_TOKEN)))
    names = [name for name in OPERATIONS if name not in LEFT_OUT]
    tenant_id = connection.tenant_id
    made = import_openapi(tenant_id=tenant_id, connection=connection, document=text, names=names, actor=actor)
    for tool in made:
        changes: dict[str, Any] = {"result_path": "/result", "result_schema": None, **origins(tool.name)}
        if tool.risk != Risk.READ:
            changes["requires_approval"] = True
        change_tool(tenant_id=tenant_id, tool=tool, changes=changes, actor=actor)
