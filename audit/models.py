"""The ledger's rows: facts that are added and read, never changed."""

from __future__ import annotations

from django.db import models

from core.models import TenantOwned


class AuditEvent(TenantOwned):
    """One fact. `digest` is the SHA-256 of the canonical JSON of everything else but the row number."""

    public_id = models.UUIDField(editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=160)
    origin = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["tenant", "target", "id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
