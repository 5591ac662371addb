"""Kills the process that answers a task, at places drawn beforehand.

Invariant: no run is killed more often than the platform allows a run to die (`conversations.runs.MOST_CRASHES`), with
one to spare; every process comes back at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from conversations.runs import MOST_CRASHES
from demo.replay.chances import Chances
from demo.replay.processes import Child
from demo.replay.script import Place

MOST_DEATHS = MOST_CRASHES - 1


@dataclass(frozen=True, slots=True)
class Wish:
    """To kill what answers this place, at `due` of the monotonic clock."""

    due: float
    tenant: str


@dataclass(slots=True)
class Killer:
    """`hear` is called by the model's thread, `begin` and `end` by the players', `look` by the main one.

    Args:
        attempt: of the tenant's run in flight, by the tenant's label.
    """

    chances: Chances
    web: Child
    worker: Child
    attempt: Callable[[str], int]
    kills: dict[str, int] = field(default_factory=dict)
    spared: int = 0
    _wishes: SimpleQueue[Wish] = field(default_factory=SimpleQueue)
    _waiting: list[Wish] = field(default_factory=list)
    _deaths: dict[str, int] = field(default_factory=dict)

    def begin(self, tenant: str) -> None:
        """A task of the tenant begins."""
        self._deaths[tenant] = 0

    def end(self, tenant: str) -> None:
        self._deaths.pop(tenant, None)

    def hear(self, place: Place) -> None:
        """A place was asked for, for the first time."""
        drawn = self.chances.kills(place.tenant, place.task.id, len(place.task.calls))
        if place.number in drawn:
            self._wishes.put(Wish(time.monotonic() + drawn[place.number], place.tenant))

    def look(self) -> None:
        """Does what is due, and waits for a moment where nothing is."""
        while True:
            try:
                self._waiting.append(self._wishes.get(timeout=0.01))
            except Empty:
                break
        now = time.monotonic()
        due = [wish for wish in self._waiting if wish.due <= now]
        self._waiting = [wish for wish in self._waiting if wish.due > now]
        for wish in due:
            self._kill(wish)

    def _kill(self, wish: Wish) -> None:
        victim = self.worker if self.attempt(wish.tenant) > 1 else self.web
        if not victim.is_up() or max(self._deaths.values(), default=0) >= MOST_DEATHS:
            self.spared += 1
            return
        victim.kill()
        self.kills[victim.name] = self.kills.get(victim.name, 0) + 1
        for tenant in list(self._deaths):
            self._deaths[tenant] = self._deaths.get(tenant, 0) + 1
