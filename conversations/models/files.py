"""Files that customers and people of the team send along."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.talks import Conversation
from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class Attachment(TenantOwned):
    """A file in a conversation. `kind` is what its content was found to be, whatever its name says.

    The bytes lie in the row: row level security, backups and erasure hold for them as for every text.
    """

    public_id = models.UUIDField(default=new_public_id, editable=False)
    conversation = TenantForeignKey(Conversation, related_name="attachments")
    conversation_id: int
    seq = models.PositiveIntegerField(null=True, blank=True)
    author_kind = models.CharField(max_length=8)
    author_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_attachment_public")
        ]

    def __str__(self) -> str:
        return self.name
