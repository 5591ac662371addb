"""Changes a tenant's rules of handing over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Conflict
from core.scope import tenant_scope
from engine.matrix import queries
from engine.matrix.models import HandoverRules
from engine.matrix.rules import merged
from tenants.models import Tenant


class RulesChanged(Conflict):
    code = "rules_changed"
    default_message = "Somebody else changed the rules meanwhile. Look at what they are now, and save again."


def set_rules(
    *, tenant_id: int, settings: Mapping[str, Any], actor: Actor, version: int | None = None
) -> HandoverRules:
    """Replaces what a tenant says of handing over.

    Args:
        settings: as `rules.merged` takes them.
        version: the one that was looked at; None: whatever it is.

    Raises:
        engine.matrix.rules.BadMatrix, RulesChanged
    """
    merged(settings)
    with tenant_scope(tenant_id):
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        row = queries.rules_of(tenant_id)
        if version is not None and row.version != version:
            raise RulesChanged
        before = row.settings
        row.settings, row.version, row.updated_at = dict(settings), row.version + 1, timezone.now()
        row.save()
        changed = sorted(key for key in {*before, *settings} if before.get(key) != settings.get(key))
        record(actor=actor, action="matrix.changed", target="matrix", data={"changed": changed})
    transaction.on_commit(lambda: queries.forget(tenant_id))
    return row
