"""The console's pages about people: tickets, when to hand over."""

from escalation.admin import handing_over, tickets

__all__ = ["handing_over", "tickets"]
