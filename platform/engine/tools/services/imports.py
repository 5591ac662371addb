"""Tools that others describe: operations of an OpenAPI document, and what an MCP server lists.

Invariant: a description or schema reaches a model only after a manager approved those very words; once approved,
what a server says about itself raises a tool's risk and never lowers it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Unprocessable
from core.scope import tenant_scope
from engine.tools import queries, registry, rules
from engine.tools.mcp.discovery import Discovered
from engine.tools.models import Connection, Tool, ToolKind
from engine.tools.openapi import Operation, read
from engine.tools.openapi.document import parse
from engine.tools.services.revisions import bump
from engine.tools.services.tools import Definition, add_http_tool, check, policy_fields, write
from engine.tools.values import Policy, Risk

MOST_TOOLS = 200


class NothingChosen(Unprocessable):
    code = "nothing_chosen"
    default_message = "Choose at least one operation to import."


@dataclass(frozen=True, slots=True)
class Synced:
    """What a look at an MCP server found: names of our tools, and why others could not be taken."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def sync_mcp(
    *,
    tenant_id: int,
    connection: Connection,
    discovered: Iterable[Discovered],
    actor: Actor,
    approve: Collection[str] = (),
) -> Synced:
    """Holds what a server lists now against what is kept.

    A tool that is new, or described otherwise than when it was approved, is not on offer until somebody approves it;
    one that is no longer listed neither.

    Args:
        approve: names at the server that are approved as they are seen now.
    """
    added, changed, gone, refused = [], [], [], {}
    with tenant_scope(tenant_id):
        Connection.objects.select_for_update(no_key=True).get(tenant_id=tenant_id, pk=connection.pk)
        kept = queries.tools_by_remote_name(tenant_id, connection.pk)
        for one in list(discovered)[:MOST_TOOLS]:
            tool = kept.pop(one.name, None)
            try:
                if tool is None:
                    added.append(_add(connection, one, one.name in approve))
                elif _note(tool, one, one.name in approve):
                    changed.append(tool.name)
            except (rules.BadTool, rules.BadSchema) as error:
                refused[one.name] = error.message
        for tool in kept.values():
            if tool.offered:
                tool.offered, tool.proposal = "", None
                tool.save(update_fields=["offered", "proposal"])
                gone.append(tool.name)
        if added or changed or gone:
            bump(tenant_id)
            facts = {"added": added, "changed": changed, "gone": gone}
            target = f"tool_connection:{connection.name}"
            record(actor=actor, action="tool_connection.synced", target=target, data=facts)
    return Synced(tuple(added), tuple(changed), tuple(gone), refused)


def approve_tool_change(*, tenant_id: int, tool: Tool, seen: str, actor: Actor) -> Tool:
    """Takes over what the server says about a tool now.

    Args:
        seen: the fingerprint that the manager was shown, so that nobody approves what came after.

    Raises:
        engine.tools.rules.BadTool: the server says something else meanwhile, or the tool is gone there.
        engine.tools.rules.BadSchema
    """
    with tenant_scope(tenant_id):
        row = Tool.objects.select_for_update(no_key=True, of=("self",)).get(tenant_id=tenant_id, pk=tool.pk)
        if not row.offered or row.offered != seen:
            raise rules.BadTool("The server says something else about this tool meanwhile. Look at it again.")
        take_over(row)
        check(row)
        row.updated_at = timezone.now()
        write(row)
        bump(tenant_id)
        record(actor=actor, action="tool.approved", target=f"tool:{row.name}", data={"fingerprint": seen})
    return row


def import_openapi(
    *,
    tenant_id: int,
    connection: Connection,
    document: str | bytes,
    names: Collection[str],
    actor: Actor,
) -> list[Tool]:
    """Makes an HTTP tool of each chosen operation; all of them or none.

    Args:
        names: of operations, as `operations` gives them.

    Raises:
        engine.tools.openapi.DocumentInvalid: it cannot be read.
        NothingChosen: none of the operations that can be tools was chosen.
        engine.tools.rules.BadTool, engine.tools.rules.BadSchema, ToolTaken: naming the operation.
    """
    chosen = [one for one in operations(document, connection) if one.name in names and not one.unsupported]
    if not chosen:
        raise NothingChosen
    made = []
    with tenant_scope(tenant_id):
        for one in chosen:
            try:
                tool = add_http_tool(
                    tenant_id=tenant_id, connection=connection, definition=_defined(one), actor=actor
                )
            except (rules.BadTool, rules.BadSchema) as error:
                raise type(error)(f"{one.name}: {error.message}") from error
            made.append(tool)
    return made


