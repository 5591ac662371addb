"""Full-text search over conversations: which of them hold all the words that somebody looks for.

Invariant: nothing is indexed while the log is written; the words are put together behind it, and before a search for
what was said in the last minutes. An entry holds its tenant's mark, which no text produces and every search demands.
Words are compared as they are written, in small letters, from their beginning: `parc` finds `Parcel`.
"""

from __future__ import annotations

import datetime as dt

from core import sql
from core.scope import tenant_scope

FRESH = dt.timedelta(minutes=10)
"""What changed within it is indexed when somebody searches; the rest by a task that goes round all the time."""
MOST_AT_ONCE = 200
MOST_TEXT = 400_000
"""Characters of one conversation that are taken at once: PostgreSQL holds a megabyte of words a row."""

# Conversations that were said more in than is known, their names and what is new in them.
_CATCH_UP = """
WITH behind AS (
    SELECT c.tenant_id, c.id, c.last_seq, c.customer_id, coalesce(s.upto_seq, 0) AS upto
    FROM conversations_conversation c
    LEFT JOIN escalation_searchentry s ON s.tenant_id = c.tenant_id AND s.conversation_id = c.id
    WHERE c.tenant_id = %s AND c.last_seq > coalesce(s.upto_seq, 0) AND c.updated_at >= %s
    ORDER BY c.updated_at DESC LIMIT %s
), told AS (
    SELECT b.id, left(string_agg(left(e.text, 8000), ' '), %s) AS text
    FROM behind b JOIN conversations_event e ON e.tenant_id = b.tenant_id AND e.conversation_id = b.id
    WHERE e.seq > b.upto AND e.seq <= b.last_seq AND e.type IN ('message', 'note', 'handoff')
    GROUP BY b.id
)
INSERT INTO escalation_searchentry AS known (tenant_id, conversation_id, upto_seq, words)
SELECT b.tenant_id, b.id, b.last_seq,
    strip(to_tsvector('simple', concat_ws(' ', k.name, k.email, k.external_id, b.public, told.text)))
    || array_to_tsvector(ARRAY[%s::text])
FROM (SELECT b.*, c.public_id::text AS public FROM behind b JOIN conversations_conversation c ON c.id = b.id) b
JOIN conversations_customer k ON k.tenant_id = b.tenant_id AND k.id = b.customer_id
LEFT JOIN told ON told.id = b.id
ON CONFLICT (tenant_id, conversation_id) DO UPDATE
SET words = strip(known.words || EXCLUDED.words), upto_seq = greatest(known.upto_seq, EXCLUDED.upto_seq)
"""
_BEHIND = (
    "SELECT 1 FROM conversations_conversation c LEFT JOIN escalation_searchentry s ON s.tenant_id = c.tenant_id "
    "AND s.conversation_id = c.id WHERE c.tenant_id = %s AND c.updated_at >= %s "
    "AND c.last_seq > coalesce(s.upto_seq, 0) LIMIT 1"
)
_BY_KEYS = "SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
_EVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

CONDITION = (
    "c.id IN (SELECT s.conversation_id FROM escalation_searchentry s "
    "WHERE s.tenant_id = %s AND s.words @@ %s::text::tsquery)"
)
"""Takes what `wanted` gives."""
# As a value of its own, not inside the search: so the planner knows whether the words are rare or common.
_QUERY = (
    "SELECT (%s::text::tsquery && nullif(regexp_replace(plainto_tsquery('simple', %s)::text, "
    "'''( &|$)', ''':*\\1', 'g'), '')::tsquery)::text"
)


def wanted(tenant_id: int, query: str) -> tuple[int, str | None]:
    """The values of `CONDITION`; nothing is found for a query without a word."""
    with tenant_scope(tenant_id):
        found = sql.row(_QUERY, [f"'{_mark(tenant_id)}'", query])
    return tenant_id, found[0] if found else None


def catch_up(tenant_id: int, *, since: dt.datetime = _EVER, limit: int = MOST_AT_ONCE) -> int:
    """Takes what was said meanwhile into the search; how many conversations. Safe at any time, by several at once.

    Args:
        since: leave out what has not changed since.
        limit: most conversations.
    """
    with tenant_scope(tenant_id):
        if since > _EVER and not _is_behind(tenant_id, since):
            return 0
        answer = sql.run(_CATCH_UP, [tenant_id, since, limit, MOST_TEXT, _mark(tenant_id)])
    return answer.rowcount


def _is_behind(tenant_id: int, since: dt.datetime) -> bool:
    """Whether there is anything new: mostly there is not, and to plan the whole is most of its cost."""
    with sql.together():
        plan_by_keys()
        found = sql.run(_BEHIND, [tenant_id, since])
    return bool(found.fetchone())


def plan_once() -> None:
    """Lets one plan serve all values again, in the caller's trip: for statements that are given row numbers."""
    sql.run("SELECT set_config('plan_cache_mode', 'auto', true)", [])


def plan_by_keys() -> None:
    """Has the rest of the transaction go by indexes, planned for its own values, in the caller's trip.

    A plan made for any values goes through whole tables where a few rows are wanted, and a small table is read whole
    for each row of a list because that looks as cheap as a look into its index.
    """
    sql.run(_BY_KEYS, [])


def _mark(tenant_id: int) -> str:
    return f"#{tenant_id}"
