"""Routing: how many hand-offs a second four workers decide for 500 people, and that none goes to two of them.

Invariant: through the product's own services on real rows under row level security. Pulled: 500 people take the next
one again and again, in four processes at once, each decision with its event, its audit line and the hand-off's row.
Pushed: one process offers what waits to 500 people. Afterwards the rows are counted: every conversation changed hands
once, and nobody has more than she takes. Run as a program (`python -m bench.routing`) it measures and writes JSON.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import multiprocessing as mp
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.machine import pinned
from bench.report import Goal
from bench.world import World, run_step

WORKERS, AGENTS, TEAMS, WAITING, PUSHED = 4, 500, 5, 1_000, 1_000
CAPACITY = 8
MOST_SECONDS = 600.0
SKILLS, LANGUAGES = ("refunds", "returns", "sizes", "orders"), ("en", "de", "pl")


def measured(world: World) -> dict[str, Any]:
    """The figures. Raises BenchFailed."""
    with pinned(world.server_core | os.sched_getaffinity(0)):
        figures: dict[str, Any] = json.loads(run_step(world, ["-m", "bench.routing"], seconds=MOST_SECONDS))
    return figures


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """Decisions a second both ways, and that no hand-off went to two."""
    return [
        Goal(f"hand-offs/s taken by {AGENTS} people", figures["pulled"]["rate"], 200, at_most=False),
        Goal(f"hand-offs/s offered to {AGENTS} people", figures["pushed"]["rate"], 200, at_most=False),
        Goal("hand-offs given to two, or to nobody", figures["doubled"] + figures["lost"], 0),
    ]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about routing."""
    pulled, pushed = figures["pulled"], figures["pushed"]
    return "\n".join(
        [
            f"Routing: {AGENTS} people in {TEAMS} teams, skills and languages, room for {CAPACITY} each",
            f"  pulled by {WORKERS} workers: {pulled['taken']} of {WAITING} at {pulled['rate']:.0f}/s, "
            f"p50 {pulled['p50_ms']:.1f} ms, p95 {pulled['p95_ms']:.1f} ms",
            f"  pushed by one: {pushed['offered']} of {PUSHED} at {pushed['rate']:.0f}/s",
            f"  given to two: {figures['doubled']}, lost: {figures['lost']}, over their room: {figures['over']}",
        ]
    )


@dataclass(frozen=True, slots=True)
class Taker:
    """A member as the queue's doors take her."""

    tenant_id: int
    user: Any
    member_id: int
    actor: Any
    is_lead: bool = False


def main() -> None:
    import django

    django.setup()
    pulling = _a_floor()
    _wait(pulling, WAITING)
    times, seconds = _together(pulling)
    pushing = _a_floor()
    _wait(pushing, PUSHED)
    _scoped(
        pushing, "WITH t AS (UPDATE escalation_team SET delivery = 'push' RETURNING 1) SELECT count(*) FROM t"
    )
    begun = time.perf_counter()
    offered = asyncio.run(_push(pushing))
    pushed = time.perf_counter() - begun
    doubled, over = _judged(pulling)
    milliseconds = sorted(one * 1000 for one in times)
    found = {
        "pulled": {
            "taken": len(times),
            "rate": len(times) / seconds,
            "p50_ms": statistics.median(milliseconds),
            "p95_ms": statistics.quantiles(milliseconds, n=20)[-1],
        },
        "pushed": {"offered": offered, "rate": offered / pushed},
        "doubled": doubled,
        "over": over,
        "lost": WAITING - len(times) + PUSHED - offered,
    }
    json.dump(found, sys.stdout)


def _a_floor() -> int:
    """A tenant with 500 people at their desks, in five teams."""
    from core.actors import system
    from core.scope import tenant_scope
    from engine.releases.services import Configuration, publish
    from escalation.models import Agent, DeskLine, Presence, Seat, Team
    from tenants.models import Member, User
    from tenants.roles import Role
    from tenants.services import create_tenant

    dice, now = random.Random(5), dt.datetime.now(dt.UTC)
    mark = secrets.token_hex(4)
    tenant = create_tenant(slug=f"routing-{mark}", name="Routing", actor=system("bench"))
    publish(tenant_id=tenant.pk, configuration=Configuration(), actor=system("bench"))
    users = User.objects.bulk_create(
        User(email=f"{number}-{mark}@example.com", name=f"Agent {number}", password="!")
        for number in range(AGENTS)
    )
    own = {"tenant_id": tenant.pk}
    with tenant_scope(tenant.pk):
        members = Member.objects.bulk_create(Member(**own, user=user, role=Role.AGENT) for user in users)
        teams = Team.objects.bulk_create(
            Team(**own, name=f"Team {number}", is_default=number == 0, weight=number + 1)
            for number in range(TEAMS)
        )
        Seat.objects.bulk_create(
            Seat(**own, team=team, member=member) for member in members for team in dice.sample(teams, 2)
        )
        Agent.objects.bulk_create(
            Agent(
                **own, member=member, presence=Presence.ONLINE, skills=dice.sample(SKILLS, 2),
                languages=["en", dice.choice(LANGUAGES)], capacity={"chat": CAPACITY},
            )
            for member in members
        )  # fmt: skip
        DeskLine.objects.bulk_create(
            DeskLine(**own, member=one, line=f"l{one.pk}", seen_at=now + dt.timedelta(hours=1))
            for one in members
        )
    return tenant.pk


