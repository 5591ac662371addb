"""`manage.py replay_tasks`, as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.backoffice import recorded
from tests.demo.replay import invented
from tests.demo.replay.conftest import Replay

STORMY = ["0", "3", "67", "105", "58"]
SEED = 10


def only(ids: list[str]) -> list[str]:
    return [word for one in ids for word in ("--only", one)]


def test_tasks_of_the_invented_shop_are_played_by_mcp_with_a_persons_yes(
    replay: Replay, tmp_path: Path
) -> None:
    tasks = invented.write(tmp_path / "tasks.jsonl")

    done = replay(tasks, "--mcp", "--approve")

    assert done.code == 0, done.said
    assert done.said.strip().endswith("3 of 3")
    # Of each task the call that looks up what nobody had named or read before goes to a person, too.
    assert [task["approved"] for task in done.report["tenants"][0]["tasks"]] == [2, 1, 0]


def test_a_record_of_another_shop_is_refused_before_anything_starts(replay: Replay, tmp_path: Path) -> None:
    tasks = invented.write(tmp_path / "tasks.jsonl")
    tasks.write_text(tasks.read_text().replace('"14', '"15'))

    done = replay(tasks)

    assert done.code == 1
    assert "task cancel, call 2 (calculate): on this data the shop itself says '14" in done.said
    assert not (tmp_path / "logs").exists()


@pytest.mark.long
@pytest.mark.shared_data
@recorded.NEEDED
def test_recorded_tasks_survive_faults_and_kills_on_two_tenants_at_once(replay: Replay) -> None:
    done = replay(recorded.FOLDER / "tasks.jsonl", "--faults", "--tenants", 2, "--seed", SEED, *only(STORMY))

    assert done.code == 0, done.said
    assert (done.report["passed"], done.report["of"]) == (5, 5)
    assert done.report["kills"]
    assert done.report["model_faults"]
    assert all(tenant["shop_faults"] for tenant in done.report["tenants"])
