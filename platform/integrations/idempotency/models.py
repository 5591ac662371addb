"""What was answered to a request that named itself."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from core.models import TenantForeignKey, TenantOwned


class IdempotencyRecord(TenantOwned):
    """One `Idempotency-Key` of one API key. `status` is empty while the request is worked on."""

    api_key = TenantForeignKey("tenants.ApiKey", related_name="+")
    api_key_id: int
    key = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32)
    attempt = models.PositiveIntegerField(default=1)
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "api_key", "key"], name="integrations_idempotency_once")
        ]
        indexes = [models.Index(fields=["tenant", "created_at"], name="integrations_idempotency_age")]

    def __str__(self) -> str:
        return self.key
