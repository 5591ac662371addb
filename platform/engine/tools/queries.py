"""Reads about a tenant's tools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from core import sql
from core.errors import NotFound
from core.scope import tenant_scope
from engine.tools.models import AllowedHost, Connection, Tool

_REVISION = (
    "SELECT (SELECT number FROM tools_toolrevision WHERE tenant_id = %s), "
    "(SELECT max(rotated_at) FROM tenants_secret WHERE tenant_id = %s)"
)

Revision = tuple[int, dt.datetime | None]


class NoSuchTool(NotFound):
    code = "no_such_tool"
    default_message = "There is no such tool. Check its name."


class NoSuchConnection(NotFound):
    code = "no_such_connection"
    default_message = "There is no such connection. Check its name."


def revision(tenant_id: int) -> Revision:
    """Changes whenever a tool, a connection, a host or a secret of the tenant's did."""
    with tenant_scope(tenant_id):
        number, rotated_at = sql.row(_REVISION, [tenant_id, tenant_id]) or (None, None)
    return number or 0, rotated_at


def all_tools(tenant_id: int) -> list[Tool]:
    """The tenant's rows with their connections and secrets, by name."""
    with tenant_scope(tenant_id):
        rows = Tool.objects.filter(tenant_id=tenant_id).select_related("connection__secret")
        return list(rows.order_by("name"))


def allowed_hosts(tenant_id: int) -> tuple[str, ...]:
    """The hosts that the tenant's tools may call."""
    with tenant_scope(tenant_id):
        rows = AllowedHost.objects.filter(tenant_id=tenant_id).order_by("host")
        return tuple(rows.values_list("host", flat=True))


def get_tool(tenant_id: int, name: str) -> Tool:
    """The tenant's tool of this name.

    Raises:
        NoSuchTool: unknown, or another tenant's.
    """
    with tenant_scope(tenant_id):
        rows = Tool.objects.filter(tenant_id=tenant_id, name=name[:64])
        tool = rows.select_related("connection__secret").first()
    if tool is None:
        raise NoSuchTool
    return tool


def get_connection(tenant_id: int, name: str) -> Connection:
    """The tenant's connection of this name.

    Raises:
        NoSuchConnection: unknown, or another tenant's.
    """
    with tenant_scope(tenant_id):
        rows = Connection.objects.filter(tenant_id=tenant_id, name=name)
        connection = rows.select_related("secret").first()
    if connection is None:
        raise NoSuchConnection
    return connection


def connections(tenant_id: int, kind: str = "") -> list[Connection]:
    """The tenant's connections by name, of one kind if named."""
    with tenant_scope(tenant_id):
        rows = Connection.objects.filter(tenant_id=tenant_id).select_related("secret").order_by("name")
        return list(rows.filter(kind=kind) if kind else rows)


def tools_by_remote_name(tenant_id: int, connection_id: int) -> dict[str, Tool]:
    """An MCP connection's tools by their names at the server."""
    with tenant_scope(tenant_id):
        rows = Tool.objects.filter(tenant_id=tenant_id, connection_id=connection_id)
        return {row.remote_name: row for row in rows.select_related("connection").order_by("id")}


def taken_names(tenant_id: int, names: Iterable[str]) -> set[str]:
    """Those of the names that the tenant's tools have already."""
    with tenant_scope(tenant_id):
        rows = Tool.objects.filter(tenant_id=tenant_id, name__in=list(names))
        return set(rows.values_list("name", flat=True))
