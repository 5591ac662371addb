"""What the simulator will answer to one request, and how it will fail on the way.

Directives: any HTTP status (`429 retry_after=1`), `hang`, `slow`, `cut`, `malformed`, `error`, `no_usage`,
`empty`, `say text=`, `echo` (what it was asked), `leak` (its instructions), `tool name= arguments=`,
`loop name= arguments=`, `obey name= arguments= tell=` (a tool, then whatever any result orders as
`CALL <name> <JSON>`; `tell=all` ends with all that the tools said), `unicode`, `plain` (ignores tools).
Options of all of them: `tokens`, `delay_ms`, `split` (bytes a write), `after` (tokens before the fault), `times`
(how often, then it behaves).

By itself the simulator calls `search_knowledge` where it is on offer and answers from the passages, citing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.gateway.simulator import obedience
from engine.gateway.simulator.directives import Directive, last_user_text, without

SEARCH = "search_knowledge"
PERSON = "request_person"
UNICODE = "Grüße aus Zürich: 你好, мир — 👋🏽 ça va? שלום ½ €"
_WORD = re.compile(r"\s*\S+")
_SENTENCES = re.compile(r"^(?:[^\n]*?[.!?](?=\s|$)){1,2}")
_WANTS_PERSON = re.compile(r"\b(?:a|real) (?:person|human)\b|^\W*(?:person|human)\W*$", re.IGNORECASE)
_FAULTS = {"hang", "cut", "malformed", "error"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One answer. `fault` happens after `after` tokens (-1: before anything); `delay` is seconds a token."""

    texts: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()
    status: int = 200
    retry_after: str = ""
    fault: str = ""
    after: int = 0
    delay: float = 0.0
    split: int = 0
    usage: bool = True

    @property
    def finish(self) -> str:
        return "tool_calls" if self.calls else "stop"


@dataclass(slots=True)
class Planner:
    """Makes plans; remembers only how often a directive with `times` was obeyed."""

    tokens: int = 20
    delay: float = 0.0
    _obeyed: Counter[str] = field(default_factory=Counter)

    def plan(self, body: Mapping[str, Any], directive: Directive) -> Plan:
        if "times" in directive.options:
            self._obeyed[directive.text] += 1
            if self._obeyed[directive.text] > directive.whole("times", 1):
                directive = Directive()
        plan = self._answer(body, directive)
        delay = directive.number("delay_ms", 200 if directive.name == "slow" else self.delay * 1000) / 1000
        plan = replace(plan, delay=delay, split=directive.whole("split", plan.split))
        if directive.name in _FAULTS:
            default = -1 if directive.name == "hang" else 5
            return replace(plan, fault=directive.name, after=directive.whole("after", default))
        return replace(plan, usage=directive.name != "no_usage")

    def _answer(self, body: Mapping[str, Any], directive: Directive) -> Plan:
        name = directive.name
        if name.isdigit():
            return Plan(status=int(name), retry_after=directive.options.get("retry_after", ""))
        if name in ("tool", "loop") and (name == "loop" or not _result(body)):
            return Plan(calls=_calls(directive))
        if name == "obey":
            return _obedient(body, directive)
        if name == "empty":
            return Plan()
        if name == "unicode":
            return Plan(words(UNICODE), split=1)
        if name in _SAYING:
            return Plan(words(_SAYING[name](body, directive)))
        tokens = directive.whole("tokens", self.tokens)
        return Plan(_numbered(tokens)) if name else self._by_itself(body)

    def _by_itself(self, body: Mapping[str, Any]) -> Plan:
        offered = {tool.get("function", {}).get("name") for tool in body.get("tools") or []}
        question = without(last_user_text(body))
        result = _result(body)
        if SEARCH not in offered:
            return Plan(_numbered(self.tokens))
        if result is not None:
            return Plan(words(_from_passages(result)))
        if PERSON in offered and _WANTS_PERSON.search(question):
            return Plan(calls=((PERSON, '{"reason": "asked"}'),))
        return Plan(calls=((SEARCH, json.dumps({"query": question}, ensure_ascii=False)),))


def words(text: str) -> tuple[str, ...]:
    found = tuple(_WORD.findall(text))
    return (*found, text[sum(map(len, found)) :]) if sum(map(len, found)) < len(text) else found


def _numbered(tokens: int) -> tuple[str, ...]:
    """Numbered words, five to a sentence: what reads along is given whole sentences."""
    found = []
    for number in range(1, tokens + 1):
        begins = number > 1 and number % 5 == 1
        found.append(f"{'Word' if begins else 'word'}{number}{' ' if number % 5 else '. '}")
    return tuple(found)


def _calls(directive: Directive) -> tuple[tuple[str, str], ...]:
    options = directive.options
    names = options.get("name", SEARCH).split(",")
    return tuple((name, options.get("arguments", '{"query": "again"}')) for name in names)


def _obedient(body: Mapping[str, Any], directive: Directive) -> Plan:
    """What a model does that takes every tool's result for an order."""
    told = obedience.results(body)
    if not told:
        return Plan(calls=_calls(directive))
    if left := obedience.orders_left(body, told):
        return Plan(calls=left)
    return Plan(words("\n".join(told) if directive.options.get("tell") == "all" else "Done as I was told."))


def _instructions(body: Mapping[str, Any]) -> str:
    told = (
        message.get("content") for message in body.get("messages") or [] if message.get("role") == "system"
    )
    return "\n".join(text for text in told if isinstance(text, str))


_SAYING: dict[str, Callable[[Mapping[str, Any], Directive], str]] = {
    "say": lambda body, directive: directive.options.get("text", ""),
    "echo": lambda body, directive: without(last_user_text(body)),
    "leak": lambda body, directive: _instructions(body),
}


def _result(body: Mapping[str, Any]) -> str | None:
    """The last tool result since the customer's last message."""
    for message in reversed(body.get("messages") or []):
        if message.get("role") == "tool":
            return str(message.get("content") or "")
        if message.get("role") == "user":
            return None
    return None


def _from_passages(result: str) -> str:
    try:
        passages = json.loads(result)["passages"]
    except (ValueError, TypeError, KeyError):
        return "I could not use what the tool gave me."
    if not passages:
        return "I could not find that in our help pages. Would you like to talk to a person?"
    best = passages[0]
    text = str(best.get("text", "")).strip()
    opening = _SENTENCES.match(text)
    quote = (opening[0] if opening else text)[:400].strip()
    return f"{quote} [{best.get('n', 1)}]"
