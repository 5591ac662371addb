"""The scripted model, the record and the dice: plain values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from demo.replay import script, tasks
from demo.replay.chances import Chances
from demo.replay.script import NotOfTheReplay
from demo.replay.tasks import GoldCall, Task, TasksUnusable

TASK = Task("7", (GoldCall("calculate", {"expression": "1 + 1"}, "2.0", None),), "Add it up.")


def a_body(*messages: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in messages]}


def test_the_next_call_follows_from_the_results_after_the_last_wish() -> None:
    wish = ("user", script.opening(TASK, "a"))

    first = script.place_of(a_body(("tool", "of another turn"), wish), {"7": TASK})
    second = script.place_of(a_body(wish, ("assistant", ""), ("tool", "2.0")), {"7": TASK})

    assert json.loads(script.reply_at(first).arguments) == {"expression": "1 + 1"}
    assert "".join(script.reply_at(second).texts) == script.closing(TASK)


@pytest.mark.parametrize("text", ["Hello", "Task 8 of replay a: Add it up."])
def test_a_stranger_gets_no_answer(text: str) -> None:
    with pytest.raises(NotOfTheReplay):
        script.place_of(a_body(("user", text)), {"7": TASK})


@pytest.mark.parametrize(
    "content", ["", "[]", '{"id": 1}', '{"id": 1, "gold_actions": []}\n{"id": 1, "gold_actions": []}']
)
def test_a_file_that_holds_no_tasks_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(content)

    with pytest.raises(TasksUnusable):
        tasks.read(file)


def test_a_seed_draws_the_same_whatever_was_drawn_before() -> None:
    chances, again = Chances(3), Chances(3)

    drawn = [chances.kills("a", str(number), 9) for number in range(200)]

    assert drawn[150] == again.kills("a", "150", 9)
    assert any(drawn)
    assert not all(drawn)
    assert Chances(None).kills("a", "150", 9) == {}
