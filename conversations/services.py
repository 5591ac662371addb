"""Writes about conversations other than the customer's message and the assistant's answer.

Each verb owns its transaction, leaves an audit line and publishes after commit. A change of hands moves
`owner_version`, so that an answer begun before it can't be posted after it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit.services import record
from conversations import episodes, journal, known, passing, promises
from conversations.handoffs import about_decision, handoff_entry
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import Conversation, Customer, Episode, EventType, Identity, Owner, Resolution
from core.actors import Actor
from core.errors import Conflict, Forbidden, Invalid
from core.scope import tenant_scope
from engine.guardrails.languages.phrases import phrase
from engine.matrix import Decision, Do, Signals
from engine.releases.queries import current
from tenants.identity import SignedIdentity
from tenants.models import User

MOST_TEXT = 8000
FEEDBACK_VALUES = frozenset({"up", "down"})


class AlreadyClaimed(Conflict):
    code = "already_claimed"
    default_message = "Somebody else has taken this conversation."


class NotYours(Forbidden):
    code = "not_your_conversation"
    default_message = "Take the conversation first: only who has it can answer the customer."


class ConversationClosed(Conflict):
    code = "conversation_closed"
    default_message = "This conversation is closed. A new message from the customer reopens it."


class BadText(Invalid):
    code = "bad_text"
    default_message = f"A message has 1 to {MOST_TEXT} characters of text."


class BadFeedback(Invalid):
    code = "bad_feedback"
    default_message = "Feedback is 'up' or 'down' on an answer of the assistant or a person."


def clean_text(text: object) -> str:
    """Text as it is stored: without NUL and surrounding space.

    Raises:
        BadText: no text, too long, or lone surrogates (which no database takes).
    """
    if not isinstance(text, str):
        raise BadText
    cleaned = text.replace("\x00", "").strip()
    if not 0 < len(cleaned) <= MOST_TEXT or any("\ud800" <= char <= "\udfff" for char in cleaned):
        raise BadText
    return cleaned


def find_or_make_customer(
    *, tenant_id: int, identity: SignedIdentity | None, actor: Actor | None = None
) -> Customer:
    """The customer of a signed identity (made on first sight, name and address kept current), or a new visitor."""
    with tenant_scope(tenant_id):
        if identity is None:
            customer, created = Customer.objects.create(tenant_id=tenant_id, public_id=uuid.uuid4()), True
        else:
            customer, created = Customer.objects.update_or_create(
                tenant_id=tenant_id,
                external_id=identity.external_id,
                defaults={"identity": Identity.SIGNED, "name": identity.name, "email": identity.email},
            )
        if created:
            who = actor or customer_actor(customer)
            record(actor=who, action="customer.created", target=f"customer:{customer.public_id}")
    return customer


@dataclass(frozen=True, slots=True)
class Claim:
    """What a tenant's server says about a customer; nobody has proved it to us."""

    external_id: str = ""
    name: str = ""
    email: str = ""

    @property
    def details(self) -> dict[str, str]:
        """Name and address, if given."""
        return {key: value for key, value in (("name", self.name), ("email", self.email)) if value}


def open_for(*, tenant_id: int, claim: Claim, actor: Actor) -> Conversation:
    """Starts a conversation for a customer as claimed: known by her external id, or new.

    Who is known to be signed keeps that name and address.

    Raises:
        engine.releases.queries.NoRelease
    """
    with tenant_scope(tenant_id):
        customer, created = _claimed(tenant_id, claim)
        if created:
            record(actor=actor, action="customer.created", target=f"customer:{customer.public_id}")
        return open_conversation(tenant_id=tenant_id, customer=customer, actor=actor)


def _claimed(tenant_id: int, claim: Claim) -> tuple[Customer, bool]:
    identity = Identity.CLAIMED if claim != Claim() else Identity.ANONYMOUS
    if not claim.external_id:
        return Customer.objects.create(tenant_id=tenant_id, identity=identity, **claim.details), True
    customer, created = Customer.objects.get_or_create(
        tenant_id=tenant_id,
        external_id=claim.external_id,
        defaults={"identity": identity, **claim.details},
    )
    if not created and claim.details and customer.identity == Identity.CLAIMED:
        Customer.objects.filter(tenant_id=tenant_id, pk=customer.pk).update(**claim.details)
        customer.refresh_from_db()
    return customer, created


def open_conversation(*, tenant_id: int, customer: Customer, actor: Actor) -> Conversation:
    """Starts a conversation on the current release, owned by the assistant.

    Raises:
        engine.releases.queries.NoRelease
    """
    with tenant_scope(tenant_id):
        release = current(tenant_id)
        conversation = Conversation.objects.create(tenant_id=tenant_id, customer=customer, release=release)
        is_known = customer.identity != Identity.ANONYMOUS
        before = episodes.repeat_of(customer.pk, now=timezone.now()) if is_known else None
        Episode.objects.create(tenant_id=tenant_id, conversation=conversation, repeat_of=before)
        record(actor=actor, action="conversation.opened", target=f"conversation:{conversation.public_id}")
    return conversation


