"""What every tenant-owned table has in common."""

from __future__ import annotations

from typing import Any

from django.db import models


class TenantForeignKey(models.ForeignKey):
    """A foreign key between two tenant-owned tables.

    It makes no constraint of its own: `core.rls.IsolateTenant` makes the composite one on (tenant_id, this column),
    so that a row can't point at another tenant's row, not even by mistake.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class TenantOwned(models.Model):
    """Base of every table whose rows belong to one tenant."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.PROTECT, related_name="+", db_index=False)
    tenant_id: int

    class Meta:
        abstract = True


class WindowCount(models.Model):
    """How much was taken of a limit in one window of time, for as long as Redis, which counts otherwise, is away.

    No tenant's data: `sharer` is a keyed mark of whose part it is, or empty.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    sharer = models.CharField(max_length=64, blank=True)
    starts = models.BigIntegerField(help_text="Seconds since the epoch.", db_index=True)
    calls = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "sharer", "starts"], name="window_count_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.sharer} {self.starts}"
