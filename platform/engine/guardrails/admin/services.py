"""Guard services in the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.console import TenantAdmin
from engine.guardrails import policies, services
from engine.guardrails.models import GuardService, ServiceStage
from tenants.requests import actor_of
from tenants.roles import Right


class GuardServiceForm(forms.ModelForm):
    stages = forms.MultipleChoiceField(
        label=_("Asked about"), choices=ServiceStage.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = GuardService
        fields = (
            "name", "kind", "url", "model", "secret", "stages", "timeout_ms", "fails", "action", "threshold", "enabled",
        )  # fmt: skip
        labels = {
            "kind": _("How it is asked"),
            "url": _("Address"),
            "model": _("Model"),
            "timeout_ms": _("Longest wait, ms"),
            "fails": _("When it is away"),
            "action": _("When it finds something"),
            "threshold": _("From a score of"),
            "enabled": _("On"),
        }
        help_texts = {
            "name": _("Its verdicts stand under “external:name” in runs."),
            "url": _("The whole address. Its host has to be among the allowed hosts."),
            "model": _("For moderation endpoints that ask for one."),
            "secret": _("Goes along as a bearer token."),
            "timeout_ms": _("Milliseconds to wait. The customer waits as long."),
            "threshold": _("0 is nothing, 1 is certain. Empty: as the service flags."),
        }
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "kind": UnfoldAdminSelectWidget,
            "url": UnfoldAdminTextInputWidget,
            "model": UnfoldAdminTextInputWidget,
            "timeout_ms": UnfoldAdminIntegerFieldWidget,
            "fails": UnfoldAdminSelectWidget,
            "action": UnfoldAdminSelectWidget,
            "threshold": UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
            "enabled": UnfoldBooleanSwitchWidget,
        }


@admin.register(GuardService)
class GuardServiceAdmin(TenantAdmin):
    """Outside services that judge texts as one more check."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    list_display = ("name", "kind", "url", "timeout_ms", "fails", "action", "enabled")
    list_filter = ("kind", "enabled", "action")
    search_fields = ("name", "url")
    ordering = ("name",)
    form = GuardServiceForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request)

    def save_model(self, request: Any, obj: GuardService, form: Any, change: bool) -> None:
        own = {"tenant_id": request.tenant.pk, "actor": actor_of(request.user)}
        services.save_service(service=obj, **own)
        policies.forget(request.tenant.pk)

    def delete_model(self, request: Any, obj: GuardService) -> None:
        services.remove_service(tenant_id=request.tenant.pk, service=obj, actor=actor_of(request.user))
        policies.forget(request.tenant.pk)
