"""Which hand-off a person is given who takes the next one: one statement, and the conversation is locked by it.

Invariant: two who take at once never wait for each other and never get the same; the order is that of `routing`. What
is looked at is what she may have: of her teams, within her room, what she knows or nobody there knows better.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from core import sql
from core.scope import require_tenant_id
from escalation.queueing import routing, rows
from escalation.queueing.people import FRESH, TeamCard, there_since
from escalation.queueing.routing import OVERFLOW_SECONDS, STICKY_SECONDS, Someone

AT_ONCE = 64
"""So many of the first are tried: those that others take this very moment are passed over."""

_SUITS = "h.skills <@ {skills} AND (h.language = '' OR cardinality({languages}) = 0 OR h.language = ANY({languages}))"
_BETTER = (
    "EXISTS (SELECT FROM escalation_seat s JOIN escalation_agent a ON a.tenant_id = s.tenant_id "
    "AND a.member_id = s.member_id WHERE s.tenant_id = h.tenant_id AND s.team_id = h.team_id AND a.presence = 'online' "
    f"AND {_SUITS.format(skills='a.skills', languages='a.languages')} AND {FRESH})"
)
_PREFERRED_THERE = (
    "EXISTS (SELECT FROM escalation_agent a WHERE a.tenant_id = h.tenant_id AND a.member_id = h.preferred_id "
    f"AND a.presence = 'online' AND {FRESH})"
)
_PICK = (
    "WITH first AS MATERIALIZED (SELECT h.id, h.conversation_id, row_number() OVER (ORDER BY "  # noqa: S608
    f"{rows.RANK} DESC, (extract(epoch FROM %s::timestamptz - h.queued_at) + 1) * t.weight DESC, h.id) AS place "
    "FROM escalation_handoff h JOIN escalation_team t ON t.tenant_id = h.tenant_id AND t.id = h.team_id "
    "WHERE h.tenant_id = %s AND h.status = 'waiting' AND (h.team_id = ANY(%s::bigint[]) "
    "OR %s AND (h.queued_at < %s OR h.team_id = ANY(%s::bigint[]))) "
    "AND h.channel <> ALL(%s::varchar[]) AND NOT %s = ANY(h.declined_by) "
    f"AND (h.preferred_id IS NULL OR h.preferred_id = %s OR h.queued_at < %s OR NOT {_PREFERRED_THERE}) "
    f"AND (({_SUITS.format(skills='%s::varchar[]', languages='%s::varchar[]')}) "
    f"OR h.queued_at < %s::timestamptz - t.patience_seconds * interval '1 second' OR NOT {_BETTER}) "
    f"ORDER BY place LIMIT {AT_ONCE}) "
    "SELECT first.id, c.id FROM first JOIN conversations_conversation c ON c.tenant_id = %s AND c.id = "
    "first.conversation_id AND c.owner = 'queue' ORDER BY first.place LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED"
)
_DESERTED = (
    "SELECT t.id FROM escalation_team t WHERE t.tenant_id = %s AND EXISTS (SELECT FROM escalation_seat s "  # noqa: S608
    "WHERE s.tenant_id = t.tenant_id AND s.team_id = t.id) AND NOT EXISTS (SELECT FROM escalation_seat s "
    "JOIN escalation_agent a ON a.tenant_id = s.tenant_id AND a.member_id = s.member_id "
    "AND a.presence IN ('online', 'busy') "
    f"WHERE s.tenant_id = t.tenant_id AND s.team_id = t.id AND {FRESH})"
)


def pick(
    someone: Someone, cards: Sequence[TeamCard], team_id: int | None, now: dt.datetime
) -> tuple[int, int] | None:
    """A hand-off for somebody, its conversation locked: (hand-off, conversation); None: nothing for her.

    Args:
        someone: whose row is locked, so that her load is true.
        team_id: keep to this team.
    """
    tenant_id = require_tenant_id()
    helps = team_id is None and any(card.is_default and card.id in someone.teams for card in cards)
    teams = sorted(someone.teams) if team_id is None else [team_id]
    deserted = [row[0] for row in sql.rows(_DESERTED, [tenant_id, there_since(now)])] if helps else []
    fresh, skills, languages = there_since(now), sorted(someone.skills), sorted(someone.languages)
    values: list[Any] = [now, tenant_id, teams, helps, _ago(now, OVERFLOW_SECONDS), deserted, full(someone)]
    values += [someone.member_id, someone.member_id, _ago(now, STICKY_SECONDS), fresh]
    values += [skills, languages, languages, now, fresh, tenant_id]
    return sql.row(_PICK, values)


def full(someone: Someone) -> list[str]:
    """Channels of which she takes no more."""
    channels = {*someone.load, *someone.capacity, *routing.DEFAULT_CAPACITY}
    return sorted(channel for channel in channels if someone.room(channel) < 1)


def _ago(now: dt.datetime, seconds: int) -> dt.datetime:
    return now - dt.timedelta(seconds=seconds)
