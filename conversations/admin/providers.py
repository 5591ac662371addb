"""Model providers in the console: connected, tried, changed, disconnected; each with what its model costs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from conversations import routes
from conversations.provider_page import price_in_words, shown
from core.pages import FormPage, Section
from engine.tools.addresses import is_public, plain_host
from engine.tools.errors import AddressRefused
from tenants import services
from tenants.models import ProviderAccount
from tenants.requests import actor_of
from tenants.roles import Right


class ProviderForm(forms.Form):
    """A provider; its key is typed and never shown again."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("How you call it, such as “main”. It cannot be changed later."),
    )
    base_url = forms.CharField(
        label=_("Address"),
        max_length=255,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url"}),
        help_text=_("Of its Chat Completions, with the version: https://api.openai.com/v1"),
    )
    model = forms.CharField(
        label=_("Model"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("As the provider spells it. A release may name others of the same provider."),
    )
    api_key = forms.CharField(
        label=_("Key"),
        max_length=4096,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_("It is sealed at once and never shown again."),
    )
    is_default = forms.BooleanField(
        label=_("Asked first"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("The others stand in for it when it fails."),
    )
    requests_per_minute = forms.IntegerField(
        label=_("Most requests a minute"),
        min_value=0,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("What your account there allows. 0: no limit."),
    )
    tokens_per_minute = forms.IntegerField(
        label=_("Most tokens a minute"),
        min_value=0,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("What your account there allows. 0: no limit."),
    )

    def __init__(self, data: Any, account: ProviderAccount | None) -> None:
        initial = (
            {name: getattr(account, name) for name in self.base_fields if name != "api_key"}
            if account
            else {}
        )
        super().__init__(data, initial=initial)
        self.account = account
        if account is not None:
            self.fields["name"].disabled = True
            self.fields["api_key"].required = False
            self.fields["api_key"].label = _("Replace the key")
            self.fields["api_key"].help_text = _("Left empty, the key there is stays. It is never shown.")

    def clean_base_url(self) -> str:
        given = self.cleaned_data["base_url"].strip().rstrip("/")
        if self.account is None or given != self.account.base_url:
            _check_address(given)
        return given

    def endpoint(self) -> services.Endpoint:
        said = self.cleaned_data
        return services.Endpoint(**{name: said[name] for name in self.base_fields if name != "name"})


def _check_address(given: str) -> None:
    url = urlsplit(given)
    try:
        name = url.hostname or ""
        host = plain_host(f"[{name}]" if ":" in name else name)
    except AddressRefused as error:
        raise forms.ValidationError(error.message) from error
    is_near = host == "localhost" or host.startswith("127.") or host == "::1"
    if is_near and settings.TOOLS_ALLOW_LOOPBACK:
        return
    if url.scheme != "https":
        raise forms.ValidationError(
            _("The address starts with https://, so that nobody reads the key on its way.")
        )
    is_address = ":" in host or host.rpartition(".")[2].isdigit()
    if is_near or (is_address and not is_public(host)):
        raise forms.ValidationError(
            _("This address leads into a private network, which may not be called from here.")
        )


@admin.register(ProviderAccount)
class ProviderAdmin(FormPage):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    removable = True
    template = "console/providers/provider.html"
    plural = _("providers")
    list_display = ("name", "model", "base_url", "price", "first", "created_at")
    list_filter = ("is_default",)
    search_fields = ("name", "model", "base_url")
    ordering = ("-is_default", "name")
    places = {
        services.ProviderNameTaken.code: "name",
        services.DefaultProviderNeeded.code: "is_default",
    }
    sections = (
        Section(_("Where it is"), ("name", "base_url", "model", "api_key", "is_default")),
        Section(
            _("What your account there allows"),
            ("requests_per_minute", "tokens_per_minute"),
            _(
                "All who share the account keep to these limits together; without room a call goes to the next one."
            ),
        ),
    )

    @display(description=_("Asked first"), boolean=True, ordering="is_default")
    def first(self, account: ProviderAccount) -> bool:
        return account.is_default

    @admin.display(description=_("Price of a million tokens"))
    def price(self, account: ProviderAccount) -> Any:
        return price_in_words(account) or _("unknown: calls are refused")

    def make_form(self, request: Any, obj: ProviderAccount | None, data: Any) -> ProviderForm:
        form = ProviderForm(data, obj)
        if obj is None and not self.get_queryset(request).exists():
            form.fields["is_default"].initial = True
        return form

    def keep(self, request: Any, obj: ProviderAccount | None, form: Any) -> ProviderAccount:
        given: dict[str, Any] = {
            "tenant_id": request.tenant.pk, "endpoint": form.endpoint(), "actor": actor_of(request.user),
        }  # fmt: skip
        if obj is None:
            made = services.connect_endpoint(name=form.cleaned_data["name"], replace=False, **given)
        else:
            made = services.change_endpoint(provider_id=obj.pk, **given)
        transaction.on_commit(lambda: routes.forget(request.tenant.pk))
        return made

    def after_keeping(self, request: Any, obj: Any) -> str:
        return reverse("admin:tenants_provideraccount_change", args=[obj.pk])

    def beside(self, request: Any, obj: ProviderAccount | None, form: Any) -> dict[str, Any]:
        return shown(obj)

    def delete_model(self, request: Any, obj: ProviderAccount) -> None:
        services.remove_endpoint(
            tenant_id=request.tenant.pk, provider_id=obj.pk, actor=actor_of(request.user)
        )
        transaction.on_commit(lambda: routes.forget(request.tenant.pk))
