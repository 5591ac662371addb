"""What came of a replay, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from demo.replay.ledger import Balance

MOST_DIFFERENCES = 5


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One task on one tenant. `replayed`: calls that the shop was asked for again; `attempts`: processes at it."""

    id: str
    seconds: float
    differences: tuple[str, ...] = ()
    attempts: int = 1
    replayed: int = 0
    approved: int = 0
    lost_lines: int = 0


@dataclass(frozen=True, slots=True)
class TenantReport:
    """All tasks on one tenant; `missing` were not played."""

    label: str
    tasks: tuple[TaskReport, ...]
    missing: int
    balance: Balance
    shop_faults: dict[str, int]
    counts: dict[str, int]

    @property
    def passed(self) -> int:
        return sum(not task.differences for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Report:
    """`strangers`: what of one tenant was seen at another, and requests that no task explains."""

    tenants: tuple[TenantReport, ...]
    seed: int | None
    model_faults: dict[str, int]
    kills: dict[str, int]
    spared: int
    strangers: tuple[str, ...]
    seconds: float
    starting_seconds: float

    @property
    def is_clean(self) -> bool:
        whole = all(tenant.passed == len(tenant.tasks) and not tenant.missing for tenant in self.tenants)
        return whole and not self.strangers and not any(one.balance.differences for one in self.tenants)

    @property
    def tasks(self) -> int:
        return len(self.tenants[0].tasks) + self.tenants[0].missing

    @property
    def passed(self) -> int:
        """Tasks that passed on every tenant."""
        sets = [{task.id for task in tenant.tasks if not task.differences} for tenant in self.tenants]
        return len(set.intersection(*sets))

    def lines(self) -> Iterator[str]:
        """The report for people; the last line is the one that counts."""
        for tenant in self.tenants:
            yield from _tenant(tenant)
        for stranger in self.strangers[:MOST_DIFFERENCES]:
            yield f"stranger: {stranger}"
        if self.seed is not None:
            yield f"seed {self.seed}; the model's faults: {_counted(self.model_faults)}"
            yield (
                f"killed with -9: {_counted(self.kills)}; left out, at a process just starting or a run that had "
                f"died twice: {self.spared}"
            )
        yield f"{self.seconds:.0f} s of playing, {self.starting_seconds:.0f} s of starting"
        yield f"{self.passed} of {self.tasks}"

    def as_dict(self) -> dict[str, Any]:
        return {"passed": self.passed, "of": self.tasks, "is_clean": self.is_clean, **asdict(self)}


def _tenant(tenant: TenantReport) -> Iterator[str]:
    for task in tenant.tasks:
        for difference in task.differences[:MOST_DIFFERENCES]:
            yield f"tenant {tenant.label}, task {task.id}: {difference}"
    if tenant.missing:
        yield f"tenant {tenant.label}: {tenant.missing} tasks were not played"
    for difference in tenant.balance.differences[:MOST_DIFFERENCES]:
        yield f"tenant {tenant.label}, ledger: {difference}"
    money, taken = tenant.balance, sum(task.attempts > 1 for task in tenant.tasks)
    yield (
        f"tenant {tenant.label}: {tenant.passed} of {len(tenant.tasks) + tenant.missing}; {taken} runs taken up by "
        f"another process, {sum(task.replayed for task in tenant.tasks)} calls repeated under their key, "
        f"{sum(task.approved for task in tenant.tasks)} approved; the shop's faults: {_counted(tenant.shop_faults)}"
    )
    yield (
        f"tenant {tenant.label}, tokens: {money.sold_tokens} sold by distinct key ({money.replies} whole replies, "
        f"{money.repeated} of them repeats), {money.step_tokens} in steps, {money.paid_tokens} on the ledger in "
        f"{money.exact} exact rows; beside them {money.estimated} estimated, {money.lost} lost"
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts.items()) or "none"
