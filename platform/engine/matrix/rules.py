"""The matrix of a tenant and a release: the usual rules, what they say otherwise, and rules of their own.

Invariant: a matrix is made by `merged` alone, so every value in it was checked. A rule without conditions is refused,
since it would fire at everything; one that names nothing there is can only be told by what it names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from core.errors import Invalid
from engine.matrix.topics import TOPICS
from engine.matrix.values import URGENCIES, Conditions, Do, Rule

MOST_RULES = 50
MOST_NAMES = 100
MOST_CHARACTERS = 80
TELLINGS = ("summary", "context")
CLARIFIABLE = frozenset({"asked", "unsure"})
ALWAYS = frozenset({"asked", "despair"})
"""Rules that are always on, and always hand over: who wants a person gets one."""
STOPS = ("guardrail", "budget", "limit", "failure")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class BadMatrix(Invalid):
    code = "bad_matrix"
    default_message = "The rules of handing over have a value that is none."


_USUAL = (
    Rule("asked", "The customer wants a person", Conditions(asked=True), Do.HAND_OVER),
    Rule("chosen", "The assistant cannot go on by itself", Conditions(chosen=True), Do.HAND_OVER),
    Rule(
        "unsure", "The answer is not sure enough", Conditions(confidence_below=0.4), Do.HAND_OVER, telling="summary"
    ),
    Rule("failed", "Attempts that did not help", Conditions(failed_at_least=3), Do.HAND_OVER),
    Rule("mood", "The customer is very unhappy", Conditions(mood_below=-0.7), Do.HAND_OVER, urgency="high"),
    Rule("despair", "Self-harm", Conditions(stopped=("guardrail:self_harm",)), Do.HAND_OVER, urgency="urgent"),
    Rule(
        "high_stakes", "A matter that a person decides", Conditions(topics=("legal", "safety")), Do.CONFIRM,
        urgency="high",
    ),
    Rule("stopped", "A guardrail, a budget or a limit stopped the answer", Conditions(stopped=STOPS), Do.HAND_OVER),
)  # fmt: skip
USUAL: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _USUAL})


@dataclass(frozen=True, slots=True)
class Matrix:
    """All that is decided by.

    Args:
        clarify: the rules that have a question asked first, once an episode: `asked` what it is about; at `unsure` the
            answer itself says that nothing was found and asks for other words.
        topics: name -> words and phrases; one of them in what she wrote makes the topic.
    """

    rules: tuple[Rule, ...] = _USUAL
    clarify: frozenset[str] = frozenset({"unsure"})
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: TOPICS)

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.name == name), None)


def merged(*settings: Mapping[str, Any]) -> Matrix:
    """The matrix that settings come to, later ones over earlier ones.

    Args:
        settings: JSON objects. `clarify`: how many questions (0 or 1) come before `asked` and `unsure`; `topics`: an
            object of lists of words (an empty list removes a topic); `rules`: an object of what differs from the usual
            rules by their names; `own`: a list of whole rules.

    Raises:
        BadMatrix: naming the value that is wrong, and what it should be.
    """
    matrix = Matrix()
    for layer in settings:
        matrix = _with(matrix, layer)
    _demand_topics(matrix)
    return matrix


def _with(matrix: Matrix, layer: Mapping[str, Any]) -> Matrix:
    if not isinstance(layer, Mapping):
        raise BadMatrix("The rules of handing over are an object.")
    if unknown := set(layer) - {"clarify", "topics", "rules", "own"}:
        raise BadMatrix(f"{min(unknown)!r} is no setting of handing over.")
    if "clarify" in layer:
        matrix = replace(matrix, clarify=_clarify(matrix.clarify, layer["clarify"]))
    if "topics" in layer:
        matrix = replace(matrix, topics=_topics(matrix.topics, layer["topics"]))
    rules = {rule.name: rule for rule in matrix.rules}
    rules |= _changed(rules, layer.get("rules", {}))
    rules |= _own(layer.get("own", []))
    if len(rules) > MOST_RULES:
        raise BadMatrix(f"There are at most {MOST_RULES} rules.")
    return replace(matrix, rules=tuple(rules.values()))


def _changed(rules: Mapping[str, Rule], value: Any) -> dict[str, Rule]:
    if not isinstance(value, Mapping):
        raise BadMatrix("rules must be an object: the name of a rule, and what is otherwise.")
    unknown = next((name for name in value if name not in rules), None)
    if unknown is not None:
        raise BadMatrix(f"There is no rule called {unknown!r}. Rules of your own stand under 'own'.")
    return {name: read_rule(rules[name], one) for name, one in value.items()}


def _own(value: Any) -> dict[str, Rule]:
    if not isinstance(value, list | tuple):
        raise BadMatrix("own must be a list of rules.")
    found: dict[str, Rule] = {}
    for one in value:
        name = one.get("name") if isinstance(one, Mapping) else None
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in USUAL or name in found:
            raise BadMatrix(
                "A rule of your own has a name of 1 to 40 small letters, digits and dashes, used once and not by a "
                "usual rule."
            )
        blank = Rule(name, str(one.get("title") or name)[:MOST_CHARACTERS], Conditions(), Do.HAND_OVER)
        rest = {key: what for key, what in one.items() if key not in ("name", "title")}
        found[name] = read_rule(blank, rest)
    return found


def read_rule(rule: Rule, value: Any) -> Rule:
    """A rule with what an object says otherwise.

    Raises:
        BadMatrix
    """
    if not isinstance(value, Mapping) or set(value) - set(_READERS) - {"when"}:
        raise BadMatrix(f"The rule {rule.name!r} has these: {', '.join(['when', *_READERS])}.")
    changes = {
        name: _READERS[name](f"{rule.name}: {name}", one) for name, one in value.items() if name != "when"
    }
    if "when" in value:
        changes["when"] = _conditions(rule, value["when"])
    changed = replace(rule, **changes)
    if rule.name in ALWAYS and (changed.on, changed.do, changed.when) != (rule.on, rule.do, rule.when):
        raise BadMatrix(
            f"{rule.title}: this always leads to a person. Only urgency, team and skills can change."
        )
    if changed.when.is_empty:
        raise BadMatrix(
            f"The rule {rule.name!r} has no condition: it would fire at every message. Give it one."
        )
    return changed


def _conditions(rule: Rule, value: Any) -> Conditions:
    if not isinstance(value, Mapping) or set(value) - set(_CONDITIONS):
        raise BadMatrix(f"The conditions of {rule.name!r} are of these: {', '.join(_CONDITIONS)}.")
    found = {name: _CONDITIONS[name](f"{rule.name}: {name}", one) for name, one in value.items()}
    return replace(rule.when, **found)


def _demand_topics(matrix: Matrix) -> None:
    for rule in matrix.rules:
        unknown = [name for name in rule.when.topics if name not in matrix.topics]
        if rule.on and unknown:
            raise BadMatrix(f"The rule {rule.name!r} names a topic that is not there: {unknown[0]!r}.")


def _topics(before: Mapping[str, tuple[str, ...]], value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise BadMatrix("topics must be an object: a topic's name, and its words.")
    topics = dict(before)
    for name, words in value.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise BadMatrix("A topic's name has 1 to 40 small letters, digits and dashes.")
        topics[name] = _names(f"topic {name}", words)
    return MappingProxyType({name: words for name, words in topics.items() if words})


def _clarify(before: frozenset[str], value: Any) -> frozenset[str]:
    if not isinstance(value, Mapping) or set(value) - CLARIFIABLE:
        raise BadMatrix(f"clarify has these: {', '.join(sorted(CLARIFIABLE))}.")
    for name, count in value.items():
        if isinstance(count, bool) or count not in (0, 1):
            raise BadMatrix(f"clarify: {name} is 0 (hand over at once) or 1 (ask one question first).")
        before = before | {name} if count else before - {name}
    return before


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadMatrix(f"{name} must be true or false.")
    return value


def _names(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise BadMatrix(f"{name} must be a list of texts.")
    found = tuple(dict.fromkeys(" ".join(one.split()) for one in value if one.strip()))
    if len(found) > MOST_NAMES or any(len(one) > MOST_CHARACTERS for one in found):
        raise BadMatrix(f"{name} has at most {MOST_NAMES} entries of {MOST_CHARACTERS} characters.")
    return found


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise BadMatrix(f"{name} is a text of at most {MOST_CHARACTERS} characters.")
    return value.strip()


def _one_of(*allowed: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if value not in allowed:
            raise BadMatrix(f"{name} is one of these: {', '.join(allowed)}.")
        return str(value)

    return read


def _number(least: float, most: float) -> Callable[[str, Any], float | None]:
    def read(name: str, value: Any) -> float | None:
        if value is None:
            return None
        ok = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not ok or not least <= value <= most:
            raise BadMatrix(f"{name} is a number from {least:g} to {most:g}.")
        return float(value)

    return read


def _stops(name: str, value: Any) -> tuple[str, ...]:
    found = _names(name, value)
    wrong = next((one for one in found if one.partition(":")[0] not in STOPS), None)
    if wrong is not None:
        raise BadMatrix(f"{name}: {wrong!r} begins with none of these: {', '.join(STOPS)}.")
    return found


def _count(name: str, value: Any) -> int | None:
    found = _number(1, 20)(name, value)
    return None if found is None else int(found)


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "on": _flag,
    "do": lambda name, value: Do(_one_of(Do.HAND_OVER.value, Do.CONFIRM.value)(name, value)),
    "urgency": _one_of(*URGENCIES),
    "team": _text,
    "skills": _names,
    "telling": _one_of(*TELLINGS),
}
_CONDITIONS: Mapping[str, Callable[[str, Any], Any]] = {
    "asked": _flag,
    "chosen": _flag,
    "confidence_below": _number(0, 1),
    "failed_at_least": _count,
    "mood_below": _number(-1, 1),
    "stopped": _stops,
    "topics": _names,
    "tools": _names,
    "segments": _names,
    "languages": _names,
    "identities": _names,
    "value_at_least": _number(0, 1e12),
}
