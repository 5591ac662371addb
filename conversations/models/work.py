"""Runs, the steps they take, and the approvals they wait for."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.talks import Conversation
from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class RunStatus(models.TextChoices):
    """A run that waits, or is ready to go on, is held by no process: only its row knows of it."""

    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for an approval")
    READY = "ready", _("Ready to go on")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped: the conversation had changed hands")
    FAILED = "failed", _("Failed")


class StepStatus(models.TextChoices):
    STARTED = "started", _("Started: how it ended is not known yet")
    WAITING = "waiting", _("Waiting for an approval")
    DONE = "done", _("Done")


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn: the conversation went on without it")


class Run(TenantOwned):
    """The durable record of answering one turn: who works on it until when, what it costs, and how it ended.

    `attempt` counts who has worked on it, `crashes` how many of them died; `prompt` is the first prompt as it was
    sent, as JSON; `said` is the number of the last step whose words are in the log already; `choice` says which
    model was chosen and why; `checks` are the verdicts about what the customer wrote.
    """

    public_id = models.UUIDField(default=new_public_id, editable=False)
    conversation = TenantForeignKey(Conversation, related_name="runs")
    conversation_id: int
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.RUNNING)
    owner_version = models.PositiveIntegerField()
    upto_seq = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField(default=1)
    crashes = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField()
    level = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    choice = models.CharField(max_length=160, blank=True)
    prompt = models.TextField(blank=True)
    checks = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    said = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    answer_seq = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One run in flight per conversation, whoever starts it.
            models.UniqueConstraint(
                fields=["tenant", "conversation"],
                condition=models.Q(status="running"),
                name="conversations_one_run_in_flight",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-started_at"], name="conversations_run_recent"),
            models.Index(
                fields=["tenant", "lease_until"],
                condition=models.Q(status__in=["running", "ready"]),
                name="conversations_run_leases",
            ),
            models.Index(
                fields=["tenant", "conversation"],
                condition=models.Q(status__in=["waiting", "ready"]),
                name="conversations_run_held",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {str(self.public_id)[:8]}"


class Step(TenantOwned):
    """One model call or tool call of a run. `text` is what the model wrote, or the tool's result.

    `data` holds the rest: calls, arguments, citations, how it ended, which model, how many cents.
    """

    run = TenantForeignKey(Run, related_name="steps")
    run_id: int
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=7, choices=StepStatus.choices)
    is_error = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "number"], name="conversations_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Approval(TenantOwned):
    """A person's yes or no to one call of a tool. `knows` is what the assistant knew when it asked."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    run = TenantForeignKey(Run, related_name="approvals")
    run_id: int
    conversation = TenantForeignKey(Conversation, related_name="approvals")
    conversation_id: int
    number = models.PositiveIntegerField()
    tool = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    why = models.CharField(max_length=300)
    knows = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    edited = models.JSONField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "number"], name="conversations_approval_once"),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_approval_public"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "expires_at"],
                condition=models.Q(status="pending"),
                name="conversations_approval_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tool} ({self.status})"
