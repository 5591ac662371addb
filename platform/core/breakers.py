"""Breakers: a place that keeps failing is left alone for a while, by all processes together.

    permit = await breakers.enter("tool:shop.example")
    try:
        ...
    except TimeoutError:
        await permit.failed()
    except BaseException:
        await permit.dropped()
    else:
        await permit.succeeded()

Invariant: of all processes one at a time probes a place that was left alone; a probe whose process died ends by its
lease. While all is well a call costs no trip to Redis: what was heard is believed for `LOOK_SECONDS`, and successes are
told together with the next question. Redis gone: each process goes on by itself with the same rules. Nothing here
raises but `BreakerOpen`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from secrets import token_hex
from typing import Literal

from core import shared_state
from core.circuit import ENTER, REPORT, STAND, Answer, Circuit, Report, Rules, Verdict
from core.errors import Unavailable
from core.shared_state import OutOfReach, Script, SharedState

LOOK_SECONDS = 1.0
LEASE_SECONDS = 30.0
_MOST_KNOWN = 10_000
_PREFIX = "breaker:"
_INDEX = "breakers"


class BreakerOpen(Unavailable):
    """The place failed too often lately; `retry_after` seconds from now somebody may look again."""

    code = "breaker_open"
    default_message = "A service that is needed here does not work at the moment. Try again shortly."


@dataclass(frozen=True, slots=True)
class State:
    """A breaker for people to look at. `since`: when it last opened or closed, if it ever did."""

    name: str
    state: Literal["closed", "open", "half_open"]
    since: datetime | None
    retry_after: float


@dataclass(slots=True)
class _Known:
    """What this process knows of one breaker; `circuit` stands in for the shared one when that is out of reach."""

    circuit: Circuit = field(default_factory=Circuit)
    look_at: float = 0.0
    successes: int = 0


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call. One of its three words has to be said, once."""

    name: str
    breakers: Breakers
    token: str
    is_probe: bool = False

    async def succeeded(self) -> None:
        """The place answered, be it with a refusal of this one request."""
        await self.breakers.tell(self, "succeeded")

    async def failed(self, *, open_for: float = 0.0) -> None:
        """The place did not do its part.

        Args:
            open_for: seconds to leave it alone at once, for what is known not to pass by itself.
        """
        await self.breakers.tell(self, "failed", open_for)

    async def dropped(self) -> None:
        """Nobody knows: the caller was cancelled. A probe is given back."""
        await self.breakers.tell(self, "dropped")


class Breakers:
    """All breakers as one process sees them; safe to use from many loops and threads.

    Args:
        now: seconds since the epoch, for all clocks; None: the server's clock for what is shared, ours for the rest.
        jitter: gives a number from 0 to 1.
    """

    def __init__(
        self,
        shared: SharedState = shared_state.installation,
        *,
        rules: Rules | None = None,
        now: Callable[[], float] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._shared, self._jitter = shared, jitter
        self._now, self._own_now = now, now or time.time
        self._rules = rules or Rules()
        self._known: dict[str, _Known] = {}
        self._mark, self._numbers = token_hex(8), count()

    async def enter(self, name: str, *, lease: float = LEASE_SECONDS) -> Permit:
        """Asks for leave to make a call.

        Args:
            name: of the place, such as `tool:shop.example`; not longer than a line.
            lease: seconds after which a probe that said nothing is taken for dead.

        Raises:
            BreakerOpen: with `retry_after`.
        """
        known = self._known.get(name) or self._meet(name)
        now = self._own_now()
        if now < known.look_at:
            if not known.circuit.opened:
                return Permit(name, self, "")
            raise BreakerOpen(retry_after=max(known.circuit.until - now, 0.0))
        token = f"{self._mark}:{next(self._numbers)}"
        answer = await self._enter(name, known, token, lease)
        if answer.word in ("closed", "probe"):
            return Permit(name, self, token, answer.word == "probe")
        raise BreakerOpen(retry_after=answer.wait)

    async def tell(self, permit: Permit, verdict: Verdict, open_for: float = 0.0) -> None:
        """A permit's word; see there."""
        known = self._known.get(permit.name) or self._meet(permit.name)
        if not permit.is_probe:
            if verdict == "dropped":
                return
            if verdict == "succeeded" and known.circuit.row == 0:
                known.successes += not known.circuit.opened
                return
        successes, known.successes = known.successes, 0
        told = Report(verdict, permit.token, successes, self._jitter(), open_for)
        try:
            values = (verdict, permit.token, successes, told.jitter, open_for)
            answer = await self._ask(REPORT, permit.name, *values)
        except OutOfReach:
            known.circuit.report(self._own_now(), told, self._rules)
            known.look_at = 0.0
        else:
            self._heed(known, answer, "", 0.0)

    async def state(self, name: str) -> State:
        """How one breaker stands, for pages."""
        try:
            answer = await self._ask(STAND, name)
        except OutOfReach:
            answer = (self._known.get(name) or _Known()).circuit.stands(self._own_now())
        return _state(name, answer)

    async def states(self, prefix: str = "") -> list[State]:
        """Every breaker that saw a failure lately and whose name begins so, by name."""
        try:
            found = await self._shared.ask(lambda client: client.zrange(_INDEX, 0, -1))
            names = [str(name) for name in found]
        except OutOfReach:
            names = [name for name, known in self._known.items() if known.circuit.is_troubled]
        return [await self.state(name) for name in sorted(names) if name.startswith(prefix)]

    async def _enter(self, name: str, known: _Known, token: str, lease: float) -> Answer:
        successes, known.successes = known.successes, 0
        if not known.circuit.is_troubled and self._own_now() - known.look_at < LOOK_SECONDS:
            # what was heard is just out of date: those who come while this question is on its way need not ask too
            known.look_at = self._own_now() + LOOK_SECONDS
        try:
            answer = await self._ask(ENTER, name, token, lease, successes)
        except OutOfReach:
            known.look_at = 0.0
            return known.circuit.enter(self._own_now(), token, lease, successes, self._rules)
        self._heed(known, answer, token, lease)
        return answer

    def _heed(self, known: _Known, answer: Answer, token: str, lease: float) -> None:
        """What was heard last holds for a moment: of a closed breaker while nothing fails, of an open one always."""
        now = self._own_now()
        known.circuit.take_over(answer, token, now, lease)
        known.look_at = 0.0
        if answer.word == "open":
            known.look_at = now + min(answer.wait, LOOK_SECONDS)
        elif answer.word == "closed" and answer.row == 0:
            known.look_at = now + LOOK_SECONDS

    async def _ask(self, script: Script, name: str, *values: str | float) -> Answer:
        rules = self._rules
        limits = (rules.in_a_row, rules.calls, rules.share, rules.window, rules.opens_for, rules.longest)
        told = await self._shared.run(
            script, (_PREFIX + name, _INDEX), (self._now() if self._now else "", name, *limits, *values)
        )
        return Answer(told[0], float(told[1]), int(told[2]), float(told[3]))

    def _meet(self, name: str) -> _Known:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        return self._known.setdefault(name, _Known())


def _state(name: str, answer: Answer) -> State:
    word = "half_open" if answer.word == "probe" else answer.word
    since = datetime.fromtimestamp(answer.since, UTC) if answer.since else None
    return State(name, word, since, answer.wait)


installation = Breakers()
"""The installation's own, for everybody of this process; by name below."""
enter = installation.enter
state = installation.state
states = installation.states
