"""The page on which a tenant measures its guardrails on its own labelled chats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from core.errors import SwitchboardError
from engine.evaluation import labelled
from engine.guardrails.policies import policy_for
from engine.releases import queries as releases
from tenants.requests import demand
from tenants.roles import Right

MOST_BYTES = 2_000_000
MOST_ROWS = 2000
"""What a page may keep a web process busy with: some seconds. `manage.py evaluate` has no such limit."""
KINDS = [
    ("injection", _("Attempts to change what the assistant is told")),
    ("indirect_injection", _("Orders to the assistant in documents")),
    ("handoff_request", _("The plain wish for a person")),
    ("sentiment", _("Anger and despair")),
    ("content_safety", _("Harmful content")),
    ("pii", _("Personal data")),
]


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is measured"), choices=KINDS, widget=UnfoldAdminSelectWidget())
    file = forms.FileField(
        label=_("Labelled texts"),
        widget=UnfoldAdminFileFieldWidget(),
        help_text=_("JSON lines, at most 2 MB and 2,000 texts. Larger files: manage.py evaluate."),
    )

    def clean_file(self) -> list[labelled.Labelled]:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        try:
            rows = list(labelled.read_rows(upload, upload.name))
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error
        if not 0 < len(rows) <= MOST_ROWS:
            raise forms.ValidationError(_("The file must hold 1 to 2,000 texts."))
        return rows


def measure(request: Any) -> HttpResponse:
    """Judges an uploaded file by the tenant's own policy and shows the figures; nothing of it is kept."""
    demand(request.membership, Right.READ_CONFIGURATION)
    form = MeasureForm(request.POST or None, request.FILES or None)
    shown: dict[str, Any] = {"form": form, "title": _("Measure the guardrails")}
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        release = releases.current(request.tenant.pk)
        policy = policy_for(request.tenant.pk, release.pk, release.guardrails)
        judged = list(labelled.judge(kind, form.cleaned_data["file"], policy))
        shown |= {"kind": kind, "figures": labelled.figures(judged), "auc": labelled.auc(kind, judged)}
    return TemplateResponse(
        request, "console/guardrails/measure.html", admin.site.each_context(request) | shown
    )
