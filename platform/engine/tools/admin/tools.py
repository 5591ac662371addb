"""Tools in the console: what the assistant may do, and under which conditions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.console import TenantAdmin, rights_of
from core.errors import Forbidden
from engine.tools import registry, services
from engine.tools.admin.fields import JSONText
from engine.tools.admin.forms import BOUNDS, FORMS, ORIGINS, USE, PolicyForm
from engine.tools.admin.importing import ImportPage
from engine.tools.models import Tool, ToolKind
from engine.tools.services.tools import Definition, policy_fields
from engine.tools.values import Policy
from engine.tools.values import Risk as RiskClass
from tenants.requests import actor_of
from tenants.roles import Right

SEEN = {
    ToolKind.HTTP: (
        "name", "description", "connection", "method", "url_template", "parameters", "result_path",
        "result_schema",
    ),
    ToolKind.MCP: ("name", "connection", "remote_name", "description", "arguments", "result"),
    ToolKind.BUILTIN: ("name",),
}  # fmt: skip
FIXED = {
    ToolKind.HTTP: (),
    ToolKind.MCP: ("connection", "remote_name", "description", "arguments", "result"),
    ToolKind.BUILTIN: ("name", "risk"),
}

BUILTIN_ORIGINS = ("taint", "asked_with")


@admin.register(Tool)
class ToolAdmin(ImportPage, TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    list_display = ("name", "kind", "connection", "risk", "approval", "state", "version")
    list_filter = ("kind", "risk", "enabled")
    list_select_related = ("connection",)
    search_fields = ("name", "description")
    ordering = ("name",)
    list_before_template = "console/tools/builtin.html"
    change_form_outer_before_template = "console/tools/review.html"

    @admin.display(description=_("State"))
    def state(self, tool: Tool) -> Any:
        if tool.needs_review:
            news = _("Changed: look at it") if tool.pinned else _("New: look at it")
            return news if tool.offered else _("Gone from its server")
        if tool.connection is not None and not tool.connection.enabled:
            return _("Connection is off")
        return _("On") if tool.enabled else _("Off")

    @admin.display(description=_("Approval"), ordering="requires_approval")
    def approval(self, tool: Tool) -> Any:
        return _("Every call") if tool.requires_approval else _("None")

    @admin.display(description=_("Arguments"))
    def arguments(self, tool: Tool) -> str:
        return _code(tool.parameters)

    @admin.display(description=_("Result"))
    def result(self, tool: Tool) -> str:
        return _code(tool.result_schema) if tool.result_schema else ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.write_right in rights_of(request)

    def get_fieldsets(self, request: HttpRequest, obj: Tool | None = None) -> list[Any]:
        kind = _kind(request, obj)
        own = [] if kind == ToolKind.BUILTIN and obj is None else [(_("What it is"), {"fields": SEEN[kind]})]
        use = tuple(name for name in USE if kind != ToolKind.BUILTIN or obj is not None or name != "risk")
        return [
            *own,
            (_("Who may have it called"), {"fields": ("enabled", *use)}),
            (
                _("Where its values come from"),
                {"fields": ORIGINS if kind != ToolKind.BUILTIN else BUILTIN_ORIGINS},
            ),
            (_("Limits"), {"fields": BOUNDS}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Tool | None = None) -> tuple[str, ...]:
        return () if obj is None else FIXED[ToolKind(obj.kind)]

    def get_form(
        self, request: HttpRequest, obj: Tool | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kind, name = _kind(request, obj), request.GET.get("builtin", "")
        kwargs["form"] = FORMS[kind]
        if obj is None and kind == ToolKind.BUILTIN:
            kwargs["form"] = type("BuiltinForm", (PolicyForm,), {"builtin": name})
        form = super().get_form(request, obj, change, **kwargs)
        if "connection" in form.base_fields:
            widget = form.base_fields["connection"].widget
            widget.can_change_related = widget.can_view_related = widget.can_delete_related = False
            widget.can_add_related = False
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        name = request.GET.get("builtin", "")
        if name and name not in {tool.spec.name for tool in registry.tools() if tool.restrictable}:
            raise Http404
        title = {"title": _("Restrict %(tool)s") % {"tool": name}} if name else {}
        return super().add_view(request, form_url, {**(extra_context or {}), **title})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        named = set(self.get_queryset(request).filter(kind=ToolKind.BUILTIN).values_list("name", flat=True))
        builtin = [tool for tool in registry.tools() if tool.spec.name not in named]
        more = {"builtin": builtin, "may_write": self.has_change_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Shows what an MCP server says now beside what was approved."""
        tool = kwargs.get("obj")
        if tool is not None and tool.needs_review:
            said = tool.proposal or {"description": tool.description, "parameters": tool.parameters}
            context |= {"said": said, "said_arguments": JSONText().prepare_value(said["parameters"])}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: Any, obj: Tool, form: PolicyForm, change: bool) -> None:
        tenant_id, actor, said = request.tenant.pk, actor_of(request.user), form.wishes()
        if change:
            services.change_tool(tenant_id=tenant_id, tool=obj, changes=said, actor=actor)
        elif name := request.GET.get("builtin", ""):
            made = services.restrict_builtin(
                tenant_id=tenant_id, name=name, policy=_policy(said), enabled=said["enabled"], actor=actor
            )
            obj.pk, obj.name = made.pk, name
        else:
            made = services.add_http_tool(
                tenant_id=tenant_id, connection=said["connection"], definition=_definition(said), actor=actor
            )
            if not said["enabled"]:
                services.disable_tool(tenant_id=tenant_id, tool=made, actor=actor)
            obj.pk = made.pk

    def delete_model(self, request: Any, obj: Tool) -> None:
        services.remove_tool(tenant_id=request.tenant.pk, tool=obj, actor=actor_of(request.user))

    def get_urls(self) -> list[Any]:
        approve = path(
            "<path:object_id>/approve/",
            self.admin_site.admin_view(self.approve_view),
            name="tools_tool_approve",
        )
        return [approve, *self.import_urls(), *super().get_urls()]

    def approve_view(self, request: Any, object_id: str) -> HttpResponse:
        """Takes over what an MCP server says about a tool now, as the page showed it."""
        if self.write_right not in rights_of(request):
            raise Forbidden
        pk = object_id if object_id.isdecimal() else None
        tool = get_object_or_404(self.get_queryset(request).filter(kind=ToolKind.MCP), pk=pk)
        if request.method == "POST":
            services.approve_tool_change(
                tenant_id=request.tenant.pk,
                tool=tool,
                seen=request.POST.get("seen", ""),
                actor=actor_of(request.user),
            )
            messages.success(
                request, _("Approved. The assistant may use %(tool)s now.") % {"tool": tool.name}
            )
        return HttpResponseRedirect(reverse("admin:tools_tool_change", args=[tool.pk]))


def _code(value: Any) -> str:
    return format_html('<pre class="overflow-x-auto text-xs">{}</pre>', JSONText().prepare_value(value))


def _kind(request: HttpRequest, obj: Tool | None) -> ToolKind:
    if obj is not None:
        return ToolKind(obj.kind)
    return ToolKind.BUILTIN if request.GET.get("builtin") else ToolKind.HTTP


def _policy(said: dict[str, Any]) -> Policy:
    known: dict[str, Any] = {name: said[name] for name in policy_fields(Policy()) if name in said}
    risk = RiskClass(known.pop("risk", RiskClass.READ))
    names = [name for name, value in known.items() if isinstance(value, list)]
    lists: dict[str, Any] = {name: tuple(known.pop(name)) for name in names}
    return Policy(risk=risk, **lists, **known)


def _definition(said: dict[str, Any]) -> Definition:
    names = ("name", "description", "parameters", "url_template", "method", "result_schema", "result_path")
    return Definition(**{name: said[name] for name in names}, policy=_policy(said))
