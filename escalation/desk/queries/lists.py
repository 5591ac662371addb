"""Lists of conversations as the desk shows them: a page by key, some rows again, how many there are.

Invariant: a page is found by the key (updated_at, id), never by counting past rows; what a row shows is read for the
rows of the page alone.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from core import sql
from core.errors import Invalid
from core.scope import tenant_scope
from escalation.desk import searching
from escalation.desk.filters import VIEWS, Condition, Filters, condition, filters_of
from escalation.models import HandoffStatus, Urgency

if TYPE_CHECKING:
    from escalation.desk.posts import Post

PREVIEW = 140
MOST_ROWS = 100
MOST_COUNTED = 999
_OPEN = frozenset({HandoffStatus.WAITING, HandoffStatus.OFFERED, HandoffStatus.TAKEN})
URGENCY_NAMES = {level.value: level.name.lower() for level in Urgency}

_HANDOFF = (
    "LEFT JOIN LATERAL (SELECT * FROM escalation_handoff o WHERE o.tenant_id = c.tenant_id "
    "AND o.conversation_id = c.id ORDER BY o.id DESC LIMIT 1) h ON true"
)
_FROM = f"FROM conversations_conversation c {_HANDOFF}"
_FROM_PLAIN = "FROM conversations_conversation c"
_SAID = (
    "LEFT JOIN LATERAL (SELECT left(e.text, 400) AS text FROM conversations_event e WHERE e.tenant_id = c.tenant_id "
    "AND e.conversation_id = c.id AND e.type = 'message'{also} ORDER BY e.seq {order} LIMIT 1) {name} ON true"
)
_ROW_TEAM = "SELECT t.name FROM escalation_team t WHERE t.tenant_id = c.tenant_id AND t.id = h.team_id"
_ROW_READ = (
    "SELECT r.seq FROM escalation_deskread r WHERE r.tenant_id = c.tenant_id AND r.conversation_id = c.id "
    "AND r.member_id = %s"
)
_ROW_PENDING = (
    "SELECT count(*) FROM conversations_approval a WHERE a.tenant_id = c.tenant_id AND a.conversation_id = c.id "
    "AND a.status = 'pending'"
)
_ROW_TAGS = (
    "SELECT g.name::text FROM escalation_tagging j JOIN escalation_tag g ON g.tenant_id = j.tenant_id "
    "AND g.id = j.tag_id WHERE j.tenant_id = c.tenant_id AND j.conversation_id = c.id ORDER BY g.name"
)
_ROW_REPEAT = (
    "SELECT p.repeat_of IS NOT NULL FROM conversations_episode p WHERE p.tenant_id = c.tenant_id "
    "AND p.conversation_id = c.id AND p.number = c.episode"
)
_COLUMNS = (
    "c.id, c.public_id, c.owner, c.agent_id, c.last_seq, c.customer_seq, c.updated_at, c.language, c.moods, "
    "c.channel, k.public_id, k.name, k.email, k.identity, u.name, u.email, h.status, h.urgency, h.queued_at, "
    "h.reply_due_at, h.resolve_due_at, h.breached, h.first_reply_at, h.packet->>'goal', "
    f"({_ROW_TEAM}), lastly.text, first.text, ({_ROW_READ}), ({_ROW_PENDING}), ARRAY({_ROW_TAGS}), ({_ROW_REPEAT})"
)
_TABLES = (
    f"page JOIN conversations_conversation c ON c.id = page.id {_HANDOFF} "
    "JOIN conversations_customer k ON k.tenant_id = c.tenant_id AND k.id = c.customer_id "
    "LEFT JOIN tenants_user u ON u.id = c.agent_id "
)
_LASTLY = _SAID.format(also="", order="DESC", name="lastly")
_FIRST = _SAID.format(also=" AND e.author_kind = 'customer'", order="", name="first")
_ORDERED = "WHERE c.tenant_id = %s ORDER BY c.updated_at DESC, c.id DESC"
_PAGE = "WITH page AS (SELECT unnest(%s::bigint[]) AS id)"
_DETAILS = " ".join([_PAGE, "SELECT", _COLUMNS, "FROM", _TABLES, _LASTLY, _FIRST, _ORDERED])


class BadCursor(Invalid):
    code = "bad_cursor"
    default_message = "'cursor' is not one of this list. Start again without it."


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list; `next` is the cursor of the page after it, empty at the end."""

    rows: list[dict[str, Any]]
    next: str


