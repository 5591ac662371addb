"""How a tenant's tool is reached: a row, its connection and its opened secret as the value that a caller needs.

Invariant: what comes out holds a secret and shows it in no repr.
"""

from __future__ import annotations

from typing import Any

from core.sealing import unseal
from engine.tools.http.target import Auth as HttpAuth
from engine.tools.http.target import HttpTarget
from engine.tools.mcp.target import McpAuth, McpTarget
from engine.tools.models import Auth, Connection, Tool, ToolKind
from tenants.models import secret_place


def target_of(tool: Tool) -> HttpTarget | McpTarget | None:
    """The target of an HTTP or MCP tool whose connection and secret are loaded; None for a built-in one.

    Raises:
        core.sealing.SealBroken: the secret does not open.
    """
    connection = tool.connection
    if connection is None:
        return None
    if tool.kind == ToolKind.MCP:
        return mcp_target(connection, tool.remote_name)
    return http_target(connection, tool)


def mcp_target(connection: Connection, tool: str = "") -> McpTarget:
    """A tool of an MCP server; without a name, the server itself."""
    auth = McpAuth()
    if connection.auth == Auth.OAUTH:
        auth = McpAuth("oauth")  # `signing` fetches the token for each call
    elif connection.auth == Auth.BEARER:
        auth = McpAuth("bearer", _value(connection))
    return McpTarget(connection.base_url, connection.tenant_id, connection.pk, tool, auth)


def http_target(connection: Connection, tool: Tool) -> HttpTarget:
    """An operation of a web API."""
    kinds: dict[str, Any] = {Auth.BEARER: "bearer", Auth.HEADER: "header", Auth.BASIC: "basic"}
    kind = kinds.get(connection.auth, "none")
    name = connection.username if kind == "basic" else connection.header_name
    return HttpTarget(
        method=tool.method,
        url=tool.url_template,
        auth=HttpAuth(kind, name, _value(connection)) if kind != "none" else HttpAuth(),
        result_path=tool.result_path,
    )


def _value(connection: Connection) -> str:
    if connection.secret is None:
        return ""
    place = secret_place(connection.tenant_id, connection.secret.name)
    return unseal(connection.secret.sealed, place)
