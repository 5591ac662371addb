"""Reads files of a conversation."""

from __future__ import annotations

import uuid
from typing import Any

from conversations.models import Attachment, Conversation, Event, EventType
from core.errors import NotFound
from core.scope import tenant_scope


class NoSuchFile(NotFound):
    code = "no_such_file"
    default_message = "There is no such file here, or it was sent already."


def card(row: Attachment) -> dict[str, Any]:
    """What an event and a list say of a file."""
    return {"id": str(row.public_id), "name": row.name, "kind": row.kind, "size": row.size}


def get_file(
    conversation: Conversation, public_id: str | uuid.UUID, *, for_customer: bool = False
) -> Attachment:
    """A file of a conversation, with its content.

    Args:
        for_customer: only what was sent in a message; what hangs on a note does not exist for her.

    Raises:
        NoSuchFile
    """
    tenant_id = conversation.tenant_id
    with tenant_scope(tenant_id):
        of = {"tenant_id": tenant_id, "conversation_id": conversation.pk}
        row = Attachment.objects.filter(**of, public_id=public_id).first()
        if row is None or (for_customer and not _is_said(of, row.seq)):
            raise NoSuchFile
    return row


def _is_said(of: dict[str, int], seq: int | None) -> bool:
    return seq is not None and Event.objects.filter(**of, seq=seq, type=EventType.MESSAGE).exists()
