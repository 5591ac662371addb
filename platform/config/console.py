"""The console: Django's admin behind the members' door, for one tenant at a time.

Invariant: every view runs, and every template is rendered, inside the scope of the tenant whose member asks; her
rights come from her role there and from nothing else. Only tenant-owned tables are shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial, update_wrapper
from typing import Any, cast

from csp.decorators import csp_update
from django.contrib.admin.models import LogEntry
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from audit.services import record
from conversations.playground_page import playground_page
from conversations.provider_page import try_page
from conversations.views import guard_figures
from core.console import TenantAdmin
from core.errors import SwitchboardError
from core.offload import in_database
from engine.evaluation.views import measure
from engine.knowledge.search_page import search_page
from engine.tools.trial_page import trial_page
from escalation.figures import page as figures
from escalation.gaps.page import gaps_page
from tenants.doors import members_only
from tenants.requests import TenantRequest, actor_of

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
            path("live/", _to("desk"), name="live"),
            path("figures/behind/", self.admin_view(figures.behind_page), name="figures_behind"),
            path("figures/export/", self.admin_view(figures.export), name="figures_export"),
            path("guardrail-figures/", self.admin_view(guard_figures), name="guard_figures"),
            path("guardrail-measure/", self.admin_view(measure), name="guard_measure"),
            path("playground/", awaiting(playground_page), name="playground"),
            path("knowledge-search/", awaiting(search_page), name="knowledge_search"),
            path("knowledge-gaps/", self.admin_view(gaps_page), name="knowledge_gaps"),
            path("tool-try/<int:tool_id>/", awaiting(trial_page), name="tool_try"),
            path("provider/<int:provider_id>/try/", awaiting(try_page), name="provider_try"),
            path("password_change/", _to("account_change_password"), name="password_change"),
            *kept,
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The dashboard."""
        return figures.dashboard(request)

    def exported(self, request: HttpRequest, name: str, rows: int) -> None:
        """A list leaves the house: who took it, what, and how much."""
        actor = actor_of(cast(TenantRequest, request).user)
        record(actor=actor, action="export.made", target=f"list:{name}", data={"rows": rows})

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


def awaiting(view: Callable[..., Awaitable[HttpResponseBase]]) -> Any:
    """The members' door for a page that waits for a model: no transaction is open and no thread is held meanwhile."""

    async def entered(request: HttpRequest, **named: Any) -> HttpResponseBase:
        shut = await in_database(members_only(lambda _request: HttpResponse()))(request)
        if not hasattr(request, "membership"):
            return shut
        leaving = await _left(partial(view, **named), request)
        response = await in_database(members_only(leaving))(request)
        response["Cache-Control"] = "no-store"
        return response

    return entered


async def _left(view: Callable[..., Awaitable[HttpResponseBase]], request: HttpRequest) -> View:
    """What remains to be done once the page has its answer: to render it, or to say what went wrong."""
    try:
        response = await view(request)
    except SwitchboardError as error:
        failure = error

        def fail(_request: HttpRequest) -> HttpResponseBase:
            raise failure

        return fail
    return csp_update(LOOSER)(lambda _request: response)


def _to(name: str) -> View:
    def go(request: HttpRequest) -> HttpResponseBase:
        return redirect(name)

    return go
