"""What goes wrong, and where: drawn from a seed for each place by itself.

Invariant: a place meets the same faults whatever happened elsewhere, and in whichever order; each place at most
`MOST_AT_A_PLACE` of the model's, so that who repeats patiently gets through.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

MOST_AT_A_PLACE = 2
MODEL_RATE = 0.1
MODEL_KINDS = ("429", "500", "cut")
HANG_RATE = 0.006
SHOP_RATE = 0.12
SHOP_KINDS = ("429", "500", "cut", "timeout_before", "timeout_after")
LONG_HANG, SHORT_HANG = 4.0, 0.5
"""Seconds: longer than a tool's deadline for one attempt, and one that all attempts together can bear."""
KILL_RATE = 0.2
SECOND_KILL_RATE = 0.5
LONGEST_DELAY = 0.06


@dataclass(frozen=True, slots=True)
class Chances:
    """`seed` None: nothing goes wrong. `shop_hangs`: seconds of a hanging call."""

    seed: int | None = None
    shop_hangs: float = LONG_HANG

    def model_faults(self, tenant: str, task: str, number: int) -> tuple[str, ...]:
        """The kinds that the first calls at a place of a task meet, in order."""
        if self.seed is None:
            return ()
        dice = self._dice("model", tenant, task, number)
        if dice.random() < HANG_RATE:
            return ("hang",)
        if dice.random() >= MODEL_RATE:
            return ()
        return tuple(dice.choice(MODEL_KINDS) for _ in range(dice.randint(1, MOST_AT_A_PLACE)))

    def shop_faults(self, tenant: str, task: str) -> dict[str, object]:
        """What the shop's levers are to be set to for a task."""
        if self.seed is None:
            return {}
        seed = self._dice("shop", tenant, task, 0).randrange(2**31)
        return {
            "seed": seed,
            "rate": SHOP_RATE,
            "kinds": list(SHOP_KINDS),
            "per_key": MOST_AT_A_PLACE,
            "seconds": self.shop_hangs,
            "retry_after": 1,
        }

    def kills(self, tenant: str, task: str, calls: int) -> dict[int, float]:
        """At which places of a task the process that answers is killed, each with seconds after the model was asked."""
        if self.seed is None:
            return {}
        dice = self._dice("kill", tenant, task, calls)
        if dice.random() >= KILL_RATE:
            return {}
        times = 2 if dice.random() < SECOND_KILL_RATE else 1
        places = dice.sample(range(calls + 1), min(times, calls + 1))
        return {place: dice.uniform(0.0, LONGEST_DELAY) for place in places}

    def _dice(self, *what: object) -> Random:
        return Random(f"{self.seed}:{what}")
