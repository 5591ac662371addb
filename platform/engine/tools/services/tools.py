"""A tenant's tools: made, changed, switched off and removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Conflict
from core.scope import tenant_scope
from engine.tools import queries, registry, rules
from engine.tools.addresses import check_url
from engine.tools.errors import AddressRefused
from engine.tools.models import TOOL_NAME, Connection, KnownAs, Method, Results, Tool, ToolKind
from engine.tools.services.revisions import bump
from engine.tools.values import Policy, Risk

POLICY = tuple(one.name for one in fields(Policy))
CHANGEABLE: Mapping[str, tuple[str, ...]] = {
    ToolKind.BUILTIN: (*POLICY, "enabled"),
    ToolKind.HTTP: (
        *POLICY, "enabled", "name", "description", "parameters", "result_schema", "method", "url_template",
        "result_path", "connection",
    ),
    ToolKind.MCP: (*POLICY, "enabled", "name"),
}  # fmt: skip
"""What may be changed about a tool of each kind."""


class ToolTaken(Conflict):
    code = "tool_taken"
    default_message = "There is a tool of this name already. Choose another one."


class EssentialTool(Conflict):
    code = "essential_tool"
    default_message = "This tool cannot be restricted: a customer can always ask for a person."


@dataclass(frozen=True, slots=True)
class Definition:
    """An HTTP tool as it is wished for.

    Args:
        parameters: JSON Schema of the arguments; result_schema: of the result, None for none.
        url_template: below the connection's address, with `{argument}` where an argument goes.
        result_path: where in the answer the result stands, as a JSON pointer such as `/data/items`; empty: the whole.
        policy: None for the defaults; an irreversible tool then requires approval.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    url_template: str
    method: str = Method.GET
    result_schema: Mapping[str, Any] | None = None
    result_path: str = ""
    policy: Policy | None = None


def add_http_tool(*, tenant_id: int, connection: Connection, definition: Definition, actor: Actor) -> Tool:
    """Puts an HTTP tool on offer.

    Raises:
        engine.tools.rules.BadTool, engine.tools.rules.BadSchema: saying which field and why.
        ToolTaken: another tool has the name.
    """
    policy = definition.policy or default_policy(definition.method)
    with tenant_scope(tenant_id):
        tool = Tool(
            tenant_id=tenant_id,
            kind=ToolKind.HTTP,
            connection=connection,
            name=definition.name,
            description=definition.description.strip(),
            parameters=dict(definition.parameters),
            result_schema=None if definition.result_schema is None else dict(definition.result_schema),
            method=definition.method,
            url_template=definition.url_template,
            result_path=definition.result_path,
            **policy_fields(policy),
        )
        check(tool)
        write(tool)
        bump(tenant_id)
        facts = {"kind": "http", "risk": tool.risk}
        record(actor=actor, action="tool.added", target=f"tool:{tool.name}", data=facts)
    return tool


def default_policy(method: str) -> Policy:
    """What a method can do, taken at its worst: to remove is irreversible, and asks a person."""
    if method == Method.GET:
        return Policy()
    if method == Method.DELETE:
        return Policy(risk=Risk.IRREVERSIBLE, requires_approval=True)
    return Policy(risk=Risk.WRITE)


def change_tool(*, tenant_id: int, tool: Tool, changes: Mapping[str, Any], actor: Actor) -> Tool:
    """Changes fields of a tool; what stays equal is no change.

    Where the risk rises to irreversible and nothing is said about approval, approval is required from then on.

    Args:
        changes: values by names of `CHANGEABLE`.

    Raises:
        engine.tools.rules.BadTool, engine.tools.rules.BadSchema, ToolTaken, EssentialTool
    """
    if foreign := sorted(set(changes) - set(CHANGEABLE[tool.kind])):
        raise rules.BadTool(f"Not to be changed about this kind of tool: {', '.join(foreign)}.")
    with tenant_scope(tenant_id):
        row = Tool.objects.select_for_update(no_key=True, of=("self",)).get(tenant_id=tenant_id, pk=tool.pk)
        if changes.get("risk") == Risk.IRREVERSIBLE and row.risk != Risk.IRREVERSIBLE:
            changes = {"requires_approval": True, **changes}
        changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, changes[name])
        if changed:
            # What is only switched off or on has been checked before; off must always be possible.
            if changed != ["enabled"]:
                check(row)
            _touch(row)
            record(actor=actor, action="tool.changed", target=f"tool:{row.name}", data={"fields": changed})
    return row


def enable_tool(*, tenant_id: int, tool: Tool, actor: Actor) -> Tool:
    """Puts a tool on offer again."""
    return change_tool(tenant_id=tenant_id, tool=tool, changes={"enabled": True}, actor=actor)


def disable_tool(*, tenant_id: int, tool: Tool, actor: Actor) -> Tool:
    """Takes a tool off offer; a run that knows of it already is refused its calls."""
    return change_tool(tenant_id=tenant_id, tool=tool, changes={"enabled": False}, actor=actor)


