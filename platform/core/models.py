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
