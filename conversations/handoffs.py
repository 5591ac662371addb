"""The event that passes a conversation to a person, whoever decides it."""

from __future__ import annotations

from conversations.journal import Entry
from conversations.models import EventType, Owner
from core.actors import Actor


def handoff_entry(actor: Actor, reason: str, note: str) -> Entry:
    """The event that tells everybody that a person is awaited."""
    text = "You asked for a person." if reason == "asked" else "This needs a person of our team."
    return Entry(
        EventType.HANDOFF,
        actor,
        f"{text} Your conversation is in the queue; whoever takes it can read everything above.",
        {"reason": reason, "note": note, "owner": Owner.QUEUE},
    )