def _wait(tenant_id: int, number: int) -> None:
    """Customers who wait for all teams, skills and languages, one after the other."""
    from conversations.models import Conversation, Customer, Owner
    from core.scope import tenant_scope
    from engine.releases.queries import current
    from escalation.models import Handoff, Team

    dice, now, own = random.Random(7), dt.datetime.now(dt.UTC), {"tenant_id": tenant_id}
    release = current(tenant_id)
    with tenant_scope(tenant_id):
        teams = list(Team.objects.filter(**own))
        customers = Customer.objects.bulk_create(Customer(**own) for _ in range(number))
        talks = Conversation.objects.bulk_create(
            Conversation(**own, customer=one, release=release, owner=Owner.QUEUE) for one in customers
        )
        Handoff.objects.bulk_create(
            Handoff(
                **own, conversation=talk, team=dice.choice(teams), language=dice.choice(("", *LANGUAGES)),
                skills=dice.sample(SKILLS, dice.randrange(2)), reason="asked", urgency=dice.randrange(3),
                queued_at=now - dt.timedelta(seconds=number - place),
            )
            for place, talk in enumerate(talks)
        )  # fmt: skip


def _together(tenant_id: int) -> tuple[list[float], float]:
    """Seconds of each decision, and those that all took."""
    context = mp.get_context("spawn")
    start, said = context.Barrier(WORKERS + 1), context.SimpleQueue()
    jobs = [(tenant_id, number, start, said) for number in range(WORKERS)]
    processes = [context.Process(target=_work, args=job, daemon=True) for job in jobs]
    for process in processes:
        process.start()
    start.wait(timeout=240)
    begun = time.perf_counter()
    found = [said.get() for _ in processes]
    seconds = time.perf_counter() - begun
    for process in processes:
        process.join(timeout=20)
    return [one for times in found for one in times], seconds


def _work(tenant_id: int, number: int, start: Any, said: Any) -> None:
    import django

    django.setup()
    takers = _takers(tenant_id)[number::WORKERS]
    start.wait(timeout=240)
    said.put(asyncio.run(_take(takers)))


async def _take(takers: list[Taker]) -> list[float]:
    """As the desk's socket does it: a thread for the database, and the loop tells those who watch."""
    from core.offload import in_database
    from escalation.queueing.services import NoRoom, claim_next

    times: list[float] = []
    while takers:
        left = []
        for taker in takers:
            begun = time.perf_counter()
            try:
                taken = await in_database(claim_next)(taker, now=dt.datetime.now(dt.UTC))
            except NoRoom:
                continue
            if taken is not None:
                times.append(time.perf_counter() - begun)
                left.append(taker)
        takers = left
    return times


def _takers(tenant_id: int) -> list[Taker]:
    from core.scope import tenant_scope
    from tenants.models import Member
    from tenants.requests import actor_of

    with tenant_scope(tenant_id):
        rows = list(Member.objects.filter(tenant_id=tenant_id).select_related("user").order_by("id"))
    return [Taker(tenant_id, row.user, row.pk, actor_of(row.user)) for row in rows]


async def _push(tenant_id: int) -> int:
    from core.offload import in_database
    from escalation.queueing.offers import offer_waiting

    offered = 0
    while found := await in_database(offer_waiting)(tenant_id=tenant_id, now=dt.datetime.now(dt.UTC)):
        offered += found
    return offered


def _judged(tenant_id: int) -> tuple[int, int]:
    """Conversations that changed hands more than once, and people with more than they take."""
    twice = (
        "SELECT count(*) FROM (SELECT conversation_id FROM conversations_event WHERE type = 'owner' "
        "GROUP BY conversation_id HAVING count(*) > 1) x"
    )
    over = (
        "SELECT count(*) FROM (SELECT taken_by_id FROM escalation_handoff WHERE status = 'taken' "
        f"GROUP BY taken_by_id HAVING count(*) > {CAPACITY}) x"
    )
    return _scoped(tenant_id, twice), _scoped(tenant_id, over)


def _scoped(tenant_id: int, statement: str) -> int:
    from core import sql
    from core.scope import tenant_scope

    with tenant_scope(tenant_id):
        found = sql.row(statement, [])
    assert found is not None
    return int(found[0])


if __name__ == "__main__":
    main()
