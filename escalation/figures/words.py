"""How amounts, reasons and labels of figures read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.budgets.values import NANOS
from engine.guardrails.kinds import title_of
from escalation.models import HandoffStatus

NOTHING = "–"
ENDED: dict[str, Any] = {
    "confirmed": gettext_lazy("Solved: confirmed by the customer"),
    "assumed": gettext_lazy("Solved: assumed"),
    "contained": gettext_lazy("Ended without a person"),
    "abandoned": gettext_lazy("The customer left while waiting"),
    "reopened": gettext_lazy("Reopened within 7 days"),
    "unsolved": gettext_lazy("Not solved, as far as known"),
}
REASONS: dict[str, Any] = {
    "asked": gettext_lazy("Asked for a person"),
    "unsure": gettext_lazy("The assistant was unsure"),
    "failed_attempts": gettext_lazy("Attempts that did not help"),
    "self_harm": gettext_lazy("In despair"),
    "taken_over": gettext_lazy("A person took over unasked"),
    "mood": gettext_lazy("Bad mood"),
    "high_stakes": gettext_lazy("High stakes"),
    "nothing_found": gettext_lazy("Nothing in the knowledge"),
}
ANSWERED: dict[str, Any] = {
    "ai": gettext_lazy("The assistant"),
    "agent": gettext_lazy("A person"),
    "nobody": gettext_lazy("Nobody yet"),
}
LEVELS: dict[str, Any] = {
    "": gettext_lazy("Not finished"),
    "none": gettext_lazy("No answer"),
    "rules": gettext_lazy("Rules alone"),
    "stored_answers": gettext_lazy("Stored answers"),
}
SPENT: dict[str, Any] = {
    "chat": gettext_lazy("Answers to customers"),
    "preview": gettext_lazy("Playground"),
    "evaluation": gettext_lazy("Evaluation"),
}

_KNOWN: dict[str, dict[str, Any]] = {
    "ended": ENDED,
    "escalated": REASONS,
    "outcome": dict(HandoffStatus.choices),
    "answered": ANSWERED,
    "model": LEVELS,
    "spent": SPENT,
    "tokens": {},
}


def label_of(figure: str, label: str) -> str:
    """What a label is called."""
    match figure:
        case "guard":
            return str(title_of(label))
        case "begun" | "again":
            return label or _("Not known yet")
        case "rated":
            return _("%s of 5") % label
        case "tool":
            return label
    return str(_KNOWN.get(figure, {}).get(label, "")) or plain(label)


def plain(label: str) -> str:
    """A name made for programs, to be read."""
    spaced = label.replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:] if spaced else NOTHING


def amount(value: float | None, kind: str) -> str:
    """A number in words. Times are in milliseconds, money in nanos, shares from 0 to 1."""
    if value is None:
        return NOTHING
    match kind:
        case "share":
            return f"{value * 100:.1f} %"
        case "rating":
            return f"{value:.2f}"
        case "time":
            return duration(value)
        case "money":
            return money(value)
        case _:
            return f"{value:,.0f}"


def money(nanos: float) -> str:
    """US dollars with as many places as tell something."""
    dollars = nanos / NANOS
    if dollars == 0 or abs(dollars) >= 1:
        return f"${dollars:,.2f}"
    return f"${dollars:.4f}" if abs(dollars) >= 0.01 else f"${dollars:.6f}"


def duration(millis: float) -> str:
    """`0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    seconds = millis / 1000
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller, small in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit} {rest} {small}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"
