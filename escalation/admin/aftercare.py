"""What happens after a chat, as one page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from core.console import TenantAdmin
from escalation.after import services
from escalation.after.queries import Wishes, wishes_of
from escalation.after.services.wishes import HOURS, MINUTES
from escalation.models import Aftercare
from tenants.requests import actor_of
from tenants.roles import Right

PAGE = "admin:escalation_aftercare_changelist"


class WishesForm(forms.Form):
    """A tenant's wishes."""

    idle_hours = forms.IntegerField(
        label=_("Hours of silence that end a conversation of the assistant"),
        min_value=HOURS[0],
        max_value=HOURS[-1],
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("The customer's next message opens it again, as a new episode."),
    )
    patience_minutes = forms.IntegerField(
        label=_("Minutes after which a customer who waits and is gone has left"),
        min_value=MINUTES[0],
        max_value=MINUTES[-1],
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Gone: no window of the chat is open, and nothing was written."),
    )
    asks_rating = forms.BooleanField(
        label=_("Ask how it was when a conversation is over"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    sends_transcripts = forms.BooleanField(
        label=_("Send conversations by e-mail on request"), required=False, widget=UnfoldBooleanSwitchWidget
    )


@admin.register(Aftercare)
class AftercareAdmin(TenantAdmin):
    """A tenant has one set of wishes, so its page stands where others have a list."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    exportable = False

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_write = self.write_right in request.rights
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        known = asdict(wishes_of(request.tenant.pk))
        form = WishesForm(request.POST if request.method == "POST" else None, initial=known)
        if form.is_bound and form.is_valid():
            services.save_wishes(
                tenant_id=request.tenant.pk,
                wishes=Wishes(**form.cleaned_data),
                actor=actor_of(request.user),
            )
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse(PAGE))
        for field in form.fields.values():
            field.disabled = not may_write
        shown = {"title": _("After the chat"), "form": form, "may_write": may_write}
        context = self.admin_site.each_context(request) | shown
        return TemplateResponse(request, "console/aftercare.html", context)

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The page of the one row that a member of the tenant may name."""
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse(PAGE))
