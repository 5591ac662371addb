"""One statement, one trip, and the purses are free again.

Invariant: outside any transaction a move of money is a transaction of its own that the server begins and ends by
itself: locks are held while it works, never while a client is waited for. On a busy machine that wait is most of the
time. The statement names its tenant to row level security before it does anything else. Inside the caller's
`tenant_scope` it is a part of that transaction, and the locks last until its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from core import sql, statements
from core.scope import current_tenant_id, tenant_scope

_CALL = (
    "SELECT f.* FROM (SELECT set_config('app.tenant_id', %s::text, true)::bigint AS id) AS tenant, "
    "LATERAL {function}(tenant.id, {types}) AS f"
)


def statement(function: str, *types: str) -> str:
    """A call of a function whose first argument is the tenant; the others are of these types."""
    return _CALL.format(function=function, types=", ".join(f"%s::{name}" for name in types))


def rows(call: str, tenant_id: int, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a call made by `statement`.

    Raises:
        core.scope.TenantSwitchRefused: a scope of another tenant is open.
        django.db.Error: what the database refused.
    """
    given = [str(tenant_id), *values]
    if current_tenant_id() is not None or connection.in_atomic_block:
        with tenant_scope(tenant_id):
            return sql.rows(call, given)
    answer = statements.put(call, given)
    statements.send()
    return answer.fetchall()
