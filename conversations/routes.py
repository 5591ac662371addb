"""Which models may answer a turn, in which order: the release names them, the tenant's accounts reach them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings

from engine.agent.routing import Signals
from engine.agent.routing import choose as choose_tier
from engine.gateway.config import Pool, ProviderConfig
from engine.gateway.routes import Route
from engine.releases.models import Release
from tenants.models import ProviderAccount
from tenants.queries import provider_accounts

ACCOUNT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Account:
    """A provider as the tenant reaches it, and the model it is asked for when the release names none."""

    name: str
    config: ProviderConfig
    model: str
    pool: Pool | None = None


_accounts: dict[int, tuple[float, tuple[Account, ...]]] = {}


def accounts_of(tenant_id: int) -> tuple[Account, ...]:
    """The tenant's providers, its default first; else the installation's; none without any.

    Looked up again after 20 seconds, so that a changed key is taken up without a restart.
    """
    at, found = _accounts.get(tenant_id, (0.0, ()))
    if at and time.monotonic() - at < ACCOUNT_SECONDS:
        return found
    own = tuple(_account(row, key) for row, key in provider_accounts(tenant_id))
    found = own or _installation()
    _accounts[tenant_id] = (time.monotonic(), found)
    return found


def _account(row: ProviderAccount, key: str) -> Account:
    pool = Pool(f"provider:{row.tenant_id}:{row.name}", row.requests_per_minute, row.tokens_per_minute)
    return Account(row.name, _config(row.base_url, key), row.model, pool)


def forget(tenant_id: int) -> None:
    """Lets this process look the tenant's providers up anew at once."""
    _accounts.pop(tenant_id, None)


def _installation() -> tuple[Account, ...]:
    if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return ()
    base_url = settings.OPENAI_BASE_URL or "https://api.openai.com/v1"
    pool = Pool("installation", settings.OPENAI_REQUESTS_PER_MINUTE, settings.OPENAI_TOKENS_PER_MINUTE)
    return (Account("installation", _config(base_url, settings.OPENAI_API_KEY), settings.OPENAI_MODEL, pool),)


def _config(base_url: str, api_key: str) -> ProviderConfig:
    return ProviderConfig(base_url=base_url, api_key=api_key, trust_env=settings.MODEL_TRUST_ENV)


def choose(tenant_id: int, release: Release, signals: Signals) -> tuple[tuple[Route, ...], str]:
    """The ways to an answer, the first choice first, and why it is the first."""
    accounts = accounts_of(tenant_id)
    if not accounts:
        return (), "no_provider"
    first, *others = accounts
    capable = release.model or first.model
    chosen, reason = capable, "capable: only_model"
    if release.cheap_model and release.cheap_model != capable:
        choice = choose_tier(signals)
        chosen = release.cheap_model if choice.tier == "cheap" else capable
        reason = f"{choice.tier}: {choice.reason}"
    models = [model for model in (capable, *release.fallback_models) if model != chosen]
    ways = [_route(first, chosen, "model"), *(_route(first, model, "fallback_model") for model in models)]
    ways += [_route(account, account.model, "fallback_model") for account in others]
    return tuple(ways), reason


def cheaper(tenant_id: int, release: Release) -> Route | None:
    """The way to the release's cheap model, if it has one."""
    accounts = accounts_of(tenant_id)
    return _route(accounts[0], release.cheap_model, "model") if accounts and release.cheap_model else None


def _route(account: Account, model: str, level: str) -> Route:
    return Route(f"{account.name}/{model}", account.config, model, level, account.pool)
