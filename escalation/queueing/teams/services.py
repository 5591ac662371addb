"""Sets up teams, seats and what members can take; each verb owns its transaction and leaves an audit line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from core.actors import Actor, system
from core.errors import Conflict, Invalid, NotFound
from core.scope import tenant_scope
from escalation.models import Agent, Handoff, HandoffStatus, Presence, Seat, Team
from escalation.queueing.hours import BadHours, calendar_of
from tenants.models import Member

FIRST_TEAM = "Support"
MOST_CAPACITY, MOST_WORDS = 100, 30
_LIMITS = {
    "offer_seconds": (5, 600),
    "weight": (1, 100),
    "first_reply_seconds": (0, 2_592_000),
    "resolution_seconds": (0, 31_536_000),
    "warn_percent": (1, 100),
    "patience_seconds": (0, 86_400),
    "grace_seconds": (0, 86_400),
}
"""Whole numbers of a team, and their bounds."""
OPEN = (HandoffStatus.WAITING, HandoffStatus.OFFERED, HandoffStatus.TAKEN)


class BadTeam(Invalid):
    """`fields` says what is wrong with which field."""

    code = "bad_team"
    default_message = "The team cannot be saved like this."

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {said}" for name, said in fields.items()))
        self.fields = dict(fields)
        self.data = self.fields


class BadAgent(BadTeam):
    code = "bad_agent"


class TeamNameTaken(Conflict):
    code = "team_name_taken"
    default_message = "There is a team of this name already. Choose another one."


class TeamInUse(Conflict):
    code = "team_in_use"
    default_message = "Customers wait for this team or talk to it. Move them first, or switch the team off."


class DefaultTeamNeeded(Conflict):
    code = "default_team_needed"
    default_message = "This is the default team: name another one as the default first."


class NoSuchTeam(NotFound):
    code = "no_such_team"
    default_message = "There is no such team."


class NoSuchMember(NotFound):
    code = "no_such_member"
    default_message = "There is no such member."


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a member can take. `capacity`: channel -> conversations at once."""

    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    capacity: Mapping[str, int] = field(default_factory=dict)


def save_team(*, tenant_id: int, team: Team, actor: Actor) -> Team:
    """Adds a team or changes one. The first one is the default; a new default takes the place of the one before.

    Raises:
        BadTeam: what is wrong, by field; TeamNameTaken
        DefaultTeamNeeded: the default team would be none, or switched off.
    """
    with tenant_scope(tenant_id):
        team.tenant_id = tenant_id
        _check_team(team)
        others = Team.objects.filter(tenant_id=tenant_id, is_default=True).exclude(pk=team.pk)
        has_default = others.exists()
        if not has_default:
            if team.pk and (not team.is_default or not team.is_active):
                raise DefaultTeamNeeded
            team.is_default = True
        if team.is_default and not team.is_active:
            raise DefaultTeamNeeded
        is_new = team.pk is None
        try:
            with transaction.atomic():
                if team.is_default and has_default:
                    others.update(is_default=False)
                team.save()
        except IntegrityError as error:
            raise TeamNameTaken from error
        data = {"name": team.name, "new": is_new, "active": team.is_active, "default": team.is_default}
        record(actor=actor, action="team.saved", target=f"team:{team.pk}", data=data)
    return team


