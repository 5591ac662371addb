"""Hand-offs: the passage of a conversation to a person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned
from escalation.models.teams import Team


class HandoffStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("Offered to somebody")
    TAKEN = "taken", _("A person has it")
    RESOLVED = "resolved", _("Resolved by a person")
    RETURNED = "returned", _("Back with the assistant")
    TICKET = "ticket", _("Became a ticket")
    LEFT = "left", _("The customer did not wait")
    OUTSIDE = "outside", _("Outside opening hours: the customer was offered something else")


class Urgency(models.IntegerChoices):
    LOW = 0, _("Low")
    NORMAL = 1, _("Normal")
    HIGH = 2, _("High")
    URGENT = 3, _("Urgent")


class Handoff(TenantOwned):
    """One passage of a conversation to a person, from the queue to its end; at most one of a conversation is open.

    `decision` are the rule and the signals that led here; `packet` is what the person is told, empty until it is put
    together. `served_seconds` is how long a person had it. Promises: `reply_due_at` and `resolve_due_at` move by the
    time the clock stood still (`paused_at` since when); `warned` and `breached` name the promises that were told of.
    `ahead` goes before all but the urgent: a person had it already. `told_place` is the place the customer was told.
    `called_at`: when her windows were last asked whether they are there while she waits; `seen_at`: when one said yes.
    """

    public_id = models.UUIDField(default=new_public_id, editable=False)
    conversation = TenantForeignKey("conversations.Conversation", related_name="handoffs")
    conversation_id: int
    episode = models.PositiveIntegerField(default=1)
    team = TenantForeignKey(Team, related_name="handoffs", null=True, blank=True)
    team_id: int | None
    status = models.CharField(max_length=8, choices=HandoffStatus.choices, default=HandoffStatus.WAITING)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.NORMAL)
    ahead = models.BooleanField(default=False, db_default=False)
    told_place = models.PositiveIntegerField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=16, default="chat")
    language = models.CharField(max_length=8, blank=True)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    reason = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    decision = models.JSONField(default=dict, blank=True)
    packet = models.JSONField(default=dict, blank=True)
    preferred = TenantForeignKey("tenants.Member", related_name="+", null=True, blank=True, db_index=False)
    preferred_id: int | None
    queued_at = models.DateTimeField(default=timezone.now)
    offered_to = TenantForeignKey("tenants.Member", related_name="+", null=True, blank=True, db_index=False)
    offered_to_id: int | None
    offered_until = models.DateTimeField(null=True, blank=True)
    offers = models.PositiveSmallIntegerField(default=0)
    declined_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    taken_by = TenantForeignKey("tenants.Member", related_name="+", null=True, blank=True, db_index=False)
    taken_by_id: int | None
    taken_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    served_seconds = models.PositiveIntegerField(default=0)
    reply_due_at = models.DateTimeField(null=True, blank=True)
    resolve_due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    warned = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    breached = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="escalation_handoff_public"),
            models.UniqueConstraint(
                fields=["tenant", "conversation"],
                condition=Q(status__in=["waiting", "offered", "taken"]),
                name="escalation_handoff_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "team", "-urgency", "queued_at"],
                condition=Q(status__in=["waiting", "offered"]),
                name="escalation_handoff_queue",
            ),
            models.Index(
                fields=["tenant", "team", "ahead", "urgency", "queued_at", "id"],
                condition=Q(status="waiting"),
                name="escalation_handoff_next",
            ),
            models.Index(
                fields=["tenant", "taken_by"], condition=Q(status="taken"), name="escalation_handoff_taken"
            ),
            models.Index(fields=["tenant", "conversation", "-id"], name="escalation_handoff_talk"),
            models.Index(fields=["tenant", "-queued_at"], name="escalation_handoff_recent"),
        ]

    def __str__(self) -> str:
        return f"Hand-off {str(self.public_id)[:8]}"

    @property
    def is_open(self) -> bool:
        return self.status in {HandoffStatus.WAITING, HandoffStatus.OFFERED, HandoffStatus.TAKEN}
