"""The event that passes a conversation to a person, whoever decides it."""

from __future__ import annotations

from conversations.journal import Entry
from conversations.models import EventType, Owner
from core.actors import Actor
from engine.guardrails.languages.phrases import phrase


def handoff_entry(actor: Actor, reason: str, note: str, *, language: str = "") -> Entry:
    """The event that tells everybody that a person is awaited.

    Args:
        language: of the customer, who reads it.
    """
    key = "handed_over_asked" if reason == "asked" else "handed_over"
    data = {"reason": reason, "note": note, "owner": Owner.QUEUE}
    return Entry(EventType.HANDOFF, actor, phrase(key, language), data)
