"""After the chat: what the customer says of it, and what the team learns from it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class Rating(TenantOwned):
    """A customer's rating of an episode, 1 to 5, and who served it: the release, and the member if there was one."""

    conversation = TenantForeignKey("conversations.Conversation", related_name="ratings")
    conversation_id: int
    episode = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=1000, blank=True)
    release = TenantForeignKey("releases.Release", related_name="+")
    release_id: int
    member = TenantForeignKey("tenants.Member", related_name="+", null=True, blank=True)
    member_id: int | None
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "conversation", "episode"], name="escalation_rating_once"
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=1) & models.Q(score__lte=5), name="escalation_rating_score"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="escalation_rating_recent")]

    def __str__(self) -> str:
        return f"{self.score} of 5"


class Aftercare(TenantOwned):
    """What happens when nobody says anything any more, as a tenant wishes it; without a row: the defaults.

    `idle_hours` of silence end a conversation of the assistant; who waits for a person and is gone for
    `patience_minutes` has left. Texts are for pages: the numbers are looked at by the service that writes them.
    """

    idle_hours = models.PositiveSmallIntegerField(default=24)
    patience_minutes = models.PositiveSmallIntegerField(default=60)
    asks_rating = models.BooleanField(default=True)
    sends_transcripts = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("after the chat")
        verbose_name_plural = _("after the chat")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="escalation_aftercare_one")]

    def __str__(self) -> str:
        return str(_("After the chat"))


class Transcript(TenantOwned):
    """A conversation that is to be sent by mail, up to an event. `address` is emptied when it is out, or given up."""

    conversation = TenantForeignKey("conversations.Conversation", related_name="+")
    conversation_id: int
    customer = TenantForeignKey("conversations.Customer", related_name="+")
    customer_id: int
    address = models.EmailField(blank=True)
    address_digest = models.CharField(max_length=64)
    upto_seq = models.PositiveIntegerField()
    asked_by = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "customer", "-created_at"], name="escalation_transcript_hers"),
            models.Index(fields=["tenant", "address_digest", "-created_at"], name="escalation_transcript_to"),
            models.Index(
                fields=["tenant", "created_at"],
                condition=~models.Q(address=""),
                name="escalation_transcript_due",
            ),
        ]

    def __str__(self) -> str:
        return f"Transcript of {self.created_at:%Y-%m-%d %H:%M}"


class SuggestionStatus(models.TextChoices):
    PENDING = "pending", _("To be looked at")
    ACCEPTED = "accepted", _("Added to the knowledge")
    DISMISSED = "dismissed", _("Dismissed")


class Suggestion(TenantOwned):
    """What a person answered otherwise than the assistant had tried: knowledge to be approved."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    conversation = TenantForeignKey("conversations.Conversation", related_name="+")
    conversation_id: int
    question = models.TextField()
    tried = models.TextField(blank=True)
    answer = models.TextField()
    status = models.CharField(
        max_length=9, choices=SuggestionStatus.choices, default=SuggestionStatus.PENDING
    )
    decided_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="escalation_suggestion_public"),
        ]
        indexes = [models.Index(fields=["tenant", "status", "-id"], name="escalation_suggestion_open")]

    def __str__(self) -> str:
        return self.question[:80]
