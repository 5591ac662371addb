"""Who gets what: which team a hand-off goes to, which of its people, and which hand-off a person is given. Pure.

The order between hand-offs is rank, then age times the team's weight: L. Kleinrock's delay-dependent priorities ("A
delay dependent queue discipline", 1964). Under load the waits of teams that share people stand in the ratio of their
weights, the other way round, and nobody waits for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

STICKY_SECONDS = 60
"""How long who served this customer last has the first word."""
OVERFLOW_SECONDS = 300
"""After so long the default team's people may help any other team."""
DEFAULT_CAPACITY: Mapping[str, int] = {"chat": 4}
OTHER_CHANNELS = 4
AHEAD = 5
"""The rank of what a person had already: above high (4), below urgent (6)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A hand-off that waits. `patience` are the seconds after which anybody of the team is good enough."""

    team_id: int
    queued_at: dt.datetime
    channel: str = "chat"
    language: str = ""
    skills: frozenset[str] = frozenset()
    preferred: int | None = None
    declined_by: frozenset[int] = frozenset()
    patience: int = 90


@dataclass(frozen=True, slots=True)
class Someone:
    """A member who is there. Without languages she is taken to speak any; `load` is what she has by channel."""

    member_id: int
    teams: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    capacity: Mapping[str, int] = field(default_factory=dict)
    load: Mapping[str, int] = field(default_factory=dict)
    last_routed_at: dt.datetime | None = None
    is_free: bool = True

    def room(self, channel: str) -> int:
        """How many more of a channel she takes."""
        return limit_of(self.capacity, channel) - self.load.get(channel, 0)

    def suits(self, wanted: Wanted) -> bool:
        """Whether she has the skills and the language."""
        speaks = not wanted.language or not self.languages or wanted.language in self.languages
        return speaks and wanted.skills <= self.skills


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What speaks for a team: its name, and what its people know together."""

    team_id: int
    name: str
    is_default: bool = False
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


def limit_of(capacity: Mapping[str, int], channel: str) -> int:
    """How many conversations of a channel somebody takes at once."""
    return capacity.get(channel, DEFAULT_CAPACITY.get(channel, OTHER_CHANNELS))


def rank(urgency: int, *, ahead: bool) -> int:
    """Higher goes first, whatever the age."""
    return max(urgency * 2, AHEAD if ahead else 0)


def best_team(
    teams: Iterable[TeamFacts], *, names: Collection[str], skills: Collection[str], language: str
) -> int:
    """The team that is named, else one with most of the skills, else one that speaks the language, else the default.

    Args:
        names: of the team itself, of the topic, of the reason: a team of such a name is meant.
        skills: that the matter needs.
        language: empty where it is not known.
    """
    meant = {name.casefold() for name in names if name}
    needed = frozenset(skills)

    def merit(team: TeamFacts) -> tuple[bool, int, bool, bool, int]:
        speaks = not language or not team.languages or language in team.languages
        return (
            team.name.casefold() in meant,
            len(needed & team.skills),
            speaks,
            team.is_default,
            -team.team_id,
        )

    return max(teams, key=merit).team_id


def choose(
    wanted: Wanted, people: Sequence[Someone], default_team: int | None, *, by_turn: bool, now: dt.datetime
) -> int | None:
    """The member to whom a hand-off is offered; None: nobody who could take it now.

    Args:
        people: who is there, of all teams.
        default_team: helps a team of which nobody is there, or whose customers wait for too long.
        by_turn: whoever waits longest for one gets it; else who has the least to do.
    """
    for circle in _circles(wanted, people, default_team, now):
        free = [one for one in circle if one.is_free and one.room(wanted.channel) > 0]
        free = [one for one in free if one.member_id not in wanted.declined_by]
        if not free:
            continue
        if wanted.preferred is not None and any(one.member_id == wanted.preferred for one in free):
            return wanted.preferred
        return min(free, key=_by_turn if by_turn else _by_load(wanted.channel)).member_id
    return None


def _circles(
    wanted: Wanted, people: Sequence[Someone], default_team: int | None, now: dt.datetime
) -> Iterable[list[Someone]]:
    """Who may be asked, the best first; the next circle only where the one before it is used up."""
    waited = (now - wanted.queued_at).total_seconds()
    team = [one for one in people if wanted.team_id in one.teams]
    suited = [one for one in team if one.suits(wanted)]
    yield suited
    if not suited or waited > wanted.patience:
        yield team
    if default_team is not None and (not team or waited > OVERFLOW_SECONDS):
        yield [one for one in people if default_team in one.teams]


_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def _by_turn(one: Someone) -> tuple[dt.datetime, int]:
    return one.last_routed_at or _LONG_AGO, one.member_id


def _by_load(channel: str) -> Callable[[Someone], tuple[float, dt.datetime, int]]:
    def key(one: Someone) -> tuple[float, dt.datetime, int]:
        return one.load.get(channel, 0) / max(limit_of(one.capacity, channel), 1), *_by_turn(one)

    return key


def eta_seconds(place: int, service_seconds: float | None, slots: int) -> int | None:
    """An honest wait: the work before her, shared among all who are there (Little's law).

    Args:
        place: 1 is next.
        service_seconds: how long the last ones took, on average; None: nobody knows.
        slots: conversations that those who are there hold at once.
    """
    if service_seconds is None or slots < 1:
        return None
    return max(round(place * service_seconds / slots), 1)
