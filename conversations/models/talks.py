"""Conversations and their event log."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.customers import Customer
from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class Owner(models.TextChoices):
    """Who answers a conversation."""

    AI = "ai", _("Assistant")
    QUEUE = "queue", _("Waiting for a person")
    AGENT = "agent", _("Person")
    CLOSED = "closed", _("Closed")


class EventType(models.TextChoices):
    """The kinds of rows a conversation's log has."""

    MESSAGE = "message", _("Message")
    HANDOFF = "handoff", _("Hand-off")
    OWNER = "owner", _("Owner changed")
    FEEDBACK = "feedback", _("Feedback")
    NOTE = "note", _("Private note")
    NOTICE = "notice", _("Notice")
    TOOL = "tool", _("Tool call")


class Conversation(TenantOwned):
    """One thread with a customer. `last_seq` is the log's head; `owner_version` counts changes of hands.

    `language` is what the customer writes in, empty until that is sure; `moods` are those of her last messages, from
    -1 to 1, the newest last. `signals` is what the decision to hand over remembers from one turn to the next;
    `guidance` is what people of the team told the assistant when they gave it back: `{note, scope, by, seq, episode}`.
    `channel` is how the customer reaches us.
    """

    public_id = models.UUIDField(default=new_public_id, editable=False)
    customer = TenantForeignKey(Customer, related_name="conversations")
    customer_id: int
    release = TenantForeignKey("releases.Release", related_name="+")
    release_id: int
    owner = models.CharField(max_length=6, choices=Owner.choices, default=Owner.AI)
    owner_version = models.PositiveIntegerField(default=1)
    agent = models.ForeignKey(
        "tenants.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    episode = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    moods = ArrayField(models.FloatField(), default=list, db_default=[], blank=True)
    signals = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    guidance = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    channel = models.CharField(max_length=16, default="chat", db_default="chat")
    last_seq = models.PositiveIntegerField(default=0)
    customer_seq = models.PositiveIntegerField(default=0)
    answered_seq = models.PositiveIntegerField(default=0)
    read_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_conversation_public"),
            models.CheckConstraint(
                condition=models.Q(answered_seq__lte=models.F("last_seq"))
                & models.Q(customer_seq__lte=models.F("last_seq")),
                name="conversations_seq_in_log",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="conversations_recent"),
            models.Index(fields=["tenant", "customer", "-id"], name="conversations_by_customer"),
            # Those that people have to do with: the assistant's, of which there are many more, pay nothing for it.
            models.Index(
                fields=["tenant", "-updated_at", "-id"],
                condition=models.Q(owner__in=["queue", "agent"]),
                name="conversations_with_people",
            ),
        ]

    def __str__(self) -> str:
        return f"Conversation {str(self.public_id)[:8]}"

    @property
    def is_open(self) -> bool:
        return self.owner != Owner.CLOSED


class Resolution(models.TextChoices):
    """How sure it is that the customer was helped."""

    CONFIRMED = "confirmed", _("Confirmed by the customer")
    ASSUMED = "assumed", _("Assumed: closed by a person, or nothing more was said")
    CONTAINED = "contained", _("Never needed a person, and nothing says whether it helped")
    ABANDONED = "abandoned", _("The customer left while waiting")


class Episode(TenantOwned):
    """From opening to resolution; a reopened conversation starts the next one.

    `resolved_by` is an actor; `first_answer_at` the assistant's or a person's first message, `first_reply_at` a
    person's; `repeat_of` says that the customer came back within a week of an episode that was resolved.
    """

    conversation = TenantForeignKey(Conversation, related_name="episodes")
    number = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(
        max_length=9, choices=Resolution.choices, blank=True, default="", db_default=""
    )
    resolved_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    disposition = models.CharField(max_length=80, blank=True, default="", db_default="")
    handed_over_at = models.DateTimeField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    repeat_of = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-opened_at"], name="conversations_episode_recent"),
            models.Index(
                fields=["tenant", "first_answer_at"],
                condition=models.Q(resolved_at__isnull=True),
                name="conversations_episode_open",
            ),
            models.Index(
                fields=["tenant", "-resolved_at"],
                condition=models.Q(resolved_at__isnull=False),
                name="conversations_episode_ended",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "conversation", "number"], name="conversations_episode_once"
            )
        ]

    def __str__(self) -> str:
        return f"Episode {self.number}"


class Event(TenantOwned):
    """One row of a conversation's log."""

    conversation = TenantForeignKey(Conversation, related_name="events")
    conversation_id: int
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=12, choices=EventType.choices)
    author_kind = models.CharField(max_length=8)
    author_id = models.CharField(max_length=64, blank=True)
    author_name = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    client_id = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 — NULL is "not sent by a client"
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "seq"], name="conversations_event_seq"),
            models.UniqueConstraint(
                fields=["tenant", "conversation", "client_id"],
                condition=models.Q(client_id__isnull=False),
                name="conversations_event_client_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
