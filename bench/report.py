"""From rounds to ratios: what is printed and kept.

Invariant: a ratio is made of neighbours in time, round by round, and the median of those is what a goal is held
against. Ratios of separate runs compare two moods of a machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from statistics import median
from typing import Any

from bench.idle import Idle
from bench.load import Round

NOISE_CORES = 0.15
LOAD_LIMIT = 0.85
UNMETERED = "ours, unmetered"
UNGUARDED = "ours, unguarded"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and its bound."""

    name: str
    value: float
    bound: float
    at_most: bool = True
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    @property
    def line(self) -> str:
        sign = "≤" if self.at_most else "≥"
        verdict = "met" if self.is_met else "MISSED"
        return f"  {self.name:<58} {self.value:>8.2f}{self.unit:<3} {sign} {self.bound:g}{self.unit:<3} {verdict}"


@dataclass(slots=True)
class Figures:
    """All that a run measured; a part that did not run is empty."""

    turn: list[Round] = field(default_factory=list)
    echo: list[Round] = field(default_factory=list)
    idle: list[Idle] = field(default_factory=list)
    guards: Mapping[str, Any] = field(default_factory=dict)
    guards_goals: Sequence[Goal] = ()
    guards_text: str = ""
    retrieval: Mapping[str, Any] = field(default_factory=dict)
    retrieval_goals: Sequence[Goal] = ()
    retrieval_text: str = ""
    tools: Mapping[str, Any] = field(default_factory=dict)
    tools_goals: Sequence[Goal] = ()
    tools_text: str = ""
    budgets: Mapping[str, Any] = field(default_factory=dict)
    budgets_goals: Sequence[Goal] = ()
    budgets_text: str = ""
    routing: Mapping[str, Any] = field(default_factory=dict)
    routing_goals: Sequence[Goal] = ()
    routing_text: str = ""
    desk: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    desk_goals: Sequence[Goal] = ()
    lists_goals: Sequence[Goal] = ()
    desk_text: str = ""
    lists_text: str = ""
    dashboard: Mapping[str, Any] = field(default_factory=dict)
    dashboard_goals: Sequence[Goal] = ()
    dashboard_text: str = ""


Value = Callable[[Round], float]


def paired(
    rounds: Sequence[Round], sockets: int, sides: tuple[str, str], compare: Callable[..., float]
) -> float:
    """The median, over pairs of neighbouring rounds, of `compare(one, other)`."""
    ours, theirs = (
        [one for one in rounds if one.server == side and one.sockets == sockets] for side in sides
    )
    return median(compare(one, other) for one, other in zip(ours, theirs, strict=True))


def ratio(value: Value) -> Callable[[Round, Round], float]:
    return lambda one, other: value(one) / value(other)


def goals(figures: Figures) -> list[Goal]:
    """The goals of what was measured, in the order of the table."""
    found: list[Goal] = []
    if figures.turn:
        found += _turn_goals(figures.turn)
    if figures.echo:
        echo = paired(figures.echo, 50, ("ours", "A raw"), ratio(lambda one: one.rate))
        found.append(Goal("echo, 50 sockets: ours / raw ASGI, round trips/s", echo, 0.6, at_most=False))
    for idle in figures.idle:
        if idle.server == "ours":
            found.append(Goal(f"idle memory a socket at {idle.sockets}", idle.kb_a_socket, 80, unit=" KB"))
    others = (
        figures.guards_goals,
        figures.retrieval_goals,
        figures.tools_goals,
        figures.budgets_goals,
        figures.routing_goals,
        figures.desk_goals,
        figures.lists_goals,
        figures.dashboard_goals,
    )
    return [*found, *chain(*others)]


def _turn_goals(rounds: Sequence[Round]) -> list[Goal]:
    cpu = paired(rounds, 20, ("ours", "R"), ratio(lambda one: one.cpu_ms))
    rate = paired(rounds, 20, ("ours", "R"), ratio(lambda one: one.rate))
    first = paired(rounds, 1, ("ours", "A"), lambda one, other: one.first_ms - other.first_ms)
    found = [
        Goal("turn, 20 sockets: ours / R, CPU a turn", cpu, 2.0),
        Goal("turn, 20 sockets: ours / R, turns/s", rate, 0.5, at_most=False),
        Goal("turn, 1 socket: ours - A, time to first token", first, 4.0, unit=" ms"),
    ]
    for without, what, bound in ((UNMETERED, "budgets", 1.15), (UNGUARDED, "guardrails", 1.5)):
        if any(one.server == without for one in rounds):
            cost = paired(rounds, 20, ("ours", without), ratio(lambda one: one.cpu_ms))
            found.append(Goal(f"turn, 20 sockets: with / without {what}, CPU a turn", cost, bound))
    return found


