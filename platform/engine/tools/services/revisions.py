"""The tenant's count of changes to its tools."""

from __future__ import annotations

from core import sql

_BUMP = (
    "INSERT INTO tools_toolrevision (tenant_id, number) VALUES (%s, 1) "
    "ON CONFLICT (tenant_id) DO UPDATE SET number = tools_toolrevision.number + 1"
)


def bump(tenant_id: int) -> None:
    """Counts one change, in the transaction that makes it; it also puts a tenant's changes in order."""
    sql.run(_BUMP, [tenant_id])
