"""Runs in the console: the work on each answer, step by step."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from conversations.models import Run, RunStatus
from conversations.timeline import timeline
from core.console import TenantAdmin
from core.errors import Forbidden
from tenants.roles import Right

COLOURS: dict[Any, str] = {
    RunStatus.RUNNING: "info",
    RunStatus.WAITING: "warning",
    RunStatus.READY: "info",
    RunStatus.DONE: "success",
    RunStatus.FAILED: "danger",
}


@admin.register(Run)
class RunAdmin(TenantAdmin):
    read_right = Right.READ_CONVERSATIONS
    list_display = (
        "__str__", "conversation", "state", "level", "reason", "attempt", "started_at", "finished_at",
    )  # fmt: skip
    list_filter = ("status", "level")
    list_select_related = ("conversation",)
    search_fields = ("public_id", "reason")
    ordering = ("-id",)

    @display(description=_("Status"), ordering="status", label=COLOURS)
    def state(self, run: Run) -> Any:
        return run.status, run.get_status_display()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The run as a timeline; nothing on it is changed."""
        if not self.has_view_permission(request):
            raise Forbidden
        pk = object_id if object_id.isdecimal() else None
        run = get_object_or_404(self.get_queryset(request).select_related("conversation"), pk=pk)
        seen = timeline(run.tenant_id, run)
        context = self.admin_site.each_context(request) | {
            "title": str(run),
            "opts": self.opts,
            "seen": seen,
            "run": run,
            "colour": COLOURS.get(run.status, ""),
        }
        return TemplateResponse(request, "console/run.html", context)