def request_person(*, tenant_id: int, conversation_id: int, actor: Actor, now: dt.datetime) -> list[LogEvent]:
    """Queues the conversation for a person, whatever the assistant is doing. Asking again changes nothing."""
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        if head.owner in {Owner.QUEUE, Owner.AGENT}:
            return []
        reopened = reopen(head, actor=actor, now=now) if head.owner == Owner.CLOSED else []
        decision = Decision(Do.HAND_OVER, "asked", ("asked",), signals=Signals(asked=True))
        about = about_decision(decision)
        return reopened + hand_over(head, actor=actor, reason="asked", note="", now=now, about=about)


def hand_over(
    head: Head,
    *,
    actor: Actor,
    reason: str,
    note: str,
    now: dt.datetime,
    about: Mapping[str, Any] | None = None,
) -> list[LogEvent]:
    """Queues a locked conversation for a person: state and visible message in one transaction.

    Args:
        about: as `handoffs.handoff_entry` takes it.
    """
    entry = handoff_entry(actor, reason, note, language=head.language, about=about)
    fact = Fact(actor, "conversation.handed_over", {"reason": reason})
    changes: dict[str, Any] = {"owner": Owner.QUEUE, "agent_id": None, "signals": {}}
    word = promises.kept(head, [entry], [fact], changes, now)
    post = _change_hands if word.queues else _post
    return post(head, word.entries[0], word.facts[0], now=now, **word.changes)


def hand_on(
    head: Head, entries: list[Entry], fact: Fact, *, owner: str, now: dt.datetime, agent_id: int | None = None
) -> list[LogEvent]:
    """Gives a locked conversation into other hands, as an app above decides: to the queue, a person or the assistant.

    Args:
        entries: what is said of it; the last one's data tells the new `owner`.
    """
    changes: dict[str, Any] = {"owner": owner, "agent_id": agent_id}
    if owner == Owner.AI:
        changes["answered_seq"] = head.customer_seq
    return passing.change_hands(head, entries, [fact], now=now, **changes)


def claim(
    *, tenant_id: int, conversation_id: int, agent: User, actor: Actor, now: dt.datetime, team: str = ""
) -> list[LogEvent]:
    """A person takes the conversation from the queue or from the assistant, in mid-answer too.

    Args:
        team: for which she does it; the customer is told.

    Raises:
        AlreadyClaimed: another person has it.
        ConversationClosed
    """
    with tenant_scope(tenant_id):
        return claim_locked(journal.lock(conversation_id), agent=agent, actor=actor, now=now, team=team)


def claim_locked(
    head: Head, *, agent: User, actor: Actor, now: dt.datetime, team: str = ""
) -> list[LogEvent]:
    """As `claim`, of a conversation that the caller's transaction has locked; raises what it raises."""
    if head.owner == Owner.AGENT:
        if head.agent_id == agent.pk:
            return []
        raise AlreadyClaimed
    _demand_open(head)
    entry = Entry(
        EventType.OWNER,
        actor,
        f"{actor.name} joined the conversation.",
        {"owner": Owner.AGENT, "name": actor.name} | ({"of": team} if team else {}),
    )
    fact = Fact(actor, "conversation.claimed")
    return _change_hands(head, entry, fact, owner=Owner.AGENT, agent_id=agent.pk, now=now)


def reply(
    *, tenant_id: int, conversation_id: int, agent: User, actor: Actor, text: str, now: dt.datetime
) -> list[LogEvent]:
    """The person who has the conversation answers the customer.

    Raises:
        BadText, NotYours
    """
    cleaned = clean_text(text)
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        if head.owner != Owner.AGENT or head.agent_id != agent.pk:
            raise NotYours
        entry = Entry(EventType.MESSAGE, actor, cleaned)
        return _post(
            head, entry, Fact(actor, "conversation.replied"), now=now, answered_seq=head.customer_seq
        )


def return_to_assistant(
    *, tenant_id: int, conversation_id: int, agent: User, actor: Actor, now: dt.datetime
) -> list[LogEvent]:
    """The person gives the conversation back; what the customer said meanwhile counts as answered.

    Raises:
        NotYours
    """
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        _demand_open(head)
        if head.owner == Owner.AI:
            return []
        if head.owner == Owner.AGENT and head.agent_id != agent.pk:
            raise NotYours
        entry = Entry(EventType.OWNER, actor, phrase("assistant_back", head.language), {"owner": Owner.AI})
        fact = Fact(actor, "conversation.returned")
        changes = {"owner": Owner.AI, "agent_id": None, "answered_seq": head.customer_seq}
        return _change_hands(head, entry, fact, now=now, **changes)


