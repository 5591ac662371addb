"""Counts figures by the hour: what changed since the last time is looked for, and its hours are counted anew.

Invariant: an hour's figures are always counted whole, never added to, so that counting twice, being stopped or meeting
late rows changes nothing but the time they take. One process counts a tenant's figures at a time. What changed is found
by the conversations' own time of change, with a margin for transactions still open, and by row numbers, which find what
is written with an old time; whatever belongs to a changed conversation is counted anew, all its hours.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from core import sql
from core.scope import tenant_scope
from escalation.figures.histograms import BUCKET
from escalation.figures.sources import REPEAT_DAYS, SOURCES, Source

MARGIN = dt.timedelta(minutes=15)
"""How long a transaction may be open: what it writes then is found even if its times and numbers are older."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
BATCH = 72
"""Hours that one transaction counts."""
MOST_SECONDS = 240.0
"""How long one sweep counts one tenant; the rest comes with the next."""
_COUNTED = (
    "conversations_event", "conversations_episode", "escalation_handoff", "escalation_rating", "conversations_run",
    "conversations_step", "budgets_usage",
)  # fmt: skip
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('figures', %s::bigint))"
_MARK = "SELECT seen_at, ids, rebuild_from FROM escalation_figuremark WHERE tenant_id = %s"
_PUT_MARK = (
    "INSERT INTO escalation_figuremark (tenant_id, seen_at, ids, rebuild_from) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (tenant_id) DO UPDATE SET seen_at = EXCLUDED.seen_at, ids = EXCLUDED.ids, "
    "rebuild_from = EXCLUDED.rebuild_from"
)
_FIRST = (
    "SELECT least((SELECT min(opened_at) FROM conversations_episode WHERE tenant_id = %s), "
    "(SELECT min(at) FROM budgets_usage WHERE tenant_id = %s))"
)
_KEY = "hour, name, label, release, team, channel"
_SAME = " AND ".join(f"o.{name} = w.{name}" for name in _KEY.split(", "))
_VALUES = "count, bad, total, buckets, counts"


def _put(table: str, also: str = "") -> str:
    """Writes the rows of `fresh`: what is not there any more goes, what is the same stays untouched."""
    changed = ", ".join(f"{value} = EXCLUDED.{value}" for value in _VALUES.split(", "))
    was, now = (", ".join(f"{side}.{value}" for value in _VALUES.split(", ")) for side in ("f", "EXCLUDED"))
    return (
        f"put AS (INSERT INTO {table} AS f (tenant_id, {_KEY}, {_VALUES}) "  # noqa: S608
        f"SELECT %s, {_KEY}, {_VALUES} FROM fresh ON CONFLICT (tenant_id, {_KEY}) DO UPDATE SET {changed} "
        f"WHERE ({was}) IS DISTINCT FROM ({now}) RETURNING 1), "
        f"gone AS (DELETE FROM {table} o WHERE o.tenant_id = %s AND o.hour >= %s AND o.hour < %s {also}"
        f"AND NOT EXISTS (SELECT FROM fresh w WHERE {_SAME}) RETURNING 1) "
        "SELECT (SELECT count(*) FROM put) + (SELECT count(*) FROM gone)"
    )


