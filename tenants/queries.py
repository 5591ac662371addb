"""Reads about tenants and who may act for them."""

from __future__ import annotations

import datetime as dt

from core.errors import NotAuthorised, NotFound
from core.scope import tenant_scope, user_scope
from core.sealing import fingerprint, unseal
from tenants.models import (
    ApiKey,
    Domain,
    IdentityKey,
    Member,
    ProviderAccount,
    Secret,
    Tenant,
    key_place,
    provider_place,
    secret_place,
)

KEY_PURPOSE = "tenants.apikey"


class NoSuchTenant(NotFound):
    code = "no_such_tenant"
    default_message = "There is no such tenant. Check the address."


class BadApiKey(NotAuthorised):
    code = "bad_api_key"
    default_message = (
        "The API key is unknown, expired or revoked. Send a live key as 'Authorization: Bearer …'."
    )


class NoSuchSecret(NotFound):
    code = "no_such_secret"
    default_message = "There is no secret by that name. Add it under Secrets."


def tenant_by_slug(slug: str) -> Tenant:
    """The active tenant of this name.

    Raises:
        NoSuchTenant: unknown or switched off.
    """
    tenant = Tenant.objects.filter(slug=slug[:50], is_active=True).first()
    if tenant is None:
        raise NoSuchTenant
    return tenant


def tenant_by_id(tenant_id: int) -> Tenant:
    """A tenant that is known to be there."""
    return Tenant.objects.get(pk=tenant_id)


def active_tenants() -> list[Tenant]:
    """All active tenants, for the platform's own sweeps."""
    return list(Tenant.objects.filter(is_active=True).order_by("id"))


def memberships_of(user_id: int | None) -> list[Member]:
    """A person's active memberships over all tenants, oldest first; a person not yet saved has none."""
    if user_id is None:
        return []
    with user_scope(user_id):
        rows = Member.objects.filter(user_id=user_id, is_active=True, tenant__is_active=True)
        return list(rows.select_related("tenant").order_by("id"))


def members(tenant_id: int) -> list[Member]:
    with tenant_scope(tenant_id):
        return list(Member.objects.filter(tenant_id=tenant_id).select_related("user").order_by("id"))


def allows_origin(tenant_id: int, origin: str) -> bool:
    """Whether a page from this web origin may embed the tenant's chat."""
    with tenant_scope(tenant_id):
        return Domain.objects.filter(tenant_id=tenant_id, origin=origin.lower()).exists()


def live_identity_secrets(tenant_id: int) -> dict[str, str]:
    """Key id -> secret of the tenant's live signing keys, newest first."""
    with tenant_scope(tenant_id):
        keys = IdentityKey.objects.filter(tenant_id=tenant_id, retired_at=None).order_by("-id")
        return {key.kid: unseal(key.sealed, key_place(tenant_id, key.kid)) for key in keys}


def api_key_by_value(value: str, *, now: dt.datetime) -> ApiKey:
    """The live key with this value, `<tenant>.<prefix>.<secret>`, its tenant loaded.

    Raises:
        BadApiKey: malformed, unknown, expired or revoked.
    """
    slug, _, rest = value.partition(".")
    prefix, _, secret = rest.partition(".")
    if not (slug and prefix and secret) or len(value) > 200:
        raise BadApiKey
    try:
        tenant = tenant_by_slug(slug)
    except NoSuchTenant as error:
        raise BadApiKey from error
    with tenant_scope(tenant.pk):
        digest = fingerprint(value, KEY_PURPOSE)
        key = ApiKey.objects.filter(tenant_id=tenant.pk, prefix=prefix[:12], digest=digest).first()
    if key is None or not key.is_live(now):
        raise BadApiKey
    key.tenant = tenant
    return key


def provider_accounts(tenant_id: int) -> list[tuple[ProviderAccount, str]]:
    """The tenant's provider accounts, the default first, each with its opened key."""
    with tenant_scope(tenant_id):
        rows = list(ProviderAccount.objects.filter(tenant_id=tenant_id).order_by("-is_default", "id"))
    return [(row, unseal(row.sealed_key, provider_place(tenant_id, row.name))) for row in rows]


def secret_value(tenant_id: int, name: str) -> str:
    """What was sealed under this name. For calls to other systems only: it is shown to nobody.

    Raises:
        NoSuchSecret: unknown, or another tenant's.
    """
    with tenant_scope(tenant_id):
        sealed = (
            Secret.objects.filter(tenant_id=tenant_id, name=name).values_list("sealed", flat=True).first()
        )
    if sealed is None:
        raise NoSuchSecret
    return unseal(sealed, secret_place(tenant_id, name))
