"""What a tenant wishes for after a chat."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Invalid
from core.scope import tenant_scope
from escalation.after.queries import Wishes
from escalation.models import Aftercare

HOURS, MINUTES = range(1, 721), range(5, 1441)


class BadWishes(Invalid):
    code = "bad_aftercare"
    default_message = (
        f"Silence ends a conversation after {HOURS[0]} to {HOURS[-1]} hours; patience is {MINUTES[0]} to "
        f"{MINUTES[-1]} minutes."
    )


def save_wishes(*, tenant_id: int, wishes: Wishes, actor: Actor) -> None:
    """Keeps what a tenant wishes for.

    Raises:
        BadWishes
    """
    if wishes.idle_hours not in HOURS or wishes.patience_minutes not in MINUTES:
        raise BadWishes
    told = asdict(wishes)
    with tenant_scope(tenant_id):
        Aftercare.objects.update_or_create(
            tenant_id=tenant_id, defaults={**told, "updated_at": timezone.now()}
        )
        record(actor=actor, action="aftercare.saved", target="aftercare", data=told)
