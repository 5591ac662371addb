"""Calls that await a yes, in the console: what is asked, what the assistant knows, and the decision."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from conversations import approvals, queries
from conversations.approvals import MOST_REASON, AlreadyDecided, Decision
from conversations.models import Approval, ApprovalStatus
from conversations.timeline import asked
from core.actors import Actor
from core.console import TenantAdmin, rights_of
from core.errors import Forbidden, SwitchboardError
from engine.tools.values import Risk
from tenants.requests import actor_of
from tenants.roles import Right

COLOURS: dict[Any, str] = {
    ApprovalStatus.PENDING: "warning",
    ApprovalStatus.APPROVED: "success",
    ApprovalStatus.REFUSED: "danger",
}
RISKS: dict[Any, str] = {Risk.WRITE: "warning", Risk.IRREVERSIBLE: "danger"}
SUMMARY = 80
MOST_ARGUMENTS = 20_000


def _strict(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class DecisionForm(forms.Form):
    """A yes, a yes to other arguments, or a no with its reason."""

    verdict = forms.ChoiceField(choices=[("approve", _("Approve")), ("refuse", _("Refuse"))])
    reason = forms.CharField(required=False, max_length=MOST_REASON)
    arguments = forms.CharField(required=False, max_length=MOST_ARGUMENTS, strip=True)

    def clean_arguments(self) -> Any:
        """The arguments as JSON; None without any."""
        text = self.cleaned_data["arguments"]
        try:
            return json.loads(text, parse_constant=_strict) if text else None
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON: %(why)s.") % {"why": error}) from error

    def decide(self, approval: Approval, actor: Actor) -> bool:
        """Decides; False, with what is wrong beside its field, when this cannot be decided so.

        Raises:
            AlreadyDecided
        """
        said = self.cleaned_data
        try:
            with transaction.atomic():  # the page is rendered in the same transaction
                approvals.decide(
                    tenant_id=approval.tenant_id,
                    public_id=approval.public_id,
                    decision=Decision(said["verdict"], said["reason"], said["arguments"]),
                    actor=actor,
                    now=timezone.now(),
                )
        except AlreadyDecided:
            raise
        except SwitchboardError as error:
            self.add_error("reason" if said["verdict"] == "refuse" else "arguments", error.message)
        return self.is_valid()


@admin.register(Approval)
class ApprovalAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONVERSATIONS, Right.WRITE_CONVERSATIONS
    list_display = ("call", "summary", "state", "conversation", "age", "expires")
    list_filter = ("status", "tool")
    list_select_related = ("conversation",)
    search_fields = ("tool", "public_id")
    search_help_text = _("A tool's name or an approval's id")

    def get_ordering(self, request: HttpRequest) -> Any:
        """What awaits a decision first, the most pressing on top; then the newest."""
        waits = When(status=ApprovalStatus.PENDING, then=Value(0))
        due = When(status=ApprovalStatus.PENDING, then=F("expires_at"))
        return Case(waits, default=Value(1)).asc(), Case(due).asc(nulls_last=True), F("id").desc()

    @admin.display(description=_("Call"), ordering="tool")
    def call(self, approval: Approval) -> str:
        return approval.tool

    @admin.display(description=_("Arguments"))
    def summary(self, approval: Approval) -> str:
        pairs = approval.arguments.items() if isinstance(approval.arguments, dict) else ()
        text = ", ".join(f"{name}: {_short(value)}" for name, value in pairs)
        return text if len(text) <= SUMMARY else text[: SUMMARY - 1] + "…"

    @display(description=_("Status"), ordering="status", label=COLOURS)
    def state(self, approval: Approval) -> Any:
        return approval.status, str(approval.get_status_display()).split(":")[0]

    @admin.display(description=_("Asked"), ordering="created_at")
    def age(self, approval: Approval) -> str:
        return _age(approval)

    @admin.display(description=_("Expires"), ordering="expires_at")
    def expires(self, approval: Approval) -> str:
        if approval.status != ApprovalStatus.PENDING:
            return ""
        return _("in %(time)s") % {"time": timeuntil(approval.expires_at, depth=1)}

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """All that helps to decide, and the decision."""
        if not self.has_view_permission(request):
            raise Forbidden
        pk = object_id if object_id.isdecimal() else None
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST":
            return self._page(request, row, DecisionForm())
        if self.write_right not in rights_of(request):
            raise Forbidden
        return self._decide(request, row, DecisionForm(request.POST))

    def _decide(self, request: Any, row: Approval, form: DecisionForm) -> HttpResponse:
        if not (form.is_valid() and form.decide(row, actor_of(request.user))):
            return self._page(request, row, form, status=400)
        words = {
            "approve": _("Approved. The assistant goes on."),
            "refuse": _("Refused. The assistant is told."),
        }
        messages.success(request, words[form.cleaned_data["verdict"]])
        return HttpResponseRedirect(reverse("admin:conversations_approval_change", args=[row.pk]))

    def _page(
        self, request: HttpRequest, row: Approval, form: DecisionForm, *, status: int = 200
    ) -> HttpResponse:
        found = queries.get_approval(row.tenant_id, row.public_id)
        seen = asked(row.tenant_id, found)
        context = self.admin_site.each_context(request) | {
            "title": _("May the assistant call %(tool)s?") % {"tool": row.tool},
            "opts": self.opts,
            "asked": seen,
            "approval": found,
            "arguments": form.data.get("arguments") or _code(found.arguments),
            "original_arguments": _code(found.arguments),
            "edited_arguments": _code(found.edited) if found.edited is not None else "",
            "form": form,
            "may_decide": self.write_right in rights_of(request),
            "pending": found.status == ApprovalStatus.PENDING,
            "colour": COLOURS.get(found.status, ""),
            "risk_colour": RISKS.get(seen.tool.policy.risk, "") if seen.tool else "",
            "age": _age(found),
        }
        return TemplateResponse(request, "console/approval.html", context, status=status)


def _age(approval: Approval) -> str:
    if timezone.now() - approval.created_at < dt.timedelta(minutes=1):
        return str(_("just now"))
    return _("%(time)s ago") % {"time": timesince(approval.created_at, depth=1)}


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _code(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
