"""Who is there and what each has to do, and which teams there are: reads of a few statements, in the tenant's scope.

Invariant: a member is there while one of her desks gives signs of life (`THERE_SECONDS`), whatever she says of
herself; without one she is away. A team in which nobody sits yet is everybody's, and nobody is missed there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from core import sql
from core.scope import require_tenant_id
from escalation.queueing import hours, routing
from escalation.queueing.hours import BadHours, Calendar, calendar_of
from escalation.queueing.routing import Someone, TeamFacts
from escalation.queueing.targets import Targets

log = structlog.get_logger(__name__)
THERE_SECONDS = 15
"""How long a desk counts after its last sign of life: with a sweep every five seconds nobody counts for over 20."""

# Of a member of `a`: a desk that gave a sign of life after %s.
FRESH = (
    "EXISTS (SELECT FROM escalation_deskline l WHERE l.tenant_id = a.tenant_id AND l.member_id = a.member_id "
    "AND l.seen_at > %s)"
)
_SEATS = (
    "(SELECT coalesce(array_agg(s.team_id), '{}') FROM escalation_seat s "
    "WHERE s.tenant_id = a.tenant_id AND s.member_id = a.member_id)"
)
_LOAD = (
    "(SELECT coalesce(jsonb_object_agg(g.channel, g.n), '{}') FROM (SELECT h.channel, count(*) AS n "
    "FROM escalation_handoff h WHERE h.tenant_id = a.tenant_id AND (h.status = 'taken' AND h.taken_by_id = a.member_id "
    "OR h.status = 'offered' AND h.offered_to_id = a.member_id) GROUP BY h.channel) g)"
)
_THERE = (
    f"SELECT a.member_id, {_SEATS}, a.skills, a.languages, a.capacity, '{{}}'::jsonb, a.last_routed_at, "  # noqa: S608
    "a.presence = 'online' FROM escalation_agent a JOIN tenants_member m ON m.tenant_id = a.tenant_id "
    "AND m.id = a.member_id AND m.is_active WHERE a.tenant_id = %s AND a.presence IN ('online', 'busy') "
    f"AND {FRESH} ORDER BY a.member_id"
)
_LOCK = "SELECT FROM escalation_agent WHERE tenant_id = %s AND member_id = %s FOR NO KEY UPDATE"
_SITS = (
    "EXISTS (SELECT FROM escalation_seat s WHERE s.tenant_id = t.tenant_id AND s.team_id = t.id{} OFFSET 0)"
)
_ONE = (
    f"SELECT a.presence, p.helps, a.member_id, p.teams, a.skills, a.languages, a.capacity, {_LOAD}, "  # noqa: S608
    "a.last_routed_at, a.presence = 'online' FROM escalation_agent a CROSS JOIN LATERAL (SELECT "
    "coalesce(array_agg(t.id), '{}') AS teams, coalesce(bool_or(t.is_default AND t.is_active), false) AS helps "
    f"FROM escalation_team t WHERE t.tenant_id = a.tenant_id AND ({_SITS.format(' AND s.member_id = a.member_id')} "
    f"OR t.is_active AND NOT {_SITS.format('')})) p WHERE a.tenant_id = %s AND a.member_id = %s"
)
_LOADS = (
    "SELECT CASE h.status WHEN 'taken' THEN h.taken_by_id ELSE h.offered_to_id END, h.channel, count(*) "
    "FROM escalation_handoff h WHERE h.tenant_id = %s AND h.status IN ('taken', 'offered') GROUP BY 1, 2"
)
_TEAMS = (
    "SELECT t.id, t.name, t.is_default, t.zone, t.hours, t.holidays, t.first_reply_seconds, t.resolution_seconds, "
    "t.warn_percent, t.delivery = 'push', t.routing = 'round_robin', t.picking, t.offer_seconds, t.patience_seconds, "
    "EXISTS (SELECT FROM escalation_seat s WHERE s.tenant_id = t.tenant_id AND s.team_id = t.id) "
    "FROM escalation_team t WHERE t.tenant_id = %s AND t.is_active ORDER BY t.is_default DESC, t.id"
)
_KNOWN = (
    "SELECT s.team_id, coalesce(array_agg(DISTINCT k.one) FILTER (WHERE k.kind), '{}'), "
    "CASE WHEN bool_or(cardinality(a.languages) = 0) THEN '{}' "
    "ELSE coalesce(array_agg(DISTINCT k.one) FILTER (WHERE NOT k.kind), '{}') END "
    "FROM escalation_seat s JOIN escalation_agent a ON a.tenant_id = s.tenant_id AND a.member_id = s.member_id "
    "LEFT JOIN LATERAL (SELECT unnest(a.skills) AS one, true AS kind UNION ALL SELECT unnest(a.languages), false) k "
    "ON true WHERE s.tenant_id = %s GROUP BY s.team_id"
)


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team as the queue needs it. `is_everybodys`: nobody sits in it yet."""

    id: int
    name: str
    is_default: bool
    calendar: Calendar
    targets: Targets
    pushes: bool
    by_turn: bool
    picking: bool
    offer_seconds: int
    patience: int
    is_everybodys: bool


