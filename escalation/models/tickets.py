"""Tickets: what is left to be done for a customer after the conversation."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantForeignKey, TenantOwned


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class TicketStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Ticket(TenantOwned):
    """A task for the tenant's team. `key` is that of the call that made it: the same call makes it once."""

    number = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    conversation = TenantForeignKey("conversations.Conversation", related_name="tickets")
    conversation_id: int
    customer = TenantForeignKey("conversations.Customer", related_name="tickets")
    customer_id: int
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    status = models.CharField(max_length=6, choices=TicketStatus.choices, default=TicketStatus.OPEN)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="escalation_ticket_number"),
            models.UniqueConstraint(fields=["tenant", "key"], name="escalation_ticket_key"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "customer"],
                condition=models.Q(status="open"),
                name="escalation_open_tickets",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How people call it."""
        return f"T-{self.number}"
