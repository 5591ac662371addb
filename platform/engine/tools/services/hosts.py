"""Which hosts a tenant's tools may call."""

from __future__ import annotations

from audit.services import record
from core.actors import Actor
from core.scope import tenant_scope
from engine.tools import rules
from engine.tools.models import AllowedHost
from engine.tools.services.revisions import bump


def allow_host(*, tenant_id: int, host: str, actor: Actor) -> AllowedHost:
    """Lets the tenant's tools call a host; allowing it again changes nothing.

    Raises:
        engine.tools.rules.BadHost
    """
    wanted = rules.normal_host(host)
    with tenant_scope(tenant_id):
        allowed, created = AllowedHost.objects.get_or_create(tenant_id=tenant_id, host=wanted)
        if created:
            bump(tenant_id)
            record(actor=actor, action="tool_host.allowed", target=f"tool_host:{wanted}"[:160])
    return allowed


def forbid_host(*, tenant_id: int, host: AllowedHost, actor: Actor) -> None:
    """Tools that lead there stay, but their calls are refused."""
    with tenant_scope(tenant_id):
        if AllowedHost.objects.filter(tenant_id=tenant_id, pk=host.pk).delete()[0]:
            bump(tenant_id)
            record(actor=actor, action="tool_host.forbidden", target=f"tool_host:{host.host}"[:160])