def there_since(now: dt.datetime) -> dt.datetime:
    """A desk seen after this moment counts as there."""
    return now - dt.timedelta(seconds=THERE_SECONDS)


def cards() -> list[TeamCard]:
    """The active teams of the tenant in scope, the default first."""
    return [_card(*row) for row in sql.rows(_TEAMS, [require_tenant_id()])]


def _card(pk: int, name: str, is_default: bool, zone: str, week: Any, holidays: Any, *rest: Any) -> TeamCard:
    reply, resolution, warn, pushes, by_turn, picking, offer_seconds, patience, has_seats = rest
    try:
        calendar = calendar_of(zone, _plain(week), _plain(holidays))
    except BadHours as error:
        # Saved past the services: a hand-off must not fail of it.
        log.warning("team_hours_unreadable", team=pk, field=error.field)
        calendar = hours.ALWAYS
    own = Targets(reply, resolution, warn)
    how = (pushes, by_turn, picking, offer_seconds, patience)
    return TeamCard(pk, name, is_default, calendar, own, *how, is_everybodys=not has_seats)


def there(now: dt.datetime, teams: list[TeamCard]) -> list[Someone]:
    """Who is there in the tenant in scope, online or busy, each with her load."""
    tenant_id = require_tenant_id()
    loads: dict[int, dict[str, int]] = {}
    for member_id, channel, number in sql.rows(_LOADS, [tenant_id]):
        loads.setdefault(member_id, {})[channel] = number
    found = sql.rows(_THERE, [tenant_id, there_since(now)])
    everybodys = frozenset(team.id for team in teams if team.is_everybodys)
    return [_someone(row, everybodys, loads.get(row[0])) for row in found]


@dataclass(frozen=True, slots=True)
class Entered:
    """A member who takes something, her row locked. `helps`: she sits in the default team, which helps the others."""

    someone: Someone
    presence: str
    helps: bool


def enter(member_id: int) -> Entered | None:
    """Locks a member's row and reads it and what she has, wherever she is; None: she was never at the desk.

    In one trip, and in two statements: the second one counts what the one who held the lock has given her.
    """
    own = [require_tenant_id(), member_id]
    with sql.together():
        sql.run(_LOCK, own)
        found = sql.run(_ONE, own)
    row = found.fetchone()
    if row is None:
        return None
    presence, helps, *facts = row
    return Entered(_someone(facts, frozenset(), None), presence, helps)


def _someone(row: Any, everybodys: frozenset[int], load: Mapping[str, int] | None) -> Someone:
    member_id, seats, skills, languages, capacity, own_load, routed_at, is_free = row
    return Someone(
        member_id,
        everybodys.union(seats),
        frozenset(skills),
        frozenset(languages),
        _plain(capacity),
        load if load is not None else _plain(own_load),
        routed_at,
        is_free,
    )


def team_for(teams: list[TeamCard], data: Mapping[str, Any], language: str) -> TeamCard | None:
    """The team of a hand-off, by what its event says; None: there is no team.

    Args:
        data: of the event: `team` (a name), `topic`, `skills` where set, and `reason`.
    """
    if len(teams) < 2:
        return teams[0] if teams else None
    known = {pk: (skills, spoken) for pk, skills, spoken in sql.rows(_KNOWN, [require_tenant_id()])}
    facts = [
        TeamFacts(
            team.id, team.name, team.is_default, *(frozenset(one) for one in known.get(team.id, ((), ())))
        )
        for team in teams
    ]
    # A team that is named comes before one that is called like the topic or the reason.
    named = [
        name for name in (data.get("team"), data.get("topic"), data.get("reason")) if isinstance(name, str)
    ]
    meant = next((name for name in named if any(t.name.casefold() == name.casefold() for t in teams)), "")
    chosen = routing.best_team(facts, names=[meant], skills=skills_of(data), language=language)
    return next(team for team in teams if team.id == chosen)


def skills_of(data: Mapping[str, Any]) -> list[str]:
    """What somebody must know who takes a hand-off, by its event."""
    given = data.get("skills")
    return [str(one)[:40] for one in given][:10] if isinstance(given, list | tuple) else []


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value
