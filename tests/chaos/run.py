"""A whole run of chaos: a house, its customers, some rounds, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.chaos import ledger
from tests.chaos.house import open_house
from tests.chaos.load import Load
from tests.chaos.rounds import Figures, Round


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of it; `seconds`: the least an outage lasts; `lease`: of a run."""

    rounds: int = 1
    customers: int = 8
    seconds: float = 3.0
    lease: int = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it: `faults` has to be empty."""

    faults: list[str]
    figures: Figures
    load: Load


def run(folder: Path, plan: Plan) -> Found:
    """Plays the rounds. Raises AssertionError when an outage does not end by itself within a minute."""
    figures = Figures()
    with open_house(folder, RUN_LEASE_SECONDS=str(plan.lease)) as house:
        load = Load(house, plan.customers)
        load.start()
        try:
            for _ in range(plan.rounds):
                Round(house, load, figures, plan.seconds).play()
            load.finish()
            _settle(house.admin_url, load)
            return Found(ledger.faults(house.admin_url, load, house.counter), figures, load)
        finally:
            load.leave()


def _settle(url: str, load: Load) -> None:
    """Waits for what happens behind the customers' backs: the second tabs, and runs that nobody waits for."""
    last = ledger.heads(url)
    load.until(
        lambda: all(one.line.seq >= last[one.line.conversation] for one in load.onlookers),
        "second tabs have seen all",
    )
