"""The tenant's guardrail policy as one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.console import TenantAdmin
from engine.guardrails import policies, queries, services
from engine.guardrails.admin.forms import LEAST_SCORE, PolicyForm
from engine.guardrails.admin.trying import TryForm, tried
from engine.guardrails.models import Policy
from engine.guardrails.policy import BadPolicy, GuardPolicy, merged
from tenants.requests import actor_of
from tenants.roles import Right


@admin.register(Policy)
class PolicyAdmin(TenantAdmin):
    """There is one policy, so its page stands where others have a list."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    exportable = False

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_write = self.write_right in request.rights
        is_try, is_reset = "try" in request.POST, "reset" in request.POST
        if request.method == "POST" and not may_write and not is_try:
            raise PermissionDenied
        row = queries.get_policy(request.tenant.pk)
        policy = _policy(row)
        form = PolicyForm(None if is_reset or is_try else request.POST or None, policy=policy)
        for field in form.fields.values():
            field.disabled = not may_write
        if is_reset or (request.method == "POST" and not is_try and form.is_valid()):
            return _keep(request, {} if is_reset else form.settings())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Guardrails"),
            "form": form,
            "row": row,
            "may_write": may_write,
            "least_score": LEAST_SCORE,
            **_tried(request.POST if is_try else None, policy),
        }
        return TemplateResponse(request, "console/guardrails/policy.html", context | (extra_context or {}))

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The page of the one row that a member of the tenant may name."""
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:guardrails_policy_changelist"))


def _tried(posted: Any, policy: GuardPolicy) -> dict[str, Any]:
    form = TryForm(posted, use_required_attribute=False)
    if not form.is_valid():
        return {"tries": form}
    return {"tries": form, "tried": tried(form.cleaned_data["text"], form.cleaned_data["whose"], policy)}


def _keep(request: Any, settings: dict[str, Any]) -> HttpResponse:
    actor = actor_of(request.user)
    services.set_policy(tenant_id=request.tenant.pk, settings=settings, actor=actor)
    policies.forget(request.tenant.pk)
    messages.success(request, _("Saved. Conversations follow within seconds."))
    return HttpResponseRedirect(reverse("admin:guardrails_policy_changelist"))


def _policy(row: Policy) -> GuardPolicy:
    try:
        return merged(row.settings)
    except BadPolicy:  # written by another version: the page starts from the defaults
        return GuardPolicy()
