"""The tenants of a replay: each with a release, a model account and the shop's operations as tools."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync

from core.actors import Actor, system
from core.scope import tenant_scope
from demo.backoffice import OPERATIONS
from demo.origins import origins
from demo.replay.shopkeeper import Shopkeeper
from engine.agent.values import Limits
from engine.budgets import services as budgets
from engine.budgets.values import NANOS, Scope
from engine.releases.services import Configuration, publish
from engine.tools import mcp, services
from engine.tools.models import Connection, Tool
from engine.tools.queries import allowed_hosts
from engine.tools.services import ConnectionDraft
from engine.tools.targets import mcp_target
from engine.tools.values import Risk
from tenants.services import connect_provider, create_tenant, set_secret

SETUP = system("replay")
MODELS = ("scripted", "scripted-second", "scripted-third")
BUDGET_NANOS = 1000 * NANOS
RESULT_BYTES = 131_072
LONGEST = 13
"""Calls of the longest recorded task; the limits leave room for twice as many."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the tools are set up.

    Args:
        by_mcp: through the shop's MCP server, else as HTTP tools from its OpenAPI document.
        with_faults: writes are `write`, so that they may be repeated under their key, and tools have short deadlines.
        with_approval: irreversible calls wait for a member's yes.
    """

    by_mcp: bool = False
    with_faults: bool = False
    with_approval: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant's account at the scripted model."""

    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One tenant and its shop."""

    label: str
    tenant_id: int
    slug: str
    keeper: Shopkeeper


def set_up(label: str, keeper: Shopkeeper, account: Account, way: Way, most_calls: int) -> Stage:
    """Makes a tenant for one replay.

    Args:
        label: one word, known to the scripted model.
        most_calls: of the longest task.
    """
    mark = secrets.token_hex(4)
    tenant = create_tenant(slug=f"replay-{label}-{mark}", name=f"Replay {label}", actor=SETUP)
    for scope in (Scope.TENANT_DAY, Scope.TENANT_MONTH, Scope.RUN, Scope.CONVERSATION, Scope.CUSTOMER_DAY):
        budgets.set_budget(tenant_id=tenant.pk, scope=scope, limit_nanos=BUDGET_NANOS, actor=SETUP)
    connect_provider(
        tenant_id=tenant.pk,
        name="scripted",
        base_url=account.url,
        api_key=account.key,
        model=MODELS[0],
        actor=SETUP,
    )
    publish(tenant_id=tenant.pk, configuration=_configuration(max(most_calls, LONGEST)), actor=SETUP)
    _give_tools(tenant.pk, keeper, way)
    return Stage(label, tenant.pk, tenant.slug, keeper)


# What a recorded customer is to do is worded as an order to somebody who plays her, and the shop's answers are held
# against the record word for word: so texts are judged here, and left as they are. The taint rule stays on.
WATCHING = {"monitor_only": True, "rules": {"personal": {"on": False}}}


def _configuration(most_calls: int) -> Configuration:
    room = 2 * most_calls + 2
    return Configuration(
        guardrails=WATCHING,
        model=MODELS[0],
        fallback_models=MODELS[1:],
        tools=tuple(OPERATIONS),
        limits=Limits(
            steps=room,
            tool_calls=room,
            identical_calls=room,
            alternations=room,
            no_progress=room,
            seconds=600.0,
            tokens=10_000_000,
            cents=10_000.0,
        ),
    )


def _give_tools(tenant_id: int, keeper: Shopkeeper, way: Way) -> None:
    services.allow_host(tenant_id=tenant_id, host=urlsplit(keeper.address).netloc, actor=SETUP)
    secret = set_secret(tenant_id=tenant_id, name="shop", value=keeper.token, actor=SETUP)
    base = f"{keeper.address}/mcp" if way.by_mcp else keeper.address
    kind = "mcp" if way.by_mcp else "http"
    draft = ConnectionDraft(name="shop", base_url=base, kind=kind, auth="bearer", secret=secret)
    connection = services.add_connection(tenant_id=tenant_id, draft=draft, actor=SETUP)
    made = _by_mcp(tenant_id, connection) if way.by_mcp else _by_http(tenant_id, connection, keeper)
    for tool in made:
        changes = _changes(tool, way)
        services.change_tool(tenant_id=tenant_id, tool=tool, changes=changes, actor=SETUP)


def _by_http(tenant_id: int, connection: Connection, keeper: Shopkeeper) -> list[Tool]:
    document = keeper.document()
    return services.import_openapi(
        tenant_id=tenant_id, connection=connection, document=document, names=tuple(OPERATIONS), actor=SETUP
    )


def _by_mcp(tenant_id: int, connection: Connection) -> list[Tool]:
    hosts = allowed_hosts(tenant_id)
    listed = async_to_sync(_discovered)(connection, hosts)
    services.sync_mcp(
        tenant_id=tenant_id, connection=connection, discovered=listed, actor=SETUP, approve=tuple(OPERATIONS)
    )
    with tenant_scope(tenant_id):
        return list(connection.tools.filter(tenant_id=tenant_id))


async def _discovered(connection: Connection, hosts: tuple[str, ...]) -> tuple[mcp.Discovered, ...]:
    return await mcp.discover(mcp_target(connection), hosts=hosts)


def _changes(tool: Tool, way: Way) -> dict[str, Any]:
    operation = tool.remote_name or tool.name
    risk = Risk(OPERATIONS[operation].risk)
    if way.with_faults and risk is Risk.IRREVERSIBLE:
        risk = Risk.WRITE
    changes: dict[str, Any] = {
        "risk": str(risk),
        "requires_approval": way.with_approval and risk is Risk.IRREVERSIBLE,
        "result_bytes": RESULT_BYTES,
        **origins(operation),
    }
    if risk is not Risk.READ or changes.get("results") == "records":
        # The record leaves out what its assistant had read before: what nobody can trace, a member is asked about.
        changes["taint"] = "approve"
    if way.with_faults:
        changes["timeout_seconds"] = 20.0 if way.by_mcp else 2.0
    if not way.by_mcp:
        # The model is to read what the record holds: the result itself, not the object around it.
        schema = (tool.result_schema or {}).get("properties", {}).get("result")
        changes |= {"result_path": "/result", "result_schema": schema}
    return changes


def decider() -> Actor:
    """The member who approves."""
    return Actor("member", "replay", "Replay")