def close(
    *, tenant_id: int, conversation_id: int, agent: User, actor: Actor, now: dt.datetime
) -> list[LogEvent]:
    """Resolves the conversation and ends its episode; closing it again changes nothing.

    Raises:
        NotYours: another person has it.
    """
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        if head.owner == Owner.CLOSED:
            return []
        if head.owner == Owner.AGENT and head.agent_id != agent.pk:
            raise NotYours
        Episode.objects.filter(tenant_id=tenant_id, conversation_id=head.id, number=head.episode).update(
            resolved_at=now, resolution=Resolution.ASSUMED, resolved_by=str(actor)[:120]
        )
        entry = Entry(
            EventType.OWNER, actor, phrase("conversation_closed", head.language), {"owner": Owner.CLOSED}
        )
        fact = Fact(actor, "conversation.closed")
        changes = {"owner": Owner.CLOSED, "agent_id": None, "answered_seq": head.customer_seq}
        return _change_hands(head, entry, fact, now=now, **changes)


def reopen(head: Head, *, actor: Actor, now: dt.datetime) -> list[LogEvent]:
    """Starts the next episode of a closed, locked conversation; the assistant owns it."""
    Episode.objects.create(
        tenant_id=head.tenant_id,
        conversation_id=head.id,
        number=head.episode + 1,
        opened_at=now,
        repeat_of=episodes.repeat_of(head.customer_id, now=now),
    )
    entry = Entry(
        EventType.OWNER,
        actor,
        phrase("conversation_goes_on", head.language),
        {"owner": Owner.AI, "episode": head.episode + 1},
    )
    fact = Fact(actor, "conversation.reopened", {"episode": head.episode + 1})
    return _change_hands(head, entry, fact, now=now, owner=Owner.AI, agent_id=None, episode=head.episode + 1)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a customer thinks of the answer at `seq`."""

    seq: int
    value: str
    reason: str = ""


def give_feedback(
    *, tenant_id: int, conversation_id: int, actor: Actor, rating: Rating, now: dt.datetime
) -> list[LogEvent]:
    """The customer rates an answer; the same rating again changes nothing, another one is added after it.

    A reason may follow once: it is added as the same rating with it.

    Raises:
        BadFeedback: no such answer, or no such value.
    """
    seq = rating.seq
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        rated = journal.read(head.id, after=seq - 1, upto=seq, limit=1) if 0 < seq <= head.last_seq else []
        if rating.value not in FEEDBACK_VALUES or not rated or rated[0].author_kind not in {"ai", "agent"}:
            raise BadFeedback
        client_id = _feedback_id(head, rating)
        if not client_id:
            return []
        data = {"seq": seq, "value": rating.value, "reason": rating.reason[:500]}
        entry = Entry(EventType.FEEDBACK, actor, "", data, client_id=client_id)
        fact = Fact(actor, "conversation.feedback", {"seq": seq, "value": rating.value})
        changes: dict[str, Any] = {}
        if rating.value == "down":
            known.forget(tenant_id, rated[0].data, actor=actor)
            changes["signals"] = head.signals | {"down": 1}
            episodes.doubt(head, actor)
        return _post(head, entry, fact, now=now, **changes)


def _feedback_id(head: Head, rating: Rating) -> str:
    """Under which client id a rating is kept; empty: it is known, and nothing is new."""
    plain = f"feedback:{rating.seq}:{rating.value}"
    before = journal.by_client_id(head.id, plain)
    if before is None:
        return plain
    with_reason = f"{plain}:why"
    if not rating.reason or before.data.get("reason"):
        return ""
    return "" if journal.by_client_id(head.id, with_reason) is not None else with_reason


def mark_read(*, tenant_id: int, conversation_id: int, seq: int) -> None:
    """Notes how far the customer has read; never backwards, never past the log."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(tenant_id=tenant_id, pk=conversation_id)
        rows.filter(read_seq__lt=seq, last_seq__gte=seq).update(read_seq=seq)


def customer_actor(customer: Customer) -> Actor:
    return Actor("customer", str(customer.public_id), customer.name)


def _demand_open(head: Head) -> None:
    if head.owner == Owner.CLOSED:
        raise ConversationClosed


def _change_hands(
    head: Head, entry: Entry, fact: Fact, *, now: dt.datetime, **changes: object
) -> list[LogEvent]:
    return passing.change_hands(head, [entry], [fact], now=now, **changes)


def _post(head: Head, entry: Entry, fact: Fact, *, now: dt.datetime, **changes: object) -> list[LogEvent]:
    return passing.post(head, [entry], [fact], now=now, **changes)
