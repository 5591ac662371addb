"""Reads about tickets."""

from __future__ import annotations

from core.errors import NotFound
from core.scope import tenant_scope
from escalation.models import Ticket, TicketStatus


class NoSuchTicket(NotFound):
    code = "no_such_ticket"
    default_message = "There is no such ticket. Check its number."


def get_ticket(tenant_id: int, number: int) -> Ticket:
    """The tenant's ticket of this number.

    Raises:
        NoSuchTicket: unknown, or another tenant's.
    """
    with tenant_scope(tenant_id):
        ticket = Ticket.objects.filter(tenant_id=tenant_id, number=number).first()
    if ticket is None:
        raise NoSuchTicket
    return ticket


def tickets(tenant_id: int, *, limit: int = 50, before: int | None = None) -> list[Ticket]:
    """Tickets, the newest first, of a number below `before`."""
    with tenant_scope(tenant_id):
        rows = Ticket.objects.filter(tenant_id=tenant_id).select_related("conversation", "customer")
        if before is not None:
            rows = rows.filter(number__lt=before)
        return list(rows.order_by("-number")[:limit])


def open_tickets_of(tenant_id: int, customer_id: int) -> list[str]:
    """What a customer's open tickets are called, the oldest first; at most 20."""
    with tenant_scope(tenant_id):
        rows = Ticket.objects.filter(tenant_id=tenant_id, customer_id=customer_id, status=TicketStatus.OPEN)
        return [ticket.reference for ticket in rows.order_by("number")[:20]]
