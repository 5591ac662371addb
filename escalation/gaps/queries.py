"""Reads the questions that were not answered well, within the tenant's scope."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from core import sql
from core.scope import tenant_scope
from escalation.gaps.grouping import Asked

DAYS = 30
MOST = 1000
MOST_TEXT = 300
# A search that brought nothing to cite: what was asked for stands in the call's arguments.
_SEARCHES = (
    "SELECT s.data->'call'->>'arguments', c.id, c.public_id, s.started_at FROM conversations_run r "
    "JOIN conversations_step s ON s.tenant_id = r.tenant_id AND s.run_id = r.id "
    "JOIN conversations_conversation c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id "
    "WHERE r.tenant_id = %s AND r.started_at >= %s AND s.name = 'search_knowledge' AND s.kind = 'tool' "
    "AND s.status = 'done' AND NOT s.is_error AND NOT s.data ? 'citations' ORDER BY s.started_at DESC LIMIT %s"
)
# Passed to a person since the answer was unsure, or there was none: the goal of the packet, or the last message before.
_HANDOFFS = (
    "SELECT coalesce(nullif(h.packet->>'goal', ''), (SELECT e.text FROM conversations_event e "
    "WHERE e.tenant_id = h.tenant_id AND e.conversation_id = h.conversation_id AND e.type = 'message' "
    "AND e.author_kind = 'customer' AND e.created_at <= h.queued_at ORDER BY e.seq DESC LIMIT 1), ''), "
    "h.reason, c.id, c.public_id, h.queued_at FROM escalation_handoff h "
    "JOIN conversations_conversation c ON c.tenant_id = h.tenant_id AND c.id = h.conversation_id "
    "WHERE h.tenant_id = %s AND h.queued_at >= %s AND h.reason IN ('unsure', 'not_answered') "
    "ORDER BY h.queued_at DESC LIMIT %s"
)


def unanswered(tenant_id: int, *, now: dt.datetime, days: int = DAYS) -> list[Asked]:
    """The questions of the last days that found nothing or were unsure, the newest first; at most 1,000 of each."""
    since = now - dt.timedelta(days=days)
    with tenant_scope(tenant_id):
        searches = sql.rows(_SEARCHES, (tenant_id, since, MOST))
        handoffs = sql.rows(_HANDOFFS, (tenant_id, since, MOST))
    asked = [Asked(_query(told), "nothing_found", *rest) for told, *rest in searches]
    asked += [Asked(text[:MOST_TEXT], reason, *rest) for text, reason, *rest in handoffs]
    found = [one for one in asked if one.text.strip()]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _query(arguments: Any) -> str:
    """What a search was for; arguments come from a model and may be anything."""
    try:
        told = json.loads(arguments or "")
    except ValueError:
        return ""
    query = told.get("query", "") if isinstance(told, dict) else ""
    return query[:MOST_TEXT] if isinstance(query, str) else ""
