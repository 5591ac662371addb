"""Conversations and customers in the console: read; what people do to them is done on the live page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from conversations import journal
from conversations.models import Conversation, Customer
from core.console import TenantAdmin
from tenants.roles import Right

LOG_SHOWN = 500


@admin.register(Conversation)
class ConversationAdmin(TenantAdmin):
    read_right = Right.READ_CONVERSATIONS
    list_display = ("__str__", "customer", "owner", "agent", "events", "updated_at")
    list_filter = ("owner",)
    list_select_related = ("customer", "agent")
    search_fields = (
        "public_id",
        "customer__name",
        "customer__email",
        "customer__external_id",
        "events__text",
    )
    search_help_text = _("A customer's name or address, a conversation's id, or words of the log")
    fields = ("public_id", "customer", "release", "owner", "agent", "episode", "created_at", "updated_at")
    ordering = ("-updated_at", "-id")
    change_form_after_template = "console/log.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(last_seq__gt=0)

    @admin.display(description=_("Events"), ordering="last_seq")
    def events(self, conversation: Conversation) -> int:
        return conversation.last_seq

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        log = journal.latest(int(object_id), limit=LOG_SHOWN) if object_id.isdigit() else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "log": log})


@admin.register(Customer)
class CustomerAdmin(TenantAdmin):
    read_right = Right.READ_CONVERSATIONS
    list_display = ("__str__", "email", "identity", "external_id", "created_at")
    list_filter = ("identity",)
    search_fields = ("name", "email", "external_id", "public_id")
    fields = ("public_id", "name", "email", "identity", "verified_until", "external_id", "created_at")
    ordering = ("-id",)
