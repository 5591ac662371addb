"""A customer comes in by the chat door: who she is, which conversation she goes on with, and what she missed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from conversations import aftercare, journal, queries, services, turns
from conversations.frames import Hello
from conversations.journal import LogEvent, NoSuchConversation
from conversations.models import Conversation, Customer, Owner
from core.actors import Actor
from core.errors import Invalid
from core.scope import tenant_scope
from tenants import identity
from tenants.identity import SignedIdentity, Visitor

CATCH_UP = 200


class FutureCursor(Invalid):
    code = "future_cursor"
    default_message = "'after' lies beyond the log. Say hello again with after=0."


@dataclass(frozen=True, slots=True)
class Visit:
    """A socket's place: whose it is and where in the log it stands."""

    tenant_id: int
    conversation_id: int
    conversation: str
    customer: Actor
    last_seq: int
    owner: str
    release: int
    disclosure: str
    greeting: str
    token: str
    answering: bool
    language: str = ""
    csat: dict[str, int] | None = None


def welcome(*, tenant_id: int, hello: Hello, now: dt.datetime) -> Visit:
    """Finds or makes the customer and the conversation of a hello.

    Raises:
        tenants.identity.BadToken, ExpiredToken
        conversations.journal.NoSuchConversation: not there, another customer's or another tenant's.
        FutureCursor
    """
    known = identity.read_token(tenant_id, hello.token, now=now) if hello.token else None
    with tenant_scope(tenant_id):
        customer = _customer(tenant_id, known)
        conversation = _conversation(tenant_id, customer, hello.conversation)
        if hello.after > conversation.last_seq:
            raise FutureCursor
        release, _ = turns.release_of(conversation.release_id)
        answering = queries.run_in_flight(tenant_id, conversation.pk) is not None
        is_over = conversation.owner == Owner.CLOSED
        csat = aftercare.due(tenant_id, conversation.pk, now) if is_over else None
    anonymous = not isinstance(known, SignedIdentity)
    token = identity.sign_visitor(tenant_id, str(customer.public_id), now=now) if anonymous else ""
    return Visit(
        tenant_id=tenant_id,
        conversation_id=conversation.pk,
        conversation=str(conversation.public_id),
        customer=services.customer_actor(customer),
        last_seq=conversation.last_seq,
        owner=conversation.owner,
        release=release.number,
        disclosure=release.disclosure,
        greeting=release.greeting,
        token=token,
        answering=answering,
        language=conversation.language,
        csat=csat,
    )


def missed(tenant_id: int, conversation_id: int, *, after: int) -> list[LogEvent]:
    """The log after a cursor, a page at a time."""
    with tenant_scope(tenant_id):
        return journal.read(conversation_id, after=after, limit=CATCH_UP)


def _customer(tenant_id: int, known: SignedIdentity | Visitor | None) -> Customer:
    if isinstance(known, Visitor):
        found = queries.customer_by_public_id(tenant_id, known.customer)
        if found is not None:
            return found
        known = None
    return services.find_or_make_customer(tenant_id=tenant_id, identity=known)


def _conversation(tenant_id: int, customer: Customer, wanted: str) -> Conversation:
    if wanted:
        found = queries.get_conversation(tenant_id, wanted)
        if found.customer_id != customer.pk:
            raise NoSuchConversation
        return found
    newest = queries.newest_conversation(tenant_id, customer.pk)
    return newest or services.open_conversation(
        tenant_id=tenant_id, customer=customer, actor=services.customer_actor(customer)
    )