def _check_team(team: Team) -> None:
    wrong: dict[str, str] = {}
    team.name = " ".join(str(team.name).split())
    try:
        team.full_clean(exclude=["tenant"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        wrong |= {name: " ".join(said) for name, said in error.message_dict.items()}
    try:
        calendar_of(team.zone, team.hours, team.holidays)
    except BadHours as error:
        wrong[error.field] = error.message
    for name, (least, most) in _LIMITS.items():
        value = getattr(team, name)
        if name not in wrong and not least <= value <= most:
            wrong[name] = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    if wrong:
        raise BadTeam(wrong)


def remove_team(*, tenant_id: int, team: Team, actor: Actor) -> None:
    """Removes a team for which nobody waits. One that has served is switched off instead: its figures stay.

    Raises:
        DefaultTeamNeeded, TeamInUse
    """
    with tenant_scope(tenant_id):
        if team.is_default:
            raise DefaultTeamNeeded
        served = Handoff.objects.filter(tenant_id=tenant_id, team_id=team.pk)
        if served.filter(status__in=OPEN).exists():
            raise TeamInUse
        Seat.objects.filter(tenant_id=tenant_id, team_id=team.pk).delete()
        try:
            with transaction.atomic():
                gone = (
                    0 if served.exists() else Team.objects.filter(tenant_id=tenant_id, pk=team.pk).delete()[0]
                )
        except IntegrityError:  # something of the desk names it
            gone = 0
        if not gone:
            Team.objects.filter(tenant_id=tenant_id, pk=team.pk).update(is_active=False)
        data = {"name": team.name, "kept": not gone}
        record(actor=actor, action="team.removed", target=f"team:{team.pk}", data=data)


def seat(*, tenant_id: int, team_id: int, member_id: int, is_lead: bool = False, actor: Actor) -> Seat:
    """Gives a member a place in a team, or changes whether she leads it.

    Raises:
        NoSuchTeam, NoSuchMember
    """
    with tenant_scope(tenant_id):
        if not Team.objects.filter(tenant_id=tenant_id, pk=team_id).exists():
            raise NoSuchTeam
        _demand_member(tenant_id, member_id)
        place, _made = Seat.objects.update_or_create(
            tenant_id=tenant_id, team_id=team_id, member_id=member_id, defaults={"is_lead": is_lead}
        )
        _agent(tenant_id, member_id)
        data = {"team": team_id, "lead": is_lead}
        record(actor=actor, action="seat.given", target=f"member:{member_id}", data=data)
    return place


def unseat(*, tenant_id: int, team_id: int, member_id: int, actor: Actor) -> None:
    """Takes a member out of a team; who is not in it stays out."""
    with tenant_scope(tenant_id):
        rows = Seat.objects.filter(tenant_id=tenant_id, team_id=team_id, member_id=member_id)
        if rows.delete()[0]:
            record(actor=actor, action="seat.taken", target=f"member:{member_id}", data={"team": team_id})


def save_agent(*, tenant_id: int, member_id: int, abilities: Abilities, actor: Actor) -> Agent:
    """Says what a member can take.

    Raises:
        BadAgent: what is wrong, by field; NoSuchMember
    """
    checked = _checked(abilities)
    with tenant_scope(tenant_id):
        _demand_member(tenant_id, member_id)
        agent = _agent(tenant_id, member_id)
        agent.skills, agent.languages = list(checked.skills), list(checked.languages)
        agent.capacity = dict(checked.capacity)
        agent.save(update_fields=["skills", "languages", "capacity"])
        data = {"skills": agent.skills, "languages": agent.languages, "capacity": agent.capacity}
        record(actor=actor, action="agent.saved", target=f"member:{member_id}", data=data)
    return agent


def _checked(given: Abilities) -> Abilities:
    wrong: dict[str, str] = {}
    words = {"skills": (given.skills, 40), "languages": (given.languages, 8)}
    clean: dict[str, list[str]] = {}
    for name, (said, longest) in words.items():
        clean[name] = sorted({" ".join(str(word).split()).lower() for word in said if str(word).strip()})
        if len(clean[name]) > MOST_WORDS or any(len(word) > longest for word in clean[name]):
            wrong[name] = _("At most %(most)s, each of at most %(long)s characters.") % {
                "most": MOST_WORDS, "long": longest,
            }  # fmt: skip
    if not all(_is_capacity(channel, number) for channel, number in given.capacity.items()):
        wrong["capacity"] = _("For each channel a whole number from 0 to %(most)s.") % {"most": MOST_CAPACITY}
    if wrong:
        raise BadAgent(wrong)
    return Abilities(clean["skills"], clean["languages"], given.capacity)


def _is_capacity(channel: Any, number: Any) -> bool:
    named = isinstance(channel, str) and 0 < len(channel) <= 16
    return named and type(number) is int and 0 <= number <= MOST_CAPACITY


def _demand_member(tenant_id: int, member_id: int) -> None:
    if not Member.objects.filter(tenant_id=tenant_id, pk=member_id, is_active=True).exists():
        raise NoSuchMember


def _agent(tenant_id: int, member_id: int) -> Agent:
    defaults = {"presence": Presence.ONLINE, "presence_since": timezone.now()}
    return Agent.objects.get_or_create(tenant_id=tenant_id, member_id=member_id, defaults=defaults)[0]


def ensure_a_team(tenant_id: int) -> None:
    """Makes the default team of a tenant that has none that is active; safe to be called by two at once."""
    with tenant_scope(tenant_id):
        names = set(Team.objects.filter(tenant_id=tenant_id).values_list("name", flat=True))
        name = next(
            one for one in (FIRST_TEAM, *(f"{FIRST_TEAM} {n}" for n in range(2, 99))) if one not in names
        )
        Team.objects.filter(tenant_id=tenant_id, is_active=False, is_default=True).update(is_default=False)
        Team.objects.bulk_create(
            [Team(tenant_id=tenant_id, name=name, is_default=True)], ignore_conflicts=True
        )
        data = {"name": name, "new": True, "active": True, "default": True}
        record(actor=system("queue"), action="team.saved", target="team:first", data=data)
