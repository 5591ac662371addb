"""The headline numbers: each by its definition, now and before, with the change in words.

docs/dashboard.md says the same for people, number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.figures.reading import Sums
from escalation.figures.words import amount

SOLVED = ("confirmed", "assumed")
APART = ("evaluation", "preview")
TAKEN_OVER = "taken_over"


def is_live(label: str) -> bool:
    """Whether money under this label was spent on customers' conversations."""
    return label not in APART


def was_wanted(label: str) -> bool:
    """Whether a hand-off was wanted, and not a person's own taking over."""
    return label != TAKEN_OVER


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _opened(sums: Sums) -> int:
    return sums.of("begun").count + sums.of("again").count


def _cost(sums: Sums) -> int:
    return sums.of("spent", is_live).total


def _ended(*labels: str) -> Callable[[Sums], float | None]:
    return lambda sums: _share(sums.of("ended", labels).count, sums.of("ended").count)


def _time(name: str, share: float, wanted: Any = None) -> Callable[[Sums], float | None]:
    return lambda sums: sums.of(name, wanted).quantile(share)


@dataclass(frozen=True, slots=True)
class Number:
    """One headline number.

    Args:
        kind: count, share, rating, time, money or tokens; better: 1 when more is better, -1 when less is, 0 neither.
        behind: what the list behind it shows, as an address's parts; money: only for who may see it.
    """

    key: str
    title: Any
    kind: str
    value: Callable[[Sums], float | None]
    better: int = 0
    behind: Mapping[str, str] | None = None
    money: bool = False
    group: str = "talks"


GROUPS: dict[str, Any] = {
    "talks": gettext_lazy("Conversations"),
    "people": gettext_lazy("People"),
    "times": gettext_lazy("Times"),
    "work": gettext_lazy("The assistant at work"),
    "money": gettext_lazy("Money"),
}
NUMBERS: tuple[Number, ...] = (
    Number(
        "begun", gettext_lazy("Conversations begun"), "count", lambda s: s.of("begun").count, 0, {"figure": "begun"}
    ),
    Number("solved", gettext_lazy("Solved"), "share", _ended(*SOLVED), 1, {"figure": "ended", "label": "solved"}),
    Number(
        "confirmed", gettext_lazy("Confirmed by the customer"), "share", _ended("confirmed"), 1,
        {"figure": "ended", "label": "confirmed"},
    ),
    Number(
        "contained", gettext_lazy("Ended without a person"), "share", _ended("contained"), 0,
        {"figure": "ended", "label": "contained"},
    ),
    Number(
        "reopened", gettext_lazy("Reopened within 7 days"), "share", _ended("reopened"), -1,
        {"figure": "ended", "label": "reopened"},
    ),
    Number(
        "repeat", gettext_lazy("Came back within 7 days"), "share",
        lambda s: _share(s.of("ended").bad, s.of("ended", ("confirmed", "assumed", "contained")).count), -1,
        {"figure": "ended", "only": "bad"},
    ),
    Number(
        "escalated", gettext_lazy("Handed over to a person"), "share",
        lambda s: _share(s.of("escalated").total, _opened(s)), 0, {"figure": "escalated", "only": "total"},
        group="people",
    ),
    Number(
        "csat", gettext_lazy("Rating (CSAT)"), "rating",
        lambda s: _share(s.of("rated").total, s.of("rated").count), 1, {"figure": "rated"}, group="people",
    ),
    Number(
        "broken", gettext_lazy("Broken promises of time"), "share",
        lambda s: _share(s.of("escalated").bad, s.of("escalated").count), -1, {"figure": "escalated", "only": "bad"},
        group="people",
    ),
    Number(
        "first_answer", gettext_lazy("First answer, half within"), "time", _time("answered", 0.5), -1,
        {"figure": "answered"}, group="times",
    ),
    Number(
        "first_answer_p95", gettext_lazy("First answer, 95 % within"), "time", _time("answered", 0.95), -1,
        {"figure": "answered"}, group="times",
    ),
    Number(
        "first_reply", gettext_lazy("A person's first reply, half within"), "time",
        _time("escalated", 0.5, was_wanted), -1, {"figure": "escalated", "label": "wanted"}, group="times",
    ),
    Number(
        "first_reply_p95", gettext_lazy("A person's first reply, 95 % within"), "time",
        _time("escalated", 0.95, was_wanted), -1, {"figure": "escalated", "label": "wanted"}, group="times",
    ),
    Number(
        "resolution", gettext_lazy("Until solved, half within"), "time", _time("ended", 0.5, SOLVED), -1,
        {"figure": "ended", "label": "solved"}, group="times",
    ),
    Number(
        "tools", gettext_lazy("Tool calls that worked"), "share",
        lambda s: _share(s.of("tool").count - s.of("tool").bad, s.of("tool").count), 1, {"figure": "tool"},
        group="work",
    ),
    Number("guards", gettext_lazy("Guardrails acted"), "count", lambda s: s.of("guard").total, 0,
           {"figure": "guard", "only": "total"}, group="work"),
    Number(
        "calls", gettext_lazy("Model calls"), "count", lambda s: s.of("model").count, 0, {"figure": "model"},
        group="work",
    ),
    Number(
        "cost", gettext_lazy("Spent on conversations"), "money", _cost, 0, {"figure": "spent", "label": "live"}, True,
        "money",
    ),
    Number(
        "cost_each", gettext_lazy("For each conversation begun"), "money",
        lambda s: _share(_cost(s), s.of("begun").count), -1, {"figure": "spent", "label": "live"}, True, "money",
    ),
    Number(
        "cost_confirmed", gettext_lazy("For each confirmed solution"), "money",
        lambda s: _share(_cost(s), s.of("ended", ("confirmed",)).count), -1,
        {"figure": "ended", "label": "confirmed"}, True, "money",
    ),
    Number(
        "tokens", gettext_lazy("Tokens for each conversation begun"), "tokens",
        lambda s: _share(s.of("tokens", ("prompt", "completion")).total, s.of("begun").count), 0,
        {"figure": "tokens"}, True, "money",
    ),
)  # fmt: skip
OWN_NUMBERS: tuple[Number, ...] = (
    Number(
        "served", gettext_lazy("Conversations I took"), "count", lambda s: s.of("served").count, 0, {"figure": "served"}
    ),
    Number(
        "own_reply", gettext_lazy("My first reply, half within"), "time", _time("served", 0.5), -1, {"figure": "served"}
    ),
    Number(
        "own_reply_p95", gettext_lazy("My first reply, 95 % within"), "time", _time("served", 0.95), -1,
        {"figure": "served"},
    ),
    Number("own_broken", gettext_lazy("Broken promises of time"), "share",
           lambda s: _share(s.of("served").bad, s.of("served").count), -1, {"figure": "served", "only": "bad"}),
    Number("own_csat", gettext_lazy("My rating (CSAT)"), "rating",
           lambda s: _share(s.of("rated_member").total, s.of("rated_member").count), 1, {"figure": "rated_member"}),
)  # fmt: skip
"""What an agent sees: her own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it is shown. `trend`: "up", "down", "same" or "" where there is nothing to compare with."""

    key: str
    title: Any
    group: str
    kind: str
    value: float | None
    before: float | None
    text: str
    was: str
    change: str
    trend: str
    mood: str
    behind: Mapping[str, str] | None


