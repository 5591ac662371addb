"""The page on which a tenant measures its guardrails on its own labelled chats."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from core.errors import SwitchboardError
from engine.evaluation import labelled
from engine.evaluation.labelled import Judged, Labelled
from engine.guardrails.policies import policy_for
from engine.releases import queries as releases
from tenants.requests import demand
from tenants.roles import Right

MOST_BYTES = 2_000_000
MOST_ROWS = 2000
MOST_SECONDS = 20.0
"""What a page may keep a web process busy with. `manage.py evaluate` has no such limits."""
KINDS = [
    ("injection", _("Attacks: attempts to change what the assistant is told")),
    (
        "indirect_injection",
        _("Hidden orders: what speaks to the assistant in documents and results of tools"),
    ),
    ("handoff_request", _("The plain wish for a person")),
    ("sentiment", _("Anger and despair")),
    ("content_safety", _("Harmful content")),
    ("pii", _("Personal data")),
]
LABELS = [(title, sorted(labelled.harmful_labels(kind))) for kind, title in KINDS]


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is measured"), choices=KINDS, widget=UnfoldAdminSelectWidget())
    file = forms.FileField(
        label=_("Your file of labelled texts"),
        widget=UnfoldAdminFileFieldWidget(),
        help_text=_("At most 2 MB and 2,000 texts."),
    )

    def clean_file(self) -> list[Labelled]:
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
    shown: dict[str, Any] = {"form": form, "title": _("Measure the guardrails"), "labels": LABELS}
    if request.method == "POST" and form.is_valid():
        shown |= _measured(request.tenant.pk, form.cleaned_data["kind"], form.cleaned_data["file"])
    return TemplateResponse(
        request, "console/guardrails/measure.html", admin.site.each_context(request) | shown
    )


def _measured(tenant_id: int, kind: str, rows: Sequence[Labelled]) -> dict[str, Any]:
    release = releases.current(tenant_id)
    policy = policy_for(tenant_id, release.pk, release.guardrails)
    deadline = time.monotonic() + MOST_SECONDS
    judged: list[Judged] = list(
        takewhile(lambda _one: time.monotonic() < deadline, labelled.judge(kind, rows, policy))
    )
    return {
        "kind": kind,
        "about": dict(KINDS)[kind],
        "harmful": sorted(labelled.harmful_labels(kind)),
        "figures": labelled.figures(judged),
        "whole": labelled.summary(kind, judged),
        "judged": len(judged),
        "given": len(rows),
    }
