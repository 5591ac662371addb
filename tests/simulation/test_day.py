"""A day of the queue: nobody is lost, nobody is given to two, nobody waits for somebody who is not there."""

from __future__ import annotations

import sys

import pytest

from tests.simulation import note
from tests.simulation.cast import Plan
from tests.simulation.day import Day


def test_a_short_day_loses_nobody() -> None:
    plan = Plan(customers=40, agents=8, hours=0.2, seed=7)

    found = Day(plan).run()

    assert note.faults(found, plan) == [], note.text(found, plan)
    assert sum(agent.taken for agent in found.agents) > 20


@pytest.mark.long
def test_a_whole_day_loses_nobody_and_says_how_it_went() -> None:
    plan = Plan()

    found = Day(plan).run()

    sys.stdout.write("\n" + note.text(found, plan) + "\n")
    assert note.faults(found, plan) == []
