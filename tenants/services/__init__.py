"""Writes about tenants: each verb owns its transaction and leaves an audit line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.ids import new_token
from core.scope import tenant_scope
from core.sealing import fingerprint, seal
from tenants.models import (
    SLUG,
    ApiKey,
    Domain,
    IdentityKey,
    Secret,
    Tenant,
    key_place,
    secret_place,
)
from tenants.queries import KEY_PURPOSE
from tenants.roles import Scope
from tenants.services.members import (
    AlreadyMember,
    LastOwner,
    NoSuchMember,
    OwnersOnly,
    add_member,
    change_role,
    invite_member,
    switch_member,
)
from tenants.services.providers import (
    BadProvider,
    DefaultProviderNeeded,
    Endpoint,
    NoSuchProvider,
    ProviderNameTaken,
    change_endpoint,
    connect_endpoint,
    connect_provider,
    remove_endpoint,
)

__all__ = [
    "AlreadyMember", "BadOrigin", "BadProvider", "BadScope", "BadSecret", "BadTenantName", "DefaultProviderNeeded",
    "Endpoint", "LastOwner", "NoSuchMember", "NoSuchProvider", "OwnersOnly", "ProviderNameTaken", "SecretInUse",
    "TenantNameTaken", "add_member", "allow_domain", "change_endpoint", "change_role", "connect_endpoint",
    "connect_provider", "create_tenant", "forbid_domain", "invite_member", "issue_api_key", "normal_origin",
    "remove_endpoint", "remove_secret", "revoke_api_key", "rotate_identity_key", "set_secret", "switch_member",
    "touch_api_key",
]  # fmt: skip
LIVE_KEYS = 2
MOST_SECRET = 8192
_SHORTEST_RECOGNISABLE = 12


class TenantNameTaken(Conflict):
    code = "tenant_name_taken"
    default_message = "There is a tenant of this name already. Choose another one."


class BadTenantName(Invalid):
    code = "bad_tenant_name"
    default_message = "A tenant's name in addresses is 1 to 50 lower-case letters, digits and dashes."


class BadOrigin(Invalid):
    code = "bad_origin"
    default_message = "An origin looks like https://shop.example or http://127.0.0.1:8001, without a path."


class BadScope(Invalid):
    code = "bad_scope"
    default_message = "An API key needs at least one known scope."


class BadSecret(Invalid):
    code = "bad_secret"
    default_message = "A secret needs a name of 1 to 80 characters and a value of 1 to 8192."


class SecretInUse(Conflict):
    code = "secret_in_use"
    default_message = "Something still uses this secret. Take it out of the connections first."


def create_tenant(*, slug: str, name: str, actor: Actor) -> Tenant:
    """Makes a tenant with its first identity key.

    Raises:
        BadTenantName, TenantNameTaken
    """
    try:
        SLUG(slug)
    except ValidationError as error:
        raise BadTenantName from error
    with transaction.atomic():
        try:
            with transaction.atomic():
                tenant = Tenant.objects.create(slug=slug, name=name)
        except IntegrityError as error:
            raise TenantNameTaken from error
        with tenant_scope(tenant.pk):
            record(actor=actor, action="tenant.created", target=f"tenant:{tenant.public_id}")
            rotate_identity_key(tenant_id=tenant.pk, actor=actor)
    return tenant


def normal_origin(origin: str) -> str:
    """An origin as browsers send it: scheme, host and port, lower case.

    Raises:
        BadOrigin: not http(s), no host, or more than an origin.
    """
    url = urlsplit(origin.strip().lower().rstrip("/"))
    if url.scheme not in {"http", "https"} or not url.hostname or url.path or url.query or "@" in url.netloc:
        raise BadOrigin
    return f"{url.scheme}://{url.netloc}"


def allow_domain(*, tenant_id: int, origin: str, actor: Actor) -> Domain:
    """Lets pages of this web origin embed the tenant's chat."""
    wanted = normal_origin(origin)
    with tenant_scope(tenant_id):
        domain, created = Domain.objects.get_or_create(tenant_id=tenant_id, origin=wanted)
        if created:
            record(actor=actor, action="domain.allowed", target=f"domain:{wanted}")
    return domain


def forbid_domain(*, tenant_id: int, domain: Domain, actor: Actor) -> None:
    """Pages of this web origin may no longer embed the tenant's chat; open sockets go on until they end."""
    with tenant_scope(tenant_id):
        if Domain.objects.filter(tenant_id=tenant_id, pk=domain.pk).delete()[0]:
            record(actor=actor, action="domain.forbidden", target=f"domain:{domain.origin}")