def _counting(name: str, source: Source) -> str:
    """Counts one figure in whole hours."""
    keys = "label, release, team, channel"
    return (
        "WITH seen AS MATERIALIZED (SELECT date_trunc('hour', i.at, 'UTC') AS hour, "  # noqa: S608
        "coalesce(i.label, '')::varchar(120) AS label, i.release, i.team, i.channel, i.bad, i.total, "
        f"CASE WHEN i.ticks IS NOT NULL THEN {BUCKET.format(value='i.ticks')} END AS bucket "
        "FROM (SELECT %s::bigint AS tenant, %s::timestamptz AS lo, %s::timestamptz AS hi) span "
        f"CROSS JOIN LATERAL ({source.select}) i), "
        f"sums AS (SELECT hour, {keys}, count(*) AS count, count(*) FILTER (WHERE bad) AS bad, "
        f"coalesce(sum(total), 0)::bigint AS total FROM seen GROUP BY hour, {keys}), "
        f"bars AS (SELECT hour, {keys}, array_agg(bucket ORDER BY bucket) AS buckets, "
        "array_agg(n ORDER BY bucket) AS counts "
        f"FROM (SELECT hour, {keys}, bucket, count(*) AS n FROM seen WHERE bucket IS NOT NULL "
        f"GROUP BY hour, {keys}, bucket) one GROUP BY hour, {keys}), "
        f"fresh AS (SELECT hour, '{name}'::varchar AS name, {keys}, sums.count, sums.bad, sums.total, "
        "coalesce(bars.buckets, '{}') AS buckets, coalesce(bars.counts, '{}') AS counts "
        f"FROM sums LEFT JOIN bars USING (hour, {keys})), "
        + _put("escalation_figure", f"AND o.name = '{name}' ")
    )


