"""Runs in the console: the work on each answer, step by step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from conversations.models import Run, RunStatus, Step
from conversations.timeline import timeline
from conversations.verdicts import DAYS
from core.console import TenantAdmin
from core.errors import Forbidden
from engine.guardrails.kinds import KINDS
from tenants.roles import Right

COLOURS: dict[Any, str] = {
    RunStatus.RUNNING: "info",
    RunStatus.WAITING: "warning",
    RunStatus.READY: "info",
    RunStatus.DONE: "success",
    RunStatus.FAILED: "danger",
}


class FoundBy(admin.SimpleListFilter):
    """Runs of the last days in which a check found something, about the customer's words or in a step."""

    title = _("found by a check, last 7 days")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, kind.title) for name, kind in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        check = self.value()
        if not check:
            return queryset
        found, since = [{"check": check, "flagged": True}], timezone.now() - dt.timedelta(days=DAYS)
        steps = Step.objects.filter(
            tenant_id=OuterRef("tenant_id"), run_id=OuterRef("pk"), data__checks__contains=found
        )
        return queryset.filter(Q(checks__contains=found) | Exists(steps), started_at__gt=since)


@admin.register(Run)
class RunAdmin(TenantAdmin):
    read_right = Right.READ_CONVERSATIONS
    list_display = (
        "__str__", "conversation", "state", "level", "reason", "attempt", "started_at", "finished_at",
    )  # fmt: skip
    list_filter = ("status", "level", FoundBy)
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