def numbers(now: Sums, before: Sums, *, money: bool, own: bool = False) -> list[Shown]:
    """The headline numbers of two periods."""
    chosen = OWN_NUMBERS if own else NUMBERS
    return [_shown(one, one.value(now), one.value(before)) for one in chosen if money or not one.money]


def _shown(one: Number, value: float | None, was: float | None) -> Shown:
    trend = "" if value is None or was is None else _trend(one, value, was)
    if trend != "same" and not was and one.kind != "share":
        trend = ""
    direction = {"up": 1, "down": -1}.get(trend, 0) * one.better
    mood = {1: "good", -1: "bad"}.get(direction, "")
    return Shown(
        one.key, one.title, one.group, one.kind, value, was, amount(value, one.kind), amount(was, one.kind),
        _change(one.kind, value, was, trend), trend, mood, one.behind,
    )  # fmt: skip


def _trend(one: Number, value: float, was: float) -> str:
    if amount(value, one.kind) == amount(was, one.kind):
        return "same"
    return "up" if value > was else "down"


def _change(kind: str, value: float | None, was: float | None, trend: str) -> str:
    """What became of a number, in words."""
    if value is None or was is None:
        return _("no comparison")
    if trend == "same":
        return _("as before")
    apart = abs(value - was)
    if not trend:
        return _("none before")
    if kind == "share":
        size = _("%(points).1f points") % {"points": apart * 100}
    elif kind == "rating":
        size = f"{apart:.2f}"
    else:
        size = f"{apart / was:.0%}".replace("%", " %")
    longer = {"up": _("%s longer"), "down": _("%s shorter")}
    more = {"up": _("%s more"), "down": _("%s less")}
    return (longer if kind == "time" else more)[trend] % size
