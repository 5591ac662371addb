"""Teams and who is there, hand-offs and their queue, what the desk keeps, what is asked after a chat, tickets."""

from escalation.models.after import Aftercare, Rating, Suggestion, SuggestionStatus, Transcript
from escalation.models.desk import (
    CannedReply,
    DeskDraft,
    DeskRead,
    Disposition,
    Macro,
    Participant,
    SearchEntry,
    Tag,
    Tagging,
    View,
)
from escalation.models.figures import Figure, FigureDay, FigureMark
from escalation.models.queue import Handoff, HandoffStatus, Urgency
from escalation.models.teams import Agent, Delivery, DeskLine, Presence, Routing, Seat, Team
from escalation.models.tickets import Priority, Ticket, TicketStatus

__all__ = [
    "Aftercare",
    "Agent",
    "CannedReply",
    "Delivery",
    "DeskDraft",
    "DeskLine",
    "DeskRead",
    "Disposition",
    "Figure",
    "FigureDay",
    "FigureMark",
    "Handoff",
    "HandoffStatus",
    "Macro",
    "Participant",
    "Presence",
    "Priority",
    "Rating",
    "Routing",
    "SearchEntry",
    "Seat",
    "Suggestion",
    "SuggestionStatus",
    "Tag",
    "Tagging",
    "Team",
    "Ticket",
    "TicketStatus",
    "Transcript",
    "Urgency",
    "View",
]
