"""Customers: the tenants' end users, and the codes they prove themselves with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class Identity(models.TextChoices):
    """How far a customer is known."""

    ANONYMOUS = "anonymous", _("Anonymous")
    CLAIMED = "claimed", _("Claimed")
    SIGNED = "signed", _("Signed")
    STEPPED_UP = "stepped_up", _("Stepped up")


class Customer(TenantOwned):
    """The tenant's end user."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 — NULL is "no such id", unique
    identity = models.CharField(max_length=12, choices=Identity.choices, default=Identity.ANONYMOUS)
    name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    segments = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    verified_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_customer_public"),
            models.UniqueConstraint(fields=["tenant", "external_id"], name="conversations_customer_external"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"Visitor {str(self.public_id)[:8]}"


class VerificationCode(TenantOwned):
    """A one-time code for a customer, asked for by one call. `code_digest` is empty until the mail is made.

    `checked_key` names the last call that tried a code; `address_digest` says where the code went.
    """

    customer = TenantForeignKey(Customer, related_name="codes", db_index=False)
    customer_id: int
    request_key = models.CharField(max_length=120)
    address_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "request_key"], name="conversations_code_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-id"], name="conversations_code_newest"),
            models.Index(
                fields=["tenant", "address_digest", "created_at"], name="conversations_code_address"
            ),
        ]

    def __str__(self) -> str:
        return f"Code of {self.created_at:%Y-%m-%d %H:%M}"
