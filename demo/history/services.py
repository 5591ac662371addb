"""Puts rows of the past where they belong in time, for services that take their own clock.

Invariant: only rows of the story at hand are moved, in its tenant's scope, and never those of the ledger, which nobody
can change: it says, truly, when the past was told.
"""

from __future__ import annotations

import datetime as dt

from conversations import episodes
from conversations.models import Conversation, Customer, Episode, Identity
from core.scope import require_tenant_id
from escalation.models import DeskLine, Handoff, Tagging, Ticket
from escalation.queueing import presence
from escalation.services import close_ticket

LINE = "demo:"


def begin_at(conversation: Conversation, at: dt.datetime) -> None:
    """Moves the beginning of a conversation, of its episode, and of a customer who was never here before."""
    of = {"tenant_id": conversation.tenant_id}
    rows = Conversation.objects.filter(**of, pk=conversation.pk)
    rows.update(created_at=at, updated_at=at)
    customers = Customer.objects.filter(**of, pk=conversation.customer_id)
    customers.filter(created_at__gt=at).update(created_at=at)
    is_known = customers.exclude(identity=Identity.ANONYMOUS).exists()
    before = episodes.repeat_of(conversation.customer_id, now=at) if is_known else None
    Episode.objects.filter(**of, conversation_id=conversation.pk).update(opened_at=at, repeat_of=before)


def tagged_at(conversation_id: int, at: dt.datetime) -> None:
    """Moves the tags of a conversation."""
    Tagging.objects.filter(
        tenant_id=require_tenant_id(), conversation_id=conversation_id, created_at__gt=at
    ).update(created_at=at)


def ticket_at(conversation_id: int, at: dt.datetime) -> None:
    """Moves the tickets of a conversation, and closes those that a team would have done by now."""
    rows = Ticket.objects.filter(tenant_id=require_tenant_id(), conversation_id=conversation_id)
    rows.filter(created_at__gt=at).update(created_at=at)


def close_tickets(conversation_id: int, actor: object, at: dt.datetime) -> None:
    """Closes the tickets of a conversation at a moment."""
    for ticket in Ticket.objects.filter(tenant_id=require_tenant_id(), conversation_id=conversation_id):
        close_ticket(tenant_id=ticket.tenant_id, ticket=ticket, actor=actor)  # type: ignore[arg-type]
        Ticket.objects.filter(pk=ticket.pk).update(closed_at=at)


def waits_until(conversation_id: int, until: dt.datetime) -> None:
    """Lets a customer whom nobody plays stay in the queue for a while: her window counts as open."""
    rows = Handoff.objects.filter(tenant_id=require_tenant_id(), conversation_id=conversation_id)
    rows.update(seen_at=until)


def open_desks(member_ids: dict[str, int], until: dt.datetime) -> None:
    """Lets these members be at their desks up to a moment."""
    for name, member_id in member_ids.items():
        presence.arrive(tenant_id=require_tenant_id(), member_id=member_id, line=f"{LINE}{name}", now=until)


def close_desks(names: list[str]) -> None:
    """Takes desks away again as if they had never been open."""
    lines = [f"{LINE}{name}" for name in names]
    DeskLine.objects.filter(tenant_id=require_tenant_id(), line__in=lines).delete()
