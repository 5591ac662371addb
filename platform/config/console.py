"""The console: Django's admin behind the members' door, for one tenant at a time.

Invariant: every view runs, and every template is rendered, inside the scope of the tenant whose member asks; her
rights come from her role there and from nothing else. Only tenant-owned tables are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.template.response import SimpleTemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from conversations.views import guard_figures, live
from core.console import TenantAdmin
from core.errors import SwitchboardError
from core.scope import tenant_scope
from engine.evaluation.views import measure
from tenants import requests
from tenants.requests import NoMembership, TenantRequest
from tenants.roles import Right, may

View = Callable[..., HttpResponseBase]
DROPPED = frozenset({"password_change", "password_change_done", "view_on_site"})
# Unfold's Alpine build makes functions from text and sets styles on elements. Nowhere else is this allowed.
LOOSER = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class Console(UnfoldAdminSite):
    """The admin site of all members."""

    site_title = _("Switchboard")
    index_title = _("Console")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes tenant-owned tables only; what third parties register stays out."""
        if admin_class is not None and issubclass(admin_class, TenantAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return hasattr(request, "membership")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        protected = super().admin_view(view, cacheable)
        return update_wrapper(csp_update(LOOSER)(members_only(protected)), protected)

    def get_urls(self) -> list[Any]:
        kept = [url for url in super().get_urls() if getattr(url, "name", None) not in DROPPED]
        return [
            path("live/", members_only(live), name="live"),
            path("guardrail-figures/", self.admin_view(guard_figures), name="guard_figures"),
            path("guardrail-measure/", self.admin_view(measure), name="guard_measure"),
            path("password_change/", _to("account_change_password"), name="password_change"),
            *kept,
        ]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return redirect_to_login(request.GET.get("next", ""), resolve_url("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return HttpResponseRedirect(resolve_url("account_logout"))

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Nothing: Unfold keeps what a person found for five minutes, whichever tenant she is in by then."""
        return HttpResponse()

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        return QuerySet(LogEntry).none()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if self.has_permission(request):
            known = cast(TenantRequest, request)
            context |= {
                "site_header": known.tenant.name,
                "site_subheader": known.membership.get_role_display(),
            }
        return context


def members_only(view: View) -> View:
    """Lets active members in, runs and renders inside their tenant's scope, and says coded errors in words."""

    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
        try:
            membership = requests.choose_membership(request)
        except NoMembership:
            return redirect("choose_tenant")
        known = cast(TenantRequest, request)
        known.membership, known.tenant = membership, membership.tenant
        known.rights = frozenset(right for right in Right if may(membership.role, right))
        try:
            with tenant_scope(membership.tenant_id):
                return _rendered(view(request, *args, **kwargs))
        except SwitchboardError as error:
            return _said(request, error)

    return update_wrapper(entered, view)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Templates query too, and must do so inside the scope."""
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        return response.render()
    return response


def _said(request: HttpRequest, error: SwitchboardError) -> HttpResponseBase:
    if request.method == "POST":
        messages.error(request, error.message)
        return HttpResponseRedirect(request.get_full_path())
    return render(request, "problem.html", {"message": error.message}, status=error.status)


def _to(name: str) -> View:
    def go(request: HttpRequest) -> HttpResponseBase:
        return redirect(name)

    return go
