"""Where tools lead: allowed hosts and connections in the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from core.console import TenantAdmin, rights_of
from core.errors import Forbidden, SwitchboardError
from core.scope import require_tenant_id
from engine.tools import queries, rules, services, tasks
from engine.tools.admin.fields import blame
from engine.tools.admin.sign_in import SignInPages
from engine.tools.models import AllowedHost, Auth, Connection, ConnectionKind
from engine.tools.services.connections import ConnectionDraft, checked
from tenants.requests import actor_of
from tenants.roles import Right


class AllowedHostForm(forms.ModelForm):
    class Meta:
        model = AllowedHost
        fields = ("host",)
        labels = {"host": _("Host")}
        help_texts = {
            "host": _(
                "The name of the server your tools may call, without https:// and without a path: "
                "api.shop.example. With a port: api.shop.example:8443. A dot at the beginning allows everything "
                "below a domain: .shop.example. Nothing else is ever called, whatever a tool says."
            )
        }
        widgets = {"host": UnfoldAdminTextInputWidget(attrs={"placeholder": "api.shop.example"})}

    def clean_host(self) -> str:
        try:
            return rules.normal_host(self.cleaned_data["host"])
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error


@admin.register(AllowedHost)
class AllowedHostAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    form = AllowedHostForm
    list_display = ("host", "created_at")
    search_fields = ("host",)
    ordering = ("host",)

    def save_model(self, request: Any, obj: AllowedHost, form: Any, change: bool) -> None:
        made = services.allow_host(tenant_id=request.tenant.pk, host=obj.host, actor=actor_of(request.user))
        obj.pk = made.pk

    def delete_model(self, request: Any, obj: AllowedHost) -> None:
        services.forbid_host(tenant_id=request.tenant.pk, host=obj, actor=actor_of(request.user))


class ConnectionForm(forms.ModelForm):
    client_id = forms.CharField(
        label=_("Client id"),
        required=False,
        max_length=300,
        help_text=_("Only if the other side gave you one; its client secret goes under Secrets. Else empty."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Connection
        fields = ("name", "kind", "base_url", "auth", "header_name", "username", "secret", "enabled")
        labels = {
            "name": _("Name"),
            "kind": _("Kind"),
            "base_url": _("Address"),
            "auth": _("Sign-in"),
            "header_name": _("Header"),
            "username": _("User name"),
            "secret": _("Secret"),
            "enabled": _("Switched on"),
        }
        help_texts = {
            "name": _("How you call this system, such as “Shop” or “Parcel service”."),
            "kind": _("Most systems have a web API. Choose MCP only if the other side says so."),
            "base_url": _(
                "Where the system's API begins: https://api.shop.example/v2. Its host has to be under Allowed hosts."
            ),
            "auth": _("How the other side knows that it is you. Their manual says which one they expect."),
            "header_name": _("The header that carries the key, such as X-API-Key."),
            "username": _("Goes along with the password in the secret."),
            "secret": _("Holds the token, key or password. Add it under Secrets first."),
            "enabled": _("Off: none of its tools is offered to the assistant."),
        }
        widgets = {
            "name": UnfoldAdminTextInputWidget(attrs={"placeholder": "Shop"}),
            "kind": UnfoldAdminSelectWidget,
            "base_url": UnfoldAdminTextInputWidget(attrs={"placeholder": "https://api.shop.example/v2"}),
            "auth": UnfoldAdminSelectWidget,
            "header_name": UnfoldAdminTextInputWidget(attrs={"placeholder": "X-API-Key"}),
            "username": UnfoldAdminTextInputWidget,
            "enabled": UnfoldBooleanSwitchWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].initial = self.instance.oauth.get("client_id", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        tenant_id = require_tenant_id()
        try:
            checked(tenant_id, self.draft())
        except SwitchboardError as error:
            blame(self, error)
        name = cleaned.get("name", "").strip()
        if any(one.name == name and one.pk != self.instance.pk for one in queries.connections(tenant_id)):
            self.add_error("name", _("There is a connection of this name already. Choose another one."))
        return cleaned

    def draft(self) -> ConnectionDraft:
        """What is wished for; fields that the sign-in has no use for are emptied."""
        said: dict[str, Any] = {
            name: self.cleaned_data.get(name) for name in ConnectionDraft.__dataclass_fields__
        }
        del said["oauth"]
        uses: dict[str, set[str]] = {
            Auth.HEADER: {"header_name", "secret"},
            Auth.BASIC: {"username", "secret"},
        }
        used = uses.get(said["auth"], set() if said["auth"] == Auth.NONE else {"secret"})
        for name, nothing in {"header_name": "", "username": "", "secret": None}.items():
            if name not in used:
                said[name] = nothing
        if "kind" not in self.fields:
            said["kind"] = self.instance.kind
        client_id = self.cleaned_data.get("client_id", "").strip()
        known = {name: value for name, value in self.instance.oauth.items() if name != "client_id"}
        oauth = known | ({"client_id": client_id} if client_id else {})
        return ConnectionDraft(**said, oauth=oauth if said["auth"] == Auth.OAUTH else {})


@admin.register(Connection)
class ConnectionAdmin(SignInPages, TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    list_display = ("name", "kind", "base_url", "auth", "secret", "enabled")
    list_filter = ("kind", "enabled")
    list_select_related = ("secret",)
    search_fields = ("name", "base_url")
    ordering = ("name",)
    conditional_fields = {
        "header_name": "auth == 'header'",
        "username": "auth == 'basic'",
        "client_id": "auth == 'oauth'",
        "secret": "auth != 'none'",
    }
    change_form_outer_after_template = "console/tools/server.html"

    def get_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        names = ConnectionForm.Meta.fields
        before = names.index("secret")
        return (*names[:before], "client_id", *names[before:])

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        return () if obj is None else ("kind",)

    def get_form(
        self, request: HttpRequest, obj: Connection | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = ConnectionForm
        form = super().get_form(request, obj, change, **kwargs)
        if "secret" in form.base_fields:
            widget = form.base_fields["secret"].widget
            widget.can_change_related = widget.can_view_related = widget.can_delete_related = False
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.write_right in rights_of(request)

    def save_model(self, request: Any, obj: Connection, form: Any, change: bool) -> None:
        tenant_id, actor = request.tenant.pk, actor_of(request.user)
        if change:
            services.change_connection(tenant_id=tenant_id, connection=obj, draft=form.draft(), actor=actor)
        else:
            obj.pk = services.add_connection(tenant_id=tenant_id, draft=form.draft(), actor=actor).pk

    def delete_model(self, request: Any, obj: Connection) -> None:
        services.remove_connection(tenant_id=request.tenant.pk, connection=obj, actor=actor_of(request.user))

    def get_urls(self) -> list[Any]:
        look = path(
            "<path:object_id>/look/",
            self.admin_site.admin_view(self.look_view),
            name="tools_connection_look",
        )
        return [look, *self.sign_in_urls(), *super().get_urls()]

    def look_view(self, request: Any, object_id: str) -> HttpResponse:
        """Has a worker ask an MCP server for its tools."""
        if self.write_right not in rights_of(request):
            raise Forbidden
        rows = self.get_queryset(request).filter(kind=ConnectionKind.MCP)
        connection = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None)
        if request.method == "POST":
            facts = {"tenant_id": request.tenant.pk, "connection_id": connection.pk}
            transaction.on_commit(lambda: tasks.look_at_server.delay(**facts))
            said = _(
                "The server is being asked. Its tools appear under Tools in a moment, for you to review."
            )
            messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:tools_connection_change", args=[connection.pk]))
