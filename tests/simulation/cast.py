"""Who works in the simulated day and who writes: drawn from a seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

from escalation.models import Team
from escalation.queueing import services
from escalation.queueing.teams.services import Abilities
from tenants.models import Tenant, User
from tenants.requests import actor_of
from tenants.roles import Role
from tenants.services import add_member
from tests.factories import SETUP, a_tenant

MORNING = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
"""A Monday."""
HOUR = 3600.0
LANGUAGES, SKILLS = ("en", "de", "pl"), ("refunds", "hardware", "contracts")
TEAMS: dict[str, dict[str, Any]] = {
    "Support": {"weight": 1},
    "Orders": {"weight": 2, "first_reply_seconds": 300, "resolution_seconds": 3600},
    "Tech": {"weight": 1, "patience_seconds": 60},
    "Sales": {"weight": 1, "delivery": "push", "routing": "round_robin", "offer_seconds": 15},
}
SHARES = {"Support": 0.35, "Orders": 0.35, "Tech": 0.15, "Sales": 0.15}
SHIFTS = ((0.0, 8.0), (1.0, 9.0), (2.0, 10.0), (0.0, 5.0), (5.0, 10.0))
CAPACITY = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How much happens. `hours` of the day count; `agents` work in shifts of them."""

    customers: int = 2_000
    agents: int = 40
    hours: float = 10.0
    seed: int = 20261123


@dataclass(slots=True)
class Agent:
    """A member, her day, and where she is. Times are seconds since the morning."""

    tenant_id: int
    user: User
    member_id: int
    actor: Any
    teams: tuple[str, ...]
    begins: float
    ends: float
    lunch: float
    lunch_seconds: float
    lost: list[tuple[float, float]] = field(default_factory=list)
    is_lead: bool = False
    said: str = "offline"
    absent_since: float | None = 0.0
    mine: set[int] = field(default_factory=set)
    retry_at: float = 0.0
    taken: int = 0
    busy_seconds: float = 0.0

    def is_lost(self, at: float) -> bool:
        """Whether her sockets are dead, of which nobody was told."""
        return any(begin <= at < end for begin, end in self.lost)

    def works(self, at: float) -> bool:
        return self.begins <= at < self.ends and not self.lunch <= at < self.lunch + self.lunch_seconds

    @property
    def seconds(self) -> float:
        """How long she works, without her lunch."""
        return self.ends - self.begins - self.lunch_seconds

    def is_there(self, at: float) -> bool:
        return self.works(at) and not self.is_lost(at)


@dataclass(slots=True)
class Client:
    """A customer's matter."""

    number: int
    at: float
    team: str
    language: str
    skills: tuple[str, ...]
    rounds: int
    conversation_id: int = 0
    actor: Any = None
    taken_at: float | None = None
    spoke_at: float = 0.0
    outcome: str = ""
    returns: int = 0


def furnish() -> tuple[Tenant, dict[int, Team]]:
    """A tenant with its teams."""
    tenant = a_tenant("Day")
    teams = {}
    for name, wishes in TEAMS.items():
        team = Team(name=name, zone="UTC", hours={"mon": [["08:00", "18:00"]]}, **wishes)
        teams[services.save_team(tenant_id=tenant.pk, team=team, actor=SETUP).pk] = team
    return tenant, teams


def hire(plan: Plan, tenant: Tenant, teams: dict[int, Team], dice: Random) -> list[Agent]:
    """The people, with shifts, breaks, skills, and the moments at which their sockets vanish."""
    by_name = {team.name: pk for pk, team in teams.items()}
    return [_hire(plan, tenant, by_name, number, dice) for number in range(plan.agents)]


def _hire(plan: Plan, tenant: Tenant, teams: dict[str, int], number: int, dice: Random) -> Agent:
    user = User(email=f"day-{tenant.pk}-{number}@example.com", name=f"Agent {number}")
    user.set_unusable_password()
    user.save()
    member = add_member(tenant_id=tenant.pk, user=user, role=Role.AGENT, actor=SETUP)
    names = list(TEAMS)
    seats = {names[number % len(names)], *dice.sample(names, dice.randint(0, 1))}
    own: dict[str, Any] = {"tenant_id": tenant.pk, "member_id": member.pk, "actor": SETUP}
    for name in seats:
        services.seat(team_id=teams[name], **own)
    spoken = ["en", *dice.sample(LANGUAGES[1:], dice.randint(0, 2))]
    can = Abilities(dice.sample(SKILLS, dice.randint(1, 2)), spoken, {"chat": CAPACITY})
    services.save_agent(abilities=can, **own)
    return _her_day(plan, tenant.pk, (user, member.pk), tuple(sorted(seats)), dice)


def _her_day(
    plan: Plan, tenant_id: int, who: tuple[User, int], seats: tuple[str, ...], dice: Random
) -> Agent:
    user, member_id = who
    scale = plan.hours / 10
    begins, ends = (hour * HOUR * scale for hour in dice.choice(SHIFTS))
    lunch = begins + (ends - begins) * dice.uniform(0.4, 0.6)
    vanishes = sorted(dice.uniform(begins, ends) for _ in range(dice.randint(0, 4)))
    lost = [(at, at + dice.choice((6.0, 18.0, 45.0, 300.0))) for at in vanishes]
    return Agent(
        tenant_id, user, member_id, actor_of(user), seats, begins, ends, lunch, HOUR / 2 * scale, lost
    )


def customers(plan: Plan, dice: Random) -> list[Client]:
    """The matters of the day: two waves, and the last ones near the end."""
    return [_customer(number, plan, dice) for number in range(plan.customers)]


def _customer(number: int, plan: Plan, dice: Random) -> Client:
    wave = dice.choice((0.25, 0.6))
    at = dice.uniform(0, 1) if dice.random() < 0.5 else min(max(dice.gauss(wave, 0.08), 0.001), 0.999)
    team = dice.choices(list(SHARES), list(SHARES.values()))[0]
    language = dice.choices(LANGUAGES, (0.6, 0.25, 0.15))[0]
    skills = tuple(dice.sample(SKILLS, 1)) if dice.random() < 0.3 else ()
    return Client(number, at * plan.hours * HOUR, team, language, skills, dice.choice((1, 1, 2, 2, 3, 4)))
