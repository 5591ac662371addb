"""The demo shop's people: teams with their hours, who sits where, ready texts, tags, and when to hand over.

Invariant: what is there already stays as it is; a second run changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.actors import system
from engine.matrix.queries import rules_of
from engine.matrix.services import set_rules
from escalation.desk.queries import all_canned, all_dispositions, all_macros, all_tags
from escalation.desk.queries.teams import all_teams
from escalation.desk.services.texts import (
    CannedDraft,
    DispositionDraft,
    save_canned,
    save_disposition,
    save_macro,
    save_tag,
)
from escalation.models import Team
from escalation.queueing.teams.services import Abilities, save_agent, save_team, seat
from tenants import queries
from tenants.models import Member, Tenant

ACTOR = system("demo")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Seated:
    """Who sits in a team, and what she can take."""

    email: str
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    chats: int = 4
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Staffed:
    """A team and its people; always open, so that the demo can be tried at any hour."""

    name: str
    description: str
    people: tuple[Seated, ...]
    minutes_to_reply: int
    hours_to_resolve: int
    hours: tuple[str, str] | None = None


TEAMS = (
    Staffed(
        "Customer care",
        "Everything that is nobody else's",
        (
            Seated("mia.lund@fernhill.example", languages=("en", "da"), is_lead=True),
            Seated("ben.osei@fernhill.example", ("boots", "delivery"), ("en", "fr")),
            Seated("noa.berg@fernhill.example", ("delivery",), ("en", "de")),
        ),
        minutes_to_reply=2,
        hours_to_resolve=8,
    ),
    Staffed(
        "Returns and refunds",
        "Money back, exchanges, faults",
        (
            Seated("ben.osei@fernhill.example", ("refunds",), ("en", "fr")),
            Seated("rui.vale@fernhill.example", ("refunds",), ("en", "pt", "es")),
        ),
        minutes_to_reply=5,
        hours_to_resolve=24,
    ),
    Staffed(
        "Trade customers",
        "Shops and clubs that buy in bulk; open on working days",
        (Seated("rui.vale@fernhill.example", ("trade",), ("en", "pt", "es")),),
        minutes_to_reply=30,
        hours_to_resolve=48,
        hours=("09:00", "17:00"),
    ),
)
CANNED = (
    CannedDraft(
        "hello",
        "Greeting",
        "Hello {{ customer.first_name }}, this is {{ agent.first_name }}. I have read everything above.",
    ),
    CannedDraft(
        "sixty",
        "Sixty days",
        "You can send unused items back within sixty days of delivery; the label is in your parcel.",
    ),
    CannedDraft(
        "label",
        "New label",
        "I have asked for a new return label. It will come by e-mail.",
        team="Returns and refunds",
    ),
    CannedDraft("bye", "Goodbye", "Is there anything else I can do for you? If not, I wish you good walks!"),
    CannedDraft(
        "bonjour",
        "Salutation",
        "Bonjour {{ customer.first_name }}, ici {{ agent.first_name }}. J'ai tout lu.",
        "fr",
    ),
)
TAGS = (("delivery", "#2b50c8"), ("refund", "#9a3412"), ("sizing", "#166534"), ("bug", "#86198f"))
DISPOSITIONS = ("Answered", "Refunded", "Exchanged", "Passed on", "Could not help", "No reply from customer")
MACROS: tuple[tuple[str, list[dict[str, str]]], ...] = (
    ("Refund agreed", [{"do": "tag", "tag": "refund"}, {"do": "reply", "canned": "label"}]),
    (
        "Solved, say goodbye",
        [{"do": "reply", "canned": "bye"}, {"do": "resolve", "disposition": "Answered"}],
    ),
)
RULES: dict[str, Any] = {
    "topics": {
        "refund": ["refund*", "money back", "chargeback"],
        "trade": ["wholesale", "bulk order", "reseller"],
    },
    "own": [
        {
            "name": "large_refund",
            "title": "A refund of 200 or more",
            "when": {"topics": ["refund"], "value_at_least": 200},
            "do": "confirm",
            "urgency": "high",
            "team": "Returns and refunds",
            "skills": ["refunds"],
        },
        {
            "name": "trade",
            "title": "Trade customers",
            "when": {"topics": ["trade"]},
            "do": "confirm",
            "team": "Trade customers",
        },
    ],
}


def furnish(tenant: Tenant) -> None:
    """Gives the shop its teams and what they need, where it has none yet."""
    members = {member.user.email: member for member in queries.members(tenant.pk)}
    there = {team["name"] for team in all_teams(tenant.pk)}
    for wanted in TEAMS:
        if wanted.name not in there:
            _team(tenant.pk, wanted, members)
    _texts(tenant.pk)
    if rules_of(tenant.pk).version == 0:
        set_rules(tenant_id=tenant.pk, settings=RULES, actor=ACTOR)


def _texts(tenant_id: int) -> None:
    own: dict[str, Any] = {"tenant_id": tenant_id, "actor": ACTOR}
    for name, colour in () if all_tags(tenant_id) else TAGS:
        save_tag(name=name, colour=colour, **own)
    for draft in () if all_canned(tenant_id) else CANNED:
        save_canned(draft=draft, **own)
    for position, name in enumerate(() if all_dispositions(tenant_id) else DISPOSITIONS):
        save_disposition(draft=DispositionDraft(name, position), **own)
    for name, steps in () if all_macros(tenant_id) else MACROS:
        save_macro(name=name, steps=steps, **own)


def _team(tenant_id: int, wanted: Staffed, members: dict[str, Member]) -> None:
    hours = {day: [list(wanted.hours)] for day in _WEEK[:5]} if wanted.hours else {}
    team = Team(
        name=wanted.name,
        description=wanted.description,
        is_default=wanted is TEAMS[0],
        zone="Europe/London",
        hours=hours,
        first_reply_seconds=wanted.minutes_to_reply * 60,
        resolution_seconds=wanted.hours_to_resolve * 3600,
    )
    save_team(tenant_id=tenant_id, team=team, actor=ACTOR)
    for one in wanted.people:
        member = members[one.email]
        seat(tenant_id=tenant_id, team_id=team.pk, member_id=member.pk, is_lead=one.is_lead, actor=ACTOR)
        abilities = Abilities(one.skills, one.languages, {"chat": one.chats})
        save_agent(tenant_id=tenant_id, member_id=member.pk, abilities=abilities, actor=ACTOR)
