"""The list of releases, one of them, two of them side by side, and the way back to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.console import TenantAdmin, rights_of
from engine.releases import differing, queries, services
from engine.releases.checking import check, text_of
from engine.releases.models import NEXT, Draft, Release
from engine.releases.values import LABELS, configuration_of
from tenants.requests import actor_of
from tenants.roles import Right

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared; `key` names it in an address: a number, or `draft-` and a row number."""

    key: str
    title: Any
    row: Release | Draft


@admin.register(Release)
class ReleaseAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    list_display = ("title", "state", "message", "published_by", "assistant_name", "model", "published_at")
    list_filter = ("published_at", "published_by")
    search_fields = ("message", "prompt", "published_by", "=number", "model")
    ordering = ("-number",)
    list_before_template = "console/releases/bar.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        newer = Release.objects.filter(tenant_id=OuterRef("tenant_id"), number__gt=OuterRef("number"))
        return rows.annotate(is_live=~Exists(newer))

    @admin.display(description=_("Release"), ordering="number")
    def title(self, release: Release) -> str:
        return f"{release.number}"

    @display(description=_("State"), label={"live": "success", "back": "info"})
    def state(self, release: Any) -> Any:
        if release.is_live:
            return "live", _("Live")
        return ("back", _("Back to %(n)s") % {"n": release.reverts}) if release.reverts else ""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("compare/", view(self.compare), name="releases_release_compare"),
            path("<int:pk>/revert/", view(self.revert), name="releases_release_revert"),
            path("<int:pk>/draft/", view(self.to_draft), name="releases_release_to_draft"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        bar = {"drafts": queries.list_drafts(request.tenant.pk), "may_write": self._may_write(request)}  # type: ignore[attr-defined]
        return super().changelist_view(request, {**(extra_context or {}), **bar})

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One release, read only, with what it changed."""
        release = self._found(request, object_id)
        if release is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        configuration = configuration_of(release)
        before = self.get_queryset(request).filter(number__lt=release.number).order_by("-number").first()
        changed = differing.changes(configuration_of(before), configuration) if before else ()
        shown = {
            "title": _("Release %(number)s") % {"number": release.number},
            "release": release,
            "before": before,
            "changes": changed,
            "fields": [(LABELS[name], differing.shown(name, value)) for name, value in _columns(release)],
            "text": text_of(request.tenant, configuration, today=timezone.now().date()),
            "may_write": self._may_write(request),
        }
        return self._page(request, "console/releases/release.html", shown)

    def compare(self, request: Any) -> HttpResponse:
        """Two of them: by default the newest draft against what is live."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sides = self._sides(request)
        left = _chosen(sides, request.GET.get("from", ""), default=_first(sides, Release))
        right = _chosen(sides, request.GET.get("to", ""), default=_first(sides, Draft) or left)
        changed: tuple[differing.Change, ...] = ()
        if left and right:
            changed = differing.changes(configuration_of(left.row), configuration_of(right.row))
        shown = {
            "title": _("What is different"),
            "sides": sides,
            "left": left,
            "right": right,
            "changes": changed,
        }
        return self._page(request, "console/releases/compare.html", shown)

    def revert(self, request: Any, pk: int) -> HttpResponse:
        """Asks, then publishes an earlier release once more."""
        release = self._found(request, str(pk))
        if release is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self._may_write(request):
            raise PermissionDenied
        tenant_id = request.tenant.pk
        if request.method == "POST":
            actor, message = actor_of(request.user), request.POST.get("message", "")
            with transaction.atomic():
                made = services.revert(
                    tenant_id=tenant_id, number=release.number, actor=actor, message=message
                )
            said = _("Release %(new)s answers from now on: the same as release %(old)s.")
            messages.success(request, said % {"new": made.number, "old": release.number})
            return HttpResponseRedirect(reverse("admin:releases_release_changelist"))
        live, configuration = queries.current(tenant_id), configuration_of(release)
        shown = {
            "title": _("Go back to release %(number)s") % {"number": release.number},
            "release": release,
            "live": live,
            "changes": differing.changes(configuration_of(live), configuration),
            "problems": check(request.tenant, configuration, now=timezone.now()),
        }
        return self._page(request, "console/releases/revert.html", shown)

    def to_draft(self, request: Any, pk: int) -> HttpResponse:
        """Begins the draft “next” from a release; where there is one already, opens the form for another name."""
        release = self._found(request, str(pk))
        if release is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self._may_write(request):
            raise PermissionDenied
        tenant_id = request.tenant.pk
        if request.method != "POST" or queries.find_draft(tenant_id, NEXT) is not None:
            return HttpResponseRedirect(f"{reverse('admin:releases_draft_add')}?number={release.number}")
        draft = services.start_draft(
            tenant_id=tenant_id, name=NEXT, actor=actor_of(request.user), number=release.number
        )
        return HttpResponseRedirect(reverse("admin:releases_draft_change", args=[draft.pk]))

    def _found(self, request: Any, object_id: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, object_id)

    def _may_write(self, request: HttpRequest) -> bool:
        return self.write_right in rights_of(request)

    def _sides(self, request: Any) -> list[Side]:
        tenant_id = request.tenant.pk
        releases = queries.list_releases(tenant_id, limit=MOST_LISTED)
        drafts = [
            Side(f"draft-{row.pk}", _("Draft “%(name)s”") % {"name": row.name}, row)
            for row in queries.list_drafts(tenant_id)
        ]
        live = releases[0].number if releases else 0
        return drafts + [Side(str(row.number), _title(row, live), row) for row in releases]

    def _page(self, request: HttpRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **shown}
        return TemplateResponse(request, template, context)


def _title(row: Release, live: int) -> Any:
    what = _("Release %(number)s (live)") if row.number == live else _("Release %(number)s")
    return what % {"number": row.number}


def _chosen(sides: list[Side], key: str, *, default: Side | None) -> Side | None:
    return next((side for side in sides if side.key == key), default)


def _first(sides: list[Side], kind: type) -> Side | None:
    return next((side for side in sides if isinstance(side.row, kind)), None)


def _columns(release: Release) -> list[tuple[str, Any]]:
    told = {name: getattr(release, name) for name in LABELS}
    return [(name, value) for name, value in told.items() if name != "prompt"]
