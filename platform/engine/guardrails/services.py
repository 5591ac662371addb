"""Changes what a tenant wants of its guardrails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.scope import tenant_scope
from engine.guardrails.models import GuardService, Policy
from engine.guardrails.policy import merged


class BadGuardService(Invalid):
    code = "bad_guard_service"
    default_message = "The guard service cannot be set up like this."


class GuardServiceNameTaken(Conflict):
    code = "guard_service_name_taken"
    default_message = "There is a guard service of this name already. Choose another one."


def set_policy(*, tenant_id: int, settings: Mapping[str, Any], actor: Actor) -> Policy:
    """Replaces the tenant's settings; conversations that are going on follow within seconds.

    Args:
        settings: as `policy.merged` takes them; what is not named goes back to its default.

    Raises:
        engine.guardrails.policy.BadPolicy
    """
    merged(settings)
    with tenant_scope(tenant_id):
        _bump(tenant_id)
        row = Policy.objects.get(tenant_id=tenant_id)
        changed = sorted(
            name for name in {*row.settings, *settings} if row.settings.get(name) != settings.get(name)
        )
        row.settings = dict(settings)
        row.save(update_fields=["settings"])
        record(
            actor=actor, action="guardrails.policy_changed", target="guardrails", data={"settings": changed}
        )
    return row


def save_service(*, tenant_id: int, service: GuardService, actor: Actor) -> GuardService:
    """Adds a guard service or changes one.

    Raises:
        BadGuardService: naming the field; GuardServiceNameTaken
    """
    with tenant_scope(tenant_id):
        service.tenant_id = tenant_id
        action = "guardrails.service_changed" if service.pk else "guardrails.service_added"
        try:
            service.full_clean(
                exclude=["tenant", "secret"], validate_unique=False, validate_constraints=False
            )
            with transaction.atomic():
                service.save()
        except ValidationError as error:
            raise BadGuardService(
                "; ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
            ) from error
        except IntegrityError as error:
            raise GuardServiceNameTaken from error
        _bump(tenant_id)
        data = {"kind": service.kind, "stages": list(service.stages), "enabled": service.enabled}
        record(actor=actor, action=action, target=f"guard_service:{service.name}", data=data)
    return service


def remove_service(*, tenant_id: int, service: GuardService, actor: Actor) -> None:
    """Removes a guard service; what it said stays in the runs."""
    with tenant_scope(tenant_id):
        GuardService.objects.filter(tenant_id=tenant_id, pk=service.pk).delete()
        _bump(tenant_id)
        record(actor=actor, action="guardrails.service_removed", target=f"guard_service:{service.name}")


def _bump(tenant_id: int) -> None:
    """Counts a change, so that every process sees that there was one; the row orders concurrent writers."""
    now = timezone.now()
    if not Policy.objects.filter(tenant_id=tenant_id).update(revision=F("revision") + 1, changed_at=now):
        _, made = Policy.objects.get_or_create(tenant_id=tenant_id, defaults={"changed_at": now})
        if not made:
            Policy.objects.filter(tenant_id=tenant_id).update(revision=F("revision") + 1, changed_at=now)
