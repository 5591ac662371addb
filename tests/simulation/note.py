"""What a simulated day came to, read from the database: nobody lost, nobody given to two, who waited how long."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from core import sql
from core.scope import tenant_scope
from tests.simulation.cast import CAPACITY, HOUR, TEAMS, Agent, Plan
from tests.simulation.day import Found

MOST_ABSENT = 20.0
_STATUSES = "SELECT status, count(*) FROM escalation_handoff WHERE tenant_id = %s GROUP BY 1 ORDER BY 1"
_OPEN = "SELECT count(*) FROM conversations_conversation WHERE tenant_id = %s AND owner IN ('queue', 'agent')"
_UNKNOWN = (
    "SELECT count(*) FROM conversations_conversation c WHERE c.tenant_id = %s AND NOT EXISTS "
    "(SELECT FROM escalation_handoff h WHERE h.tenant_id = c.tenant_id AND h.conversation_id = c.id)"
)
# A person after a person, without the queue or the assistant in between.
_TWICE = (
    "SELECT count(*) FROM (SELECT data ->> 'owner' AS owner, lag(data ->> 'owner') OVER "
    "(PARTITION BY conversation_id ORDER BY seq) AS before FROM conversations_event "
    "WHERE tenant_id = %s AND data ? 'owner') e WHERE owner = 'agent' AND before = 'agent'"
)
_WAITS = (
    "SELECT t.name, extract(epoch FROM min(e.created_at) - h.queued_at) FROM escalation_handoff h "
    "JOIN escalation_team t ON t.tenant_id = h.tenant_id AND t.id = h.team_id "
    "JOIN conversations_event e ON e.tenant_id = h.tenant_id AND e.conversation_id = h.conversation_id "
    "AND e.data ->> 'owner' = 'agent' WHERE h.tenant_id = %s GROUP BY h.id, t.name"
)
_BREACHES = "SELECT count(*) FROM escalation_handoff WHERE tenant_id = %s AND cardinality(breached) > 0"


def faults(found: Found, plan: Plan) -> list[str]:
    """What must not be, in words; empty: nothing."""
    said = list(found.faults)
    for statement, wrong in (
        (_OPEN, "still wait or are with a person"),
        (_UNKNOWN, "have no hand-off"),
        (_TWICE, "times a person got what another had"),
    ):
        number = int(_rows(found, statement)[0][0])
        if number:
            said.append(f"{number} {wrong}")
    settled = sum(client.outcome != "" for client in found.clients)
    if settled != plan.customers:
        said.append(f"{plan.customers - settled} customers came to no end")
    if found.longest_absent > MOST_ABSENT:
        said.append(f"somebody waited {found.longest_absent:.0f} s for a person who was not there")
    return said


def text(found: Found, plan: Plan) -> str:
    """The note."""
    return "\n".join(
        [
            f"A day of {plan.customers} hand-offs, {plan.agents} people, seed {plan.seed}",
            f"  ended: {', '.join(f'{number} {status}' for status, number in _rows(found, _STATUSES))}",
            f"  given back to the queue: {found.returns}; most waiting at once: {found.most_waiting}; promises broken: "
            f"{_rows(found, _BREACHES)[0][0]}",
            f"  longest wait for a person who was not there: {found.longest_absent:.1f} s",
            *_waits(found),
            *_shares(found.agents),
        ]
    )


def _waits(found: Found) -> Iterator[str]:
    waits: dict[str, list[float]] = {}
    for name, seconds in _rows(found, _WAITS):
        waits.setdefault(name, []).append(float(seconds))
    for name in TEAMS:
        of_team = sorted(waits.get(name, []))
        if of_team:
            weight = TEAMS[name].get("weight", 1)
            yield (
                f"  {name:<8} weight {weight}: {len(of_team):>4} taken, waited p50 {_at(of_team, 0.5):>5.0f} s, "
                f"p95 {_at(of_team, 0.95):>5.0f} s, most {of_team[-1]:>5.0f} s"
            )


def _shares(agents: Sequence[Agent]) -> Iterator[str]:
    rates = sorted(agent.taken * HOUR / agent.seconds for agent in agents)
    used = sorted(agent.busy_seconds / (agent.seconds * CAPACITY) for agent in agents)
    fair = sum(rates) ** 2 / (len(rates) * sum(rate * rate for rate in rates)) if any(rates) else 1.0
    yield (
        f"  each person took {rates[0]:.1f} to {rates[-1]:.1f} an hour, median {statistics.median(rates):.1f}; "
        f"Jain's index {fair:.2f} of 1"
    )
    yield (
        f"  places in use: {used[0]:.0%} to {used[-1]:.0%} of each person's, {statistics.mean(used):.0%} on average"
    )


def _at(values: Sequence[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]


def _rows(found: Found, statement: str) -> list[tuple[Any, ...]]:
    with tenant_scope(found.tenant_id):
        return sql.rows(statement, [found.tenant_id])
