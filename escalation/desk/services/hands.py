"""Who has a conversation: taken, given back, resolved, reopened, moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from conversations import guidance, journal, passing
from conversations import services as conversations
from conversations.guidance import Scope
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import Conversation, Episode, EventType, Owner, Resolution
from conversations.services import BadText, ConversationClosed, NotYours, clean_text
from core.errors import SwitchboardError
from core.scope import tenant_scope
from engine.guardrails.languages.phrases import phrase
from escalation.desk.errors import NoSuchDisposition, NoSuchTeam, NotClosed
from escalation.desk.posts import Post
from escalation.desk.queries.things import DEFAULT_DISPOSITIONS
from escalation.models import Disposition, Participant, Team
from escalation.queueing import services as queueing
from escalation.queueing.services import Target
from tenants.models import User


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the assistant is told with a conversation; it follows it within the scope and tells nobody."""

    note: str = ""
    scope: Scope = "conversation"


def give_back(
    *, post: Post, talk: Conversation, instruction: Instruction, now: dt.datetime
) -> list[LogEvent]:
    """Gives the conversation back to the assistant; what the customer said meanwhile counts as answered.

    Raises:
        NotYours: says who has it. ConversationClosed
        BadText: the note is too long.
    """
    told = clean_note(instruction.note, guidance.MOST_TEXT)
    with tenant_scope(post.tenant_id):
        head = journal.lock(talk.pk)
        _demand_open(head)
        if head.owner == Owner.AI:
            return []
        demand_hands(head, post)
        entries: list[Entry] = []
        changes: dict[str, Any] = {
            "owner": Owner.AI,
            "agent_id": None,
            "answered_seq": head.customer_seq,
        }
        if told:
            data = {"for": "assistant", "scope": instruction.scope}
            entries.append(Entry(EventType.NOTE, post.actor, told, data))
            seq = head.last_seq + 2
            changes["guidance"] = guidance.noted(head, told, instruction.scope, by=post.name, seq=seq)
        back = phrase("assistant_back", head.language)
        entries.append(Entry(EventType.OWNER, post.actor, back, {"owner": Owner.AI}))
        fact = Fact(post.actor, "conversation.returned", {"scope": instruction.scope} if told else None)
        return passing.change_hands(head, entries, [fact], now=now, **changes)


def resolve(
    *, post: Post, talk: Conversation, disposition: str, note: str = "", now: dt.datetime
) -> list[LogEvent]:
    """Ends the episode, with what it came to.

    Raises:
        NoSuchDisposition: not one of the tenant's.
        ConversationClosed: says by whom. NotYours: says who has it.
    """
    told = clean_note(note)
    with tenant_scope(post.tenant_id):
        head = journal.lock(talk.pk)
        _demand_open(head)
        demand_hands(head, post)
        chosen = _disposition(post.tenant_id, disposition)
        Episode.objects.filter(tenant_id=post.tenant_id, conversation_id=head.id, number=head.episode).update(
            resolved_at=now,
            resolution=Resolution.ASSUMED,
            resolved_by=str(post.actor)[:120],
            disposition=chosen,
        )
        taking_part = Participant.objects.filter(tenant_id=post.tenant_id, conversation_id=head.id)
        taking_part.filter(left_at=None).update(left_at=now)
        closed = phrase("conversation_closed", head.language)
        entry = Entry(EventType.OWNER, post.actor, closed, {"owner": Owner.CLOSED})
        entries = [*_noted(post, told, {"disposition": chosen}), entry]
        fact = Fact(post.actor, "conversation.closed", {"disposition": chosen})
        changes = {"owner": Owner.CLOSED, "agent_id": None, "answered_seq": head.customer_seq}
        return passing.change_hands(head, entries, [fact], now=now, **changes)


def reopen(*, post: Post, talk: Conversation, now: dt.datetime) -> list[LogEvent]:
    """Begins the next episode of a closed conversation, which the member has at once.

    Raises:
        NotClosed
    """
    with tenant_scope(post.tenant_id):
        head = journal.lock(talk.pk)
        if head.owner != Owner.CLOSED:
            raise NotClosed
        begun = conversations.reopen(head, actor=post.actor, now=now)
        return begun + conversations.claim(
            tenant_id=post.tenant_id, conversation_id=head.id, agent=post.user, actor=post.actor, now=now
        )


def transfer(
    *, post: Post, talk: Conversation, target: Target, note: str, now: dt.datetime
) -> list[LogEvent]:
    """Moves the conversation to a team's queue or to a colleague, with a note that the customer does not see.

    Raises:
        NotYours: says who has it; who leads may move it all the same. ConversationClosed
        and what `escalation.queueing.services.transfer` raises.
    """
    told = clean_note(note, queueing.MOST_NOTE)
    with tenant_scope(post.tenant_id):
        head = journal.lock(talk.pk)
        _demand_open(head)
        demand_hands(head, post)
        return queueing.transfer(post, talk.pk, target, note=told, now=now)


def team_named(tenant_id: int, name: str) -> int:
    """An active team, by its name.

    Raises:
        NoSuchTeam
    """
    with tenant_scope(tenant_id):
        rows = Team.objects.filter(tenant_id=tenant_id, name__iexact=name.strip(), is_active=True)
        found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchTeam
    return found


def who(head: Head) -> str:
    """Who has a conversation, by name."""
    user = User.objects.filter(pk=head.agent_id).first() if head.agent_id else None
    return (user.name or user.email) if user else "Somebody else"


def taken(kind: type[SwitchboardError], head: Head, advice: str = "") -> SwitchboardError:
    """The error that says who has a conversation, in words and as `data`."""
    name = who(head)
    error = kind(f"{name} has this conversation. {advice}".strip())
    error.data = {"by": name}
    return error


def demand_hands(head: Head, post: Post) -> None:
    """Raises:
    NotYours: a colleague has it, and this member does not lead.
    """
    if head.owner == Owner.AGENT and head.agent_id != post.user.pk and not post.is_lead:
        raise taken(NotYours, head)


def clean_note(note: str, most: int = 4000) -> str:
    """A note that may be empty.

    Raises:
        BadText
    """
    if not note.strip():
        return ""
    cleaned = clean_text(note)
    if len(cleaned) > most:
        raise BadText(f"A note has at most {most} characters.")
    return cleaned


def _noted(post: Post, told: str, data: dict[str, str]) -> list[Entry]:
    return [Entry(EventType.NOTE, post.actor, told, data)] if told else []


def _demand_open(head: Head) -> None:
    if head.owner == Owner.CLOSED:
        rows = Episode.objects.filter(conversation_id=head.id, number=head.episode)
        disposition = rows.values_list("disposition", flat=True).first()
        how = f" as “{disposition}”" if disposition else ""
        raise ConversationClosed(f"This conversation is closed already{how}. Reopen it to go on.")


def _disposition(tenant_id: int, name: str) -> str:
    """The tenant's own spelling of a disposition; the default set is made on first need."""
    rows = Disposition.objects.filter(tenant_id=tenant_id)
    if not rows.exists():
        made = [
            Disposition(tenant_id=tenant_id, name=one, position=place)
            for place, one in enumerate(DEFAULT_DISPOSITIONS)
        ]
        Disposition.objects.bulk_create(made, ignore_conflicts=True)
    found = rows.filter(is_active=True, name__iexact=name.strip()).first()
    if found is None:
        raise NoSuchDisposition
    return found.name
