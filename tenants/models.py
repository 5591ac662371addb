"""Tenants, the people and machines that act for them, and their sealed secrets.

`Tenant` and `User` are read before a tenant is known, so they stand outside row level security and hold no more
than that takes; everything else here is tenant-owned.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.models import TenantOwned
from tenants.roles import Role, Scope

SLUG = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$", _("Use 1 to 50 lower-case letters, digits and dashes.")
)


class Tenant(models.Model):
    """A customer organisation."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people who sign in with an e-mail address."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in; what she may do comes from her memberships."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="tenants_user_email_ci")]

    def __str__(self) -> str:
        return self.name or self.email


class Member(TenantOwned):
    """A person's place in a tenant."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    user_id: int
    role = models.CharField(max_length=10, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="tenants_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Domain(TenantOwned):
    """A web origin that may embed the tenant's chat, e.g. `https://shop.example`."""

    origin = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "origin"], name="tenants_domain_once")]

    def __str__(self) -> str:
        return self.origin


class IdentityKey(TenantOwned):
    """A secret with which the tenant signs its users' identity tokens; two may live at once while rotating."""

    kid = models.CharField(max_length=24)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kid"], name="tenants_identitykey_once")]

    def __str__(self) -> str:
        return self.kid


class ApiKey(TenantOwned):
    """Machine access: only a keyed fingerprint of the key is kept."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope.choices), default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [models.UniqueConstraint(fields=["tenant", "prefix"], name="tenants_apikey_once")]

    def __str__(self) -> str:
        return self.name

    def is_live(self, now: dt.datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class ProviderAccount(TenantOwned):
    """A model provider the tenant brought: any endpoint that speaks Chat Completions.

    The limits are those of the account at the provider; 0: none.
    """

    name = models.CharField(max_length=80)
    base_url = models.URLField(max_length=255)
    sealed_key = models.BinaryField()
    model = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)
    requests_per_minute = models.PositiveIntegerField(default=0)
    tokens_per_minute = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="tenants_provider_one_default"
            ),
            models.UniqueConstraint(fields=["tenant", "name"], name="tenants_provider_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Secret(TenantOwned):
    """A sealed value under a name, such as a tool's token: written, replaced and removed, never shown again."""

    name = models.CharField(max_length=80)
    sealed = models.BinaryField()
    ending = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    rotated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="tenants_secret_name")]

    def __str__(self) -> str:
        return self.name


def key_place(tenant_id: int, kid: str) -> str:
    """Where an identity key's secret is sealed for."""
    return f"tenants.IdentityKey:{tenant_id}:{kid}"


def provider_place(tenant_id: int, name: str) -> str:
    """Where a provider account's key is sealed for."""
    return f"tenants.ProviderAccount:{tenant_id}:{name}"


def secret_place(tenant_id: int, name: str) -> str:
    """Where a secret's value is sealed for."""
    return f"tenants.Secret:{tenant_id}:{name}"
