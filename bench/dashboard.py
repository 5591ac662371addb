"""The dashboard on a million events: how fast they are counted, and how soon the page and its lists are there.

Invariant: the product's own counting and page, under row level security, on tables that are filled at full size and
analysed: 100,000 conversations of ten events over ninety days, with their episodes, runs, steps, hand-offs, ratings and
paid calls. Each page is asked for by a signed-in manager through all of the middleware, many times after it is warm.
Run as a program (`python -m bench.dashboard`) it measures and writes JSON.
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

CONVERSATIONS, EVENTS, DAYS = 100_000, 10, 90
ROUNDS = 20
MOST_SECONDS = 900.0
_BACK = f"now() - (n %% 1000003) * interval '1 second' * {DAYS * 86_400} / {CONVERSATIONS}"
_TALKS = f"""
WITH people AS (
    INSERT INTO conversations_customer (tenant_id, public_id, identity, name, email, segments, created_at)
    SELECT %(tenant)s, gen_random_uuid(), 'claimed', 'Customer ' || n, '', '{{}}', now()
    FROM generate_series(1, %(many)s) n RETURNING id
)
INSERT INTO conversations_conversation (tenant_id, public_id, customer_id, release_id, owner, owner_version, episode,
    language, last_seq, customer_seq, answered_seq, read_seq, created_at, updated_at)
SELECT %(tenant)s, gen_random_uuid(), id, (%(releases)s::bigint[])[1 + n %% 2], 'closed', 1, 1,
    (ARRAY['en', 'de', 'fr', 'pl'])[1 + n %% 4], %(events)s, %(events)s - 1, %(events)s, 0, {_BACK}, {_BACK}
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people) p
"""
_EPISODES = """
INSERT INTO conversations_episode (tenant_id, conversation_id, number, opened_at, resolved_at, resolution)
SELECT tenant_id, id, 1, created_at, created_at + interval '1 hour' * (1 + id % 30) / 10,
    (ARRAY['confirmed', 'assumed', 'contained', 'contained', 'abandoned'])[1 + id % 5]
FROM conversations_conversation WHERE tenant_id = %(tenant)s
"""
_LOGS = """
INSERT INTO conversations_event (tenant_id, conversation_id, seq, type, author_kind, author_id, author_name, text, data,
    created_at)
SELECT tenant_id, id, s, 'message', CASE WHEN s % 2 = 1 THEN 'customer' ELSE 'ai' END, '', '', 'Words of a message',
    '{}', created_at + s * interval '7 seconds'
FROM conversations_conversation, generate_series(1, %(events)s) s WHERE tenant_id = %(tenant)s
"""
_HANDOFFS = """
INSERT INTO escalation_handoff (tenant_id, public_id, conversation_id, episode, team_id, status, urgency, channel,
    language, skills, reason, note, decision, packet, queued_at, first_reply_at, taken_by_id, offers, declined_by,
    served_seconds, warned, breached)
SELECT tenant_id, gen_random_uuid(), id, 1, (%(teams)s::bigint[])[1 + id %% 4], 'resolved', 1, 'chat', '', '{}',
    (ARRAY['asked', 'unsure', 'failed_attempts', 'taken_over'])[1 + id %% 4], '', '{}', '{}',
    created_at + interval '1 minute', created_at + interval '1 second' * (70 + id %% 600), %(member)s, 0, '{}', 300,
    '{}', '{}'
FROM conversations_conversation WHERE tenant_id = %(tenant)s AND id %% 5 = 0
"""
_RATINGS = """
INSERT INTO escalation_rating (tenant_id, conversation_id, episode, score, comment, release_id, created_at)
SELECT tenant_id, id, 1, 1 + id % 5, '', release_id, created_at + interval '2 hours'
FROM conversations_conversation WHERE tenant_id = %(tenant)s AND id % 4 = 0
"""
_RUNS = """
INSERT INTO conversations_run (tenant_id, public_id, conversation_id, status, owner_version, upto_seq, attempt, crashes,
    lease_until, level, reason, choice, prompt, checks, said, prompt_tokens, completion_tokens, cached_tokens,
    started_at, finished_at)
