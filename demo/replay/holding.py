"""Holds a played task against its record: what the model was told, the log, the steps, the shop, the answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from conversations.models import Event, Step
from demo.replay import script
from demo.replay.playing import Played
from demo.replay.queries import Told
from demo.replay.tasks import RECORDED_CHARACTERS, GoldCall

MOST_SHOWN = 160


def differences(played: Played, told: Told) -> list[str]:
    """What is not as it should be, in the order in which it happened; none when all is well."""
    found = [f"no answer: {played.trouble}"] if played.trouble else []
    if len(told.runs) != 1 or told.runs[0].status != "done":
        found.append(
            f"runs: {[(run.status, run.reason, run.level) for run in told.runs]}, not one that is done"
        )
    steps = [step for step in told.steps if step.kind == "tool"]
    found += _steps(played, steps)
    keys = [f"{step.run.public_id}:{step.number}" for step in steps]
    found += _log([event for event in told.events if event.type == "tool"], steps, keys)
    found += _shop(played, keys)
    found += _answer(played, told)
    return found


def _steps(played: Played, steps: list[Step]) -> Iterator[str]:
    for number, (gold, step) in enumerate(zip_longest(played.expected.task.calls, steps), 1):
        if gold is None:
            yield f"call {number}: {step.name} is not in the record"
        elif step is None:
            yield f"call {number}: {gold.name} was not made"
        elif difference := _call(gold, step):
            yield f"call {number} ({gold.name}): {difference}"


def _call(gold: GoldCall, step: Step) -> str:
    call = step.data.get("call") or {}
    if call.get("name") != gold.name or step.status != "done":
        return f"{call.get('name')} ({step.status}) was made instead"
    if script.arguments_of(call.get("arguments", "")) != gold.arguments:
        return f"other arguments: {call.get('arguments', '')[:MOST_SHOWN]}"
    if step.is_error != (gold.error is not None):
        return f"{'an error' if step.is_error else 'no error'}: {step.text[:MOST_SHOWN]!r}"
    told = step.text if step.is_error else step.text[:RECORDED_CHARACTERS]
    return "" if told == gold.told else f"told {told[:MOST_SHOWN]!r}, not {gold.told[:MOST_SHOWN]!r}"


def _log(events: list[Event], steps: list[Step], keys: list[str]) -> Iterator[str]:
    logged = [str(event.data.get("key")) for event in events]
    if logged != keys:
        yield f"the log's tool events are {logged}, the steps {keys}"
    if [(event.text, event.data.get("is_error")) for event in events] != [
        (s.name, s.is_error) for s in steps
    ]:
        yield "the log's tool events name other calls, or end otherwise, than the steps"


def _shop(played: Played, keys: list[str]) -> Iterator[str]:
    executed = [str(call["key"]) for call in played.calls]
    if executed != keys:
        yield f"the shop executed {executed}, the steps are {keys}"
    if played.digest != played.expected.digest:
        yield f"the shop ends in {played.digest[:12]}, direct execution in {played.expected.digest[:12]}"


def _answer(played: Played, told: Told) -> Iterator[str]:
    wanted = [script.closing(played.expected.task)]
    logged = [event.text for event in told.events if event.type == "message" and event.author_kind == "ai"]
    if logged != wanted:
        yield f"the log's answers are {logged}"
    if list(played.answers) != wanted:
        yield f"the customer saw {list(played.answers)}"