_KEYS_OF_DAYS = _KEY.replace("hour, ", "")
_HOURS = "FROM escalation_figure h{also} WHERE h.tenant_id = %s AND h.hour >= %s AND h.hour < %s"
_DAYS = (
    f"WITH sums AS (SELECT date_trunc('day', h.hour, 'UTC') AS hour, {_KEYS_OF_DAYS}, sum(h.count)::bigint AS count, "  # noqa: S608
    f"sum(h.bad)::bigint AS bad, sum(h.total)::bigint AS total {_HOURS.format(also='')} GROUP BY 1, {_KEYS_OF_DAYS}), "
    f"bars AS (SELECT hour, {_KEYS_OF_DAYS}, array_agg(bucket ORDER BY bucket) AS buckets, "
    "array_agg(n ORDER BY bucket) AS counts "
    f"FROM (SELECT date_trunc('day', h.hour, 'UTC') AS hour, {_KEYS_OF_DAYS}, b.bucket, sum(b.n)::bigint AS n "
    f"{_HOURS.format(also=', unnest(h.buckets, h.counts) AS b(bucket, n)')} GROUP BY 1, {_KEYS_OF_DAYS}, b.bucket) one "
    f"GROUP BY hour, {_KEYS_OF_DAYS}), "
    f"fresh AS (SELECT hour, {_KEYS_OF_DAYS}, sums.count, sums.bad, sums.total, "
    f"coalesce(bars.buckets, '{{}}') AS buckets, coalesce(bars.counts, '{{}}') AS counts "
    f"FROM sums LEFT JOIN bars USING (hour, {_KEYS_OF_DAYS})), " + _put("escalation_figureday")
)
_STATEMENTS = [_counting(name, source) for name, source in SOURCES.items()]
_LATE = {
    "conversations_event": "SELECT y.conversation_id",
    "conversations_episode": "SELECT y.conversation_id",
    "escalation_handoff": "SELECT y.conversation_id",
    "escalation_rating": "SELECT y.conversation_id",
    "conversations_run": "SELECT y.conversation_id",
    "budgets_usage": "SELECT y.conversation",
}
_CHANGED = (
    "SELECT c.id FROM conversations_conversation c WHERE c.tenant_id = %s AND c.updated_at > %s "  # noqa: S608
    "UNION SELECT h.conversation_id FROM escalation_handoff h WHERE h.tenant_id = %s "
    "AND h.status IN ('waiting', 'offered', 'taken') AND (h.reply_due_at > %s OR h.resolve_due_at > %s) "
    "UNION SELECT n.conversation_id FROM conversations_step s JOIN conversations_run n ON n.tenant_id = s.tenant_id "
    "AND n.id = s.run_id WHERE s.tenant_id = %s AND s.id > %s "
    + " ".join(
        f"UNION {select} FROM {table} y WHERE y.tenant_id = %s AND y.id > %s"
        for table, select in _LATE.items()
    )
)
_OF = "FROM changed JOIN {table} y ON y.tenant_id = %s AND y.{column} = changed.id"
_TOUCHED = (
    f"WITH changed AS MATERIALIZED ({_CHANGED}), moments AS ("  # noqa: S608
    f"SELECT y.opened_at AS at {_OF.format(table='conversations_episode', column='conversation_id')} "
    f"UNION SELECT y.resolved_at {_OF.format(table='conversations_episode', column='conversation_id')} "
    f"UNION SELECT y.queued_at {_OF.format(table='escalation_handoff', column='conversation_id')} "
    f"UNION SELECT y.created_at {_OF.format(table='escalation_rating', column='conversation_id')} "
    f"UNION SELECT y.started_at {_OF.format(table='conversations_run', column='conversation_id')} "
    f"UNION SELECT y.at {_OF.format(table='budgets_usage', column='conversation')} "
    "UNION SELECT u.at FROM budgets_usage u WHERE u.tenant_id = %s AND (u.at > %s OR u.id > %s) "
    "UNION SELECT e.resolved_at FROM changed JOIN conversations_conversation c ON c.tenant_id = %s "
    "AND c.id = changed.id "
    "JOIN conversations_conversation b ON b.tenant_id = c.tenant_id AND b.customer_id = c.customer_id AND b.id <> c.id "
    "JOIN conversations_episode e ON e.tenant_id = b.tenant_id AND e.conversation_id = b.id "
    f"AND e.resolved_at < c.created_at AND e.resolved_at >= c.created_at - interval '{REPEAT_DAYS} days') "
    "SELECT DISTINCT date_trunc('hour', at, 'UTC') FROM moments WHERE at IS NOT NULL ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a tenant's figures are counted; see `models.FigureMark`."""

    seen_at: dt.datetime
    ids: dict[str, Any]
    rebuild_from: dt.datetime | None


def roll(*, tenant_id: int, now: dt.datetime, seconds: float = MOST_SECONDS) -> int:
    """Counts what is new, and goes on with what is to be counted anew; how many figures changed.

    Args:
        seconds: after so many it stops where it is; the next call goes on.
    """
    until = time.monotonic() + seconds
    changed = _catch_up(tenant_id, now)
    while time.monotonic() < until:
        batch = _rebuild_some(tenant_id, now)
        if batch is None:
            break
        changed += batch
    return changed


def rebuild(*, tenant_id: int, since: dt.datetime | None, now: dt.datetime) -> int:
    """Counts all hours since a moment anew, all there are if it is None; how many figures changed."""
    with tenant_scope(tenant_id):
        first = since or _first(tenant_id)
        mark = _mark(tenant_id) or _new_mark(tenant_id, now)
        begin = None if first is None else hour_of(first)
        _keep(tenant_id, Mark(mark.seen_at, mark.ids, begin))
    return roll(tenant_id=tenant_id, now=now, seconds=float("inf"))


def counted_up_to(tenant_id: int) -> Mark | None:
    """How far figures are counted; None before the first time."""
    with tenant_scope(tenant_id):
        return _mark(tenant_id)


def count_hours(tenant_id: int, hours: Sequence[dt.datetime]) -> int:
    """Counts these hours anew, in the tenant's scope; how many figures changed."""
    answers = []
    with sql.together():
        for lo, hi in _runs_of(hours, HOUR):
            values = [tenant_id, lo, hi, tenant_id, tenant_id, lo, hi]
            answers += [sql.run(statement, values) for statement in _STATEMENTS]
        for lo, hi in _runs_of(sorted({hour.replace(hour=0) for hour in hours}), DAY):
            day = [tenant_id, lo, hi]
            answers.append(sql.run(_DAYS, [*day, *day, tenant_id, *day]))
    return sum(int(answer.fetchall()[0][0]) for answer in answers)


def _runs_of(hours: Sequence[dt.datetime], step: dt.timedelta) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Hours or days that follow each other, as one span: the database plans a span by its ends, and a list badly."""
    first = None
    for hour, following in zip_longest(hours, hours[1:]):
        first = first or hour
        if following != hour + step:
            yield first, hour + step
            first = None


def hour_of(moment: dt.datetime) -> dt.datetime:
    """The hour of a moment, in UTC."""
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _catch_up(tenant_id: int, now: dt.datetime) -> int:
    with tenant_scope(tenant_id):
        if not _alone(tenant_id):
            return 0
        mark = _mark(tenant_id)
        if mark is None:
            _keep(tenant_id, _new_mark(tenant_id, now))
            return 0
        touched = _touched(tenant_id, mark)
        if len(touched) > BATCH:
            _keep(tenant_id, _moved(tenant_id, mark, now, rebuild_from=touched[0]))
            return 0
        changed = count_hours(tenant_id, touched)
        # Who has nothing new costs no write, but the look back must not grow without end.
        if changed or now - mark.seen_at > MARGIN:
            _keep(tenant_id, _moved(tenant_id, mark, now, rebuild_from=mark.rebuild_from))
        return changed


def _rebuild_some(tenant_id: int, now: dt.datetime) -> int | None:
    """Counts the next hours that are to be counted anew; None when there are none, or somebody else is at it."""
    with tenant_scope(tenant_id):
        mark = _mark(tenant_id) if _alone(tenant_id) else None
        if mark is None or mark.rebuild_from is None:
            return None
        last = hour_of(now) + HOUR
        hours = [mark.rebuild_from + HOUR * number for number in range(BATCH)]
        changed = count_hours(tenant_id, [hour for hour in hours if hour <= last])
        following = hours[-1] + HOUR
        _keep(tenant_id, Mark(mark.seen_at, mark.ids, following if following <= last else None))
        return changed


def _touched(tenant_id: int, mark: Mark) -> list[dt.datetime]:
    since, old = mark.seen_at - MARGIN, mark.ids.get("old", {})
    late: list[Any] = []
    for table in _LATE:
        late += [tenant_id, old.get(table, 0)]
    changed = [tenant_id, since, tenant_id, since, since, tenant_id, old.get("conversations_step", 0), *late]
    values = [*changed, *[tenant_id] * 6, tenant_id, since, old.get("budgets_usage", 0), tenant_id]
    return [row[0] for row in sql.rows(_TOUCHED, values)]


def _moved(tenant_id: int, mark: Mark, now: dt.datetime, *, rebuild_from: dt.datetime | None) -> Mark:
    """The mark after a look: row numbers count as looked at only once they are older than any open transaction."""
    ids = mark.ids
    if now - dt.datetime.fromisoformat(ids["new_at"]) > MARGIN:
        ids = {"old": ids["new"], "new": _newest(tenant_id), "new_at": now.isoformat()}
    begin = min((one for one in (rebuild_from, mark.rebuild_from) if one is not None), default=None)
    return Mark(now, ids, begin)


def _new_mark(tenant_id: int, now: dt.datetime) -> Mark:
    newest, first = _newest(tenant_id), _first(tenant_id)
    ids = {"old": newest, "new": newest, "new_at": now.isoformat()}
    return Mark(now, ids, None if first is None else hour_of(first))


def _first(tenant_id: int) -> dt.datetime | None:
    row = sql.row(_FIRST, [tenant_id, tenant_id])
    return row[0] if row else None


def _newest(tenant_id: int) -> dict[str, int]:
    newest = ", ".join(
        f"(SELECT coalesce(max(id), 0) FROM {table} WHERE tenant_id = %s)"  # noqa: S608 — fixed names
        for table in _COUNTED
    )
    row = sql.row(f"SELECT {newest}", [tenant_id] * len(_COUNTED))
    return dict(zip(_COUNTED, row or (), strict=True))


def _alone(tenant_id: int) -> bool:
    row = sql.row(_LOCK, [tenant_id])
    return bool(row and row[0])


def _mark(tenant_id: int) -> Mark | None:
    row = sql.row(_MARK, [tenant_id])
    if row is None:
        return None
    seen_at, ids, begin = row
    return Mark(seen_at, json.loads(ids) if isinstance(ids, str | bytes) else ids, begin)


def _keep(tenant_id: int, mark: Mark) -> None:
    sql.run(_PUT_MARK, [tenant_id, mark.seen_at, json.dumps(mark.ids), mark.rebuild_from])
