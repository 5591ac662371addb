"""What a customer takes of an offer: a ticket that is answered by mail, or the assistant.

Invariant: a choice counts once: with the hand-off a ticket, or ended, there is nothing left to choose.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from conversations import events, journal
from conversations import services as conversations
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import EventType, Owner
from conversations.promises import CHOICES, Choice, NoOffer
from core import sql
from core.actors import Actor, system
from core.errors import Invalid
from core.scope import require_tenant_id, tenant_scope
from engine.guardrails.languages.phrases import phrase
from escalation.models import HandoffStatus, Priority
from escalation.queueing import rows
from escalation.queueing.promises import last_of
from escalation.services import TicketDraft, open_ticket

_CHOOSABLE = {HandoffStatus.WAITING, HandoffStatus.OFFERED, HandoffStatus.OUTSIDE}
_PRIORITIES = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
_ABOUT = (
    "SELECT note, reason, packet ->> 'goal', urgency, public_id FROM escalation_handoff "
    "WHERE tenant_id = %s AND id = %s"
)
_EMAIL_OF = "SELECT email FROM conversations_customer WHERE tenant_id = %s AND id = %s"
_KEEP_EMAIL = (
    "UPDATE conversations_customer SET email = %s, identity = CASE identity WHEN 'anonymous' THEN 'claimed' "
    "ELSE identity END WHERE tenant_id = %s AND id = %s AND email = ''"
)


class BadChoice(Invalid):
    code = "bad_choice"
    default_message = f"'choice' is one of {', '.join(CHOICES)}."


class EmailNeeded(Invalid):
    code = "email_needed"
    default_message = "A ticket needs an e-mail address to which we can answer."


def choose(
    tenant_id: int, conversation_id: int, choice: Choice, actor: Actor, now: dt.datetime
) -> list[LogEvent]:
    """What `conversations.promises` calls.

    Raises:
        BadChoice, EmailNeeded, conversations.promises.NoOffer
    """
    if choice.choice not in CHOICES:
        raise BadChoice
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        found = last_of(head) if head.owner in {Owner.AI, Owner.QUEUE} else None
        if found is None or found[2] not in _CHOOSABLE:
            raise NoOffer
        if choice.choice == "ticket":
            return _ticket(head, found[0], choice.email, actor, now)
        said = phrase("assistant_goes_on", head.language)
        return _settle(
            head,
            found[0],
            HandoffStatus.LEFT,
            said,
            Fact(actor, "handoff.chose", {"choice": "assistant"}),
            now,
        )


def _ticket(head: Head, handoff_id: int, given: str, actor: Actor, now: dt.datetime) -> list[LogEvent]:
    address = _address(head, given.strip())
    about = sql.row(_ABOUT, [require_tenant_id(), handoff_id])
    if about is None:
        raise NoOffer
    note, reason, goal, urgency, public_id = about
    asked = _last_words(head)
    subject = " ".join((goal or note or asked or f"A person was wanted: {reason}").split())[:200]
    body = "\n\n".join(part for part in (note, asked, f"Answer to: {address}") if part)
    draft = TicketDraft(subject, body, _PRIORITIES[urgency])
    ticket = open_ticket(
        tenant_id=head.tenant_id, conversation_id=head.id, draft=draft, key=f"offer:{public_id}", actor=actor
    )
    said = phrase("ticket_promised", head.language, ticket=ticket.reference, address=address)
    fact = Fact(actor, "handoff.chose", {"choice": "ticket", "ticket": ticket.reference})
    return _settle(head, handoff_id, HandoffStatus.TICKET, said, fact, now)


def _address(head: Head, given: str) -> str:
    """Where to answer; an address of her own is kept if she had none."""
    if given:
        try:
            validate_email(given)
        except ValidationError as error:
            raise EmailNeeded from error
        sql.run(_KEEP_EMAIL, [given, head.tenant_id, head.customer_id])
        return given
    known = sql.row(_EMAIL_OF, [head.tenant_id, head.customer_id])
    if known is None or not known[0]:
        raise EmailNeeded
    return str(known[0])


def _last_words(head: Head) -> str:
    said = [one.text for one in journal.said(head.id, limit=12) if one.author_kind == "customer"]
    return "\n".join(said[-3:])[:2000]


def _settle(
    head: Head, handoff_id: int, status: str, said: str, fact: Fact, now: dt.datetime
) -> list[LogEvent]:
    """Ends the hand-off; who still waited is the assistant's again."""
    author = system("queue")
    if head.owner == Owner.QUEUE:
        entry = Entry(EventType.NOTICE, author, said, {"owner": Owner.AI, "handoff": status})
        return conversations.hand_on(head, [entry], fact, owner=Owner.AI, now=now)
    rows.change(handoff_id, status=status, ended_at=now)
    posted = journal.append(head, [Entry(EventType.NOTICE, author, said)], facts=[fact], now=now)
    transaction.on_commit(partial(events.publish, head.tenant_id, head.id, posted))
    return posted