def remove_tool(*, tenant_id: int, tool: Tool, actor: Actor) -> None:
    """Removes a tool; about a built-in one, what was restricted. Doing it again changes nothing."""
    with tenant_scope(tenant_id):
        if Tool.objects.filter(tenant_id=tenant_id, pk=tool.pk).delete()[0]:
            bump(tenant_id)
            record(actor=actor, action="tool.removed", target=f"tool:{tool.name}", data={"kind": tool.kind})


def restrict_builtin(
    *, tenant_id: int, name: str, policy: Policy, actor: Actor, enabled: bool = True
) -> Tool:
    """Switches a built-in tool off, or says under which stricter conditions it may be called.

    Raises:
        engine.tools.registry.ToolUnknown: no built-in tool has this name.
        EssentialTool: the tool is always on offer.
        engine.tools.rules.BadTool
    """
    known = registry.get(name)
    ours = replace(policy, risk=known.policy.risk, results=Results.UNTRUSTED.value, free_arguments=())
    changes = policy_fields(ours) | {"enabled": enabled}
    with tenant_scope(tenant_id):
        row = Tool.objects.filter(tenant_id=tenant_id, name=name).first()
        if row is not None:
            return change_tool(tenant_id=tenant_id, tool=row, changes=changes, actor=actor)
        row = Tool(tenant_id=tenant_id, kind=ToolKind.BUILTIN, name=name, method="", **changes)
        check(row)
        write(row)
        bump(tenant_id)
        facts = {"kind": "builtin", "risk": row.risk}
        record(actor=actor, action="tool.added", target=f"tool:{name}", data=facts)
    return row


def policy_fields(policy: Policy) -> dict[str, Any]:
    """A policy as a row's fields."""
    values = {name: getattr(policy, name) for name in POLICY}
    lists = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    return values | lists | {"risk": str(policy.risk)}


def check(tool: Tool) -> None:
    """Holds a row against the rules before it is written; in the tenant's scope.

    Raises:
        engine.tools.rules.BadTool, engine.tools.rules.BadSchema, EssentialTool
    """
    if not TOOL_NAME.regex.search(tool.name):  # type: ignore[union-attr]
        raise rules.BadTool("Name: 1 to 64 letters, digits, dashes and underscores, such as find_order.")
    is_builtin = any(one.spec.name == tool.name for one in registry.tools())
    if tool.kind != ToolKind.BUILTIN and is_builtin:
        raise rules.BadTool(f"Name: {tool.name} is a built-in tool. Choose another name.")
    words = (tool.identity in KnownAs.values, tool.risk in set(Risk), tool.results in Results.values)
    if not all(words):
        raise rules.BadTool
    rules.check_policy(tool.policy)
    rules.check_taint(tool.policy, tool.parameters if tool.kind == ToolKind.HTTP else None)
    if tool.kind == ToolKind.BUILTIN and not registry.get(tool.name).restrictable:
        raise EssentialTool
    if tool.kind != ToolKind.BUILTIN:
        _check_told(tool)
    if tool.kind == ToolKind.HTTP:
        _check_http(tool)


def write(tool: Tool) -> None:
    """
    Raises:
        ToolTaken: another tool has the name.
    """
    try:
        with transaction.atomic():
            tool.save()
    except IntegrityError as error:
        raise ToolTaken(f"There is a tool called {tool.name} already. Choose another name.") from error


def _touch(tool: Tool) -> None:
    tool.version += 1
    tool.updated_at = timezone.now()
    if tool.kind == ToolKind.HTTP:
        tool.pinned = tool.offered = rules.fingerprint(tool.description, tool.parameters, tool.result_schema)
    write(tool)
    bump(tool.tenant_id)


def _check_told(tool: Tool) -> None:
    """What a model is told."""
    if not 1 <= len(tool.description) <= rules.MOST_DESCRIPTION:
        raise rules.BadTool(f"Description: 1 to {rules.MOST_DESCRIPTION} characters; the assistant reads it.")
    rules.check_schema(tool.parameters, "Arguments")
    if tool.result_schema is not None:
        rules.check_schema(tool.result_schema, "Result", of_object=False)


def _check_http(tool: Tool) -> None:
    connection = tool.connection
    if connection is None or connection.kind != "http" or connection.tenant_id != tool.tenant_id:
        raise rules.BadTool("Connection: choose one of the kind HTTP.")
    if tool.method not in Method.values:
        raise rules.BadTool("Method: GET, POST, PUT, PATCH or DELETE.")
    tool.url_template = rules.full_template(connection.base_url, tool.url_template)
    rules.check_placeholders(tool.url_template, tool.parameters)
    rules.check_result_path(tool.result_path)
    try:
        plain = rules.PLACEHOLDER.sub("x", tool.url_template)
        check_url(plain, hosts=queries.allowed_hosts(tool.tenant_id))
    except AddressRefused as error:
        raise rules.BadTool(f"URL template: {error.message}") from error
    tool.pinned = tool.offered = rules.fingerprint(tool.description, tool.parameters, tool.result_schema)
