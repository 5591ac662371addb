"""What a run may spend, checked in one place.

Invariant: what is about to begin is counted before it begins, so a run never goes past a limit by a whole
step; every limit of `Limits` is a field of `Spent`, in the order in which they are named. Money is the exception:
what a call costs is known after it, so it is held by `engine.budgets` before and counted here after.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from engine.agent.values import Limits
from engine.gateway.protocol import ToolCall

LIMITED = (
    "steps",
    "tool_calls",
    "identical_calls",
    "alternations",
    "no_progress",
    "seconds",
    "tokens",
    "cents",
)
_ROUNDS = (2, 3)


@dataclass(slots=True)
class Spent:
    """What a run has spent so far, the step or call about to begin included. `seconds` is wall time."""

    steps: int = 0
    tool_calls: int = 0
    identical_calls: int = 0
    alternations: int = 0
    no_progress: int = 0
    seconds: float = 0.0
    tokens: int = 0
    cents: float = 0.0
    _seen: Counter[str] = field(default_factory=Counter)
    _order: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def count_call(self, call: ToolCall) -> None:
        """Counts a tool call; two calls are identical when name and arguments mean the same JSON."""
        self.tool_calls += 1
        key = f"{call.name}\n{_canonical(call.arguments)}"
        self._seen[key] += 1
        self._order.append(key)
        self.identical_calls = max(self.identical_calls, self._seen[key])
        self.alternations = max(self.alternations, *(_rounds(self._order, length) for length in _ROUNDS))

    def count_result(self, name: str, text: str, *, is_error: bool) -> None:
        """Counts what a call came to: an error, or a text that was told before, is no progress."""
        fact = f"{name}\n{text}"
        self.no_progress = self.no_progress + 1 if is_error or fact in self._known else 0
        self._known.add(fact)


def exceeded(limits: Limits, spent: Spent) -> str | None:
    """The name of the first limit that `spent` goes past, or None."""
    for name in LIMITED:
        if getattr(spent, name) > getattr(limits, name):
            return name
    return None


def _rounds(order: list[str], length: int) -> int:
    """How often the last `length` calls, not all the same, were made in this order without a break."""
    last = order[-length:]
    if len(order) < length or len(set(last)) == 1:
        return 0
    count = 0
    while order[len(order) - (count + 1) * length : len(order) - count * length] == last:
        count += 1
    return count


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
