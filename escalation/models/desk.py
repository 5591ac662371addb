"""What the desk keeps: ready texts, tags, views, drafts, who has read what and who takes part."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned
from escalation.models.teams import Team


class CannedReply(TenantOwned):
    """A ready answer, written by its shortcut. `text` may hold variables such as `{{ customer.name }}`."""

    shortcut = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    text = models.TextField()
    language = models.CharField(max_length=8, blank=True)
    team = TenantForeignKey(Team, related_name="+", null=True, blank=True)
    team_id: int | None
    used = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = _("canned replies")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "shortcut", "language"], name="escalation_canned_once")
        ]

    def __str__(self) -> str:
        return self.title


class Macro(TenantOwned):
    """Several deeds under one name: `steps` are `{do, …}` in order, as the desk's deeds."""

    name = models.CharField(max_length=80)
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="escalation_macro_once")]

    def __str__(self) -> str:
        return self.name


class Tag(TenantOwned):
    name = models.SlugField(max_length=40)
    colour = models.CharField(max_length=7, default="#5b6472")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="escalation_tag_once")]

    def __str__(self) -> str:
        return self.name


class Tagging(TenantOwned):
    """A tag on a conversation."""

    tag = TenantForeignKey(Tag, related_name="taggings")
    tag_id: int
    conversation = TenantForeignKey("conversations.Conversation", related_name="taggings")
    conversation_id: int
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "tag"], name="escalation_tagging_once")
        ]

    def __str__(self) -> str:
        return f"Tagging {self.tag_id}/{self.conversation_id}"


class Disposition(TenantOwned):
    """What a conversation came to; whoever resolves one chooses it."""

    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="escalation_disposition_once")]

    def __str__(self) -> str:
        return self.name


class SearchEntry(TenantOwned):
    """The words of a conversation up to a `seq`, for search; put together behind the log, never while it is written.

    `words` hold the tenant's own mark too, which no text produces, so that one index serves all tenants.
    """

    conversation = TenantForeignKey("conversations.Conversation", related_name="+", db_index=False)
    conversation_id: int
    upto_seq = models.PositiveIntegerField()
    words = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation"], name="escalation_search_once")
        ]
        indexes = [GinIndex(fields=["words"], fastupdate=False, name="escalation_search_words")]

    def __str__(self) -> str:
        return f"Words of {self.conversation_id}"


class View(TenantOwned):
    """A saved search of a member's, or of everybody (`member` empty)."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    member = TenantForeignKey("tenants.Member", related_name="+", null=True, blank=True)
    member_id: int | None
    name = models.CharField(max_length=80)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "member", "name"], name="escalation_view_once", nulls_distinct=False
            ),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="escalation_view_public"),
        ]

    def __str__(self) -> str:
        return self.name


class DeskDraft(TenantOwned):
    """What a member was writing in a conversation and has not sent."""

    member = TenantForeignKey("tenants.Member", related_name="+")
    member_id: int
    conversation = TenantForeignKey("conversations.Conversation", related_name="+")
    conversation_id: int
    text = models.TextField()
    is_note = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "member"], name="escalation_draft_once")
        ]

    def __str__(self) -> str:
        return f"Draft {self.conversation_id}/{self.member_id}"


class DeskRead(TenantOwned):
    """How far a member has read a conversation."""

    member = TenantForeignKey("tenants.Member", related_name="+")
    member_id: int
    conversation = TenantForeignKey("conversations.Conversation", related_name="+")
    conversation_id: int
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "conversation", "member"], name="escalation_deskread_once"
            )
        ]

    def __str__(self) -> str:
        return f"Read {self.conversation_id}/{self.member_id} up to {self.seq}"


class Participant(TenantOwned):
    """A member who takes part in a conversation that another owns."""

    member = TenantForeignKey("tenants.Member", related_name="+")
    member_id: int
    conversation = TenantForeignKey("conversations.Conversation", related_name="participants")
    conversation_id: int
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "conversation", "member"], name="escalation_participant_once"
            )
        ]

    def __str__(self) -> str:
        return f"Participant {self.conversation_id}/{self.member_id}"
