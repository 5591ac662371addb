"""Writes the ledger: one insert, in the same transaction as what it reports.

Invariant: an event is hashed at insert over its canonical JSON, so a changed row can be told from an honest one
with nothing but the row. No lock, no chain head: sealing comes behind and costs the writers nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

import structlog
from django.utils import timezone

from audit.actions import ACTIONS
from core import sql
from core.actors import Actor
from core.scope import require_tenant_id

_INSERT = (
    "INSERT INTO audit_auditevent (public_id, tenant_id, at, actor, action, target, origin, data, digest) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def canonical(fields: dict[str, Any]) -> bytes:
    """Canonical JSON: keys sorted, no white space, UTF-8, nothing but JSON's own types."""
    return json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def stamp(moment: dt.datetime) -> str:
    """The one spelling of a moment in the ledger: UTC with microseconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record(*, actor: Actor, action: str, target: str, data: dict[str, Any] | None = None) -> None:
    """Adds one fact about the tenant in scope.

    Args:
        actor: who did it.
        action: a name of `audit.actions.ACTIONS`.
        target: what it was done to, `kind:public id`.
        data: facts in JSON's own types, without what people said and without secrets.

    Raises:
        KeyError: the action is not in the catalogue.
        core.scope.NoTenantInScope: outside a tenant scope.
    """
    if action not in ACTIONS:
        raise KeyError(action)
    sql.run(_INSERT, rendered(actor=actor, action=action, target=target, data=data))


def rendered(*, actor: Actor, action: str, target: str, data: dict[str, Any] | None = None) -> list[Any]:
    """The values of one ledger row, in the order of the table's insert, its digest last."""
    tenant_id, now, public_id = require_tenant_id(), timezone.now(), uuid.uuid4()
    origin = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
    facts = {
        "id": str(public_id),
        "tenant": tenant_id,
        "at": stamp(now),
        "actor": str(actor),
        "action": action,
        "target": target,
        "origin": origin,
        "data": data or {},
    }
    digest = hashlib.sha256(canonical(facts)).digest()
    stored = json.dumps(facts["data"], ensure_ascii=False)
    return [public_id, tenant_id, now, str(actor), action, target, origin, stored, digest]


def digest_of(event: Any) -> bytes:
    """Recomputes an AuditEvent's digest from its stored columns."""
    return hashlib.sha256(
        canonical(
            {
                "id": str(event.public_id),
                "tenant": event.tenant_id,
                "at": stamp(event.at),
                "actor": event.actor,
                "action": event.action,
                "target": event.target,
                "origin": event.origin,
                "data": event.data,
            }
        )
    ).digest()
