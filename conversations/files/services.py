"""Takes files in, and binds them to the event that sends them. Each verb owns its transaction and is audited."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from audit.services import record
from conversations import journal, money, runs, services
from conversations.files.kinds import clean_name, kind_of
from conversations.files.queries import NoSuchFile, card
from conversations.intake import Accepted
from conversations.journal import Entry, Fact, Head
from conversations.models import Attachment, Conversation, EventType, Owner
from core.actors import Actor
from core.errors import Conflict, TooMany
from core.scope import tenant_scope

MOST_UNSENT = 20
MOST_OF_A_CONVERSATION = 100 * 1024 * 1024
A_DAY = dt.timedelta(days=1)
AN_HOUR = dt.timedelta(hours=1)
MOST_AN_HOUR = 30


class TooManyFiles(TooMany):
    code = "too_many_files"
    default_message = "Too many files at once. Send those you have put up, or wait a little."


class NoRoomForFiles(Conflict):
    code = "no_room_for_files"
    default_message = "This conversation holds as much as it can. Send the file another way."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


def put_up(
    *, tenant_id: int, conversation: Conversation, upload: Upload, actor: Actor, now: dt.datetime
) -> Attachment:
    """Keeps a file for a conversation. Nobody sees it until it is sent with a message or a note.

    Raises:
        conversations.files.kinds.FileEmpty, FileTooLarge, FileKindRefused
        TooManyFiles, NoRoomForFiles
    """
    kind = kind_of(upload.content, upload.name)
    name = clean_name(upload.name, kind)
    with tenant_scope(tenant_id):
        journal.lock(conversation.pk)
        _demand_room(tenant_id, conversation.pk, actor, len(upload.content), now)
        row = Attachment.objects.create(
            tenant_id=tenant_id,
            conversation_id=conversation.pk,
            author_kind=_kind(actor),
            author_id=actor.id[:64],
            name=name,
            kind=kind,
            size=len(upload.content),
            digest=hashlib.sha256(upload.content).hexdigest(),
            content=upload.content,
            created_at=now,
        )
        facts = {"file": str(row.public_id), "kind": kind, "size": row.size, "sha256": row.digest}
        target = f"conversation:{conversation.public_id}"
        record(actor=actor, action="conversation.file_added", target=target, data=facts)
    return row


def bind(head: Head, files: Sequence[str], actor: Actor) -> list[dict[str, Any]]:
    """Binds files that were put up to the next event of a locked conversation; what its data says of them.

    Raises:
        NoSuchFile: unknown, sent already, another's or another conversation's.
    """
    found = []
    for wanted in dict.fromkeys(files):
        rows = Attachment.objects.filter(
            tenant_id=head.tenant_id,
            conversation_id=head.id,
            public_id=_uuid(wanted),
            seq=None,
            author_kind=_kind(actor),
            author_id=actor.id[:64],
        )
        if not rows.update(seq=head.last_seq + 1):
            raise NoSuchFile
        row = Attachment.objects.defer("content").get(
            tenant_id=head.tenant_id, conversation_id=head.id, public_id=wanted
        )
        found.append(card(row))
    return found


def send_of_customer(
    *, tenant_id: int, conversation: Conversation, upload: Upload, actor: Actor, now: dt.datetime
) -> Accepted:
    """A customer's file as a message of hers, which names it; the assistant answers it as any other.

    Raises:
        as `put_up`
    """
    with tenant_scope(tenant_id):
        row = put_up(tenant_id=tenant_id, conversation=conversation, upload=upload, actor=actor, now=now)
        head = journal.lock(conversation.pk)
        if head.owner == Owner.CLOSED:
            services.reopen(head, actor=actor, now=now)
        told = {"attachments": bind(head, [str(row.public_id)], actor)}
        events = journal.append(
            head,
            [Entry(EventType.MESSAGE, actor, f"[{row.name}]", told)],
            facts=[Fact(actor, "conversation.message", {"seq": head.last_seq + 1})],
            now=now,
            customer_seq=head.last_seq + 1,
        )
        begun = runs.begin(head, now=now)
    return Accepted(events[-1].seq, duplicate=False, events=events, job=money.hold_first(begun, now=now))


def _demand_room(tenant_id: int, conversation_id: int, actor: Actor, size: int, now: dt.datetime) -> None:
    rows = Attachment.objects.filter(tenant_id=tenant_id, conversation_id=conversation_id)
    rows.filter(seq=None, created_at__lt=now - A_DAY).delete()
    hers = rows.filter(author_kind=_kind(actor), author_id=actor.id[:64])
    recent = hers.filter(created_at__gt=now - AN_HOUR).count()
    if recent >= MOST_AN_HOUR or hers.filter(seq=None).count() >= MOST_UNSENT:
        raise TooManyFiles(retry_after=60)
    if (rows.aggregate(all=Sum("size"))["all"] or 0) + size > MOST_OF_A_CONVERSATION:
        raise NoRoomForFiles


def _kind(actor: Actor) -> str:
    return "customer" if actor.kind == "customer" else "agent"


def _uuid(wanted: str) -> uuid.UUID:
    try:
        return uuid.UUID(wanted)
    except ValueError as error:
        raise NoSuchFile from error
