"""Prices, budgets and their purses, money held, money spent, and what was said about it.

Invariant: in every purse, at every moment, settled + reserved <= limit + over, by a check of the database itself.
Purses are changed by the functions in `migrations/functions` alone, which lock the narrow ones first and the
installation's last. All amounts are nanos (see `values`).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantForeignKey, TenantOwned
from engine.budgets.values import Period, Scope


def _kept() -> models.CheckConstraint:
    within = Q(settled_nanos__gte=0, reserved_nanos__gte=0, over_nanos__gte=0)
    within &= Q(limit_nanos__gte=F("settled_nanos") + F("reserved_nanos") - F("over_nanos"))
    return models.CheckConstraint(condition=within, name="%(app_label)s_%(class)s_kept")


class PriceFields(models.Model):
    """Nanos for a million tokens from a moment on. A price is never changed: a newer one takes over."""

    provider = models.CharField(max_length=80, blank=True, help_text=_("Empty: whoever offers the model."))
    model = models.CharField(max_length=160)
    effective_from = models.DateTimeField(default=timezone.now)
    input_nanos = models.BigIntegerField()
    cached_nanos = models.BigIntegerField()
    output_nanos = models.BigIntegerField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(input_nanos__gte=0, cached_nanos__gte=0, output_nanos__gte=0),
                name="%(app_label)s_%(class)s_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider or '*'} {self.model}"


class Price(PriceFields):
    """What a model costs everybody in this installation."""

    class Meta(PriceFields.Meta):
        constraints = [
            *PriceFields.Meta.constraints,
            models.UniqueConstraint(
                fields=["model", "provider", "effective_from"], name="budgets_price_once"
            ),
        ]


class TenantPrice(TenantOwned, PriceFields):
    """What a model costs this tenant: goes before the installation's price."""

    class Meta(PriceFields.Meta):
        constraints = [
            *PriceFields.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "model", "provider", "effective_from"], name="budgets_tenantprice_once"
            ),
        ]


class Budget(TenantOwned):
    """A limit that a manager sets. `subject`: a release's number or a feature's name; empty for the other scopes."""

    scope = models.CharField(max_length=16, choices=Scope.choices)
    subject = models.CharField(max_length=80, blank=True)
    limit_nanos = models.BigIntegerField()
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "scope", "subject"], name="budgets_budget_once"),
            models.CheckConstraint(condition=Q(limit_nanos__gte=0), name="budgets_budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.subject}".strip()


class PurseFields(models.Model):
    """The counter of one budget in one period.

    `limit_nanos` follows the budget's at the next reservation; `over_nanos` is what a lowered limit found already
    committed, and only falls from then on; `alerted` is the highest threshold told, in percent.
    """

    period_start = models.DateTimeField()
    limit_nanos = models.BigIntegerField()
    settled_nanos = models.BigIntegerField(default=0)
    reserved_nanos = models.BigIntegerField(default=0)
    over_nanos = models.BigIntegerField(default=0)
    alerted = models.SmallIntegerField(default=0)

    class Meta:
        abstract = True
        constraints = [_kept()]


class Purse(TenantOwned, PurseFields):
    """A tenant's. `subject`: the run, conversation or customer it counts for, else the budget's own subject."""

    budget = TenantForeignKey(Budget, on_delete=models.PROTECT, related_name="purses", db_index=False)
    subject = models.CharField(max_length=80, blank=True)

    class Meta(PurseFields.Meta):
        constraints = [
            *PurseFields.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "budget", "subject", "period_start"], name="budgets_purse_once"
            ),
        ]


class InstallationBudget(models.Model):
    """A limit over all tenants together, set by who runs the installation."""

    period = models.CharField(max_length=5, choices=Period.choices, unique=True)
    limit_nanos = models.BigIntegerField()
    enabled = models.BooleanField(default=True)


class InstallationPurse(PurseFields):
    budget = models.ForeignKey(
        InstallationBudget, on_delete=models.PROTECT, related_name="purses", db_index=False
    )

    class Meta(PurseFields.Meta):
        constraints = [
            *PurseFields.Meta.constraints,
            models.UniqueConstraint(fields=["budget", "period_start"], name="budgets_installationpurse_once"),
        ]


class State(models.TextChoices):
    HELD = "held", _("Held")
    SETTLED = "settled", _("Settled")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Expired")


class CallFields(models.Model):
    """Whose call it is and at which prices. Plain numbers: conversations are stored a floor above."""

    run = models.CharField(max_length=64)
    step = models.IntegerField()
    attempt = models.IntegerField()
    conversation = models.BigIntegerField(null=True, blank=True)
    customer = models.BigIntegerField(null=True, blank=True)
    release = models.IntegerField(null=True, blank=True)
    feature = models.CharField(max_length=80)
    traffic = models.CharField(max_length=10)
    provider = models.CharField(max_length=80)
    model = models.CharField(max_length=160)
    input_price = models.BigIntegerField()
    cached_price = models.BigIntegerField()
    output_price = models.BigIntegerField()

    class Meta:
        abstract = True


class Reservation(TenantOwned, CallFields):
    """Money held for one call: `prompt_tokens` (with margin) and `output_tokens` are what it was made for."""

    option = models.SmallIntegerField()
    amount_nanos = models.BigIntegerField()
    prompt_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    purses = ArrayField(models.BigIntegerField())
    installation_purses = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "run", "step", "attempt"], name="budgets_reservation_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "expires_at"], condition=Q(state="held"), name="budgets_reservation_held"
            ),
        ]


class Usage(TenantOwned, CallFields):
    """One call on the ledger, or (`lost`) what was charged for a call whose outcome nobody knows.

    A lost call that reports after all leaves a second lost row with everything negative, and then its own.
    """

    reservation = models.BigIntegerField()
    prompt_tokens = models.BigIntegerField()
    completion_tokens = models.BigIntegerField()
    cached_tokens = models.BigIntegerField()
    cost_nanos = models.BigIntegerField()
    charged_nanos = models.BigIntegerField()
    overrun_nanos = models.BigIntegerField()
    estimated = models.BooleanField()
    lost = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("usage")
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_nanos=F("charged_nanos") + F("overrun_nanos")), name="budgets_usage_adds_up"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "at"], name="budgets_usage_at"),
            models.Index(fields=["tenant", "run"], name="budgets_usage_run"),
            models.Index(
                fields=["tenant", "conversation"],
                condition=Q(conversation__isnull=False),
                name="budgets_usage_talk",
            ),
        ]


class Alert(TenantOwned):
    """Something about money that a person should know; `key` says what it is about, so that it is said once."""

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", _("Threshold reached")
        ANOMALY = "anomaly", _("Unusual spending")
        OVERRUN = "overrun", _("Cost above what was held")

    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    threshold = models.SmallIntegerField(null=True, blank=True)
    purse = TenantForeignKey(
        Purse, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    scope = models.CharField(max_length=16, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="budgets_alert_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.scope} {self.subject}".strip()
