"""Redis, PostgreSQL, the model and the web server are taken away under load, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import Plan, run


@pytest.mark.long
def test_whatever_is_taken_away_nothing_is_lost_and_nothing_is_said_twice(passable_folder: Path) -> None:
    found = run(passable_folder, Plan())

    assert found.faults == []
    levels = {message.level for message in found.load.record.messages}
    assert {"model", "stored_answers"} <= levels
    assert found.load.record.stalls == []
