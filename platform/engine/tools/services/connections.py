"""The outside systems that a tenant's tools lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.scope import tenant_scope
from engine.tools import queries, rules
from engine.tools.models import Auth, Connection, ConnectionKind
from engine.tools.services.revisions import bump
from tenants.models import Secret

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_NOT_FOR_KEYS = {
    "host",
    "content-length",
    "content-type",
    "connection",
    "transfer-encoding",
    "idempotency-key",
}


class BadConnection(Invalid):
    code = "bad_connection"
    default_message = "The connection cannot be set up like this."


class ConnectionNameTaken(Conflict):
    code = "connection_name_taken"
    default_message = "There is a connection of this name already. Choose another one."


class ConnectionInUse(Conflict):
    code = "connection_in_use"
    default_message = "Tools still use this connection. Remove them first."


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection as it is wished for; `secret` is the row whose value goes along with every call."""

    name: str
    base_url: str
    kind: str = ConnectionKind.HTTP
    auth: str = Auth.NONE
    header_name: str = ""
    username: str = ""
    secret: Secret | None = None
    oauth: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True


def add_connection(*, tenant_id: int, draft: ConnectionDraft, actor: Actor) -> Connection:
    """Makes a connection.

    Raises:
        BadConnection, engine.tools.rules.BadTool, ConnectionNameTaken
    """
    with tenant_scope(tenant_id):
        connection = Connection(tenant_id=tenant_id)
        _fill(connection, draft)
        _write(connection)
        bump(tenant_id)
        record(
            actor=actor,
            action="tool_connection.added",
            target=f"tool_connection:{connection.name}",
            data={"kind": connection.kind, "auth": connection.auth},
        )
    return connection


def change_connection(
    *, tenant_id: int, connection: Connection, draft: ConnectionDraft, actor: Actor
) -> Connection:
    """Replaces what a connection says; its kind stays.

    Raises:
        BadConnection, engine.tools.rules.BadTool, ConnectionNameTaken
    """
    with tenant_scope(tenant_id):
        row = Connection.objects.select_for_update(no_key=True).get(tenant_id=tenant_id, pk=connection.pk)
        if draft.kind != row.kind:
            raise BadConnection("A connection's kind does not change. Make another connection.")
        names = [field_.name for field_ in row._meta.fields]
        before = {name: getattr(row, name) for name in names if name != "secret"} | {"secret": row.secret_id}
        _fill(row, draft)
        after = {name: getattr(row, name) for name in names if name != "secret"} | {"secret": row.secret_id}
        changed = sorted(name for name in after if before[name] != after[name])
        if "base_url" in changed and row.tools.filter(tenant_id=tenant_id, kind="http").exists():
            _move_tools(row, str(before["base_url"]))
        if changed:
            _write(row)
            bump(tenant_id)
            target = f"tool_connection:{row.name}"
            record(actor=actor, action="tool_connection.changed", target=target, data={"fields": changed})
    return row


def remove_connection(*, tenant_id: int, connection: Connection, actor: Actor) -> None:
    """Removes a connection that no tool uses.

    Raises:
        ConnectionInUse
    """
    with tenant_scope(tenant_id):
        try:
            gone = Connection.objects.filter(tenant_id=tenant_id, pk=connection.pk).delete()[0]
        except (ProtectedError, IntegrityError) as error:
            raise ConnectionInUse from error
        if gone:
            bump(tenant_id)
            target = f"tool_connection:{connection.name}"
            record(actor=actor, action="tool_connection.removed", target=target)


def checked(tenant_id: int, draft: ConnectionDraft) -> dict[str, Any]:
    """The draft's fields as they are stored.

    Raises:
        BadConnection, engine.tools.rules.BadTool
    """
    name = draft.name.strip()
    if not 1 <= len(name) <= 80:
        raise BadConnection("Name: 1 to 80 characters.")
    if draft.kind not in ConnectionKind.values or draft.auth not in Auth.values:
        raise BadConnection
    _check_sign_in(draft)
    base = rules.check_base(draft.base_url, queries.allowed_hosts(tenant_id))
    if draft.kind == ConnectionKind.HTTP:
        base = base.rstrip("/")
    fields = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    return fields | {"name": name, "base_url": base, "oauth": dict(draft.oauth)}


def _check_sign_in(draft: ConnectionDraft) -> None:
    if draft.auth == Auth.OAUTH and draft.kind != ConnectionKind.MCP:
        raise BadConnection("Sign-in: OAuth is for MCP servers. Take a bearer token for a web API.")
    if draft.auth in {Auth.BASIC, Auth.HEADER} and draft.kind == ConnectionKind.MCP:
        raise BadConnection("Sign-in: an MCP server takes a bearer token or OAuth.")
    if draft.auth in {Auth.BEARER, Auth.HEADER, Auth.BASIC} and draft.secret is None:
        raise BadConnection("Secret: choose the one that holds the token or password.")
    if draft.auth == Auth.BASIC and (not draft.username or ":" in draft.username):
        raise BadConnection("User name: needed for this sign-in, and without a colon.")
    if draft.auth == Auth.HEADER and not _may_carry_a_key(draft.header_name):
        raise BadConnection("Header: the name of the header that carries the key, such as X-API-Key.")


def _may_carry_a_key(header: str) -> bool:
    return bool(_HEADER.fullmatch(header)) and header.lower() not in _NOT_FOR_KEYS


def _fill(connection: Connection, draft: ConnectionDraft) -> None:
    for name, value in checked(connection.tenant_id, draft).items():
        setattr(connection, name, value)


def _move_tools(connection: Connection, old_base: str) -> None:
    """Tools follow their connection to its new address."""
    for tool in connection.tools.filter(tenant_id=connection.tenant_id, kind="http"):
        rest = tool.url_template.removeprefix(old_base)
        tool.url_template = rules.full_template(connection.base_url, rest)
        tool.version += 1
        tool.save(update_fields=["url_template", "version"])


def _write(connection: Connection) -> None:
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:
        raise ConnectionNameTaken from error