def operations(document: str | bytes, connection: Connection) -> tuple[Operation, ...]:
    """A document's operations as they are at the connection's address, whatever servers the document names.

    Raises:
        engine.tools.openapi.DocumentInvalid
    """
    root = dict(parse(document).root)
    root["servers"] = [{"url": connection.base_url}]
    root["paths"] = {path: _without_servers(item) for path, item in root["paths"].items()}
    return tuple(
        replace(one, unsupported="HEAD brings nothing to read.") if one.method == "HEAD" else one
        for one in read(json.dumps(root))
    )


def _without_servers(item: Any) -> Any:
    """A path of the document, its operations included, that is served where the document is."""
    if not isinstance(item, dict):
        return item
    bare = {name: value for name, value in item.items() if name != "servers"}
    return {
        name: {key: part for key, part in value.items() if key != "servers"}
        if isinstance(value, dict)
        else value
        for name, value in bare.items()
    }


def _defined(one: Operation) -> Definition:
    return Definition(
        name=one.name,
        description=one.description or f"{one.method} {one.path}",
        parameters=one.parameters or {"type": "object", "properties": {}},
        result_schema=one.result_schema,
        method=one.method,
        url_template=one.url,
        policy=Policy(risk=one.risk, requires_approval=one.risk == Risk.IRREVERSIBLE),
    )


def _add(connection: Connection, one: Discovered, approved: bool) -> str:
    tool = Tool(
        tenant_id=connection.tenant_id,
        kind=ToolKind.MCP,
        connection=connection,
        name=_free_name(connection, one.name),
        remote_name=one.name[:200],
        method="",
        offered=one.fingerprint,
        pinned=one.fingerprint if approved else "",
        **_told(one),
        **policy_fields(Policy(risk=one.risk, requires_approval=one.risk == Risk.IRREVERSIBLE)),
    )
    check(tool)
    write(tool)
    return tool.name


def _note(tool: Tool, one: Discovered, approved: bool) -> bool:
    """Keeps what the server says now; True when that is news or was approved."""
    if one.fingerprint == tool.offered and not (approved and tool.needs_review):
        return False
    told = _told(one)
    if one.risk == Risk.IRREVERSIBLE:
        told |= {"risk": str(Risk.IRREVERSIBLE), "requires_approval": True}
    tool.offered, tool.proposal = one.fingerprint, None if one.fingerprint == tool.pinned else told
    if approved:
        take_over(tool)
        check(tool)
    tool.save()
    return True


def take_over(tool: Tool) -> None:
    """Makes what the server says now what was approved."""
    for name, value in (tool.proposal or {}).items():
        setattr(tool, name, value)
    tool.pinned, tool.proposal = tool.offered, None
    tool.version += 1


def _told(one: Discovered) -> dict[str, Any]:
    result = None if one.result_schema is None else dict(one.result_schema)
    description = (one.description.strip() or one.name)[: rules.MOST_DESCRIPTION]
    return {"description": description, "parameters": dict(one.parameters), "result_schema": result}


def _free_name(connection: Connection, remote: str) -> str:
    """The server's name for the tool where it is free and allowed, else with the connection's before it."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", remote).strip("_")[:64] or "tool"
    system = re.sub(r"[^A-Za-z0-9_-]+", "_", connection.name.lower()).strip("_")[:20] or "mcp"
    wishes = [plain, f"{system}_{plain}"[:64], *(f"{plain[:60]}_{n}" for n in range(2, MOST_TOOLS))]
    taken = queries.taken_names(connection.tenant_id, wishes) | {one.spec.name for one in registry.tools()}
    return next(name for name in wishes if name not in taken)
