"""What people answered otherwise than the assistant, to be added to the knowledge or dismissed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.console import TenantAdmin
from core.errors import SwitchboardError
from escalation.models import Suggestion, SuggestionStatus
from escalation.packets import suggestions
from escalation.packets.learning import MOST_ANSWER, MOST_QUESTION
from escalation.packets.suggestions import Verdict
from tenants.requests import actor_of
from tenants.roles import Right

COLOURS: dict[Any, str] = {
    SuggestionStatus.PENDING: "warning",
    SuggestionStatus.ACCEPTED: "success",
}


class SuggestionForm(forms.Form):
    """The texts as they are to be known."""

    question = forms.CharField(
        label=_("Question"), max_length=MOST_QUESTION, widget=UnfoldAdminTextInputWidget()
    )
    answer = forms.CharField(
        label=_("Answer"), max_length=MOST_ANSWER, widget=UnfoldAdminTextareaWidget(attrs={"rows": 8})
    )


@admin.register(Suggestion)
class SuggestionAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    list_display = ("asked", "state", "created_at", "decided_by")
    list_filter = ("status",)
    search_fields = ("question", "answer")
    ordering = ("-id",)

    @display(description=_("Question"))
    def asked(self, row: Suggestion) -> str:
        return str(row)

    @display(description=_("State"), label=COLOURS)
    def state(self, row: Suggestion) -> tuple[str, str]:
        return row.status, row.get_status_display()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        pk = object_id if object_id.isdecimal() else None
        row = get_object_or_404(self.get_queryset(request).select_related("conversation"), pk=pk)
        may_decide = self.write_right in request.rights and row.status == SuggestionStatus.PENDING
        texts = {"question": row.question, "answer": row.answer}
        form = SuggestionForm(
            request.POST if request.method == "POST" else texts, use_required_attribute=False
        )
        if request.method == "POST":
            if self.write_right not in request.rights:
                raise PermissionDenied
            if form.is_valid() and self._decided(request, row, form):
                return HttpResponseRedirect(reverse("admin:escalation_suggestion_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Suggestion"),
            "row": row,
            "form": form,
            "may_decide": may_decide,
        }
        return TemplateResponse(request, "console/suggestion.html", context)

    def _decided(self, request: Any, row: Suggestion, form: SuggestionForm) -> bool:
        accept = request.POST.get("verdict") == "accept"
        verdict = Verdict(accept, form.cleaned_data["question"], form.cleaned_data["answer"])
        try:
            with transaction.atomic():  # the page is rendered in the same transaction
                suggestions.decide(
                    tenant_id=row.tenant_id,
                    public_id=row.public_id,
                    verdict=verdict,
                    actor=actor_of(request.user),
                    now=timezone.now(),
                )
        except SwitchboardError as error:
            form.add_error(None, error.message)
            return False
        told = _("Added to the knowledge.") if accept else _("Dismissed.")
        messages.success(request, told)
        return True
