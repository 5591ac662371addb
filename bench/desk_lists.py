"""The desk's lists on a tenant of 10,000 conversations: a page by key, its counts, a search, one conversation.

Invariant: the product's own queries, under row level security, on tables that are filled at full size and analysed;
every statement is run many times after it has been warmed, and what is found is counted, so that an empty page does
not pass for a fast one. Run as a program (`python -m bench.desk_lists`) it measures and writes JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from statistics import quantiles
from typing import Any

import psycopg

from bench.machine import BenchFailed
from bench.report import Goal
from bench.world import World, run_step

CONVERSATIONS = 10_000
MESSAGES = 6
WAITING, TAKEN = 120, 80
ROUNDS = 60
MOST_SECONDS = 240.0
_TALKS = """
WITH people AS (
    INSERT INTO conversations_customer (tenant_id, public_id, identity, name, email, segments, created_at)
    SELECT %(tenant)s, gen_random_uuid(), 'claimed', 'Customer ' || n, 'c' || n || '@example.com', '{}', now()
    FROM generate_series(1, %(many)s) n RETURNING id
)
INSERT INTO conversations_conversation (tenant_id, public_id, customer_id, release_id, owner, owner_version, episode,
    last_seq, customer_seq, answered_seq, read_seq, created_at, updated_at)
SELECT %(tenant)s, gen_random_uuid(), id, %(release)s, CASE WHEN n %% 3 = 0 THEN 'ai' ELSE 'closed' END, 1, 1,
    %(messages)s, %(messages)s - 1, %(messages)s, 0, now(), now() - n * interval '30 seconds'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people) p
"""
_LOGS = """
INSERT INTO conversations_event (tenant_id, conversation_id, seq, type, author_kind, author_id, author_name, text, data,
    created_at)
SELECT tenant_id, id, s, 'message', CASE WHEN s %% 2 = 1 THEN 'customer' ELSE 'ai' END, '', '',
    'Where is parcel ' || id || '? It was to come on day ' || s || ', by ' || md5((id * 7 + s)::text)
    || repeat(' and more words of a usual message', 4), '{}', updated_at
FROM conversations_conversation, generate_series(1, %(messages)s) s WHERE tenant_id = %(tenant)s
"""
_OPEN = """
WITH open AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM conversations_conversation
    WHERE tenant_id = %(tenant)s AND owner = 'ai' AND id %% 7 = 0 LIMIT %(open)s
), moved AS (
    UPDATE conversations_conversation c SET owner = CASE WHEN open.n <= %(waiting)s THEN 'queue' ELSE 'agent' END,
        agent_id = CASE WHEN open.n <= %(waiting)s THEN NULL ELSE %(user)s END
    FROM open WHERE c.id = open.id
)
INSERT INTO escalation_handoff (tenant_id, public_id, conversation_id, episode, team_id, status, urgency, channel,
    language, skills, reason, note, decision, packet, queued_at, offers, declined_by, served_seconds, warned, breached)
SELECT %(tenant)s, gen_random_uuid(), id, 1, %(team)s, CASE WHEN n <= %(waiting)s THEN 'waiting' ELSE 'taken' END,
    1, 'chat', '', '{}', 'asked', '', '{}', '{}', now(), 0, '{}', 0, '{}', '{}' FROM open
"""


def measured(world: World) -> dict[str, Any]:
    """The figures. Raises BenchFailed."""
    figures: dict[str, Any] = json.loads(run_step(world, ["-m", "bench.desk_lists"], seconds=MOST_SECONDS))
    return figures


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """The slowest page, first or deep, and a search, at p95."""
    pages = {name: one["p95"] for name, one in figures["times"].items() if name.startswith("page")}
    searches = {name: one["p95"] for name, one in figures["times"].items() if name.startswith("search")}
    return [
        Goal("a page of a list of 10,000, the slowest view, p95", max(pages.values()), 50, unit=" ms"),
        Goal("a page of a search over them, p95", max(searches.values()), 50, unit=" ms"),
    ]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about lists."""
    lines = [f"The desk's lists: {figures['conversations']:,} conversations, {figures['open']} of them open"]
    lines += [
        f"  {name:<28}{one['least']:>8.2f} ms least {one['p50']:>8.2f} p50 {one['p95']:>8.2f} p95 "
        f"{one['found']:>5} found"
        for name, one in figures["times"].items()
    ]
    indexed = figures["indexed_per_second"]
    lines.append(
        f"  {indexed:,.0f} conversations/s taken into the search, behind the log: an append pays nothing"
    )
    return "\n".join(lines)


