"""Desks that open, give signs of life and close, and what their members say of themselves.

Invariant: each open tab is a row of its own, so one that closes takes nobody away who has another; a socket that is
lost without a word stops counting by itself (`people.THERE_SECONDS`). Nothing here waits for a lock of a conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from audit.services import record
from core import sql
from core.actors import Actor
from core.errors import Invalid
from core.scope import require_tenant_id, tenant_scope
from escalation.models import Presence
from escalation.queueing.people import THERE_SECONDS, there_since

RELOAD_SECONDS = 5
"""A tab that says goodbye counts for so long yet: it may be a page that loads anew."""
KEPT = dt.timedelta(days=1)

_ARRIVE = (
    "INSERT INTO escalation_deskline (tenant_id, member_id, line, seen_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (tenant_id, line) DO UPDATE SET member_id = EXCLUDED.member_id, seen_at = EXCLUDED.seen_at"
)
_AGENT = (
    "INSERT INTO escalation_agent (tenant_id, member_id, skills, languages, capacity, presence, presence_since) "
    "VALUES (%s, %s, '{}', '{}', '{}', 'online', %s) ON CONFLICT (tenant_id, member_id) DO NOTHING"
)
_SEEN = (
    "UPDATE escalation_deskline SET seen_at = %s "
    "WHERE tenant_id = %s AND line = ANY(%s::varchar[]) AND seen_at < %s"
)
_GONE = "UPDATE escalation_deskline SET seen_at = least(seen_at, %s) WHERE tenant_id = %s AND line = %s"
_SET = (
    "UPDATE escalation_agent SET presence = %s, presence_since = %s "
    "WHERE tenant_id = %s AND member_id = %s AND presence <> %s"
)
_OLD = "DELETE FROM escalation_deskline WHERE tenant_id = %s AND seen_at < %s"
_NOW = (
    "SELECT a.member_id, a.presence, EXISTS (SELECT FROM escalation_deskline l WHERE l.tenant_id = a.tenant_id "
    "AND l.member_id = a.member_id AND l.seen_at > %s) FROM escalation_agent a WHERE a.tenant_id = %s"
)


class BadPresence(Invalid):
    code = "bad_presence"
    default_message = f"Presence is one of {', '.join(Presence.values)}."


def arrive(*, tenant_id: int, member_id: int, line: str, now: dt.datetime) -> None:
    """A desk of a member opens; who was never at one counts as online.

    Args:
        line: names the open tab, at most 120 characters, never used by another.
    """
    with tenant_scope(tenant_id), sql.together():
        sql.run(_AGENT, [tenant_id, member_id, now])
        sql.run(_ARRIVE, [tenant_id, member_id, line[:120], now])


def seen(*, tenant_id: int, lines: Sequence[str], now: dt.datetime) -> int:
    """These desks are still there: say so every five seconds. How many of them are known; the others must arrive."""
    with tenant_scope(tenant_id):
        return sql.run(_SEEN, [now, tenant_id, list(lines), now]).rowcount


def gone(*, tenant_id: int, line: str, now: dt.datetime) -> None:
    """A desk closes. Its member counts as there for a moment yet, and as long as another desk of hers is open."""
    with tenant_scope(tenant_id):
        last = now - dt.timedelta(seconds=THERE_SECONDS - RELOAD_SECONDS)
        sql.run(_GONE, [last, tenant_id, line[:120]])


def set_presence(*, tenant_id: int, member_id: int, presence: str, actor: Actor, now: dt.datetime) -> bool:
    """What a member says of herself; whether that is another thing than before.

    Raises:
        BadPresence
    """
    if presence not in Presence.values:
        raise BadPresence
    with tenant_scope(tenant_id):
        sql.run(_AGENT, [tenant_id, member_id, now])
        changed = bool(sql.run(_SET, [presence, now, tenant_id, member_id, presence]).rowcount)
        if changed:
            record(
                actor=actor, action="presence.set", target=f"member:{member_id}", data={"presence": presence}
            )
    return changed


def presences(tenant_id: int, *, now: dt.datetime) -> dict[int, str]:
    """Each member's presence as it counts: away without an open desk, unless she says that she is offline."""
    with tenant_scope(tenant_id):
        found = sql.rows(_NOW, [there_since(now), tenant_id])
    away = {Presence.ONLINE: Presence.AWAY, Presence.BUSY: Presence.AWAY}
    return {
        member: str(said if is_there else away.get(Presence(said), Presence(said)))
        for member, said, is_there in found
    }


def forget_old_lines(*, now: dt.datetime) -> None:
    """Removes desks that were lost long ago, of the tenant in scope."""
    sql.run(_OLD, [require_tenant_id(), now - KEPT])
