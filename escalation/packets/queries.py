"""Reads what a packet is made from, within the tenant's scope."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from conversations import guards, journal, profile, turns
from conversations.models import Approval, ApprovalStatus, Conversation, Step
from core import sql
from core.errors import NotFound
from core.scope import tenant_scope
from escalation.models import Handoff, Suggestion
from escalation.packets.assembling import Done, Material, Spoken
from escalation.packets.values import Similar

MOST_MESSAGES = 100
MOST_STEPS = 60
MOST_SIMILAR = 3
LOOKED_AT = 2000
_MESSAGES = (
    "SELECT seq, author_kind, author_name, text FROM conversations_event WHERE tenant_id = %s AND conversation_id = %s "
    "AND type = 'message' AND seq <= %s ORDER BY seq DESC LIMIT %s"
)
# The newest solved hand-offs whose goal shares words with this one, the likest first.
_SIMILAR = (
    "WITH solved AS (SELECT h.conversation_id, h.packet->>'goal' AS goal, h.ended_at, h.episode "
    "FROM escalation_handoff h WHERE h.tenant_id = %s AND h.status = 'resolved' AND h.conversation_id <> %s "
    "AND h.packet->>'goal' <> '' ORDER BY h.id DESC LIMIT %s) "
    "SELECT c.public_id, s.goal, coalesce(e.disposition, ''), s.ended_at FROM solved s "
    "JOIN conversations_conversation c ON c.tenant_id = %s AND c.id = s.conversation_id "
    "LEFT JOIN conversations_episode e ON e.tenant_id = c.tenant_id AND e.conversation_id = c.id "
    "AND e.number = s.episode CROSS JOIN to_tsquery('simple', %s) q "
    "WHERE to_tsvector('simple', s.goal) @@ q ORDER BY ts_rank_cd(to_tsvector('simple', s.goal), q, 1) DESC LIMIT %s"
)
_WORDS = (
    "SELECT string_agg(quote_literal(lexeme), ' | ') FROM unnest(to_tsvector('simple', %s)) "
    "WHERE length(lexeme) > 3"
)


class NoSuchSuggestion(NotFound):
    code = "no_such_suggestion"
    default_message = "There is no such suggestion."


def get_suggestion(tenant_id: int, public_id: str | uuid.UUID) -> Suggestion:
    """A suggestion with its conversation.

    Raises:
        NoSuchSuggestion: unknown, malformed or another tenant's.
    """
    try:
        wanted = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(str(public_id)[:64])
    except ValueError as error:
        raise NoSuchSuggestion from error
    with tenant_scope(tenant_id):
        rows = Suggestion.objects.filter(tenant_id=tenant_id, public_id=wanted)
        row = rows.select_related("conversation").first()
    if row is None:
        raise NoSuchSuggestion
    return row


def list_suggestions(
    tenant_id: int, *, status: str = "", limit: int = 50, before: int | None = None
) -> list[Suggestion]:
    """Suggestions, the newest first, of row number below `before`; of one status, or all."""
    with tenant_scope(tenant_id):
        rows = Suggestion.objects.filter(tenant_id=tenant_id)
        rows = rows.filter(status=status) if status else rows
        rows = rows.filter(pk__lt=before) if before is not None else rows
        return list(rows.select_related("conversation").order_by("-id")[:limit])


def spoken(tenant_id: int, conversation_id: int) -> list[Spoken]:
    """The messages of a conversation, in order."""
    with tenant_scope(tenant_id):
        return _spoken(tenant_id, conversation_id, 2**31 - 1)


def open_handoff(tenant_id: int, conversation_id: int) -> Handoff | None:
    """The newest hand-off of a conversation that is not over."""
    with tenant_scope(tenant_id):
        rows = Handoff.objects.filter(
            tenant_id=tenant_id, conversation_id=conversation_id, status__in=["waiting", "offered", "taken"]
        )
        return rows.order_by("-id").first()


def material_of(handoff: Handoff) -> Material:
    """What a hand-off's packet is made from."""
    tenant_id, talk = handoff.tenant_id, handoff.conversation_id
    with tenant_scope(tenant_id):
        conversation = Conversation.objects.get(tenant_id=tenant_id, pk=talk)
        spoken = _spoken(tenant_id, talk, conversation.last_seq)
        told = profile.profile_of(tenant_id, talk)
        return Material(
            reason=handoff.reason,
            note=handoff.note,
            spoken=spoken,
            done=_done(tenant_id, talk, _opener(talk)),
            identity=str(told.pop("identity", "anonymous")),
            profile=told,
            language=conversation.language,
            moods=tuple(conversation.moods),
            waiting=_waiting(tenant_id, talk),
        )


def similar_to(tenant_id: int, conversation_id: int, goal: str) -> tuple[Similar, ...]:
    """Conversations that people solved, whose goal is like this one's, the likest first."""
    with tenant_scope(tenant_id):
        found = sql.row(_WORDS, [goal])
        if not found or not found[0]:
            return ()
        rows = sql.rows(_SIMILAR, [tenant_id, conversation_id, LOOKED_AT, tenant_id, found[0], MOST_SIMILAR])
    return tuple(
        Similar(str(one), text, disposition, at.isoformat() if at else "")
        for one, text, disposition, at in rows
    )


def _spoken(tenant_id: int, conversation_id: int, upto: int) -> list[Spoken]:
    rows = sql.rows(_MESSAGES, [tenant_id, conversation_id, upto, MOST_MESSAGES])
    return [Spoken(*row) for row in reversed(rows)]


def _opener(conversation_id: int) -> Callable[[str], str]:
    """Puts the real values in place of the placeholders that models and steps have."""
    head = journal.peek(conversation_id)
    hidden = guards.placeholders_of(head, turns.release_of(head.release_id)[0])
    return hidden.real if hidden else str


def _done(tenant_id: int, conversation_id: int, opened: Callable[[str], str]) -> list[Done]:
    rows = Step.objects.filter(
        tenant_id=tenant_id, run__conversation_id=conversation_id, kind="tool", status="done"
    )
    newest = rows.select_related("run").order_by("-run_id", "-number")[:MOST_STEPS]
    return [_as_done(row, opened) for row in reversed(newest)]


def _as_done(row: Step, opened: Callable[[str], str]) -> Done:
    call: dict[str, Any] = row.data.get("call") or {}
    return Done(
        run=str(row.run.public_id),
        number=row.number,
        name=row.name,
        text=opened(row.text),
        is_error=row.is_error,
        arguments=opened(str(call.get("arguments", ""))),
        citations=tuple(row.data.get("citations", ())),
    )


def _waiting(tenant_id: int, conversation_id: int) -> list[str]:
    rows = Approval.objects.filter(
        tenant_id=tenant_id, conversation_id=conversation_id, status=ApprovalStatus.PENDING
    )
    return [f"{row.tool} awaits a yes" for row in rows.order_by("id")]