def main() -> None:
    import django

    django.setup()
    from escalation.desk import queries, searching
    from escalation.desk.filters import VIEWS

    post = _filled()
    began, indexed = time.perf_counter(), 0
    while done := searching.catch_up(post.tenant_id):
        indexed += done
    per_second = indexed / (time.perf_counter() - began)
    _analyse()
    deep = _deep(post, pages=100)
    calls: dict[str, Callable[[], int]] = {
        f"page of {view}": lambda view=view: len(queries.page(post, {"view": view}).rows)  # type: ignore[misc]
        for view in VIEWS
    }
    calls |= {
        "page of all, the hundredth": lambda: len(queries.page(post, cursor=deep).rows),
        "search for a rare word": lambda: len(queries.page(post, {"q": f"parcel {_rare(post)}"}).rows),
        "search for a common word": lambda: len(queries.page(post, {"q": "parcel"}).rows),
        "search for what is nowhere": lambda: len(queries.page(post, {"q": "unicorn"}).rows),
        "counts": lambda: sum(queries.counts(post).values()),
        "one conversation": lambda: len(
            queries.look(post, queries.page(post, limit=1).rows[0]["conversation"]).row
        ),
    }
    json.dump(
        {
            "conversations": CONVERSATIONS,
            "open": WAITING + TAKEN,
            "indexed_per_second": per_second,
            "times": {name: _timed(call) for name, call in calls.items()},
        },
        sys.stdout,
    )


def _timed(call: Callable[[], int]) -> dict[str, float]:
    found, times = call(), []
    for _ in range(5):
        call()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    cut = quantiles(times, n=20)
    return {"least": min(times), "p50": cut[9], "p95": cut[18], "found": found}


def _filled() -> Any:
    """A tenant with its conversations; the post of an agent who sits in the team that has the open ones."""
    from core import sql
    from core.actors import system
    from core.scope import tenant_scope
    from engine.releases.services import Configuration, publish
    from escalation.desk.posts import post_of
    from escalation.models import Seat, Team
    from tenants.models import User
    from tenants.roles import Role
    from tenants.services import add_member, create_tenant

    actor, mark = system("bench"), os.urandom(4).hex()
    tenant = create_tenant(slug=f"lists-{mark}", name="Lists", actor=actor)
    release = publish(tenant_id=tenant.pk, configuration=Configuration(), actor=actor)
    user = User.objects.create_user(f"agent-{mark}@example.com", None, name="Agent")
    member = add_member(tenant_id=tenant.pk, user=user, role=Role.AGENT, actor=actor)
    with tenant_scope(tenant.pk):
        team = Team.objects.create(tenant_id=tenant.pk, name="Lists")
        Seat.objects.create(tenant_id=tenant.pk, team=team, member_id=member.pk)
        own = {"tenant": tenant.pk, "release": release.pk, "team": team.pk, "user": user.pk}
        sizes = {"many": CONVERSATIONS, "messages": MESSAGES, "waiting": WAITING, "open": WAITING + TAKEN}
        for statement in (_TALKS, _LOGS, _OPEN):
            _run(sql, statement, own | sizes)
    return post_of(member, user)


def _run(sql: Any, statement: str, named: Mapping[str, Any]) -> None:
    """Named values as positional ones, which is what the product's own statements take."""
    values: list[Any] = []
    parts = statement.split("%(")
    plain = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition(")s")
        values.append(named[name])
        plain += "%s" + rest
    sql.run(plain, values)


def _analyse() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _deep(post: Any, *, pages: int) -> str:
    from escalation.desk import queries

    cursor = ""
    for _ in range(pages):
        cursor = queries.page(post, cursor=cursor, limit=50).next
        if not cursor:
            raise BenchFailed("The list ended too soon.")
    return cursor


def _rare(post: Any) -> int:
    """A number that stands in one conversation only."""
    from conversations.models import Conversation
    from core.scope import tenant_scope

    with tenant_scope(post.tenant_id):
        return Conversation.objects.filter(tenant_id=post.tenant_id).order_by("id")[500].pk


if __name__ == "__main__":
    main()
