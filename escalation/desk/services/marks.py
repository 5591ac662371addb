"""What people put on a conversation: tags, an urgency, their part in it, drafts, how far they have read, tickets."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial

from django.db import transaction

from audit.services import record
from conversations.models import Conversation
from core.scope import tenant_scope
from escalation.desk import hints
from escalation.desk.errors import NoSuchTag
from escalation.desk.posts import Post
from escalation.models import DeskDraft, DeskRead, Participant, Tag, Tagging, Ticket
from escalation.services import TicketDraft, open_ticket
from tenants.models import Member

MOST_DRAFT = 8000


def tag(*, post: Post, talk: Conversation, name: str) -> bool:
    """Puts a tag on; whether it was not there before.

    Raises:
        NoSuchTag
    """
    with tenant_scope(post.tenant_id):
        found = _tag(post.tenant_id, name)
        _, made = Tagging.objects.get_or_create(
            tenant_id=post.tenant_id, conversation_id=talk.pk, tag_id=found.pk
        )
        if made:
            _done(post, talk, "conversation.tagged", {"tag": found.name})
    return made


def untag(*, post: Post, talk: Conversation, name: str) -> bool:
    """Takes a tag off; whether it was there.

    Raises:
        NoSuchTag
    """
    with tenant_scope(post.tenant_id):
        found = _tag(post.tenant_id, name)
        rows = Tagging.objects.filter(tenant_id=post.tenant_id, conversation_id=talk.pk, tag_id=found.pk)
        gone = bool(rows.delete()[0])
        if gone:
            _done(post, talk, "conversation.untagged", {"tag": found.name})
    return gone


def join(*, post: Post, talk: Conversation, now: dt.datetime) -> None:
    """Takes part in a conversation that another owns: reads along, writes notes, and may answer."""
    _take_part(post, talk, post.member_id, "conversation.joined", now)


def invite(*, post: Post, talk: Conversation, member: Member, now: dt.datetime) -> None:
    """Has a colleague take part, who then sees the conversation whatever her teams are."""
    _take_part(post, talk, member.pk, "conversation.invited", now, invited=str(member.user.public_id))


def leave(*, post: Post, talk: Conversation, now: dt.datetime) -> None:
    """Takes part no longer."""
    with tenant_scope(post.tenant_id):
        rows = Participant.objects.filter(
            tenant_id=post.tenant_id, conversation_id=talk.pk, member_id=post.member_id, left_at=None
        )
        if rows.update(left_at=now):
            _done(post, talk, "conversation.left")


def _take_part(
    post: Post, talk: Conversation, member_id: int, action: str, now: dt.datetime, **facts: str
) -> None:
    with tenant_scope(post.tenant_id):
        row, made = Participant.objects.get_or_create(
            tenant_id=post.tenant_id, conversation_id=talk.pk, member_id=member_id,
            defaults={"joined_at": now},
        )  # fmt: skip
        if not made and row.left_at is None:
            return
        Participant.objects.filter(pk=row.pk).update(joined_at=now, left_at=None)
        _done(post, talk, action, facts)
        transaction.on_commit(partial(hints.called, post.tenant_id, member_id))


def keep_draft(*, post: Post, talk: Conversation, text: str, is_note: bool, now: dt.datetime) -> None:
    """Keeps what a member was writing; nothing: forgets it."""
    kept = text.replace("\x00", "")[:MOST_DRAFT]
    with tenant_scope(post.tenant_id):
        if not kept.strip():
            forget_draft(post, talk.pk)
            return
        DeskDraft.objects.update_or_create(
            tenant_id=post.tenant_id,
            conversation_id=talk.pk,
            member_id=post.member_id,
            defaults={"text": kept, "is_note": is_note, "updated_at": now},
        )


def forget_draft(post: Post, conversation_id: int) -> None:
    """Within the tenant's scope."""
    DeskDraft.objects.filter(
        tenant_id=post.tenant_id, conversation_id=conversation_id, member_id=post.member_id
    ).delete()


def mark_read(*, post: Post, talk: Conversation, seq: int) -> None:
    """Notes how far a member has read; never backwards, never past the log."""
    with tenant_scope(post.tenant_id):
        read_upto(post, talk.pk, min(max(seq, 0), talk.last_seq))


def read_upto(post: Post, conversation_id: int, seq: int) -> None:
    """Within the tenant's scope."""
    row, made = DeskRead.objects.get_or_create(
        tenant_id=post.tenant_id, conversation_id=conversation_id, member_id=post.member_id,
        defaults={"seq": seq},
    )  # fmt: skip
    if not made and row.seq < seq:
        DeskRead.objects.filter(pk=row.pk, seq__lt=seq).update(seq=seq)


def open_ticket_for(*, post: Post, talk: Conversation, draft: TicketDraft, key: str = "") -> Ticket:
    """Writes a ticket for the conversation's customer."""
    named = f"desk:{post.member_id}:{key or uuid.uuid4()}"[:120]
    with tenant_scope(post.tenant_id):
        ticket = open_ticket(
            tenant_id=post.tenant_id, conversation_id=talk.pk, draft=draft, key=named, actor=post.actor
        )
        transaction.on_commit(partial(hints.changed, post.tenant_id, talk.pk))
    return ticket


def _tag(tenant_id: int, name: str) -> Tag:
    found = Tag.objects.filter(tenant_id=tenant_id, name=name.strip().lower()[:40]).first()
    if found is None:
        raise NoSuchTag
    return found


def _done(post: Post, talk: Conversation, action: str, facts: dict[str, str] | None = None) -> None:
    """The audit line, and a hint to the desks, after commit."""
    target = f"conversation:{talk.public_id}"
    record(actor=post.actor, action=action, target=target, data=dict(facts or {}))
    transaction.on_commit(partial(hints.changed, post.tenant_id, talk.pk))