SELECT tenant_id, gen_random_uuid(), id, 'done', 1, s, 1, 0, created_at, 'model', '', '', '',
    CASE WHEN id % 20 = 0 THEN '[{"check": "injection", "action": "block", "flagged": true}]'::jsonb ELSE '[]' END,
    0, 900, 80, 0, created_at + s * interval '14 seconds', created_at + s * interval '15 seconds'
FROM conversations_conversation, generate_series(1, 2) s WHERE tenant_id = %(tenant)s
"""
_STEPS = """
INSERT INTO conversations_step (tenant_id, run_id, number, kind, name, status, is_error, text, data, prompt_tokens,
    completion_tokens, cached_tokens, started_at, finished_at)
SELECT tenant_id, id, s, CASE s WHEN 1 THEN 'model' ELSE 'tool' END,
    CASE s WHEN 1 THEN 'gpt' ELSE (ARRAY['search_knowledge', 'order_status', 'refund'])[1 + id % 3] END, 'done',
    id % 40 = 0, '', '{}', 900, 80, 0, started_at, started_at + interval '1 millisecond' * (40 + id % 900)
FROM conversations_run, generate_series(1, 2) s WHERE tenant_id = %(tenant)s
"""
_USAGE = """
INSERT INTO budgets_usage (tenant_id, run, step, attempt, conversation, release, feature, traffic, provider, model,
    input_price, cached_price, output_price, reservation, prompt_tokens, completion_tokens, cached_tokens, cost_nanos,
    charged_nanos, overrun_nanos, estimated, lost, at)
SELECT tenant_id, public_id::text, 1, 1, conversation_id, 1, 'chat', 'live', 'p', 'm', 1, 1, 1, id, 900, 80, 100,
    200000 + id %% 999, 200000 + id %% 999, 0, false, false, started_at
FROM conversations_run WHERE tenant_id = %(tenant)s
"""
_PARTS = (_TALKS, _EPISODES, _LOGS, _HANDOFFS, _RATINGS, _RUNS, _STEPS, _USAGE)
_NEWER = """
UPDATE conversations_conversation SET updated_at = now() WHERE tenant_id = %(tenant)s AND id IN (
    SELECT id FROM conversations_conversation WHERE tenant_id = %(tenant)s ORDER BY id LIMIT 50)
"""


def measured(world: World) -> dict[str, Any]:
    """The figures. Raises BenchFailed."""
    figures: dict[str, Any] = json.loads(run_step(world, ["-m", "bench.dashboard"], seconds=MOST_SECONDS))
    return figures


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """The slowest way to the page and to a list behind a number, at p95."""
    pages = [one["p95"] for name, one in figures["times"].items() if name.startswith("page")]
    lists = [one["p95"] for name, one in figures["times"].items() if name.startswith("list")]
    return [
        Goal(
            f"the dashboard on {figures['events']:,} events, the slowest period, p95",
            max(pages),
            1000,
            unit=" ms",
        ),
        Goal("a page of a list behind a number, p95", max(lists), 1000, unit=" ms"),
        Goal("50 conversations of 50 hours changed: counted anew in", figures["caught_up_s"], 10, unit=" s"),
    ]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about the dashboard."""
    lines = [
        f"The dashboard: {figures['events']:,} events of {figures['conversations']:,} conversations in {DAYS} days",
        f"  counted from nothing in {figures['rebuilt_s']:.1f} s "
        f"({figures['events'] / figures['rebuilt_s']:,.0f} events/s) into {figures['figures']:,} figures",
        f"  again with nothing new in {figures['idle_s'] * 1000:.0f} ms; "
        f"with 50 conversations changed in {figures['caught_up_s'] * 1000:.0f} ms",
    ]
    lines += [
        f"  {name:<40}{one['p50']:>9.1f} ms p50 {one['p95']:>9.1f} ms p95"
        for name, one in figures["times"].items()
    ]
    return "\n".join(lines)


