"""Writes about tickets: each verb owns its transaction and leaves an audit line."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from audit.services import record
from conversations.journal import NoSuchConversation
from conversations.models import Conversation
from core.actors import Actor
from core.errors import Conflict
from core.scope import tenant_scope
from escalation.models import Priority, Ticket, TicketStatus
from tenants.models import Tenant

FIRST_NUMBER = 1001


class TicketClosedAlready(Conflict):
    code = "ticket_closed_already"
    default_message = "Somebody closed this ticket meanwhile."


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket as it is wished for."""

    subject: str
    body: str = ""
    priority: str = Priority.NORMAL


def open_ticket(
    *, tenant_id: int, conversation_id: int, draft: TicketDraft, key: str, actor: Actor
) -> Ticket:
    """Writes a ticket for the conversation's customer; the same key again gives the same ticket.

    Args:
        key: names the call that wants it.

    Raises:
        conversations.journal.NoSuchConversation: unknown, or another tenant's.
    """
    with tenant_scope(tenant_id):
        # The tenant's row gives numbers in order, and makes a doubled call wait for the first.
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        rows = Ticket.objects.filter(tenant_id=tenant_id)
        if known := rows.filter(key=key).first():
            return known
        conversation = Conversation.objects.filter(tenant_id=tenant_id, pk=conversation_id).first()
        if conversation is None:
            raise NoSuchConversation
        last = rows.aggregate(last=Max("number"))["last"] or FIRST_NUMBER - 1
        ticket = Ticket.objects.create(
            tenant_id=tenant_id,
            number=last + 1,
            key=key,
            conversation=conversation,
            customer_id=conversation.customer_id,
            subject=draft.subject,
            body=draft.body,
            priority=draft.priority,
            created_by=str(actor),
        )
        facts = {"conversation": str(conversation.public_id), "priority": ticket.priority}
        record(actor=actor, action="ticket.opened", target=f"ticket:{ticket.reference}", data=facts)
    return ticket


def close_ticket(*, tenant_id: int, ticket: Ticket, actor: Actor) -> None:
    """Closes an open ticket.

    Raises:
        TicketClosedAlready
    """
    with tenant_scope(tenant_id):
        still_open = Ticket.objects.filter(tenant_id=tenant_id, pk=ticket.pk, status=TicketStatus.OPEN)
        if not still_open.update(status=TicketStatus.CLOSED, closed_at=timezone.now()):
            raise TicketClosedAlready
        record(actor=actor, action="ticket.closed", target=f"ticket:{ticket.reference}")
