"""The rows of a run's steps: written before the next step begins, read by whoever goes on with the run.

Invariant: a step has one row, whoever writes it and however often; a row that is done is never changed again.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from conversations.turns import Job
from core import sql
from core.scope import require_tenant_id
from engine.agent.values import Citation, HandOff, Step
from engine.gateway.protocol import ToolCall, Usage

_COLUMNS = (
    "tenant_id, run_id, number, kind, name, status, is_error, text, data, prompt_tokens, completion_tokens, "
    "cached_tokens, started_at, finished_at"
)
_KEEP_DONE = (
    "ON CONFLICT (tenant_id, run_id, number) DO UPDATE SET status = EXCLUDED.status, is_error = EXCLUDED.is_error, "
    "text = EXCLUDED.text, data = EXCLUDED.data, finished_at = EXCLUDED.finished_at "
    "WHERE conversations_step.status <> 'done'"
)
# Only the attempt that holds the run may start a call; the row says so to whoever comes after a crash.
_START = (
    "INSERT INTO conversations_step (" + _COLUMNS + ") "  # noqa: S608 — fixed text
    "SELECT %s, r.id, %s, 'tool', %s, %s, false, '', %s, 0, 0, 0, %s, NULL FROM conversations_run r "
    "WHERE r.tenant_id = %s AND r.id = %s AND r.attempt = %s AND r.status = 'running' "
    "ON CONFLICT (tenant_id, run_id, number) DO UPDATE SET status = EXCLUDED.status "
    "WHERE conversations_step.status <> 'done' RETURNING id"
)
_READ = (
    "SELECT number, kind, name, status, is_error, text, data, prompt_tokens, completion_tokens, cached_tokens "
    "FROM conversations_step WHERE tenant_id = %s AND run_id = %s ORDER BY number"
)
NAME = 120


@dataclass(frozen=True, slots=True)
class Written:
    """A run's steps as the database has them: those that are done, and how the one after them stands."""

    done: tuple[Step, ...]
    open_number: int = 0
    open_status: str = ""


@lru_cache(maxsize=32)
def insertion(count: int) -> str:
    """The statement that writes `count` steps, and leaves alone those that are done."""
    rows = ", ".join(["(" + ", ".join(["%s"] * 14) + ")"] * count)
    return f"INSERT INTO conversations_step ({_COLUMNS}) VALUES {rows} {_KEEP_DONE}"  # noqa: S608 — fixed text


def values_of(run_id: int, steps: Sequence[Step], now: dt.datetime) -> list[Any]:
    """The values of `insertion`, in order."""
    values: list[Any] = []
    for step in steps:
        usage = step.usage
        began = now - dt.timedelta(seconds=step.seconds)
        values += [
            require_tenant_id(),
            run_id,
            step.number,
            step.kind,
            step.name[:NAME],
            "done",
            step.is_error,
        ]
        values += [storable(step.text), _data(step)]
        values += [usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, began, now]
    return values


def write(run_id: int, steps: Sequence[Step], *, now: dt.datetime) -> None:
    """Writes steps that are over."""
    if steps:
        sql.run(insertion(len(steps)), values_of(run_id, steps, now))


def start(job: Job, number: int, call: ToolCall, status: str, *, now: dt.datetime) -> bool:
    """Writes down that a call is about to be made, or waits; False when the run is somebody else's by now."""
    tenant_id = require_tenant_id()
    data = json.dumps(clean({"call": _call(call)}))
    values = [tenant_id, number, call.name[:NAME], status, data, now, tenant_id, job.run_id, job.attempt]
    return sql.row(_START, values) is not None


def read(run_id: int) -> Written:
    """The steps of a run, in order."""
    done: list[Step] = []
    for row in sql.rows(_READ, [require_tenant_id(), run_id]):
        if row[3] != "done":
            return Written(tuple(done), row[0], row[3])
        done.append(_step(row))
    return Written(tuple(done))


def _step(row: tuple[Any, ...]) -> Step:
    number, kind, name, _, is_error, text, raw, prompt, completion, cached = row
    data = json.loads(raw) if isinstance(raw, str | bytes) else raw
    call, hand_off = data.get("call"), data.get("hand_off")
    return Step(
        kind,
        name,
        data.get("seconds", 0.0),
        Usage(prompt, completion, cached, data.get("estimated", False)),
        data.get("detail", ""),
        is_error,
        number,
        text,
        tuple(ToolCall(**one) for one in data.get("calls", ())),
        ToolCall(**call) if call else None,
        tuple(Citation(**one) for one in data.get("citations", ())),
        HandOff(**hand_off) if hand_off else None,
        data.get("route", ""),
        data.get("cents", 0.0),
        tuple(data.get("checks", ())),
        data.get("taint", {}),
    )


def _data(step: Step) -> str:
    data: dict[str, Any] = {"seconds": round(step.seconds, 4), "detail": step.detail}
    told = {
        "estimated": step.usage.estimated,
        "calls": [_call(call) for call in step.calls],
        "call": _call(step.call) if step.call else None,
        "citations": [asdict(citation) for citation in step.citations],
        "hand_off": asdict(step.hand_off) if step.hand_off else None,
        "checks": [dict(check) for check in step.checks],
        "taint": dict(step.taint),
    }
    data |= {name: value for name, value in told.items() if value}
    if step.route:
        data |= {"route": step.route, "cents": round(step.cents, 6)}
    return json.dumps(clean(data))


def _call(call: ToolCall) -> dict[str, str]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments}


def clean(value: Any) -> Any:
    """A JSON value without what PostgreSQL cannot keep; numbers that are none become words."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {storable(key): clean(one) for key, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL and halves of surrogate pairs, which models may write."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
