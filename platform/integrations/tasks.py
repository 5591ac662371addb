"""What workers do for the doors."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from integrations.idempotency import services
from tenants.queries import active_tenants


@shared_task(name="integrations.sweep_idempotency", ignore_result=True)
def sweep_idempotency() -> int:
    """Removes answers kept for more than a day, tenant by tenant, and says how many."""
    now = timezone.now()
    return sum(services.sweep(tenant_id=tenant.pk, now=now) for tenant in active_tenants())
