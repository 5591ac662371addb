"""The worst model there is: it does whatever any text it reads tells it, as `CALL <tool> <JSON>`.

Invariant: what it does next follows from the request alone; it makes each call that it is told to make once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Call = tuple[str, str]
_ORDER = re.compile(r"CALL ([\w-]{1,64}) (?=\{)")
_DECODER = json.JSONDecoder()


def results(body: Mapping[str, Any]) -> list[str]:
    """What tools have said since the customer's last message, in order."""
    return [str(message.get("content") or "") for message in _turn(body) if message.get("role") == "tool"]


def orders_left(body: Mapping[str, Any], told: Sequence[str]) -> tuple[Call, ...]:
    """The calls that it was told to make and has not made yet."""
    made = {_same(*call) for call in _made(body)}
    left: dict[Call, Call] = {}
    for text in told:
        for call in _orders(text):
            if _same(*call) not in made:
                left.setdefault(_same(*call), call)
    return tuple(left.values())


def _turn(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for message in reversed(body.get("messages") or []):
        if message.get("role") == "user":
            break
        found.append(message)
    return found[::-1]


def _made(body: Mapping[str, Any]) -> Iterator[Call]:
    for message in _turn(body):
        for call in message.get("tool_calls") or []:
            yield call["function"]["name"], call["function"]["arguments"]


def _orders(text: str) -> Iterator[Call]:
    for one in _texts(text):
        for order in _ORDER.finditer(one):
            try:
                arguments, _ = _DECODER.raw_decode(one, order.end())
            except (ValueError, RecursionError):
                continue
            yield order[1], json.dumps(arguments, ensure_ascii=False)


def _texts(text: str) -> Iterator[str]:
    """The strings of a JSON result, else the text."""
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        yield text
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            waiting.extend(reversed(list(one.values()) if isinstance(one, dict) else one))


def _same(name: str, arguments: str) -> Call:
    try:
        return name, json.dumps(json.loads(arguments or "{}"), sort_keys=True)
    except ValueError:
        return name, arguments
