"""Releases in the console: read; publishing a change set comes with its own pages."""

from __future__ import annotations

from django.contrib import admin

from core.console import TenantAdmin
from engine.releases.models import Release


@admin.register(Release)
class ReleaseAdmin(TenantAdmin):
    read_right = "configuration:read"
    list_display = ("number", "assistant_name", "model", "published_at")
    fields = (
        "number",
        "assistant_name",
        "model",
        "answer_cache",
        "greeting",
        "disclosure",
        "prompt",
        "limits",
        "guardrails",
        "published_at",
    )
    readonly_fields = ("published_at",)
    ordering = ("-number",)
