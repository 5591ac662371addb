"""Who else has a conversation open, and who writes in it: so that two people do not answer the same thing.

Invariant: hints between sockets, kept by nobody. A desk that went without a word is forgotten after `KEPT_SECONDS`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

KEPT_SECONDS = 40.0
SAY_SECONDS = 15.0
LOOKS, WRITES, GONE = "looks", "writes", "gone"


@dataclass(frozen=True, slots=True)
class Here:
    """One open desk at a conversation."""

    member: int
    name: str
    state: str
    at: float


@dataclass(slots=True)
class Company:
    """What one desk knows of the others at its conversation, by their lines."""

    there: dict[str, Here] = field(default_factory=dict)

    def heard(self, message: dict[str, Any]) -> bool:
        """Notes what another desk said; whether that changes what is shown."""
        before = self.shown()
        if message["state"] == GONE:
            self.there.pop(message["line"], None)
        else:
            self.there[message["line"]] = Here(
                message["member"], message["name"], message["state"], time.monotonic()
            )
        return self.shown() != before

    def aged(self) -> bool:
        """Forgets who has said nothing for long; whether that changes what is shown."""
        before, oldest = self.shown(), time.monotonic() - KEPT_SECONDS
        self.there = {line: here for line, here in self.there.items() if here.at > oldest}
        return self.shown() != before

    def shown(self) -> list[dict[str, Any]]:
        """Each member once; she writes if she does so in any of her tabs."""
        found: dict[int, dict[str, Any]] = {}
        for here in self.there.values():
            one = found.setdefault(here.member, {"member": here.member, "name": here.name, "writing": False})
            one["writing"] = one["writing"] or here.state == WRITES
        return sorted(found.values(), key=lambda one: (one["name"], one["member"]))
