"""What an attempt at a run has done, committed before the next step begins.

Invariant: whoever writes holds the run's lease, and is told when he does not; money is held before a model is
asked and settled with the next write; a call with an effect is in the database before it is made. Between two
steps there is one transaction, and none while a model or a tool is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.utils import timezone

from audit.services import record
from conversations import money, runs, steps
from conversations.money import Bill, Want
from conversations.turns import Job
from core import sql
from core.actors import Actor
from core.errors import Conflict
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent.values import Step
from engine.budgets.values import Hold
from engine.gateway.metering import MoneySpent
from engine.gateway.protocol import ToolCall, Usage
from engine.tools.values import Risk


class RunLost(Conflict):
    """Another process has the run, or the conversation changed hands."""

    code = "run_lost"
    default_message = "The run is somebody else's by now."


@dataclass(frozen=True, slots=True)
class Opening:
    """A call about to be made."""

    number: int
    call: ToolCall
    risk: Risk


@dataclass(frozen=True, slots=True)
class Page:
    """What goes to the database in one transaction."""

    steps: tuple[Step, ...] = ()
    bills: tuple[Bill, ...] = ()
    opening: Opening | None = None
    want: Want | None = None
    is_first: bool = False


@dataclass(slots=True)
class RunBook:
    """Implements `engine.agent.values.Book`. What is not written yet goes with the next page, or with the end."""

    job: Job
    _steps: list[Step] = field(default_factory=list)
    _bills: list[Bill] = field(default_factory=list)
    _first: Hold | None = None
    _began: bool = False

    def __post_init__(self) -> None:
        self._first = self.job.hold

    @property
    def unwritten(self) -> tuple[Step, ...]:
        """The steps that are not in the database yet."""
        return tuple(self._steps)

    async def note(self, step: Step) -> None:
        """Keeps a step for the next page."""
        self._steps.append(step)

    def bill(self, bill: Bill) -> None:
        """Keeps a bill for the next page."""
        self._bills.append(bill)

    def take_rest(self) -> Page:
        """All that is not written yet, once; `put_back` takes what could not be written."""
        if self._first is not None:  # nobody was asked for that money
            self.bill(Bill(self._first, Usage()))
        page = Page(tuple(self._steps), tuple(self._bills))
        self._steps, self._bills, self._first = [], [], None
        return page

    def put_back(self, page: Page) -> None:
        """Keeps what could not be written: the transaction that should have is undone."""
        self._steps[:0], self._bills[:0] = page.steps, page.bills

    async def hold(self, want: Want) -> Hold | None:
        """Commits what was done, and holds money for a model call; the first call's was held with the message.

        None where calls are not metered.

        Raises:
            RunLost
            engine.gateway.metering.MoneySpent: a budget has not enough left.
        """
        if not money.is_metered():
            await self._write_steps()
            return None
        first, self._first = self._first, None
        if first is not None:
            if not self._steps and want.route.name == self.job.routes[0].name:
                return first
            # Another model answers than the one that money was held for.
            self.bill(Bill(first, Usage()))
        if self.job.refused and not self._steps and not self.job.turn.done:
            raise MoneySpent(self.job.refused)
        return await self._write(replace(self.take_rest(), want=want))

    async def _write_steps(self) -> None:
        if self._steps:
            await self._write(self.take_rest())

    async def open(self, opening: Opening) -> None:
        """Commits what was done, and for a call that may change something that it is about to be made.

        Raises:
            RunLost
        """
        acts = opening.risk is not Risk.READ
        if acts or self._bills:
            page = self.take_rest()
            await self._write(replace(page, opening=opening if acts else None))

    async def _write(self, page: Page) -> Hold | None:
        try:
            held = await in_database(write)(self.job, replace(page, is_first=not self._began))
        except BaseException:
            self.put_back(page)
            raise
        self._began = True
        return held

    async def close(self) -> None:
        """Pays what is owed for a run that was lost; its steps are another's to write."""
        page = self.take_rest()
        if page.bills:
            await in_database(_pay)(self.job, page.bills)


def write(job: Job, page: Page) -> Hold | None:
    """Commits a page; the money held for what it asks.

    Raises:
        RunLost, engine.gateway.metering.MoneySpent
    """
    now = timezone.now()
    with tenant_scope(job.tenant_id):
        with sql.together():
            ours = runs.prolong_soon(job, now=now, with_prompt=page.is_first)
            steps.write(job.run_id, page.steps, now=now)
            if page.opening is not None:
                _open(job, page.opening)
        if not ours.rowcount:
            raise RunLost
        money.settle(job.tenant_id, page.bills, now=now)
        return money.hold(job, page.want, now=now) if page.want else None


def _open(job: Job, opening: Opening) -> None:
    steps.start(job, opening.number, opening.call, "started", now=timezone.now())
    record(
        actor=Actor("ai", "assistant", job.assistant),
        action="tool.called",
        target=f"run:{job.run}",
        data={"tool": opening.call.name, "step": opening.number, "risk": opening.risk.value},
    )


def _pay(job: Job, bills: tuple[Bill, ...]) -> None:
    with tenant_scope(job.tenant_id):
        money.settle(job.tenant_id, bills, now=timezone.now())
