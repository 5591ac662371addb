"""What tenants set about their guardrails."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantForeignKey, TenantOwned
from engine.guardrails.values import Action, FailMode, Stage

SERVICE_NAME = RegexValidator(
    r"\A[a-z0-9_-]{1,40}\Z", _("Use 1 to 40 small letters, digits, dashes and underscores.")
)


class Policy(TenantOwned):
    """How a tenant wants its guardrails; `settings` are those of `policy.merged`, only what differs from the defaults.

    `revision` grows with every change of the policy and of the tenant's guard services.
    """

    settings = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("guardrail policy")
        verbose_name_plural = _("guardrail policies")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="guardrails_policy_once")]

    def __str__(self) -> str:
        return f"Guardrails, revision {self.revision}"


class ServiceKind(models.TextChoices):
    """How a guard service is asked."""

    MODERATION = "moderation", _("OpenAI-compatible moderation")
    HTTP = "http", _("Any HTTP guard: gets {stage, text}, says {flagged, score, label}")


class ServiceStage(models.TextChoices):
    """What a guard service may be asked about: whole messages, not single sentences of an answer being written."""

    INPUT = Stage.INPUT.value, _("What customers write")
    TOOL_RESULT = Stage.TOOL_RESULT.value, _("What tools say")


class GuardService(TenantOwned):
    """An outside service that judges texts as one more check."""

    name = models.CharField(max_length=40, validators=[SERVICE_NAME])
    kind = models.CharField(max_length=10, choices=ServiceKind.choices, default=ServiceKind.MODERATION)
    url = models.CharField(max_length=500)
    model = models.CharField(max_length=120, blank=True)
    secret = TenantForeignKey("tenants.Secret", null=True, blank=True, related_name="+")
    secret_id: int | None
    stages = ArrayField(models.CharField(max_length=12, choices=ServiceStage.choices), default=list)
    timeout_ms = models.PositiveIntegerField(
        default=800, validators=[MinValueValidator(50), MaxValueValidator(10_000)]
    )
    fails = models.CharField(
        max_length=6,
        default=FailMode.OPEN.value,
        choices=[
            (FailMode.OPEN.value, _("Open: the text passes when the service is away")),
            (FailMode.CLOSED.value, _("Closed: the text counts as flagged when the service is away")),
        ],
    )
    action = models.CharField(
        max_length=9,
        default=Action.REPLY.value,
        choices=[
            (Action.ALLOW.value, _("Record only")),
            (Action.REPLY.value, _("Answer with a fixed text")),
            (Action.HAND_OVER.value, _("Hand over to a person")),
            (Action.BLOCK.value, _("Block")),
        ],
    )
    threshold = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("guard service")
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="guardrails_service_once")]

    def __str__(self) -> str:
        return self.name
