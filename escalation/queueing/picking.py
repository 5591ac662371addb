"""Which hand-off a person is given who takes the next one: one statement, and the conversation is locked by it.

Invariant: two who take at once never wait for each other and never get the same; the order is that of `routing`. What
is looked at is what she may have: of her teams, within her room, what she knows or nobody there knows better.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from conversations import journal
from conversations.journal import Head
from core import sql
from core.scope import require_tenant_id
from escalation.queueing import routing, rows
from escalation.queueing.people import FRESH, there_since
from escalation.queueing.routing import OVERFLOW_SECONDS, STICKY_SECONDS, Someone

FEW, MANY = 4, 64
"""So many of each kind are tried, then so many: those that others take this very moment are passed over."""

# What stands behind OFFSET 0 is looked up row by row in an index, whatever the planner believes of the tables.
_SUITS = "h.skills <@ {skills} AND (h.language = '' OR cardinality({languages}) = 0 OR h.language = ANY({languages}))"
_AGENT = "EXISTS (SELECT FROM escalation_agent a WHERE a.tenant_id = {} AND a.member_id = {} AND a.presence {} AND "
_SEAT = "EXISTS (SELECT FROM escalation_seat s WHERE s.tenant_id = {0}.tenant_id AND s.team_id = {0}.{1}"
_HAS_SEATS = _SEAT.format("t", "id") + " OFFSET 0)"
_BETTER = (
    _SEAT.format("h", "team_id")
    + " AND "
    + _AGENT.format("s.tenant_id", "s.member_id", "= 'online'")
    + _SUITS.format(skills="a.skills", languages="a.languages")
    + f" AND {FRESH} OFFSET 0) OFFSET 0)"
)
_PREFERRED_THERE = _AGENT.format("h.tenant_id", "h.preferred_id", "= 'online'") + f"{FRESH} OFFSET 0)"
_ANYBODY_THERE = (
    _SEAT.format("t", "id")
    + " AND "
    + _AGENT.format("s.tenant_id", "s.member_id", "IN ('online', 'busy')")
    + f"{FRESH} OFFSET 0) OFFSET 0)"
)
_RANK = rows.RANK.replace("h.", "k.")
# Of one team and one rank the oldest comes first whatever the weight, so an index gives the first few of each.
_PICK = (
    "WITH first AS MATERIALIZED (SELECT x.conversation_id, t.id AS team_id, row_number() OVER (ORDER BY "  # noqa: S608
    f"{_RANK} DESC, (extract(epoch FROM %s::timestamptz - x.queued_at) + 1) * t.weight DESC, "
    "x.id) AS place FROM escalation_team t CROSS JOIN LATERAL (SELECT CASE WHEN t.id = ANY(%s::bigint[]) "
    f"OR {_HAS_SEATS} AND NOT {_ANYBODY_THERE} THEN 'infinity' ELSE %s::timestamptz END AS before OFFSET 0) u "
    "CROSS JOIN (VALUES (0, false), (1, false), (2, false), (3, false), (0, true), (1, true), (2, true), (3, true)) "
    "AS k (urgency, ahead) CROSS JOIN LATERAL (SELECT h.id, h.conversation_id, h.queued_at FROM escalation_handoff h "
    "WHERE h.tenant_id = t.tenant_id AND h.team_id = t.id AND h.status = 'waiting' AND h.ahead = k.ahead "
    "AND h.urgency = k.urgency AND h.queued_at < u.before AND h.channel <> ALL(%s::varchar[]) "
    "AND NOT %s = ANY(h.declined_by) "
    f"AND (h.preferred_id IS NULL OR h.preferred_id = %s OR h.queued_at < %s OR NOT {_PREFERRED_THERE}) "
    f"AND (({_SUITS.format(skills='%s::varchar[]', languages='%s::varchar[]')}) "
    f"OR h.queued_at < %s::timestamptz - t.patience_seconds * interval '1 second' OR NOT {_BETTER}) "
    "ORDER BY h.queued_at, h.id LIMIT %s) x WHERE t.tenant_id = %s AND (t.id = ANY(%s::bigint[]) OR %s)) "
    "SELECT (SELECT t.name FROM first f JOIN escalation_team t ON t.tenant_id = c.tenant_id AND t.id = f.team_id "
    f"WHERE f.conversation_id = c.id AND {_HAS_SEATS}), {journal.HEAD_OF_C} FROM conversations_conversation c "
    "WHERE c.tenant_id = %s AND c.id = ANY(ARRAY(SELECT conversation_id FROM first)) AND c.owner = 'queue' "
    "ORDER BY (SELECT f.place FROM first f WHERE f.conversation_id = c.id) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
)


# Planning it anew costs more than it takes, and there is one way to go about it whoever asks.
_PLANNED_ONCE = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"


@dataclass(frozen=True, slots=True)
class Picked:
    """A conversation, locked, and the name of the team whose customer waits; empty where nobody sits in it."""

    head: Head
    team: str


def pick(someone: Someone, *, helps: bool, team_id: int | None, now: dt.datetime) -> Picked | None:
    """A conversation for somebody, locked; None: nothing for her.

    Args:
        someone: whose row is locked, so that her load is true.
        helps: she sits in the default team, which helps the others.
        team_id: keep to this team.
    """
    tenant_id, fresh = require_tenant_id(), there_since(now)
    teams = sorted(someone.teams) if team_id is None else [team_id]
    skills, languages = sorted(someone.skills), sorted(someone.languages)
    for most in (FEW, MANY):
        values: list[Any] = [now, teams, fresh, _ago(now, OVERFLOW_SECONDS), full(someone)]
        values += [someone.member_id, someone.member_id, _ago(now, STICKY_SECONDS), fresh]
        values += [skills, languages, languages, now, fresh, most]
        values += [tenant_id, teams, helps and team_id is None, tenant_id]
        with sql.together():
            sql.run(_PLANNED_ONCE, [])
            answer = sql.run(_PICK, values)
        found = answer.fetchone()
        if found is not None:
            return Picked(journal.head_of(found[1:]), found[0] or "")
    return None


def full(someone: Someone) -> list[str]:
    """Channels of which she takes no more."""
    channels = {*someone.load, *someone.capacity, *routing.DEFAULT_CAPACITY}
    return sorted(channel for channel in channels if someone.room(channel) < 1)


def _ago(now: dt.datetime, seconds: int) -> dt.datetime:
    return now - dt.timedelta(seconds=seconds)
