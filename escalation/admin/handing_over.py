"""When a conversation goes to a person, as one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.console import TenantAdmin
from core.errors import SwitchboardError
from engine.matrix import Matrix, merged, queries, services
from engine.matrix.models import HandoverRules
from engine.matrix.rules import BadMatrix
from escalation.admin.handing_over_forms import OwnRuleForms, RulesForm, TryForm, own_rows, settings_of
from tenants.requests import actor_of
from tenants.roles import Right


@admin.register(HandoverRules)
class HandoverAdmin(TenantAdmin):
    """There is one set of rules, so its page stands where others have a list."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    exportable = False

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_write = self.write_right in request.rights
        if request.method == "POST" and not may_write and "try" not in request.POST:
            raise PermissionDenied
        row = queries.rules_of(request.tenant.pk)
        matrix = _matrix(row)
        posted = request.POST if request.method == "POST" and "try" not in request.POST else None
        form = RulesForm(posted, matrix=matrix, version=row.version)
        own = OwnRuleForms(posted, prefix="own", initial=own_rows(matrix))
        if posted is not None and form.is_valid() and own.is_valid() and self._saved(request, form, own):
            return HttpResponseRedirect(reverse("admin:matrix_handoverrules_changelist"))
        return self._page(request, row, {"form": form, "own": own, "may_write": may_write, "matrix": matrix})

    def _saved(self, request: Any, form: RulesForm, own: Any) -> bool:
        """Whether it was; what was wrong stands at the form, and what was typed stays."""
        try:
            with transaction.atomic():  # the page is rendered in the same transaction
                services.set_rules(
                    tenant_id=request.tenant.pk,
                    settings=settings_of(form, own),
                    actor=actor_of(request.user),
                    version=form.cleaned_data["version"],
                )
        except SwitchboardError as error:
            form.add_error(None, error.message)
            return False
        messages.success(request, _("Saved. Conversations follow within seconds."))
        return True

    def _page(self, request: Any, row: HandoverRules, shown: dict[str, Any]) -> HttpResponse:
        tries = TryForm(request.POST if "try" in request.POST else None)
        decision = tries.decided(shown["matrix"]) if tries.is_bound and tries.is_valid() else None
        for form in (shown["form"], *shown["own"]):
            for field in form.fields.values():
                field.disabled = field.disabled or not shown["may_write"]
        context = {
            **self.admin_site.each_context(request),
            "title": _("When to hand over"),
            "row": row,
            "tries": tries,
            "decision": decision,
            **shown,
        }
        return TemplateResponse(request, "console/handing_over.html", context)

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The page of the one row that a member of the tenant may name."""
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:matrix_handoverrules_changelist"))


def _matrix(row: HandoverRules) -> Matrix:
    try:
        return merged(row.settings)
    except BadMatrix:  # written by another version: the page starts from the usual rules
        return Matrix()