def main() -> None:
    import django

    django.setup()
    from django.utils import timezone

    from core import sql
    from core.scope import tenant_scope
    from escalation.figures import rolling

    tenant, user = _filled()
    _analyse()
    rebuilt = _seconds(lambda: rolling.rebuild(tenant_id=tenant, since=None, now=timezone.now()))
    _analyse()
    idle = _seconds(lambda: rolling.roll(tenant_id=tenant, now=timezone.now()))
    with tenant_scope(tenant):
        _run(sql, _NEWER, {"tenant": tenant})
        row = sql.row("SELECT count(*) FROM escalation_figure WHERE tenant_id = %s", [tenant])
    caught_up = _seconds(lambda: rolling.roll(tenant_id=tenant, now=timezone.now()))
    found = {
        "events": CONVERSATIONS * EVENTS,
        "conversations": CONVERSATIONS,
        "figures": row[0] if row else 0,
        "rebuilt_s": rebuilt,
        "idle_s": idle,
        "caught_up_s": caught_up,
        "times": _pages(user),
    }
    json.dump(found, sys.stdout)


def _pages(user: Any) -> dict[str, dict[str, float]]:
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(user)
    index, lists = "/console/", "/console/figures/behind/"
    asked = {
        "page of today": f"{index}?period=today",
        "page of 28 days": f"{index}?period=28",
        "page of 90 days": f"{index}?period=90",
        "page of 90 days, one release": f"{index}?period=90&release=1",
        "list of conversations begun, 90 days": f"{lists}?period=90&figure=begun",
        "list of solved ones, 90 days": f"{lists}?period=90&figure=ended&label=solved",
        "list of failed calls of a tool, 90 days": f"{lists}?period=90&figure=tool&label=refund&only=bad",
        "list of what guardrails did, 90 days": f"{lists}?period=90&figure=guard",
        "list of hand-offs by reason, 90 days": f"{lists}?period=90&figure=escalated&label=asked",
    }
    return {name: _timed(client, address) for name, address in asked.items()}


def _timed(client: Any, address: str) -> dict[str, float]:
    times = []
    for number in range(ROUNDS + 2):
        began = time.perf_counter()
        answer = client.get(address)
        if answer.status_code != 200:
            raise BenchFailed(f"{address} answered {answer.status_code}.")
        if number > 1:
            times.append((time.perf_counter() - began) * 1000)
    cut = quantiles(times, n=20)
    return {"least": min(times), "p50": cut[9], "p95": cut[18]}


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _filled() -> tuple[int, Any]:
    """A tenant with a quarter's conversations, and its manager."""
    from core import sql
    from core.actors import system
    from core.scope import tenant_scope
    from engine.releases.services import Configuration, publish
    from escalation.models import Team
    from tenants.models import User
    from tenants.roles import Role
    from tenants.services import add_member, create_tenant

    actor, mark = system("bench"), os.urandom(4).hex()
    tenant = create_tenant(slug=f"figures-{mark}", name="Figures", actor=actor)
    releases = [publish(tenant_id=tenant.pk, configuration=Configuration(), actor=actor).pk for _ in range(2)]
    user = User.objects.create_user(f"manager-{mark}@example.com", None, name="Manager")
    member = add_member(tenant_id=tenant.pk, user=user, role=Role.MANAGER, actor=actor)
    with tenant_scope(tenant.pk):
        teams = [Team.objects.create(tenant_id=tenant.pk, name=f"Team {number}").pk for number in range(4)]
    own = {
        "tenant": tenant.pk, "releases": releases, "teams": teams, "member": member.pk, "many": CONVERSATIONS,
        "events": EVENTS,
    }  # fmt: skip
    for statement in _PARTS:
        with tenant_scope(tenant.pk):
            _run(sql, statement, own)
    return tenant.pk, user


def _run(sql: Any, statement: str, named: Mapping[str, Any]) -> None:
    """Named values as positional ones, which is what the product's own statements take."""
    first, *parts = statement.replace("%%", "%").split("%(")
    plain, values = first.replace("%", "%%"), []
    for part in parts:
        name, _, rest = part.partition(")s")
        values.append(named[name])
        plain += "%s" + rest.replace("%", "%%")
    sql.run(plain, values)


def _analyse() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