def rotate_identity_key(*, tenant_id: int, actor: Actor) -> tuple[str, str]:
    """Makes a new identity key and retires all but the newest two.

    Returns:
        Key id and secret; the secret is for the tenant's own server and is shown to nobody else.
    """
    kid, secret = f"k{new_token(8)}", new_token(48)
    now = timezone.now()
    with tenant_scope(tenant_id):
        IdentityKey.objects.create(
            tenant_id=tenant_id, kid=kid, sealed=seal(secret, key_place(tenant_id, kid))
        )
        record(actor=actor, action="identity_key.rotated", target=f"identity_key:{kid}")
        live = IdentityKey.objects.filter(tenant_id=tenant_id, retired_at=None).order_by("-id")
        for old in list(live[LIVE_KEYS:]):
            IdentityKey.objects.filter(pk=old.pk, tenant_id=tenant_id).update(retired_at=now)
            record(actor=actor, action="identity_key.retired", target=f"identity_key:{old.kid}")
    return kid, secret


def issue_api_key(
    *,
    tenant: Tenant,
    name: str,
    scopes: Sequence[Scope | str],
    actor: Actor,
    expires_at: dt.datetime | None = None,
) -> tuple[ApiKey, str]:
    """Makes an API key.

    Returns:
        The row and the key's value, which is shown this once.

    Raises:
        BadScope: no scope, or an unknown one.
    """
    if not scopes or not set(map(str, scopes)) <= set(Scope.values):
        raise BadScope
    prefix = new_token(10)
    value = f"{tenant.slug}.{prefix}.{new_token(40)}"
    with tenant_scope(tenant.pk):
        key = ApiKey.objects.create(
            tenant=tenant,
            name=name,
            prefix=prefix,
            digest=fingerprint(value, KEY_PURPOSE),
            scopes=[str(scope) for scope in scopes],
            expires_at=expires_at,
        )
        record(
            actor=actor,
            action="api_key.issued",
            target=f"api_key:{key.public_id}",
            data={"scopes": key.scopes},
        )
    return key, value


def revoke_api_key(*, tenant_id: int, key: ApiKey, actor: Actor) -> None:
    """Ends a key at once; revoking it again changes nothing."""
    with tenant_scope(tenant_id):
        live = ApiKey.objects.filter(tenant_id=tenant_id, pk=key.pk, revoked_at=None)
        if live.update(revoked_at=timezone.now()):
            record(actor=actor, action="api_key.revoked", target=f"api_key:{key.public_id}")


def touch_api_key(*, tenant_id: int, key: ApiKey, now: dt.datetime) -> None:
    """Notes that a key was used, at most once a minute."""
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() > 60:
        with tenant_scope(tenant_id):
            ApiKey.objects.filter(tenant_id=tenant_id, pk=key.pk).update(last_used_at=now)


def set_secret(*, tenant_id: int, name: str, value: str, actor: Actor) -> Secret:
    """Seals a value under a name; the same name again replaces the value.

    Raises:
        BadSecret: no name, no value, or one too long.
    """
    name = name.strip()
    if not 1 <= len(name) <= 80 or not 1 <= len(value) <= MOST_SECRET:
        raise BadSecret
    # Of a short value the last characters would tell too much.
    ending = value[-4:] if len(value) >= _SHORTEST_RECOGNISABLE else ""
    sealed = seal(value, secret_place(tenant_id, name))
    with tenant_scope(tenant_id):
        secret, created = Secret.objects.update_or_create(
            tenant_id=tenant_id,
            name=name,
            defaults={"sealed": sealed, "ending": ending, "rotated_at": timezone.now()},
        )
        record(actor=actor, action="secret.set", target=f"secret:{name}", data={"new": created})
    return secret


def remove_secret(*, tenant_id: int, secret: Secret, actor: Actor) -> None:
    """Destroys a sealed value; removing it again changes nothing.

    Raises:
        SecretInUse: a row of another table still points at it.
    """
    with tenant_scope(tenant_id):
        try:
            gone = Secret.objects.filter(tenant_id=tenant_id, pk=secret.pk).delete()[0]
        except (ProtectedError, IntegrityError) as error:
            raise SecretInUse from error
        if gone:
            record(actor=actor, action="secret.removed", target=f"secret:{secret.name}")
