"""Drafts: the editor, what two people changed at once, and publishing."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.console import TenantAdmin, rights_of
from core.errors import SwitchboardError
from engine.knowledge.queries import list_sources
from engine.releases import differing, merging, prompting, queries, services
from engine.releases.admin.forms import Choices, DraftForm, StartForm
from engine.releases.checking import MOST_GUIDELINES, NotPublishable, accounts, check, size_of
from engine.releases.models import NEXT, Draft
from engine.releases.reading import read
from engine.releases.services import DraftChanged, NoMessage
from engine.releases.values import Configuration, Problem, columns_of, configuration_of
from engine.tools import catalogue, registry
from engine.tools.queries import all_tools
from tenants.requests import actor_of
from tenants.roles import Right


@admin.register(Draft)
class DraftAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    list_display = ("name", "base", "version", "edited_by", "edited_at")
    search_fields = ("name", "edited_by", "prompt")
    list_filter = ("edited_at",)
    ordering = ("name",)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("tokens/", view(self.tokens), name="releases_draft_tokens"),
            path("open/", view(self.open_next), name="releases_draft_open"),
            path("<int:pk>/publish/", view(self.publish), name="releases_draft_publish"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.write_right in rights_of(request)

    def delete_model(self, request: Any, obj: Draft) -> None:
        services.discard_draft(tenant_id=request.tenant.pk, draft_id=obj.pk, actor=actor_of(request.user))

    def open_next(self, request: Any) -> HttpResponse:
        """The draft “next”, begun from what is live where there is none."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        draft = services.ensure_draft(tenant_id=request.tenant.pk, actor=actor_of(request.user))
        return _to("change", draft.pk)

    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        has_next = queries.find_draft(request.tenant.pk, NEXT) is not None
        first = {"name": "" if has_next else NEXT, "number": request.GET.get("number", "")[:9]}
        form = StartForm(request.POST or None, initial=first)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    draft = services.start_draft(
                        tenant_id=request.tenant.pk, actor=actor_of(request.user), **form.cleaned_data
                    )
                return _to("change", draft.pk)
            except SwitchboardError as error:
                form.add_error("number" if error.code == "no_such_release" else "name", error.message)
        return self._page(request, "console/releases/start.html", {"title": _("New draft"), "form": form})

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The editor."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        draft = self.get_object(request, object_id)
        if draft is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            problems = check(request.tenant, configuration_of(draft), now=timezone.now())
            return self._editor(request, draft, self._form(request, draft, problems=problems))
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "settle" in request.POST:
            return self._settle(request, draft)
        return self._posted(request, draft)

    def _posted(self, request: Any, draft: Draft) -> HttpResponse:
        form = self._form(request, draft, data=request.POST)
        if "arrange" in request.POST:
            form.rearrange(request.POST["arrange"])
            return self._editor(request, draft, form, is_saved=False)
        if not form.is_valid():
            return self._editor(request, draft, form, is_saved=False)
        base = _parsed(request.POST.get("base", ""), configuration_of(draft))
        return self._save(request, draft, form.configuration, base)

    def _save(self, request: Any, draft: Draft, mine: Configuration, base: Configuration) -> HttpResponse:
        try:
            with transaction.atomic():
                services.save_draft(
                    tenant_id=request.tenant.pk,
                    draft_id=draft.pk,
                    version=_number(request.POST.get("version", "")),
                    configuration=mine,
                    actor=actor_of(request.user),
                )
        except DraftChanged as error:
            return self._merging(request, error.draft, base, mine)
        if "publish" in request.POST:
            return _to("publish", draft.pk)
        if "try" in request.POST:
            return HttpResponseRedirect(f"{reverse('admin:playground')}?of=draft-{draft.pk}")
        messages.success(request, _("Saved. Customers notice nothing before you publish it."))
        return _to("change", draft.pk)

    def _merging(self, request: Any, now: Draft, base: Configuration, mine: Configuration) -> HttpResponse:
        found = merging.merge(base, configuration_of(now), mine)
        picks = {name[5:]: side for name, side in request.POST.items() if name.startswith("pick-")}
        shown = {
            "title": _("Two people changed this draft"),
            "draft": now,
            "merge": found,
            "picks": picks,
            "missing": "settle" in request.POST,
            "theirs": [differing.LABELS[name] for name in found.theirs],
            "mine": [differing.LABELS[name] for name in found.mine],
            "base_json": json.dumps(columns_of(base)),
            "mine_json": json.dumps(columns_of(mine)),
        }
        return self._page(request, "console/releases/merge.html", shown)

    def _settle(self, request: Any, draft: Draft) -> HttpResponse:
        """Keeps what was chosen, unless somebody has saved once more meanwhile."""
        base = _parsed(request.POST.get("base", ""), configuration_of(draft))
        mine = _parsed(request.POST.get("mine", ""), configuration_of(draft))
        theirs = configuration_of(draft)
        if _number(request.POST.get("version", "")) != draft.version:
            return self._merging(request, draft, base, mine)
        picks: Any = {name[5:]: side for name, side in request.POST.items() if name.startswith("pick-")}
        chosen = merging.settled(merging.merge(base, theirs, mine), mine, picks)
        if chosen is None:
            return self._merging(request, draft, base, mine)
        return self._save(request, draft, chosen, theirs)

    def publish(self, request: Any, pk: int) -> HttpResponse:
        """What would change for customers, and the button that does it."""
        draft = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if draft is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            problems = check(request.tenant, configuration_of(draft), now=timezone.now())
            return self._publishing(request, draft, problems)
        try:
            with transaction.atomic():
                release = services.publish_draft(
                    tenant_id=request.tenant.pk,
                    draft_id=draft.pk,
                    version=_number(request.POST.get("version", "")),
                    message=request.POST.get("message", ""),
                    actor=actor_of(request.user),
                    now=timezone.now(),
                )
        except NotPublishable as error:
            return self._publishing(request, draft, error.problems)
        except (NoMessage, DraftChanged) as error:
            return self._publishing(request, queries.get_draft(request.tenant.pk, draft.pk), (), error)
        said = _("Release %(number)s is live. Conversations that begin from now on use it.")
        messages.success(request, said % {"number": release.number})
        return HttpResponseRedirect(reverse("admin:releases_release_changelist"))

    def _publishing(
        self, request: Any, draft: Draft, problems: tuple[Problem, ...], wrong: SwitchboardError | None = None
    ) -> HttpResponse:
        live, configuration = queries.latest(request.tenant.pk), configuration_of(draft)
        shown = {
            "title": _("Publish the draft “%(name)s”") % {"name": draft.name},
            "draft": draft,
            "live": live,
            "changes": differing.changes(configuration_of(live) if live else Configuration(), configuration),
            "since": _since(request.tenant.pk, draft, live),
            "problems": problems,
            "wrong": wrong,
            "message": request.POST.get("message", ""),
        }
        return self._page(request, "console/releases/publish.html", shown)

    def tokens(self, request: Any) -> HttpResponse:
        """How much of the model's window the form as it stands would fill, and which variables nobody knows."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        form = DraftForm(request.POST, configuration=Configuration(), choices=_choices(request.tenant.pk))
        if not form.is_valid():
            return JsonResponse({"code": "invalid_fields", "fields": sorted(form.errors)}, status=400)
        size = size_of(request.tenant, form.configuration, now=timezone.now())
        known = {*prompting.BUILTIN, *form.configuration.variables}
        told = {name: getattr(size, name) for name in size.__slots__} | {"total": size.total}
        unknown = sorted(prompting.used(form.configuration.prompt) - known)
        return JsonResponse(told | {"unknown": unknown, "text": str(words_for(size))})

    def _form(
        self, request: Any, draft: Draft, *, data: Any = None, problems: tuple[Problem, ...] = ()
    ) -> DraftForm:
        return DraftForm(
            data,
            configuration=configuration_of(draft),
            choices=_choices(request.tenant.pk),
            problems=problems,
            locked=not self.has_change_permission(request),
        )

    def _editor(self, request: Any, draft: Draft, form: DraftForm, *, is_saved: bool = True) -> HttpResponse:
        live = queries.latest(request.tenant.pk)
        size = size_of(request.tenant, configuration_of(draft), now=timezone.now())
        posted = request.POST if request.method == "POST" else {}
        shown = {
            "title": _("Draft “%(name)s”") % {"name": draft.name},
            "draft": draft,
            "form": form,
            "live": live,
            "is_behind": live is not None and live.number != draft.base,
            "size": words_for(size),
            "builtin": [f"{{{name}}}" for name in prompting.BUILTIN],
            "braced": "{{name}}",
            **_fields(form),
            "models": [one.model for one in accounts(request.tenant.pk)],
            "most_guidelines": MOST_GUIDELINES,
            "may_write": self.has_change_permission(request),
            "is_saved": is_saved,
            "version": posted.get("version", draft.version),
            "base_json": posted.get("base") or json.dumps(columns_of(configuration_of(draft))),
        }
        return self._page(request, "console/releases/editor.html", shown)

    def _page(self, request: HttpRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **shown}
        return TemplateResponse(request, template, context)


def _fields(form: DraftForm) -> dict[str, Any]:
    """The form's fields by section."""
    return {
        "prompt_fields": form.shown("assistant_name", "prompt", "variables"),
        "tool_fields": form.shown("all_tools", "tools"),
        "source_fields": form.shown("all_sources", "sources"),
        "talk_fields": form.shown("greeting", "disclosure", "answer_cache"),
        "policy_fields": form.shown("guardrails", "escalation"),
        "guideline_problems": form.about("guidelines"),
        "empty_row": {"number": "new", "place": 0, "when": "", "do": ""},
    }


