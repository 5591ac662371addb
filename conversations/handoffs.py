"""The event that passes a conversation to a person, whoever decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.journal import Entry
from conversations.models import EventType, Owner
from core.actors import Actor
from engine.guardrails.languages.phrases import phrase
from engine.matrix import Decision


def handoff_entry(
    actor: Actor, reason: str, note: str, *, language: str = "", about: Mapping[str, Any] | None = None
) -> Entry:
    """The event that tells everybody that a person is awaited.

    Args:
        language: of the customer, who reads it.
        about: more for the team: see `about_decision`.
    """
    key = "handed_over_asked" if reason == "asked" else "handed_over"
    data = {"reason": reason, "note": note, "owner": Owner.QUEUE, **(about or {})}
    return Entry(EventType.HANDOFF, actor, phrase(key, language), data)


def about_decision(decision: Decision) -> dict[str, Any]:
    """What a decision says to those who queue and take the conversation.

    `decision`, `urgency` (a name of `engine.matrix.values.URGENCIES`), and where set `team` (a name) and `skills`.
    """
    told: dict[str, Any] = {"decision": decision.plain(), "urgency": decision.urgency}
    told |= {"team": decision.team, "skills": list(decision.skills)}
    return {name: value for name, value in told.items() if value}
