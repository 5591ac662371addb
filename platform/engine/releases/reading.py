"""Reads a configuration from JSON, or from what a form gave.

Invariant: pure. What comes out can be stored: the right types, no text too long or unstorable. Whether it may be
published is `checking`'s business, so that half-finished work can be kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Invalid
from engine.agent.values import Limits
from engine.releases.values import LABELS, Configuration, Guideline, Problem, by_field

LONGEST_PROMPT = 100_000
LONGEST_GUIDELINE = 1000
MOST_KEPT = 200
"""Entries of any list, so that a row stays a row; how many may be published is less."""
DEEPEST = 16
_MOST_NUMBER = 2**31 - 1


class BadConfiguration(Invalid):
    """`problems` says what is wrong, field by field."""

    code = "bad_configuration"
    default_message = "Some fields cannot be kept like this."

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        told = " ".join(f"{one.field}: {one.message}" for one in problems[:5])
        super().__init__(f"{self.default_message} {told}")
        self.problems = problems
        self.errors = by_field(problems)


class _Wrong(Exception):
    """A value that does not fit; its text says what would."""


def read(data: Any, onto: Configuration | None = None) -> Configuration:
    """A configuration from JSON.

    Args:
        data: an object with the names of `Configuration`; what is not named keeps the value in `onto`, and so does each
            of the limits.

    Raises:
        BadConfiguration: unknown names, wrong types or texts that are too long, all at once.
    """
    if not isinstance(data, Mapping):
        raise BadConfiguration((Problem("body", "not_an_object", _("Send one JSON object.")),))
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    for name, value in data.items():
        reader = _READERS.get(name)
        if reader is None:
            problems.append(Problem(str(name)[:60], "unknown_field", _("There is no such field.")))
            continue
        try:
            changes[name] = reader(value)
        except _Wrong as error:
            problems.append(Problem(name, "wrong_type", str(error)))
    if problems:
        raise BadConfiguration(tuple(problems))
    before = onto or Configuration()
    if "limits" in changes:
        changes["limits"] = replace(before.limits, **changes["limits"])
    return replace(before, **changes)


def _text(most: int, *, least: int = 0) -> Callable[[Any], str]:
    def read_text(value: Any) -> str:
        if not isinstance(value, str):
            raise _Wrong(_("This must be a text."))
        kept = storable(value).replace("\r\n", "\n")
        kept = kept.strip() if least else kept
        if not least <= len(kept) <= most:
            raise _Wrong(
                _("Write %(least)s to %(most)s characters; these are %(count)s.")
                % {"least": least, "most": most, "count": len(kept)}
            )
        return kept

    return read_text


def _names(most: int, *, may_be_all: bool) -> Callable[[Any], tuple[str, ...] | None]:
    one_name = _text(most, least=1)

    def read_names(value: Any) -> tuple[str, ...] | None:
        if value is None and may_be_all:
            return None
        if not isinstance(value, list | tuple) or len(value) > MOST_KEPT:
            raise _Wrong(_("This must be a list of at most %(most)s names.") % {"most": MOST_KEPT})
        return tuple(dict.fromkeys(one_name(one) for one in value))

    return read_names


def _guidelines(value: Any) -> tuple[Guideline, ...]:
    text = _text(LONGEST_GUIDELINE)
    if not isinstance(value, list | tuple) or len(value) > MOST_KEPT:
        raise _Wrong(_("This must be a list of objects with “when” and “do”."))
    found = []
    for one in value:
        if not isinstance(one, Mapping) or set(one) != {"when", "do"}:
            raise _Wrong(_("Each guideline is an object with “when” and “do”."))
        found.append(Guideline(text(one["when"]), text(one["do"])))
    return tuple(found)


def _variables(value: Any) -> dict[str, str]:
    name, text = _text(40, least=1), _text(500)
    if not isinstance(value, Mapping) or len(value) > MOST_KEPT:
        raise _Wrong(_("This must be an object: names, and the texts that they stand for."))
    return {name(key): text(one) for key, one in value.items()}


def _limits(value: Any) -> Mapping[str, Any]:
    known = {one.name for one in fields(Limits)}
    if not isinstance(value, Mapping) or set(value) - known:
        raise _Wrong(_("The limits are these: %(names)s.") % {"names": ", ".join(sorted(known))})
    for name, one in value.items():
        _limit(name, one)
    return value


def _limit(name: str, value: Any) -> None:
    if name == "hand_over":
        _flag(value)
    elif name in {"seconds", "cents"}:
        _number(value)
    else:
        _whole(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(_("This must be true or false."))
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Wrong(_("This must be a number."))
    return value


def _temperature(value: Any) -> float | None:
    return None if value is None else float(_number(value))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_NUMBER:
        raise _Wrong(_("This must be a whole number."))
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or _depth(value) > DEEPEST:
        raise _Wrong(_("This must be a JSON object."))
    cleaned: dict[str, Any] = _clean(value)
    return cleaned


def _depth(value: Any) -> int:
    level, deep = [value], 0
    while level and deep <= DEEPEST:
        level = [inner for outer in level for inner in _inside(outer)]
        deep += 1
    return deep


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _clean(one) for key, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong(_("There is a number in it that JSON does not have."))
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


_READERS: dict[str, Callable[[Any], Any]] = {
    "assistant_name": _text(80, least=1),
    "prompt": _text(LONGEST_PROMPT),
    "guidelines": _guidelines,
    "variables": _variables,
    "model": _text(120),
    "cheap_model": _text(120),
    "fallback_models": _names(120, may_be_all=False),
    "temperature": _temperature,
    "max_tokens": _whole,
    "tools": _names(64, may_be_all=True),
    "sources": _names(120, may_be_all=True),
    "limits": _limits,
    "guardrails": _object,
    "escalation": _object,
    "answer_cache": _flag,
    "greeting": _text(500),
    "disclosure": _text(500),
}
assert set(_READERS) == set(LABELS)
