"""Reads what comes after a chat: what a tenant wishes, what was rated, what is to be asked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from conversations.models import Conversation, Episode, EventType, Owner, Resolution
from conversations.models import Event as LogRow
from core.scope import tenant_scope
from escalation.models import Aftercare, Rating

ASKED_WITHIN = dt.timedelta(days=7)
WHYS = ("not_asked", "not_true", "unclear", "too_little", "other")
"""The reasons of a thumb down that the widget offers; `why` in an event begins with one of them."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a tenant wishes for after a chat: hours and minutes of silence, and what is offered."""

    idle_hours: int = 24
    patience_minutes: int = 60
    asks_rating: bool = True
    sends_transcripts: bool = True


def wishes_of(tenant_id: int) -> Wishes:
    """A tenant's wishes, or what holds without any."""
    with tenant_scope(tenant_id):
        row = Aftercare.objects.filter(tenant_id=tenant_id).first()
    if row is None:
        return Wishes()
    return Wishes(row.idle_hours, row.patience_minutes, row.asks_rating, row.sends_transcripts)


def due(tenant_id: int, conversation_id: int, now: dt.datetime) -> int | None:
    """The episode about which the customer is to be asked: ended just now, answered, not rated."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(tenant_id=tenant_id, pk=conversation_id, owner=Owner.CLOSED)
        number = rows.values_list("episode", flat=True).first()
        if number is None:
            return None
        of = {"tenant_id": tenant_id, "conversation_id": conversation_id}
        episode = Episode.objects.filter(
            **of, number=number, resolved_at__gt=now - ASKED_WITHIN, first_answer_at__isnull=False
        ).first()
        if episode is None or episode.resolution == Resolution.ABANDONED:
            return None
        if Rating.objects.filter(**of, episode=number).exists() or not wishes_of(tenant_id).asks_rating:
            return None
    return number


def ratings_of(tenant_id: int, conversations: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The newest rating of each of these conversations, by public id."""
    with tenant_scope(tenant_id):
        rows = Rating.objects.filter(tenant_id=tenant_id, conversation__public_id__in=list(conversations))
        found = rows.select_related("conversation").order_by("episode")
        return {row.conversation.public_id: rating_card(row) for row in found}


def rating_card(row: Rating) -> dict[str, Any]:
    """A rating as programs read it."""
    at = row.created_at
    return {"episode": row.episode, "score": row.score, "comment": row.comment, "created_at": at}


def thumbs(tenant_id: int, since: dt.datetime, until: dt.datetime) -> dict[str, Any]:
    """How often answers were found helpful and not, and why not, by the reasons that are offered."""
    with tenant_scope(tenant_id):
        rows = LogRow.objects.filter(
            tenant_id=tenant_id, type=EventType.FEEDBACK, created_at__gte=since, created_at__lt=until
        )
        said = list(rows.filter(data__has_key="value").values_list("conversation_id", "data"))
    last = {(talk, data["seq"]): data for talk, data in said}
    counted, reasons = {"up": 0, "down": 0}, dict.fromkeys(WHYS, 0)
    for data in last.values():
        counted[data["value"]] += 1
        if data["value"] == "down" and data.get("reason"):
            reasons[why_of(data["reason"])] += 1
    return {**counted, "reasons": reasons}


def why_of(reason: str) -> str:
    """Which of the offered reasons a reason is: it begins with it, or is one in her own words."""
    code = reason.partition(":")[0].strip()
    return code if code in WHYS else "other"
