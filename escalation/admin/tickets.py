"""Tickets in the console: read, and closed when they are done."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from core.console import TenantAdmin, rights_of
from core.errors import Forbidden
from escalation import services
from escalation.models import Ticket
from tenants.requests import actor_of
from tenants.roles import Right


@admin.register(Ticket)
class TicketAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONVERSATIONS, Right.WRITE_CONVERSATIONS
    list_display = ("reference", "subject", "priority", "status", "customer", "created_at")
    list_filter = ("status", "priority")
    list_select_related = ("customer",)
    search_fields = ("number", "subject", "body")
    fields = (
        "reference", "subject", "body", "priority", "status", "customer", "conversation", "created_by",
        "created_at", "closed_at",
    )  # fmt: skip
    readonly_fields = ("reference", "created_at")
    ordering = ("-number",)
    change_form_outer_after_template = "console/close_ticket.html"

    @admin.display(description=_("Ticket"), ordering="number")
    def reference(self, ticket: Ticket) -> str:
        return ticket.reference

    def get_urls(self) -> list[Any]:
        close = path(
            "<path:object_id>/close/",
            self.admin_site.admin_view(self.close_view),
            name="escalation_ticket_close",
        )
        return [close, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        more = {"may_close": self.write_right in rights_of(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def close_view(self, request: Any, object_id: str) -> HttpResponse:
        if self.write_right not in rights_of(request):
            raise Forbidden
        pk = object_id if object_id.isdecimal() else None
        ticket = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method == "POST":
            services.close_ticket(tenant_id=request.tenant.pk, ticket=ticket, actor=actor_of(request.user))
            messages.success(request, _("%(ticket)s is closed.") % {"ticket": ticket.reference})
        return HttpResponseRedirect(reverse("admin:escalation_ticket_change", args=[ticket.pk]))
