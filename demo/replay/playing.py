"""Plays tasks on one tenant, one after the other, and keeps what was seen of each from outside."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.utils import timezone

from conversations import approvals
from conversations.approvals import Decision
from demo.replay import script, tenants
from demo.replay.chances import Chances
from demo.replay.customer import Customer, Frame, NoAnswer
from demo.replay.killing import Killer
from demo.replay.queries import attempt_in_flight
from demo.replay.tasks import Expected
from demo.replay.tenants import Stage

SECONDS_A_TASK = 60.0
SECONDS_WITH_FAULTS = 300.0
SETTLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Played:
    """One task on one tenant, as its surroundings saw it.

    Args:
        answers: that the customer has seen.
        calls: that the shop executed; digest: of its state at the end.
        lost: how often the customer's line was cut.
        trouble: why there was no answer; empty: there was one.
    """

    expected: Expected
    conversation: str
    answers: tuple[str, ...]
    calls: tuple[dict[str, Any], ...]
    digest: str
    seconds: float
    lost: int
    approved: int = 0
    trouble: str = ""


@dataclass(slots=True)
class Player:
    """Plays on one stage, in a thread of its own; `error` is what ended it before its time."""

    stage: Stage
    address: str
    chances: Chances
    killer: Killer
    stopping: threading.Event
    faults: Counter[str] = field(default_factory=Counter)
    played: list[Played] = field(default_factory=list)
    error: BaseException | None = None

    def play_all(self, tasks: Iterable[Expected]) -> None:
        """Catches everything, since nobody waits for what a thread raises."""
        try:
            for expected in tasks:
                if self.stopping.is_set():
                    return
                self.played.append(self._play(expected))
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()

    def _play(self, expected: Expected) -> Played:
        task, keeper, label = expected.task, self.stage.keeper, self.stage.label
        keeper.prepare(self.chances.shop_faults(label, task.id))
        self.killer.begin(label)
        approved: list[str] = []
        customer = Customer(
            self.address,
            self.stage.slug,
            on_notice=lambda frame: self._approve(frame, approved),
            going_on=lambda: not self.stopping.is_set(),
        )
        began, trouble = time.monotonic(), ""
        try:
            seconds = SECONDS_A_TASK if self.chances.seed is None else SECONDS_WITH_FAULTS
            customer.ask(script.opening(task, label), seconds=seconds)
        except NoAnswer as error:
            trouble = error.message
            self._settle()
        taken = time.monotonic() - began
        self.killer.end(label)
        self.faults.update(keeper.given())
        return Played(
            expected,
            customer.conversation,
            tuple(customer.answers()),
            tuple(keeper.calls()),
            keeper.digest(),
            taken,
            customer.lost,
            len(approved),
            trouble,
        )

    def _approve(self, frame: Frame, approved: list[str]) -> None:
        """A member says yes to what is awaited."""
        waiting = frame["data"].get("waiting")
        if waiting and waiting not in approved:
            approvals.decide(
                tenant_id=self.stage.tenant_id,
                public_id=waiting,
                decision=Decision("approve"),
                actor=tenants.decider(),
                now=timezone.now(),
            )
            approved.append(waiting)

    def _settle(self) -> None:
        """A run that goes on without its customer must not reach the shop of the next task."""
        until = time.monotonic() + SETTLE_SECONDS
        while attempt_in_flight(self.stage.tenant_id) and time.monotonic() < until:
            time.sleep(0.2)
