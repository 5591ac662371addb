"""What a replay says of a task that did not go as recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conversations.models import Event, Run, Step
from demo.replay import holding, script
from demo.replay.playing import Played
from demo.replay.queries import Told
from demo.replay.tasks import Expected, GoldCall, Task

TASK = Task("7", (GoldCall("calculate", {"expression": "1 + 1"}, "2.0", None),))
RUN = Run(status="done", level="model")
KEY = f"{RUN.public_id}:2"
PLAYED = Played(
    Expected(TASK, "digest"),
    "c",
    (script.closing(TASK),),
    ({"key": KEY, "name": "calculate"},),
    "digest",
    1.0,
    0,
)


def a_step(**other: Any) -> Step:
    call = {"id": "1", "name": "calculate", "arguments": json.dumps({"expression": "1 + 1"})}
    known = {"number": 2, "kind": "tool", "name": "calculate", "status": "done", "text": "2.0"}
    return Step(**{"run": RUN, "data": {"call": call}} | known | other)


def an_event(key: str = KEY) -> Event:
    return Event(type="tool", author_kind="ai", text="calculate", data={"key": key, "is_error": False})


def told(*steps: Step, events: tuple[Event, ...] = (an_event(),), answers: int = 1) -> Told:
    said = [Event(type="message", author_kind="ai", text=script.closing(TASK))] * answers
    return Told((*events, *said), (RUN,), steps)


def test_what_went_as_recorded_has_no_difference() -> None:
    assert holding.differences(PLAYED, told(a_step())) == []


@pytest.mark.parametrize(
    ("seen", "difference"),
    [
        (told(a_step(text="3.0")), "told '3.0', not '2.0'"),
        (told(a_step(is_error=True, text="busy")), "an error: 'busy'"),
        (told(a_step(data={"call": {"name": "calculate", "arguments": "{}"}})), "other arguments"),
        (told(a_step(), events=(an_event(), an_event())), "the log's tool events are"),
        (told(a_step(), answers=2), "the log's answers are"),
        (told(events=()), "was not made"),
    ],
)
def test_a_difference_is_told_in_words(seen: Told, difference: str) -> None:
    assert any(difference in found for found in holding.differences(PLAYED, seen))


def test_an_effect_too_many_in_the_shop_is_a_difference() -> None:
    twice = replace(PLAYED, calls=(*PLAYED.calls, {"key": "another:2", "name": "calculate"}), digest="other")

    found = holding.differences(twice, told(a_step()))

    assert any("the shop executed" in one for one in found)
    assert any("the shop ends in other" in one for one in found)