def text(figures: Figures) -> str:
    """The whole report."""
    parts = []
    if figures.turn:
        parts.append(_rounds("A chat turn: question in, 20 tokens out", "turns/s", figures.turn))
    if figures.echo:
        parts.append(_rounds("A socket's echo", "trips/s", figures.echo))
    if figures.idle:
        parts.append(_idle(figures.idle))
    others = (
        figures.guards_text,
        figures.retrieval_text,
        figures.tools_text,
        figures.budgets_text,
        figures.routing_text,
        figures.desk_text,
        figures.lists_text,
        figures.dashboard_text,
    )
    parts += [part for part in others if part]
    parts.append("Goals\n" + "\n".join(goal.line for goal in goals(figures)))
    return "\n\n".join([*parts, *notes(figures)])


def notes(figures: Figures) -> list[str]:
    """What a reader must know before she believes the figures."""
    rounds = [*figures.turn, *figures.echo]
    found = []
    others = max((one.others for one in rounds), default=0.0)
    if others > NOISE_CORES:
        found.append(
            f"Note: other programs kept up to {others:g} cores busy: absolute figures and small differences are noise."
        )
    limited = sorted({f"{one.server} at {one.sockets}" for one in rounds if one.load > LOAD_LIMIT})
    if limited:
        found.append(f"Note: the load generator was the limit, not the server: {', '.join(limited)}.")
    return found


def as_json(figures: Figures) -> dict[str, Any]:
    """What is kept of a run, for later comparison."""
    judged = [asdict(goal) | {"met": goal.is_met} for goal in goals(figures)]
    return {
        "turn": [asdict(one) for one in figures.turn],
        "echo": [asdict(one) for one in figures.echo],
        "idle": [asdict(one) for one in figures.idle],
        "guards": dict(figures.guards),
        "retrieval": dict(figures.retrieval),
        "tools": dict(figures.tools),
        "budgets": dict(figures.budgets),
        "routing": dict(figures.routing),
        "desk": dict(figures.desk),
        "lists": dict(figures.lists),
        "dashboard": dict(figures.dashboard),
        "goals": judged,
        "notes": notes(figures),
    }


def _rounds(title: str, rate: str, rounds: Sequence[Round]) -> str:
    head = (
        f"  {'':<22}{'sockets':>7} {rate:>9} {'p50 ms':>8} {'p95 ms':>8} {'first ms':>8} {'CPU ms':>8} "
        f"{'busy':>5} {'RSS MB':>7} {'frames':>6} {'others':>6}"
    )
    sides = list(dict.fromkeys((one.sockets, one.server) for one in rounds))
    lines = [
        _line([one for one in rounds if (one.sockets, one.server) == side])
        for side in sorted(sides, key=_place)
    ]
    return "\n".join([title, head, *lines])


def _place(side: tuple[int, str]) -> int:
    return side[0]


def _line(rounds: Sequence[Round]) -> str:
    def middle(value: Value) -> float:
        return median(map(value, rounds))

    busy = middle(lambda one: one.rate * one.cpu_ms / 1000)
    return (
        f"  {rounds[0].server:<22}{rounds[0].sockets:>7} {middle(lambda one: one.rate):>9.0f} "
        f"{middle(lambda one: one.p50_ms):>8.2f} {middle(lambda one: one.p95_ms):>8.2f} "
        f"{middle(lambda one: one.first_ms):>8.2f} {middle(lambda one: one.cpu_ms):>8.3f} {busy:>5.0%} "
        f"{middle(lambda one: one.rss_mb):>7.0f} {middle(lambda one: one.frames_a_turn):>6.1f} "
        f"{max(one.others for one in rounds):>6.2f}"
    )


def _idle(idle: Sequence[Idle]) -> str:
    lines = [
        f"  {one.server:<22}{one.sockets:>7} {one.kb_a_socket:>9.1f} {one.before_mb:>9.1f} {one.after_mb:>9.1f}"
        for one in idle
    ]
    head = f"  {'':<22}{'sockets':>7} {'KB each':>9} {'MB before':>9} {'MB after':>9}"
    return "\n".join(["Idle sockets, deflate on offer", head, *lines])
