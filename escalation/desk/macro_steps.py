"""What a macro may hold: deeds on one conversation, in order, each with the fields it takes.

Invariant: a macro that is kept can be carried out as far as its form goes; whether it may be is looked at when it runs,
by the same code as for a single deed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conversations.guidance import SCOPES
from core.errors import Invalid
from escalation.desk import canned
from escalation.desk.filters import URGENCIES
from escalation.models import Priority

MOST_STEPS = 12
MOST_TEXT = 8000
FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "claim": (frozenset(), frozenset()),
    "reply": (frozenset(), frozenset({"text", "canned"})),
    "note": (frozenset({"text"}), frozenset()),
    "tag": (frozenset({"tag"}), frozenset()),
    "untag": (frozenset({"tag"}), frozenset()),
    "urgency": (frozenset({"urgency"}), frozenset()),
    "transfer": (frozenset({"team"}), frozenset({"note"})),
    "ticket": (frozenset({"subject"}), frozenset({"body", "priority"})),
    "return": (frozenset(), frozenset({"note", "scope"})),
    "resolve": (frozenset({"disposition"}), frozenset({"note"})),
}
"""Deed -> the fields it must have, and those it may have."""
CHOICES: dict[str, frozenset[str]] = {
    "urgency": frozenset(URGENCIES),
    "priority": frozenset(Priority.values),
    "scope": frozenset(SCOPES),
}
ENDING = frozenset({"return", "resolve", "transfer"})


class BadMacro(Invalid):
    code = "bad_macro"
    default_message = "A macro is a list of 1 to 12 deeds."


def checked(steps: Any) -> list[dict[str, str]]:
    """The steps of a macro as they are kept.

    Raises:
        BadMacro: says which step is wrong, and how.
        escalation.desk.canned.UnknownVariable
    """
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not 0 < len(steps) <= MOST_STEPS:
        raise BadMacro
    found = [_step(step, place) for place, step in enumerate(steps, start=1)]
    for place, step in enumerate(found[:-1], start=1):
        if step["do"] in ENDING:
            raise BadMacro(f"Step {place}: '{step['do']}' gives the conversation away, so it comes last.")
    if any(step["do"] == "claim" for step in found[1:]):
        raise BadMacro("'claim' comes first: the other steps need the conversation to be yours.")
    return found


def _step(step: Any, place: int) -> dict[str, str]:
    if not isinstance(step, Mapping) or step.get("do") not in FIELDS:
        raise BadMacro(f"Step {place}: 'do' must be one of {', '.join(sorted(FIELDS))}.")
    needed, may_have = FIELDS[step["do"]]
    given = {str(name): value for name, value in step.items() if name != "do" and value not in (None, "")}
    if any(not isinstance(value, str) or not 0 < len(value.strip()) <= MOST_TEXT for value in given.values()):
        raise BadMacro(f"Step {place}: every field is text of 1 to {MOST_TEXT} characters.")
    if wrong := set(given) - needed - may_have:
        raise BadMacro(f"Step {place}: '{step['do']}' has no field '{sorted(wrong)[0][:40]}'.")
    if missing := needed - set(given):
        raise BadMacro(f"Step {place}: '{step['do']}' needs '{sorted(missing)[0]}'.")
    _check_values(given, step["do"], place)
    return {"do": step["do"], **given}


def _check_values(given: Mapping[str, str], do: str, place: int) -> None:
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            raise BadMacro(f"Step {place}: '{name}' must be one of {', '.join(sorted(choices))}.")
    if do == "reply":
        if len(given) != 1:
            raise BadMacro(f"Step {place}: 'reply' has either a 'text' or a 'canned' reply.")
        canned.check(given.get("text", ""))
