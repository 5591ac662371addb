"""Recorded tasks: what the assistant is to do, what each call gave, and how the shop stands afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Invalid
from demo.backoffice import Shop, ShopError
from demo.backoffice.shop import as_text

RECORDED_CHARACTERS = 1200
_KNOWN = ("known_info", "task_instructions")
DATA_NAMES = ("db.json.gz", "db.json")


class TasksUnusable(Invalid):
    code = "replay_tasks_unusable"
    default_message = "The file of tasks cannot be used"


@dataclass(frozen=True, slots=True)
class GoldCall:
    """A call as recorded: `result` is the beginning of what it gave, `error` the sentence it was refused with."""

    name: str
    arguments: dict[str, Any]
    result: str
    error: str | None

    @property
    def told(self) -> str:
        """What the model is to read."""
        return self.result if self.error is None else self.error


@dataclass(frozen=True, slots=True)
class Task:
    """`digest` is the recorded state of the shop at the end; empty where the file does not say.

    `wish` is what the customer wants, `known` what else she is told to know and to insist on.
    """

    id: str
    calls: tuple[GoldCall, ...]
    wish: str = ""
    digest: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A task, and the shop's state after its calls were executed directly."""

    task: Task
    digest: str


def read(path: Path) -> list[Task]:
    """The tasks of a file with a JSON object a line.

    Raises:
        TasksUnusable: naming the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TasksUnusable(f"{path} cannot be read: {error}") from None
    tasks = [_task(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not tasks:
        raise TasksUnusable(f"{path} holds no task")
    if len({task.id for task in tasks}) < len(tasks):
        raise TasksUnusable(f"{path} holds two tasks of one id")
    return tasks


def data_beside(path: Path) -> Path | None:
    """The shop's data in the folder of the tasks; None: the invented shop."""
    return next((path.parent / name for name in DATA_NAMES if (path.parent / name).exists()), None)


def executed(tasks: Iterable[Task], data: Path | None) -> list[Expected]:
    """Each task with the state that direct execution leads to, from a fresh shop.

    Raises:
        demo.backoffice.source.DataUnusable
        TasksUnusable: direct execution gives something else than the record: other data, or not that shop.
    """
    fresh = Shop.load(data)
    return [Expected(task, _executed(task, fresh.copy())) for task in tasks]


def _executed(task: Task, shop: Shop) -> str:
    for number, call in enumerate(task.calls, 1):
        if (told := _played(shop, call)) != (call.result, call.error):
            raise TasksUnusable(
                f"task {task.id}, call {number} ({call.name}): on this data the shop itself says {told[0][:80]!r} "
                f"{told[1] or ''}; is --data the right file?"
            )
    digest = shop.digest()
    if task.digest and digest != task.digest:
        raise TasksUnusable(f"task {task.id}: on this data the shop itself ends in another state")
    return digest


def _played(shop: Shop, call: GoldCall) -> tuple[str, str | None]:
    try:
        return as_text(shop.execute(call.name, call.arguments))[:RECORDED_CHARACTERS], None
    except ShopError as error:
        return "", error.detail


def _task(line: str, where: str) -> Task:
    try:
        told = json.loads(line)
        instructions = (told.get("user_scenario") or {}).get("instructions") or {}
        return Task(
            str(told["id"]),
            tuple(_call(one) for one in told["gold_actions"]),
            str(instructions.get("reason_for_call") or ""),
            str(told.get("db_hash_gold") or ""),
            " ".join(str(instructions[name]) for name in _KNOWN if instructions.get(name)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TasksUnusable(f"{where}: not a task ({type(error).__name__}: {error})") from None


def _call(told: dict[str, Any]) -> GoldCall:
    error = told.get("error")
    result = "" if told.get("result") is None else str(told["result"])
    return GoldCall(told["name"], dict(told["arguments"]), result[:RECORDED_CHARACTERS], error and str(error))
