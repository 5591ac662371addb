"""Reads what tenants set about their guardrails."""

from __future__ import annotations

import datetime as dt

from core import sql
from core.scope import tenant_scope
from engine.guardrails.models import GuardService, Policy

_REVISION = (
    "SELECT (SELECT revision FROM guardrails_policy WHERE tenant_id = %s), "
    "(SELECT max(rotated_at) FROM tenants_secret WHERE tenant_id = %s)"
)

Revision = tuple[int, dt.datetime | None]


def get_policy(tenant_id: int) -> Policy:
    """The tenant's policy; an unsaved one with the defaults where it has none."""
    with tenant_scope(tenant_id):
        found = Policy.objects.filter(tenant_id=tenant_id).first()
    return found or Policy(tenant_id=tenant_id, settings={}, revision=0)


def revision(tenant_id: int) -> Revision:
    """Changes whenever the tenant's policy, one of its guard services or a secret did; its number is 0 without any."""
    with tenant_scope(tenant_id):
        number, rotated_at = sql.row(_REVISION, [tenant_id, tenant_id]) or (None, None)
    return number or 0, rotated_at


def guard_services(tenant_id: int) -> list[GuardService]:
    """The tenant's guard services that are switched on, with their secrets, by name."""
    with tenant_scope(tenant_id):
        rows = GuardService.objects.filter(tenant_id=tenant_id, enabled=True)
        return list(rows.select_related("secret").order_by("name"))
