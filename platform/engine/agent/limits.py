"""What a run may spend, checked in one place.

Invariant: what is about to begin is counted before it begins, so a run never goes past a limit by a whole
step; every limit of `Limits` is a field of `Spent`, in the order in which they are named.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from engine.agent.values import Limits
from engine.gateway.protocol import ToolCall


@dataclass(slots=True)
class Spent:
    """What a run has spent so far, the step or call about to begin included. `seconds` is wall time."""

    steps: int = 0
    tool_calls: int = 0
    identical_calls: int = 0
    seconds: float = 0.0
    tokens: int = 0
    _seen: Counter[str] = field(default_factory=Counter)

    def count_call(self, call: ToolCall) -> None:
        """Counts a tool call; two calls are identical when name and arguments mean the same JSON."""
        self.tool_calls += 1
        key = f"{call.name}\n{_canonical(call.arguments)}"
        self._seen[key] += 1
        self.identical_calls = max(self.identical_calls, self._seen[key])


def exceeded(limits: Limits, spent: Spent) -> str | None:
    """The name of the first limit that `spent` goes past, or None."""
    for name in ("steps", "tool_calls", "identical_calls", "seconds", "tokens"):
        if getattr(spent, name) > getattr(limits, name):
            return name
    return None


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
