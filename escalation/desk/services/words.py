"""What a person says: to the customer, to colleagues, to whoever has the conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations import journal, passing
from conversations.files import services as files
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import Conversation, EventType, Owner
from conversations.services import BadText, ConversationClosed, NotYours, clean_text
from core.scope import tenant_scope
from escalation.desk.errors import LeadsOnly
from escalation.desk.posts import Post
from escalation.desk.services.hands import taken
from escalation.desk.services.marks import forget_draft, read_upto
from escalation.models import Participant

MOST_CLIENT_ID = 40


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be said.

    Args:
        files: ids of attachments that were put up for this conversation and not sent yet.
        client_id: names it: said again, it is the same.
    """

    text: str = ""
    files: Sequence[str] = ()
    client_id: str = ""


def reply(*, post: Post, talk: Conversation, saying: Saying, now: dt.datetime) -> list[LogEvent]:
    """Answers the customer, as who has the conversation or takes part in it.

    Raises:
        BadText: neither text nor files, or too much. NotYours: says who has it. ConversationClosed
        conversations.files.queries.NoSuchFile
    """
    with tenant_scope(post.tenant_id):
        head = journal.lock(talk.pk)
        if known := _sent_already(head, post, saying):
            return [known]
        _demand_say(head, post)
        entry = _entry(EventType.MESSAGE, head, post, saying)
        fact = Fact(post.actor, "conversation.replied")
        posted = passing.post(head, [entry], [fact], now=now, answered_seq=head.customer_seq)
        _kept(head, post, posted, saying)
    return posted


def note(*, post: Post, talk: Conversation, saying: Saying, now: dt.datetime) -> list[LogEvent]:
    """Writes a private note, which the customer never sees; in a closed conversation too.

    Raises:
        BadText, conversations.files.queries.NoSuchFile
    """
    return _note(post, talk, saying, {}, now)


def whisper(*, post: Post, talk: Conversation, saying: Saying, now: dt.datetime) -> list[LogEvent]:
    """Writes a private word of who leads to who has the conversation.

    Raises:
        LeadsOnly, BadText, conversations.files.queries.NoSuchFile
    """
    if not post.is_lead:
        raise LeadsOnly
    return _note(post, talk, saying, {"whisper": True}, now)


def _note(
    post: Post, talk: Conversation, saying: Saying, marked: dict[str, Any], now: dt.datetime
) -> list[LogEvent]:
    with tenant_scope(post.tenant_id):
        head = journal.lock(talk.pk)
        if known := _sent_already(head, post, saying):
            return [known]
        entry = _entry(EventType.NOTE, head, post, saying, marked)
        action = "conversation.whispered" if marked else "conversation.noted"
        posted = passing.post(head, [entry], [Fact(post.actor, action)], now=now)
        _kept(head, post, posted, saying)
    return posted


def _entry(
    kind: str, head: Head, post: Post, saying: Saying, marked: Mapping[str, Any] | None = None
) -> Entry:
    text = "" if saying.files and not saying.text.strip() else clean_text(saying.text)
    data = dict(marked or {})
    if saying.files:
        data["attachments"] = files.bind(head, saying.files, post.actor)
    return Entry(kind, post.actor, text, data, _key(post, saying))


def _demand_say(head: Head, post: Post) -> None:
    if head.owner == Owner.CLOSED:
        raise ConversationClosed("This conversation is closed. Reopen it to answer.")
    if head.owner != Owner.AGENT:
        raise NotYours
    if head.agent_id == post.user.pk:
        return
    takes_part = Participant.objects.filter(
        tenant_id=head.tenant_id, conversation_id=head.id, member_id=post.member_id, left_at=None
    )
    if not takes_part.exists():
        raise taken(NotYours, head, "Join it to answer as well.")


def _key(post: Post, saying: Saying) -> str | None:
    if len(saying.client_id) > MOST_CLIENT_ID:
        raise BadText(f"A client id has at most {MOST_CLIENT_ID} characters.")
    return f"desk:{post.member_id}:{saying.client_id}" if saying.client_id else None


def _sent_already(head: Head, post: Post, saying: Saying) -> LogEvent | None:
    key = _key(post, saying)
    return journal.by_client_id(head.id, key) if key else None


def _kept(head: Head, post: Post, posted: Sequence[LogEvent], saying: Saying) -> None:
    """What was a draft is said, and who says something has read up to there."""
    forget_draft(post, head.id)
    read_upto(post, head.id, posted[-1].seq)
