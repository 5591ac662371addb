"""The single values of a call's arguments and of a tool's result.

Invariant: nothing of an argument escapes: a name that the schema doesn't know is a value too, and more values than
`MOST_LEAVES` are reported as one that nobody can trace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.agent.taint import spellings
from engine.agent.taint.plain import plain, words_of

MOST_LEAVES = 300
MOST_DEPTH = 16
MOST_VALUES = 5000
LONGEST_FACT, MOST_WORDS = 80, 8
"""Of a result: longer strings are prose, whoever wrote them."""
_NAME = re.compile(r"[A-Za-z_]{1,40}")
# One that has no end takes the rest with it: what follows is never read out of step.
_LITERAL = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)|(-?\d{1,40}(?:\.\d{1,40})?)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of a call. `is_constant`: the tool's schema itself says it."""

    path: str
    value: Any
    is_constant: bool = False


class TooMany(ValueError):
    """More values than anybody would read."""


def leaves(arguments: Any, schema: Mapping[str, Any]) -> tuple[Leaf, ...]:
    """The values of a call's arguments, in order; of one too large, a single one without origin."""
    found: list[Leaf] = []
    try:
        for leaf in _walk("", arguments, schema, MOST_DEPTH):
            found.append(leaf)
            if len(found) > MOST_LEAVES:
                raise TooMany
    except TooMany:
        return (Leaf("arguments", None),)
    return tuple(found)


def _walk(path: str, value: Any, schema: Any, depth: int) -> Iterator[Leaf]:
    if depth == 0:
        raise TooMany
    schema = schema if isinstance(schema, Mapping) else {}
    if isinstance(value, dict) and value:
        known = schema.get("properties")
        known = known if isinstance(known, Mapping) else {}
        for key, one in value.items():
            below = f"{path}.{key}" if path else key
            if key not in known and not _NAME.fullmatch(key):
                yield Leaf(f"{below[:120]} (its name)", key)
            yield from _walk(below[:120], one, known.get(key), depth - 1)
    elif isinstance(value, list) and value:
        for place, one in enumerate(value):
            yield from _walk(f"{path}[{place}]", one, schema.get("items"), depth - 1)
    else:
        yield Leaf(path, value, value in (None, "", [], {}) or _is_said_by(schema, value))


def _is_said_by(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether the schema gives the value: as the only one there is, or as the one to take."""
    only = schema.get("enum")
    said = [schema[word] for word in ("const", "default") if word in schema]
    if isinstance(only, list) and len(only) == 1:
        said += only
    return any(one == value and type(one) is type(value) for one in said)


def result_values(text: str) -> Iterator[Any]:
    """The strings and numbers of a result that may be facts about something: short, and no prose.

    A JSON text that was cut off gives those before the cut; what is no JSON is one value.
    """
    for place, value in enumerate(_values(text)):
        if place >= MOST_VALUES:
            return
        if not isinstance(value, str) or is_fact(value):
            yield value


def is_fact(value: str) -> bool:
    """Whether a string is a name, a number, a line of an address; not a sentence."""
    value = value.strip()
    return 0 < len(value) <= LONGEST_FACT and "\n" not in value and len(value.split()) <= MOST_WORDS


def _values(text: str) -> Iterator[Any]:
    try:
        yield from _inside(json.loads(text))
    except RecursionError:
        return
    except ValueError:
        if text.lstrip()[:1] in {"{", "["}:
            yield from _literals(text)
        else:
            yield text


def _literals(text: str) -> Iterator[Any]:
    for match in _LITERAL.finditer(text):
        if match[2] is not None:
            yield float(match[2]) if "." in match[2] else int(match[2])
            continue
        try:
            yield json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue


def _inside(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str) or (isinstance(one, int | float) and not isinstance(one, bool)):
            yield one


def keys(value: Any) -> tuple[str, ...]:
    """Under which keys a whole value is found again: `#W12` as `w12`, 12.50 as `12.5`."""
    number = spellings.number(value)
    if number is not None:
        return (f"number {number}",)
    if not isinstance(value, str):
        return ()
    text = value.strip()
    if "@" in text:
        return (f"mail {text.casefold()}",)
    words = words_of(plain(text))
    if not words:
        return (f"marks {text}",) if text else ()
    found = [f"words {' '.join(words)}"]
    joined = "".join(words)
    if joined.isascii() and not joined.isdigit() and not joined.isalpha() and _is_one_code(text):
        found.append(f"code {joined}")
    return tuple(found)


def _is_one_code(text: str) -> bool:
    """Letters and digits with gaps only, as IBANs are written: dates and prices have other marks in them."""
    return all(one.isalnum() or one == " " for one in text)
