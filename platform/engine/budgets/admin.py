"""Money in the console: limits with what is spent of them, the ledger, alerts, and what models cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from core.console import TenantAdmin
from core.errors import SwitchboardError
from engine.budgets import queries, services
from engine.budgets.models import Alert, Budget, TenantPrice, Usage
from engine.budgets.prices import nanos_of
from engine.budgets.values import MOST, NANOS, Prices, Scope, dollars
from tenants.requests import actor_of
from tenants.roles import Right

NEARLY, FULL = 75, 100
"""Percent of a limit from which its bar changes colour."""
_SINGLE = {Scope.RELEASE, Scope.FEATURE, Scope.TENANT_DAY, Scope.TENANT_MONTH}


def bar(limit: int, settled: int, reserved: int) -> Any:
    """A bar of what is spent and held of a limit, in nanos, with its words for who cannot see it."""
    whole = max(limit, 1)
    spent = min(settled * 100 / whole, 100)
    held = min(reserved * 100 / whole, 100 - spent)
    used = (settled + reserved) * 100 / whole if limit else 100
    words = _("%(spent)s spent, %(held)s held, of %(limit)s") % {
        "spent": dollars(settled), "held": dollars(reserved), "limit": dollars(limit),
    }  # fmt: skip
    colour = "bg-red-600" if used >= FULL else "bg-orange-500" if used >= NEARLY else "bg-primary-600"
    return format_html(
        '<span class="flex gap-2 items-center"><span class="bg-base-200 flex h-2 overflow-hidden rounded-default '
        'shrink-0 w-24 dark:bg-base-700" role="img" aria-label="{}"><span class="{}" style="width: {}%"></span>'
        '<span class="bg-primary-300" style="width: {}%"></span></span>'
        '<span class="whitespace-nowrap">{} %</span></span>',
        words, colour, f"{spent:.2f}", f"{held:.2f}", f"{used:.1f}",
    )  # fmt: skip


def _told(alert: Alert) -> str:
    """An alert in a line."""
    about = (
        f"{Scope(alert.scope).label if alert.scope in Scope.values else alert.scope} {alert.subject}".strip()
    )
    reached = f", {alert.threshold} %" if alert.threshold is not None else ""
    return f"{alert.get_kind_display()}: {about}{reached}"


class DollarsField(forms.DecimalField):
    """US dollars, to the nano; cleans to nanos."""

    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MOST // NANOS, decimal_places=9, max_digits=18, **options)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else nanos_of(cleaned)


class BudgetForm(forms.ModelForm):
    limit = DollarsField(label=_("Limit in US dollars"))

    class Meta:
        model = Budget
        fields = ("scope", "subject")
        widgets = {"subject": UnfoldAdminTextInputWidget}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            services.checked_scope(cleaned.get("scope", ""), cleaned.get("subject", ""))
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error
        return cleaned


class LimitForm(forms.ModelForm):
    limit = DollarsField(label=_("Limit in US dollars"))

    class Meta:
        model = Budget
        fields = ("enabled",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["limit"].initial = Decimal(self.instance.limit_nanos) / NANOS


@admin.register(Budget)
class BudgetAdmin(TenantAdmin):
    """A limit is set, changed and switched off; what it counted is never removed."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = True
    list_display = ("scope", "subject", "limit", "use", "spent", "held", "left", "enabled")
    list_filter = ("scope", "enabled")
    search_fields = ("scope", "subject")
    list_before_template = "console/budgets/recent_alerts.html"
    ordering = ("scope", "subject")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return queries.with_spent(rows, request.tenant.pk, now=timezone.now())  # type: ignore[attr-defined]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if self.has_change_permission(request):
            kwargs["form"] = BudgetForm if obj is None else LimitForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("scope", "subject", "limit")
        return (
            "scope",
            "subject",
            "limit",
            "use",
            "spent",
            "held",
            "left",
            "alerts",
            "enabled",
            "created_at",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        shown = ("scope", "subject", "use", "spent", "held", "left", "alerts", "created_at")
        return shown if self.has_change_permission(request) else (*shown, "limit")

    @admin.display(description=_("Limit"), ordering="limit_nanos")
    def limit(self, budget: Budget) -> str:
        return dollars(budget.limit_nanos)

    @admin.display(description=_("Spent"))
    def spent(self, budget: Any) -> str:
        return dollars(budget.settled or 0) if budget.scope in _SINGLE else "–"

    @admin.display(description=_("Held for calls in flight"))
    def held(self, budget: Any) -> str:
        return dollars(budget.reserved or 0) if budget.scope in _SINGLE else "–"

    @admin.display(description=_("Left"))
    def left(self, budget: Any) -> str:
        if budget.scope not in _SINGLE:
            return "–"
        return dollars(max(budget.limit_nanos - (budget.settled or 0) - (budget.reserved or 0), 0))

    @admin.display(description=_("Used"))
    def use(self, budget: Any) -> Any:
        if budget.scope not in _SINGLE:
            return _("each has its own")
        return bar(budget.limit_nanos, budget.settled or 0, budget.reserved or 0)

    @admin.display(description=_("Its alerts"))
    def alerts(self, budget: Budget) -> Any:
        rows = queries.alerts_of(budget)
        if not rows:
            return _("None")
        place = reverse("admin:budgets_alert_changelist")
        told = format_html_join(
            "", "<li>{} · {}</li>", ((row.at.strftime("%Y-%m-%d %H:%M"), _told(row)) for row in rows)
        )
        return format_html('<ul>{}</ul><a class="underline" href="{}">{}</a>', told, place, _("All alerts"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        recent = [(row, _told(row)) for row in queries.recent_alerts(now=timezone.now())]
        return super().changelist_view(request, {**(extra_context or {}), "recent": recent})

    def save_model(self, request: Any, obj: Budget, form: Any, change: bool) -> None:
        owner = {"tenant_id": request.tenant.pk, "actor": actor_of(request.user)}
        if change and not form.cleaned_data["enabled"]:
            services.disable_budget(budget_id=obj.pk, **owner)
            return
        scope, limit = Scope(obj.scope), form.cleaned_data["limit"]
        obj.pk = services.set_budget(scope=scope, subject=obj.subject, limit_nanos=limit, **owner).pk


@admin.register(Usage)
class UsageAdmin(TenantAdmin):
    """The ledger of calls, read only; its totals are those of what the filters leave."""

    read_right = Right.READ_CONFIGURATION
    list_display = (
        "at", "feature", "traffic", "provider", "model", "prompt_tokens", "cached_tokens", "completion_tokens", "cost",
        "overrun", "lost",
    )  # fmt: skip
    list_filter = ("traffic", "feature", "model", "lost", "estimated", "at")
    search_fields = ("=run", "model")
    ordering = ("-id",)
    list_before_template = "console/budgets/totals.html"
    fields = (
        "at", "run", "step", "attempt", "conversation", "customer", "release", "feature", "traffic", "provider",
        "model", "prompt_tokens", "cached_tokens", "completion_tokens", "prices", "cost", "charged", "overrun",
        "estimated", "lost",
    )  # fmt: skip
    readonly_fields = ("prices", "cost", "charged", "overrun")

    @admin.display(description=_("Cost"), ordering="cost_nanos")
    def cost(self, row: Usage) -> str:
        return dollars(row.cost_nanos)

    @admin.display(description=_("Taken from budgets"))
    def charged(self, row: Usage) -> str:
        return dollars(row.charged_nanos)

    @admin.display(description=_("Beyond budgets"), ordering="overrun_nanos")
    def overrun(self, row: Usage) -> str:
        return dollars(row.overrun_nanos)

    @admin.display(description=_("Prices of a million tokens: prompt, cached, completion"))
    def prices(self, row: Usage) -> str:
        return ", ".join(dollars(nanos) for nanos in (row.input_price, row.cached_price, row.output_price))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page = super().changelist_view(request, extra_context)
        shown = getattr(page, "context_data", None) or {}
        if "cl" in shown:
            total = queries.total(shown["cl"].queryset.order_by())
            shown["total"], shown["total_cost"] = total, dollars(total.cost)
        return page


@admin.register(Alert)
class AlertAdmin(TenantAdmin):
    read_right = Right.READ_CONFIGURATION
    list_display = ("at", "kind", "threshold", "scope", "subject")
    list_filter = ("kind", "threshold", "scope")
    search_fields = ("subject",)
    ordering = ("-id",)
    fields = ("at", "kind", "threshold", "scope", "subject", "amounts")
    readonly_fields = ("amounts",)

    @admin.display(description=_("Amounts"))
    def amounts(self, alert: Alert) -> str:
        money = {"settled", "reserved", "limit", "cost", "charged", "held", "spent"}
        shown = ((name, dollars(value) if name in money else value) for name, value in alert.detail.items())
        return ", ".join(f"{name}: {value}" for name, value in shown)


class PriceForm(forms.ModelForm):
    prompt = DollarsField(label=_("Dollars for a million tokens of the prompt"))
    cached = DollarsField(label=_("… of its cached part"))
    completion = DollarsField(label=_("… of the completion"))

    class Meta:
        model = TenantPrice
        fields = ("provider", "model")
        widgets = {"provider": UnfoldAdminTextInputWidget, "model": UnfoldAdminTextInputWidget}


@admin.register(TenantPrice)
class TenantPriceAdmin(TenantAdmin):
    """The tenant's own prices; the installation's are on a page beside, with a search."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = True
    list_display = ("model", "provider", "prompt", "cached", "completion", "effective_from")
    search_fields = ("model", "provider")
    ordering = ("model", "-effective_from")
    list_before_template = "console/budgets/all_prices_link.html"
    fields = ("provider", "model", "prompt", "cached", "completion")

    def get_readonly_fields(self, request: HttpRequest, obj: TenantPrice | None = None) -> tuple[str, ...]:
        return () if obj is None else ("prompt", "cached", "completion", "effective_from")

    def get_fields(self, request: HttpRequest, obj: TenantPrice | None = None) -> tuple[str, ...]:
        return self.fields if obj is None else (*self.fields, "effective_from")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = PriceForm
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=_("Prompt"))
    def prompt(self, price: TenantPrice) -> str:
        return dollars(price.input_nanos)

    @admin.display(description=_("Cached"))
    def cached(self, price: TenantPrice) -> str:
        return dollars(price.cached_nanos)

    @admin.display(description=_("Completion"))
    def completion(self, price: TenantPrice) -> str:
        return dollars(price.output_nanos)

    def save_model(self, request: Any, obj: TenantPrice, form: Any, change: bool) -> None:
        given = form.cleaned_data
        made = services.override_price(
            tenant_id=request.tenant.pk,
            provider=obj.provider,
            model=obj.model,
            prices=Prices(given["prompt"], given["cached"], given["completion"]),
            actor=actor_of(request.user),
            effective_from=timezone.now(),
        )
        obj.pk = made.pk

    def get_urls(self) -> list[Any]:
        every = path("all/", self.admin_site.admin_view(self.all_prices), name="budgets_tenantprice_all")
        return [every, *super().get_urls()]

    def all_prices(self, request: HttpRequest) -> HttpResponse:
        """The installation's price list, read only."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = request.GET.get("q", "")[:100]
        rows = [
            (price, dollars(price.input_nanos), dollars(price.cached_nanos), dollars(price.output_nanos))
            for price in queries.search_prices(words)
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Prices"),
            "rows": rows,
            "words": words,
        }
        return TemplateResponse(request, "console/budgets/all_prices.html", context)
