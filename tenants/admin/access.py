"""A tenant's domains, secrets and API keys in the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
)

from core.console import TenantAdmin
from core.errors import SwitchboardError
from tenants import services
from tenants.models import ApiKey, Domain, Secret
from tenants.requests import actor_of
from tenants.roles import Right, Scope


class DomainForm(forms.ModelForm):
    class Meta:
        model = Domain
        fields = ("origin",)
        widgets = {"origin": UnfoldAdminTextInputWidget}

    def clean_origin(self) -> str:
        try:
            return services.normal_origin(self.cleaned_data["origin"])
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error


@admin.register(Domain)
class DomainAdmin(TenantAdmin):
    read_right, write_right = Right.READ_MEMBERS, Right.WRITE_MEMBERS
    addable = removable = True
    form = DomainForm
    list_display = ("origin", "created_at")
    search_fields = ("origin",)
    ordering = ("origin",)

    def save_model(self, request: Any, obj: Domain, form: Any, change: bool) -> None:
        made = services.allow_domain(
            tenant_id=request.tenant.pk, origin=obj.origin, actor=actor_of(request.user)
        )
        obj.pk = made.pk

    def delete_model(self, request: Any, obj: Domain) -> None:
        services.forbid_domain(tenant_id=request.tenant.pk, domain=obj, actor=actor_of(request.user))


class SecretForm(forms.ModelForm):
    value = forms.CharField(
        label=_("Value"),
        max_length=services.MOST_SECRET,
        strip=False,
        help_text=_(
            "It is sealed at once and never shown again; afterwards you see its last four characters."
        ),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = Secret
        fields = ("name",)
        widgets = {"name": UnfoldAdminTextInputWidget}
        help_texts = {
            "name": _(
                "How connections refer to it, such as “shop token”. The same name again replaces the value."
            )
        }


@admin.register(Secret)
class SecretAdmin(TenantAdmin):
    """A secret's value goes in and does not come out; a new value under the same name replaces it."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    list_display = ("name", "recognised_by", "rotated_at", "created_at")
    search_fields = ("name",)
    ordering = ("name",)

    def get_fields(self, request: HttpRequest, obj: Secret | None = None) -> tuple[str, ...]:
        return ("name", "value") if obj is None else ("name", "recognised_by", "rotated_at", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Secret | None = None) -> tuple[str, ...]:
        return () if obj is None else ("recognised_by", "rotated_at", "created_at")

    def get_form(
        self, request: HttpRequest, obj: Secret | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return SecretForm if obj is None else super().get_form(request, obj, change, **kwargs)

    @admin.display(description=_("Ends in"))
    def recognised_by(self, secret: Secret) -> str:
        return f"…{secret.ending}" if secret.ending else "…"

    def save_model(self, request: Any, obj: Secret, form: Any, change: bool) -> None:
        made = services.set_secret(
            tenant_id=request.tenant.pk,
            name=obj.name,
            value=form.cleaned_data["value"],
            actor=actor_of(request.user),
        )
        obj.pk = made.pk

    def delete_model(self, request: Any, obj: Secret) -> None:
        services.remove_secret(tenant_id=request.tenant.pk, secret=obj, actor=actor_of(request.user))


class ApiKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget)

    class Meta:
        model = ApiKey
        fields = ("name", "scopes")
        widgets = {"name": UnfoldAdminTextInputWidget}


@admin.register(ApiKey)
class ApiKeyAdmin(TenantAdmin):
    """A key is never changed: it is made, its value is shown that once, and it is revoked."""

    read_right, write_right = Right.READ_MEMBERS, Right.WRITE_MEMBERS
    addable = removable = True
    list_display = ("name", "prefix", "scopes", "live", "created_at", "last_used_at", "expires_at")
    search_fields = ("name", "prefix")
    ordering = ("-id",)
    delete_confirmation_template = "console/revoke_key.html"

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        made = ("prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
        return ("name", "scopes") if obj is None else ("name", "scopes", *made)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return () if obj is None else ("created_at",)

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return ApiKeyForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.revoked_at is None)

    @admin.display(description=_("Live"), boolean=True)
    def live(self, key: ApiKey) -> bool:
        return key.is_live(timezone.now())

    def save_model(self, request: Any, obj: ApiKey, form: Any, change: bool) -> None:
        cleaned = form.cleaned_data
        actor = actor_of(request.user)
        made, request.key_value = services.issue_api_key(
            tenant=request.tenant, name=cleaned["name"], scopes=cleaned["scopes"], actor=actor
        )
        obj.pk, obj.public_id = made.pk, made.public_id

    def response_add(self, request: Any, obj: ApiKey, post_url_continue: Any = None) -> HttpResponse:
        """The one page that shows the value: it goes into no cookie, session or message."""
        context = {**self.admin_site.each_context(request), "title": _("The new API key"), "key": obj}
        context |= {"value": request.key_value, "back": reverse("admin:tenants_apikey_changelist")}
        return TemplateResponse(request, "console/new_key.html", context)

    def delete_model(self, request: Any, obj: ApiKey) -> None:
        services.revoke_api_key(tenant_id=request.tenant.pk, key=obj, actor=actor_of(request.user))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, _("The key “%(name)s” was revoked.") % {"name": obj_display})
        return redirect("admin:tenants_apikey_changelist")
