"""Which calls go wrong, and how: by a plan or by chance from a seed.

Invariant: the same sequence of calls under the same seed meets the same faults, and a key meets at most
`per_key` of them, so that a caller who repeats patiently gets through.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from core.errors import Invalid

KINDS = ("429", "500", "cut", "timeout_before", "timeout_after")
MOST_KEYS = 100_000
_NUMBERS = {
    "seconds": {"type": "number", "minimum": 0, "maximum": 3600},
    "retry_after": {"type": "integer", "minimum": 0, "maximum": 3600},
}
_STEP = {
    "type": "object",
    "required": ["kind"],
    "additionalProperties": False,
    "properties": {"kind": {"enum": ["ok", *KINDS]}, "operation": {"type": "string"}, **_NUMBERS},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "plan": {"type": "array", "items": {"anyOf": [{"enum": ["ok", *KINDS]}, _STEP]}},
        "seed": {"type": "integer"},
        "rate": {"type": "number", "minimum": 0, "maximum": 1},
        "kinds": {"type": "array", "minItems": 1, "items": {"enum": list(KINDS)}},
        "per_key": {"type": "integer", "minimum": 0},
        **_NUMBERS,
    },
}


class FaultsInvalid(Invalid):
    code = "faults_invalid"
    default_message = "Send a plan, or seed, rate and kinds"


@dataclass(frozen=True)
class Fault:
    """`seconds` is how long a timeout hangs; `retry_after` what a 429 tells, in seconds."""

    kind: str
    operation: str = ""
    seconds: float = 30.0
    retry_after: int = 1


class Faults:
    """None until `set`. A plan is used up from its head; a step for another operation waits there."""

    def __init__(self) -> None:
        self.set({})

    def set(self, wanted: Any) -> None:
        """Takes the place of what was set before; `{}` ends all faults.

        Raises:
            FaultsInvalid.
        """
        if error := next(Draft202012Validator(SCHEMA).iter_errors(wanted), None):
            raise FaultsInvalid(error.message[:300])
        self._defaults = {name: wanted[name] for name in _NUMBERS if name in wanted}
        self._plan = deque(self._step(step) for step in wanted.get("plan", ()))
        self._rng = Random(wanted.get("seed", 0))
        self._rate: float = wanted.get("rate", 0)
        self._kinds: Sequence[str] = wanted.get("kinds", KINDS)
        self._per_key: int = wanted.get("per_key", 2)
        self._met: OrderedDict[str, int] = OrderedDict()
        self._given: Counter[str] = Counter()

    def given(self) -> dict[str, int]:
        """How many of each kind, since they were set."""
        return dict(self._given)

    def next(self, key: str, operation: str) -> Fault | None:
        """What befalls this call.

        Args:
            key: the call's idempotency key, or anything else that is the same when it is repeated.
        """
        fault = self._planned(operation) if self._plan else self._by_chance()
        if fault is None or self._met.get(key, 0) >= self._per_key:
            return None
        self._met[key] = self._met.get(key, 0) + 1
        if len(self._met) > MOST_KEYS:
            self._met.popitem(last=False)
        self._given[fault.kind] += 1
        return fault

    def _planned(self, operation: str) -> Fault | None:
        if self._plan[0].operation not in ("", operation):
            return None
        fault = self._plan.popleft()
        return None if fault.kind == "ok" else fault

    def _by_chance(self) -> Fault | None:
        # Both draws for every call, so that one fault more or less does not shift the rest.
        hit, kind = self._rng.random() < self._rate, self._rng.choice(self._kinds)
        return Fault(kind, **self._defaults) if hit else None

    def _step(self, step: Any) -> Fault:
        chosen = {"kind": step} if isinstance(step, str) else step
        return Fault(**{**self._defaults, **chosen})