def page(
    post: Post, filters: Mapping[str, Any] | Filters | None = None, *, cursor: str = "", limit: int = 50
) -> Page:
    """A page of a list, the newest activity first.

    Args:
        cursor: `next` of the page before.
        limit: most rows, 1 to 100.

    Raises:
        escalation.desk.filters.BadFilter, BadCursor
    """
    asked, limit = filters_of(filters), max(1, min(limit, MOST_ROWS))
    if asked.q:
        searching.catch_up(post.tenant_id, since=timezone.now() - searching.FRESH)
    found = condition(post, asked, now=timezone.now())
    if cursor:
        found.add("(c.updated_at, c.id) < (%s, %s)", *_read(cursor))
    keys = f"SELECT c.id {_source(found)} WHERE {found.text} ORDER BY c.updated_at DESC, c.id DESC LIMIT %s"
    raw = _detailed(post, keys, [*found.values, limit + 1])
    shown = [row_of(post, row) for row in raw[:limit]]
    more = len(raw) > limit
    return Page(shown, _written(raw[limit - 1][6], raw[limit - 1][0]) if more else "")


def rows(post: Post, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Rows again, by row number; those that are not hers to see are left out."""
    wanted = list(ids)[:MOST_ROWS]
    if not wanted:
        return []
    found = condition(post, Filters(), now=timezone.now())
    found.add("c.id = ANY(%s::bigint[])", wanted)
    raw = _detailed(post, f"SELECT c.id {_source(found)} WHERE {found.text}", found.values)
    return [row_of(post, row) for row in raw]


def one(post: Post, conversation_id: int) -> dict[str, Any] | None:
    """One row, whatever it holds and whoever's it is: the caller has looked at that."""
    keys = "SELECT c.id FROM conversations_conversation c WHERE c.tenant_id = %s AND c.id = %s"
    raw = _detailed(post, keys, [post.tenant_id, conversation_id])
    return row_of(post, raw[0]) if raw else None


def counts(post: Post) -> dict[str, int]:
    """How many conversations each view holds, counted up to 999."""
    now, parts, values = timezone.now(), [], []
    for view in VIEWS:
        found = condition(post, Filters(view=view), now=now)
        few = f"SELECT 1 {_source(found)} WHERE {found.text} LIMIT {MOST_COUNTED}"
        parts.append(f"(SELECT count(*) FROM ({few}) x)")  # noqa: S608 — fixed texts
        values += found.values
    with tenant_scope(post.tenant_id), sql.together():
        searching.plan_by_keys()
        answer = sql.run("SELECT " + ", ".join(parts), values)
    counted = answer.fetchone()
    return dict(zip(VIEWS, counted or (), strict=True))


def _source(found: Condition) -> str:
    return _FROM if "h." in found.text else _FROM_PLAIN


def _detailed(post: Post, keys: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The rows that `keys` finds, planned for its values, with what they show, by one plan for all lists."""
    with tenant_scope(post.tenant_id):
        with sql.together():
            searching.plan_by_keys()
            found = sql.run(keys, values)
        ids = [row[0] for row in found.fetchall()]
        if not ids:
            return []
        with sql.together():
            searching.plan_once()
            answer = sql.run(_DETAILS, [ids, post.member_id, post.tenant_id])
        return answer.fetchall()


def row_of(post: Post, raw: tuple[Any, ...]) -> dict[str, Any]:
    """A row as the desk shows it."""
    (_, public_id, owner, agent_id, seq, customer_seq, at, language, moods, channel, *_rest) = raw
    (customer_id, name, email, identity, agent_name, agent_email, status, urgency, queued_at) = raw[10:19]
    (reply_due, resolve_due, breached, replied, goal, team, lastly, first, read, approvals, tags, repeat) = (
        raw[19:]
    )
    is_open = status in _OPEN
    return {
        "conversation": str(public_id),
        "customer": name or email or f"Visitor {str(customer_id)[:8]}",
        "identity": identity,
        "owner": owner,
        "agent": (agent_name or agent_email or "") if agent_id else "",
        "mine": owner == "agent" and agent_id == post.user.pk,
        "seq": seq,
        "at": at.isoformat(),
        "preview": _line(lastly),
        "team": team or "",
        "urgency": URGENCY_NAMES.get(urgency, "normal"),
        "tags": list(tags),
        "language": language,
        "mood": moods[-1] if moods else None,
        "status": status or "",
        "waiting_since": _stamp(queued_at) if is_open and owner == "queue" else None,
        "reply_due_at": _stamp(reply_due) if is_open and replied is None else None,
        "resolve_due_at": _stamp(resolve_due) if is_open else None,
        "breached": bool(breached) if is_open else False,
        "unread": max(seq - (read or 0), 0) if customer_seq > (read or 0) else 0,
        "approvals": approvals,
        "channel": channel,
        "repeat": bool(repeat),
        "subject": _line(goal or first),
    }


def _line(text: str | None) -> str:
    return " ".join((text or "").split())[:PREVIEW]


def _stamp(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _written(at: dt.datetime, row: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, int]:
    try:
        raw = base64.urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor[:200]) % 4)).decode()
        at, _, row = raw.partition("|")
        moment, number = dt.datetime.fromisoformat(at), int(row)
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
    if moment.tzinfo is None or not 0 <= number < 2**63:
        raise BadCursor
    return moment, number
