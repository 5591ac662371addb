"""What a tenant and a release want of the guardrails: which checks act, how, and what is allowed to be said.

Invariant: a policy is made by `merged` alone, so every value in it was checked; what is not said is as the
defaults have it. A release may say otherwise than its tenant, value by value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from core.errors import Invalid
from engine.guardrails.kinds import EXTERNAL, KINDS, Kind, external
from engine.guardrails.values import Action

MOST_ENTRIES = 200
MOST_CHARACTERS = 200
PROMISES = ("discount", "price", "refund", "delivery_date", "legal")
UNSUPPORTED = ("mark", "sentence", "hand_over")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?")
_EXTERNAL_NAME = re.compile(r"[a-z0-9_-]{1,40}")


class BadPolicy(Invalid):
    code = "bad_guardrail_policy"
    default_message = "The guardrail policy has a value that is none."


@dataclass(frozen=True, slots=True)
class Rule:
    """How a policy wants one check.

    Args:
        threshold: the least score that flags, 0 to 1; None: as the check was trained.
        monitor: verdicts are recorded, and nothing follows from them.
    """

    action: Action
    on: bool = True
    threshold: float | None = None
    monitor: bool = False


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """All that the guardrails go by.

    Args:
        monitor_only: every check as if its rule said `monitor`; masking goes on.
        most_input, most_output: characters of a message and of an answer.
        masked: kinds of personal data that the model does not see; tools and replies: whether these get the real
            value back.
        own_data: personal data that may always be said, such as the tenant's own address.
        allowed_hosts: hosts that an answer may link to; `*.` stands for every host below.
        blocked_words: words and phrases that no answer has; `*` stands for the rest of a word.
        promises: kinds of promises that no answer makes unsupported, of `PROMISES`.
        unsupported: what becomes of a sentence whose passage does not say it, of `UNSUPPORTED`: the citation goes, the
            sentence goes, or a person takes over.
    """

    monitor_only: bool = False
    rules: Mapping[str, Rule] = field(default_factory=dict)
    most_input: int = 8000
    most_output: int = 6000
    masked: tuple[str, ...] = (
        "EMAIL", "PHONE", "CREDIT_CARD", "IBAN", "US_SSN", "NATIONAL_ID", "IP_ADDRESS", "DATE_OF_BIRTH",
    )  # fmt: skip
    real_in_tools: bool = True
    real_in_replies: bool = True
    own_data: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    blocked_words: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    promises: tuple[str, ...] = PROMISES
    unsupported: str = "mark"

    def rule(self, name: str) -> Rule:
        """The rule of a check; its default where the policy says nothing."""
        return self.rules.get(name) or Rule(kind_of(name).default)

    @property
    def masks(self) -> bool:
        """Whether models see placeholders of personal data."""
        rule = self.rule("personal")
        return rule.on and rule.action is Action.MASK

    def acts(self, name: str) -> bool:
        """Whether something follows from a check's verdict."""
        rule = self.rule(name)
        return rule.on and not rule.monitor and not self.monitor_only


def kind_of(name: str) -> Kind:
    """The check of a name.

    Raises:
        BadPolicy: there is none.
    """
    if name in KINDS:
        return KINDS[name]
    if name.startswith(EXTERNAL) and _EXTERNAL_NAME.fullmatch(name[len(EXTERNAL) :]):
        return external(name[len(EXTERNAL) :])
    raise BadPolicy(f"There is no check called {name!r}.")


def merged(*settings: Mapping[str, Any]) -> GuardPolicy:
    """The policy that settings come to, later ones over earlier ones.

    Args:
        settings: JSON objects with the names of `GuardPolicy`; `rules` is an object of objects with the names of
            `Rule`, of which only what differs need be there.

    Raises:
        BadPolicy: naming the value that is wrong, and what it should be.
    """
    policy = GuardPolicy()
    for layer in settings:
        policy = _with(policy, layer)
    return policy


def _with(policy: GuardPolicy, layer: Mapping[str, Any]) -> GuardPolicy:
    changes: dict[str, Any] = {}
    for name, value in layer.items():
        if name == "rules":
            changes["rules"] = _rules(policy, value)
        elif name in _READERS:
            changes[name] = _READERS[name](name, value)
        else:
            raise BadPolicy(f"{name!r} is no setting of the guardrails.")
    return replace(policy, **changes)


def _rules(policy: GuardPolicy, value: Any) -> Mapping[str, Rule]:
    if not isinstance(value, Mapping):
        raise BadPolicy("rules must be an object: the name of a check, and what it does.")
    return MappingProxyType(
        {**policy.rules, **{name: _rule(policy, name, one) for name, one in value.items()}}
    )


def _rule(policy: GuardPolicy, name: str, value: Any) -> Rule:
    kind, rule = kind_of(name), policy.rule(name)
    if not isinstance(value, Mapping) or set(value) - {"action", "on", "threshold", "monitor"}:
        raise BadPolicy(f"The rule of {name} has action, on, threshold and monitor, nothing else.")
    if "action" in value:
        action = next((one for one in kind.choices if one == value["action"]), None)
        if action is None:
            raise BadPolicy(f"{name} can do one of these: {', '.join(kind.choices)}.")
        rule = replace(rule, action=action)
    if "on" in value:
        rule = replace(rule, on=_flag(f"{name}: on", value["on"]))
    if "monitor" in value:
        rule = replace(rule, monitor=_flag(f"{name}: monitor", value["monitor"]))
    if "threshold" in value:
        rule = replace(rule, threshold=_threshold(name, value["threshold"]))
    return rule


def _threshold(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not 0 <= value <= 1
    ):
        raise BadPolicy(f"The threshold of {name} is a number from 0 to 1, or null for the check's own.")
    return float(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadPolicy(f"{name} must be true or false.")
    return value


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 100_000:
        raise BadPolicy(f"{name} must be a whole number from 100 to 100000.")
    return value


def _words(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise BadPolicy(f"{name} must be a list of texts.")
    found = tuple(dict.fromkeys(" ".join(one.split()) for one in value if one.strip()))
    if len(found) > MOST_ENTRIES or any(len(one) > MOST_CHARACTERS for one in found):
        raise BadPolicy(f"{name} has at most {MOST_ENTRIES} entries of {MOST_CHARACTERS} characters.")
    return found


def _hosts(name: str, value: Any) -> tuple[str, ...]:
    found = tuple(one.lower() for one in _words(name, value))
    wrong = next((one for one in found if not _HOST.fullmatch(one)), None)
    if wrong is not None:
        raise BadPolicy(
            f"{name}: {wrong!r} is no host. Write shop.example or *.shop.example, without https://."
        )
    return found


def _promises(name: str, value: Any) -> tuple[str, ...]:
    found = _words(name, value)
    if set(found) - set(PROMISES):
        raise BadPolicy(f"{name} are of these: {', '.join(PROMISES)}.")
    return found


def _unsupported(name: str, value: Any) -> str:
    if value not in UNSUPPORTED:
        raise BadPolicy(f"{name} is one of these: {', '.join(UNSUPPORTED)}.")
    return str(value)


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "monitor_only": _flag,
    "most_input": _count,
    "most_output": _count,
    "masked": _words,
    "real_in_tools": _flag,
    "real_in_replies": _flag,
    "own_data": _words,
    "allowed_hosts": _hosts,
    "blocked_words": _words,
    "competitors": _words,
    "promises": _promises,
    "unsupported": _unsupported,
}
