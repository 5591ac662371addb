"""The one door for a customer's message, whichever way it came.

Invariant: a message is accepted once per client id, whatever is retried; what is acknowledged is committed; and
the same transaction begins the run that answers it, so no accepted message waits for nobody.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from django.db import IntegrityError

from conversations import episodes, journal, money, runs, services
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import EventType, Owner
from conversations.turns import Job
from core import sql
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.scope import tenant_scope

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class BadClientId(Invalid):
    code = "bad_client_id"
    default_message = "client_id is 1 to 64 letters, digits, dashes and underscores, new for each message."


class ClientIdReused(Conflict):
    code = "client_id_reused"
    default_message = "This client_id was used for another text. Send the message under a new one."


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that is in the log. `events` are new (empty for a repeat); `job` is to be answered by the caller."""

    seq: int
    duplicate: bool
    events: list[LogEvent] = field(default_factory=list)
    job: Job | None = None


def receive_message(
    *, tenant_id: int, conversation_id: int, actor: Actor, text: object, client_id: object, now: dt.datetime
) -> Accepted:
    """Takes a customer's message into the log and begins its run.

    Args:
        actor: the customer.
        text: what she wrote, 1 to 8,000 characters.
        client_id: chosen by the sender; sending it again with the same text gives the first message's `seq`.

    Raises:
        conversations.services.BadText, BadClientId, ClientIdReused, conversations.journal.NoSuchConversation
    """
    cleaned = services.clean_text(text)
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        raise BadClientId
    try:
        with tenant_scope(tenant_id):
            return _accept(journal.lock(conversation_id), actor, cleaned, client_id, now)
    except IntegrityError:
        with tenant_scope(tenant_id):
            return _repeat(conversation_id, cleaned, client_id)


def _accept(head: Head, actor: Actor, text: str, client_id: str, now: dt.datetime) -> Accepted:
    if head.owner == Owner.CLOSED:
        # A repeat of an old message must not open the conversation again.
        if journal.by_client_id(head.id, client_id) is not None:
            return _repeat(head.id, text, client_id)
        services.reopen(head, actor=actor, now=now)
    with sql.together():
        events = journal.append(
            head,
            [Entry(EventType.MESSAGE, actor, text, client_id=client_id)],
            facts=[Fact(actor, "conversation.message", {"seq": head.last_seq + 1})],
            now=now,
            customer_seq=head.last_seq + 1,
        )
        begun = runs.begin(head, now=now)
    episodes.heard(head, events[-1])
    job = money.hold_first(begun, now=now)
    return Accepted(events[-1].seq, duplicate=False, events=events, job=job)


def _repeat(conversation_id: int, text: str, client_id: str) -> Accepted:
    known = journal.by_client_id(conversation_id, client_id)
    if known is None or known.text != text or known.author_kind != "customer":
        raise ClientIdReused
    return Accepted(known.seq, duplicate=True)
