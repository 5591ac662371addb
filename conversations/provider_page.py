"""What the console's page of a model provider shows besides its form: what it costs, and whether it answers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations import provider_trial
from core.offload import in_database
from core.scope import tenant_scope
from engine.budgets.prices import ModelNotPriced, price_of, provider_of
from engine.budgets.values import dollars
from tenants import services
from tenants.models import ProviderAccount
from tenants.queries import provider_accounts
from tenants.requests import actor_of, demand
from tenants.roles import Right


def shown(account: ProviderAccount | None) -> dict[str, Any]:
    """What the page says of a provider besides its form."""
    if account is None:
        return {"title": _("Connect a provider")}
    prices = reverse("admin:budgets_tenantprice_add")
    query = f"?provider={provider_of(account.base_url)}&model={account.model}"
    return {"title": account.name, "price": price_in_words(account), "override": prices + query}


def price_in_words(account: ProviderAccount) -> str:
    """What the model costs here, of a million tokens; empty: unknown."""
    try:
        found = price_of(account.tenant_id, provider_of(account.base_url), account.model, timezone.now())
    except ModelNotPriced:
        return ""
    prompt, cached, completion = (dollars(nanos) for nanos in (found.input, found.cached, found.output))
    words = {"prompt": prompt, "cached": cached, "completion": completion}
    return gettext("prompt %(prompt)s, cached %(cached)s, completion %(completion)s") % words


async def try_page(request: Any, provider_id: int) -> Any:
    """Asks the provider one small question and shows how it went.

    Raises:
        core.errors.Forbidden: the member may not change the configuration.
    """
    demand(request.membership, Right.WRITE_CONFIGURATION)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:tenants_provideraccount_changelist"))
    try:
        tried = await provider_trial.try_provider(
            tenant_id=request.tenant.pk, provider_id=provider_id, actor=actor_of(request.user)
        )
    except services.NoSuchProvider as error:
        raise Http404 from error
    return await in_database(_tried)(request, provider_id, tried)


def _tried(request: Any, provider_id: int, tried: provider_trial.Tried) -> TemplateResponse:
    with tenant_scope(request.tenant.pk):
        account = next(row for row, _key in provider_accounts(request.tenant.pk) if row.pk == provider_id)
        context = {
            **admin.site.each_context(request),
            **shown(account),
            "row": account,
            "tried": tried,
            "may_write": True,
        }
    return TemplateResponse(request, "console/providers/tried.html", context)
