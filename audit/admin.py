"""The ledger in the console: read, and nothing else."""

from __future__ import annotations

from django.contrib import admin

from audit.models import AuditEvent
from core.console import TenantAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(TenantAdmin):
    read_right = "audit:read"
    list_display = ("at", "actor", "action", "target")
    list_filter = ("action",)
    search_fields = ("actor", "action", "target")
    fields = ("public_id", "at", "actor", "action", "target", "origin", "data", "digest_hex")
    readonly_fields = ("digest_hex",)
    ordering = ("-id",)

    @admin.display(description="SHA-256")
    def digest_hex(self, event: AuditEvent) -> str:
        return bytes(event.digest).hex()
