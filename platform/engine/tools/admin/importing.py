"""The page that makes tools of an OpenAPI document: paste or upload it, choose operations, import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from core.console import rights_of
from core.errors import Forbidden, SwitchboardError
from core.scope import require_tenant_id
from engine.tools import queries, services
from engine.tools.models import Connection, ConnectionKind, Risk
from tenants.requests import actor_of

MOST_BYTES = 700_000


class ImportForm(forms.Form):
    """Which document, and for which connection."""

    connection = forms.ModelChoiceField(
        label=_("Connection"),
        queryset=Connection.objects.none(),
        help_text=_(
            "The system that the document describes. Its address and sign-in are used for the calls."
        ),
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("An OpenAPI document, version 3.0 or 3.1, as JSON; at most 700 kB."),
        widget=UnfoldAdminFileFieldWidget,
    )
    document = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 12, "spellcheck": "false", "style": "font-family: monospace; max-width: none"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Connection.objects.filter(tenant_id=require_tenant_id(), kind=ConnectionKind.HTTP)
        field: Any = self.fields["connection"]
        field.queryset = rows.order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if file := cleaned.get("file"):
            cleaned["document"] = file.read(MOST_BYTES + 1).decode("utf-8", "replace")
        text = cleaned.get("document", "")
        if not text.strip():
            raise forms.ValidationError(_("Choose a file or paste the document's text."))
        if len(text.encode()) > MOST_BYTES:
            raise forms.ValidationError(_("The document is larger than 700 kB."))
        try:
            self.found = services.operations(text, cleaned["connection"])
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error
        return cleaned


class ImportPage:
    """The import page of the tools' admin class."""

    admin_site: Any
    write_right: str

    def import_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="tools_tool_import")]

    def import_view(self, request: Any) -> HttpResponse:
        """First the document, then the choice, in one page that keeps nothing between the two."""
        if self.write_right not in rights_of(request):
            raise Forbidden
        form = ImportForm(request.POST or None, request.FILES or None)
        chosen = request.POST.getlist("operations")
        problem = ""
        if request.method == "POST" and form.is_valid() and "import" in request.POST:
            try:
                return self._imported(request, form, chosen)
            except SwitchboardError as error:
                problem = error.message
        return TemplateResponse(
            request, "console/tools/import.html", self._page(request, form, chosen, problem)
        )

    def _imported(self, request: Any, form: ImportForm, chosen: list[str]) -> HttpResponse:
        # A savepoint: the page is still to be shown, by the same transaction, when nothing was imported.
        with transaction.atomic():
            made = services.import_openapi(
                tenant_id=request.tenant.pk,
                connection=form.cleaned_data["connection"],
                document=form.cleaned_data["document"],
                names=chosen,
                actor=actor_of(request.user),
            )
        said = ngettext("%(count)d tool was imported.", "%(count)d tools were imported.", len(made))
        messages.success(request, said % {"count": len(made)})
        return HttpResponseRedirect(reverse("admin:tools_tool_changelist"))

    def _page(
        self, request: HttpRequest, form: ImportForm, chosen: list[str], problem: str
    ) -> dict[str, Any]:
        found = getattr(form, "found", ()) if form.is_bound and form.is_valid() else ()
        usable = [one for one in found if not one.unsupported]
        taken = queries.taken_names(require_tenant_id(), [one.name for one in usable])
        rows = [
            {
                "operation": one,
                "risk": Risk(one.risk).label,
                "taken": one.name in taken,
                "chosen": one.name in chosen if chosen else one.risk == Risk.READ,
            }
            for one in usable
        ]
        return {
            **self.admin_site.each_context(request),
            "title": _("Import tools from an OpenAPI document"),
            "form": form,
            "problem": problem,
            "found": found,
            "rows": rows,
            "refused": [one for one in found if one.unsupported],
        }
