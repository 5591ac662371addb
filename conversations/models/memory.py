"""What is remembered beside the log: answers, summaries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models.talks import Conversation
from core.models import TenantForeignKey, TenantOwned


class KnownAnswer(TenantOwned):
    """An answer that an anonymous customer got, for who asks the same of the same release.

    `gist` is that of the question's telling words, `revision` that of the knowledge when `run` began to answer;
    `hits` counts at least most of the times it was given again.
    """

    release = TenantForeignKey("releases.Release", related_name="+", db_index=False)
    release_id: int
    digest = models.CharField(max_length=64)
    gist = models.CharField(max_length=64)
    revision = models.BigIntegerField()
    run = models.UUIDField()
    question = models.CharField(max_length=300)
    text = models.TextField()
    citations = models.JSONField(default=list)
    level = models.CharField(max_length=16)
    route = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField()
    hits = models.PositiveIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "release", "digest"], name="conversations_knownanswer_once"
            ),
            models.UniqueConstraint(fields=["tenant", "run"], name="conversations_knownanswer_run"),
        ]
        indexes = [
            models.Index(fields=["tenant", "release", "gist"], name="conversations_known_gist"),
            models.Index(fields=["tenant", "created_at"], name="conversations_known_age"),
        ]

    def __str__(self) -> str:
        return self.question


class Summary(TenantOwned):
    """What was said in a conversation up to a `seq`, in few words: stands for those messages in prompts."""

    conversation = TenantForeignKey(Conversation, related_name="summaries", db_index=False)
    conversation_id: int
    upto_seq = models.PositiveIntegerField()
    text = models.TextField()
    route = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("summaries")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation"], name="conversations_summary_once")
        ]

    def __str__(self) -> str:
        return f"Summary up to {self.upto_seq}"


class Mask(TenantOwned):
    """The personal data of a conversation that models see placeholders of: which stands for what, sealed."""

    conversation = TenantForeignKey(Conversation, related_name="masks", db_index=False)
    conversation_id: int
    sealed = models.BinaryField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation"], name="conversations_mask_once")
        ]

    def __str__(self) -> str:
        return f"Placeholders of conversation {self.conversation_id}"
