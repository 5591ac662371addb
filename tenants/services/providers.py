"""The model providers of a tenant: connected, changed, disconnected; each verb owns its transaction and is audited.

Invariant: a key goes in and does not come out; of several providers one is the default, which is asked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from core.scope import tenant_scope
from core.sealing import seal
from tenants.models import ProviderAccount, provider_place

MOST_KEY, MOST_LIMIT = 4096, 2_000_000_000


class BadProvider(Invalid):
    """`fields` says what is wrong with which field."""

    code = "bad_provider"
    default_message = "The provider cannot be connected like this."

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {said}" for name, said in fields.items()))
        self.fields = dict(fields)
        self.data = self.fields


class NoSuchProvider(NotFound):
    code = "no_such_provider"
    default_message = "There is no such provider."


class ProviderNameTaken(Conflict):
    code = "provider_name_taken"
    default_message = "There is a provider of this name already. Change that one, or choose another name."


class DefaultProviderNeeded(Conflict):
    code = "default_provider_needed"
    default_message = "This is the provider that is asked first. Make another one the default before."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model provider as it is wished for; the limits are those of the account there, 0 for none."""

    base_url: str
    api_key: str
    model: str
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    is_default: bool = True


def connect_provider(
    *, tenant_id: int, name: str, base_url: str, api_key: str, model: str, actor: Actor
) -> ProviderAccount:
    """Connects a model provider and makes it the tenant's default; the same name again replaces it."""
    endpoint = Endpoint(base_url, api_key, model)
    return connect_endpoint(tenant_id=tenant_id, name=name, endpoint=endpoint, actor=actor)


def connect_endpoint(
    *, tenant_id: int, name: str, endpoint: Endpoint, actor: Actor, replace: bool = True
) -> ProviderAccount:
    """Connects a model provider, as the tenant's default or to stand in for it.

    Args:
        replace: the same name again replaces the provider; else that is refused.

    Raises:
        BadProvider: what is wrong, by field; ProviderNameTaken
    """
    name = " ".join(name.split())
    _check(endpoint, name)
    with tenant_scope(tenant_id):
        rows = ProviderAccount.objects.filter(tenant_id=tenant_id)
        if not replace and rows.filter(name=name).exists():
            raise ProviderNameTaken
        is_default = endpoint.is_default or not rows.exclude(name=name).filter(is_default=True).exists()
        if is_default:
            rows.filter(is_default=True).update(is_default=False)
        sealed = seal(endpoint.api_key, provider_place(tenant_id, name))
        kept = _columns(endpoint) | {"sealed_key": sealed, "is_default": is_default}
        account, _ = ProviderAccount.objects.update_or_create(tenant_id=tenant_id, name=name, defaults=kept)
        said = {"model": endpoint.model, "default": is_default}
        record(actor=actor, action="provider.connected", target=f"provider:{name}", data=said)
    return account


def change_endpoint(*, tenant_id: int, provider_id: int, endpoint: Endpoint, actor: Actor) -> ProviderAccount:
    """Changes how a provider is reached; an empty key keeps the one there is.

    Raises:
        BadProvider, NoSuchProvider
        DefaultProviderNeeded: the default would be none.
    """
    with tenant_scope(tenant_id):
        rows = ProviderAccount.objects.filter(tenant_id=tenant_id)
        account = rows.select_for_update().filter(pk=provider_id).first()
        if account is None:
            raise NoSuchProvider
        _check(endpoint, account.name)
        if account.is_default and not endpoint.is_default:
            raise DefaultProviderNeeded
        if endpoint.is_default:
            rows.filter(is_default=True).exclude(pk=provider_id).update(is_default=False)
        kept = _columns(endpoint) | {"is_default": endpoint.is_default}
        if endpoint.api_key:
            kept["sealed_key"] = seal(endpoint.api_key, provider_place(tenant_id, account.name))
        rows.filter(pk=provider_id).update(**kept)
        said = {
            "model": endpoint.model, "default": endpoint.is_default, "key_replaced": bool(endpoint.api_key),
        }  # fmt: skip
        record(actor=actor, action="provider.changed", target=f"provider:{account.name}", data=said)
        return rows.get(pk=provider_id)


def remove_endpoint(*, tenant_id: int, provider_id: int, actor: Actor) -> None:
    """Disconnects a provider and destroys its key.

    Raises:
        NoSuchProvider
        DefaultProviderNeeded: others are there, and this one is asked first.
    """
    with tenant_scope(tenant_id):
        rows = ProviderAccount.objects.filter(tenant_id=tenant_id)
        account = rows.select_for_update().filter(pk=provider_id).first()
        if account is None:
            raise NoSuchProvider
        if account.is_default and rows.exclude(pk=provider_id).exists():
            raise DefaultProviderNeeded
        account.delete()
        record(actor=actor, action="provider.removed", target=f"provider:{account.name}")


def _columns(endpoint: Endpoint) -> dict[str, object]:
    return {
        "base_url": endpoint.base_url,
        "model": endpoint.model,
        "requests_per_minute": endpoint.requests_per_minute,
        "tokens_per_minute": endpoint.tokens_per_minute,
    }


def _check(endpoint: Endpoint, name: str) -> None:
    wrong: dict[str, str] = {}
    url = urlsplit(endpoint.base_url)
    if not 1 <= len(name) <= 80:
        wrong["name"] = "A name has 1 to 80 characters."
    if (
        url.scheme not in {"http", "https"}
        or not url.hostname
        or "@" in url.netloc
        or len(endpoint.base_url) > 255
    ):
        wrong["base_url"] = "Give the address with its version, such as https://models.example/v1."
    if not 1 <= len(endpoint.model) <= 120:
        wrong["model"] = "A model's name has 1 to 120 characters."
    if len(endpoint.api_key) > MOST_KEY or not endpoint.api_key.isprintable():
        wrong["api_key"] = "The key is one line of at most 4096 characters."
    for limit in ("requests_per_minute", "tokens_per_minute"):
        if not 0 <= getattr(endpoint, limit) <= MOST_LIMIT:
            wrong[limit] = "A whole number from 0, which means no limit."
    if wrong:
        raise BadProvider(wrong)
