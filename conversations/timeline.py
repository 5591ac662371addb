"""What members are shown of a run and of a call that awaits a yes: the rows put together, in order.

Invariant: only reads, and only of the tenant that is named; money is that of the ledger, lost calls included.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from conversations import approvals, queries, runs, verdicts
from conversations.models import Approval, Run, Step
from core.scope import tenant_scope
from engine.agent.values import Step as Taken
from engine.budgets.models import Usage
from engine.budgets.queries import costs_of_runs, usage_of_run
from engine.budgets.values import NANOS
from engine.gateway.protocol import Message, ToolCall
from engine.tools.values import Offer


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the model wrote it; `arguments` are text where they are no JSON."""

    name: str
    arguments: Any

    @property
    def pretty(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else _code(self.arguments)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value of a call came from: see `engine.agent.taint.values.Trace`."""

    path: str
    origin: str


@dataclass(frozen=True, slots=True)
class Origins:
    """What was found about a call's values, and what became of it: made, refused, approved."""

    action: str
    why: str
    read: tuple[str, ...]
    arguments: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """What one call of a model came to, in US dollars; `lost`: nobody knows how it ended, it is charged in full."""

    step: int
    provider: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost_usd: Decimal
    estimated: bool
    lost: bool
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step. `text` is what the model wrote, or the tool's result; `seconds` is None while it is open.

    `checks` are the guardrails' verdicts about that text.
    """

    number: int
    kind: str
    name: str
    status: str
    is_error: bool
    detail: str
    text: str
    call: Call | None
    calls: tuple[Call, ...]
    citations: tuple[dict[str, Any], ...]
    route: str
    seconds: float | None
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost_usd: Decimal
    started_at: dt.datetime
    approval: Approval | None
    taint: Origins | None = None
    checks: tuple[dict[str, Any], ...] = ()

    @property
    def told(self) -> verdicts.Told | None:
        """The verdicts in words."""
        return verdicts.told(self.checks)

    @property
    def pretty(self) -> str:
        """The text, laid out where it is JSON."""
        try:
            return _code(json.loads(self.text)) if self.text[:1] in {"{", "["} else self.text
        except (ValueError, RecursionError):
            return self.text


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run, the prompt as it was sent first, and its steps in order."""

    run: Run
    prompt: tuple[Message, ...]
    steps: tuple[StepLine, ...]
    approvals: tuple[Approval, ...]
    charges: tuple[Charge, ...]

    @property
    def told(self) -> verdicts.Told | None:
        """The verdicts about the customer's words, in words."""
        return verdicts.told(self.run.checks)

    @property
    def seconds(self) -> float | None:
        """From its beginning to its end, waiting included; None while it goes on."""
        ended = self.run.finished_at
        return None if ended is None else (ended - self.run.started_at).total_seconds()

    @property
    def cost_usd(self) -> Decimal:
        return sum((charge.cost_usd for charge in self.charges), Decimal(0))


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval with the tool as it stands now (None: it is not on offer any more) and the steps before the call."""

    approval: Approval
    tool: Offer | None
    steps: tuple[StepLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list, with what it cost."""

    run: Run
    cost_usd: Decimal


def timeline(tenant_id: int, run: Run) -> Timeline:
    """All there is to see of a run."""
    with tenant_scope(tenant_id):
        rows = queries.steps_of_run(tenant_id, run.pk)
        decided = queries.approvals_of_run(tenant_id, run.pk)
        charges = tuple(_charge(row) for row in usage_of_run(tenant_id, str(run.public_id)))
    lines = _lines(rows, decided, charges)
    return Timeline(run, runs.messages_of(run.prompt), lines, tuple(decided), charges)


def lines_of(steps: Iterable[Taken], *, now: dt.datetime) -> tuple[StepLine, ...]:
    """Steps of a run that has no rows, as the others are shown."""
    return tuple(
        StepLine(
            number=step.number,
            kind=step.kind,
            name=step.name,
            status="done",
            is_error=step.is_error,
            detail=step.detail,
            text=step.text,
            call=_call(_told(step.call)) if step.call else None,
            calls=tuple(_call(_told(one)) for one in step.calls),
            citations=tuple(asdict(one) for one in step.citations),
            route=step.route,
            seconds=step.seconds,
            prompt_tokens=step.usage.prompt_tokens,
            completion_tokens=step.usage.completion_tokens,
            cached_tokens=step.usage.cached_tokens,
            cost_usd=Decimal(str(step.cents)) / 100,
            started_at=now,
            approval=None,
            taint=_origins(dict(step.taint)),
            checks=tuple(dict(one) for one in step.checks),
        )
        for step in steps
    )


def run_lines(tenant_id: int, rows: Sequence[Run]) -> list[RunLine]:
    """Runs of a list."""
    costs = costs_of_runs(tenant_id, [str(row.public_id) for row in rows])
    return [RunLine(row, dollars(costs.get(str(row.public_id), 0))) for row in rows]


def asked(tenant_id: int, approval: Approval) -> Asked:
    """An approval with all that helps to decide."""
    before = timeline(tenant_id, approval.run).steps
    told = tuple(line for line in before if line.number < approval.number)
    with tenant_scope(tenant_id):
        return Asked(approval, approvals.offer_of(approval), told)


def asked_lines(tenant_id: int, rows: Iterable[Approval]) -> list[Asked]:
    """Approvals of a list."""
    with tenant_scope(tenant_id):
        return [Asked(row, approvals.offer_of(row)) for row in rows]


def get_timeline(tenant_id: int, public_id: Any) -> Timeline:
    """A run by its public id.

    Raises:
        conversations.queries.NoSuchRun
    """
    return timeline(tenant_id, queries.get_run(tenant_id, public_id))


def _code(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def dollars(nanos: int) -> Decimal:
    return Decimal(nanos) / NANOS


def _lines(
    rows: Iterable[Step], decided: Iterable[Approval], charges: Iterable[Charge]
) -> tuple[StepLine, ...]:
    costs: defaultdict[int, Decimal] = defaultdict(Decimal)
    for charge in charges:
        costs[charge.step] += charge.cost_usd
    by_number = {row.number: row for row in decided}
    return tuple(_line(row, costs[row.number], by_number.get(row.number)) for row in rows)


def _line(row: Step, cost: Decimal, approval: Approval | None) -> StepLine:
    data = row.data
    return StepLine(
        number=row.number,
        kind=row.kind,
        name=row.name,
        status=row.status,
        is_error=row.is_error,
        detail=data.get("detail", ""),
        text=row.text,
        call=_call(data["call"]) if "call" in data else None,
        calls=tuple(_call(one) for one in data.get("calls", ())),
        citations=tuple(data.get("citations", ())),
        route=data.get("route", ""),
        seconds=data.get("seconds"),
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cached_tokens=row.cached_tokens,
        cost_usd=cost,
        started_at=row.started_at,
        approval=approval,
        taint=_origins(data.get("taint")),
        checks=tuple(data.get("checks", ())),
    )


def _origins(told: dict[str, Any] | None) -> Origins | None:
    if not told:
        return None
    found = tuple(Origin(one["path"], one["origin"]) for one in told["arguments"])
    return Origins(told["action"], told["why"], tuple(told["read"]), found)


def _told(call: ToolCall) -> dict[str, str]:
    return {"name": call.name, "arguments": call.arguments}


def _call(told: dict[str, str]) -> Call:
    try:
        return Call(told["name"], json.loads(told["arguments"] or "{}"))
    except (ValueError, RecursionError):
        return Call(told["name"], told["arguments"])


def _charge(row: Usage) -> Charge:
    return Charge(
        step=row.step,
        provider=row.provider,
        model=row.model,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cached_tokens=row.cached_tokens,
        cost_usd=dollars(row.cost_nanos),
        estimated=row.estimated,
        lost=row.lost,
        at=row.at,
    )