def words_for(size: Any) -> Any:
    """A size in one sentence."""
    said = _("Prompt and guidelines about %(prompt)s tokens, tools %(tools)s")
    told = {"prompt": f"{size.prompt:,}", "tools": f"{size.tools:,}"}
    if not size.window:
        return said % told
    said = _(
        "Prompt and guidelines about %(prompt)s tokens, tools %(tools)s; with room for the conversation and the reply "
        "%(total)s of the %(window)s that %(model)s takes."
    )
    return said % (told | {"total": f"{size.total:,}", "window": f"{size.window:,}", "model": size.model})


def _choices(tenant_id: int) -> Choices:
    on = {offer.name: offer for offer in catalogue.everything(tenant_id)}
    names = sorted(
        {*on, *(row.name for row in all_tools(tenant_id)), *(t.spec.name for t in registry.tools())}
    )
    tools = tuple((name, _about(name, on)) for name in names)
    return Choices(tools, tuple((source.name, source.name) for source in list_sources(tenant_id)))


def _about(name: str, on: dict[str, Any]) -> Any:
    if name not in on:
        return _("%(name)s (off)") % {"name": name}
    if on[name].policy.risk == "read":
        return name
    return _("%(name)s (changes something)") % {"name": name}


def _since(tenant_id: int, draft: Draft, live: Any) -> tuple[differing.Change, ...] | None:
    """What others have published since the draft began; None where nothing was."""
    if live is None or draft.base == live.number:
        return None
    try:
        with transaction.atomic():
            base = configuration_of(queries.by_number(tenant_id, draft.base))
    except SwitchboardError:
        base = Configuration()
    return differing.changes(base, configuration_of(live))


def _parsed(text: str, otherwise: Configuration) -> Configuration:
    """A configuration that a hidden field carries."""
    try:
        return read(json.loads(text[:2_000_000]))
    except (ValueError, RecursionError, SwitchboardError):
        return otherwise


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _to(page: str, pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:releases_draft_{page}", args=[pk]))
