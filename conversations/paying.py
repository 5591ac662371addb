"""The models of a run: each call paid for, the next one asked when one fails.

Invariant: money is held for every call before it is made, by the route that makes it, and every call is billed
once, however it ended; one that certainly never began gives its money back by a bill of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from conversations import money
from conversations.book import RunBook
from conversations.money import Want
from engine.budgets.prices import ModelNotPriced
from engine.budgets.values import Hold
from engine.gateway.chain import ModelChain, Surroundings
from engine.gateway.errors import ModelBadRequest, ModelError
from engine.gateway.metering import MoneySpent
from engine.gateway.protocol import ModelReply, ModelRequest, OnText, Usage
from engine.gateway.routes import Route


@dataclass(slots=True)
class RunMeter:
    """Implements `engine.gateway.metering.Meter` for a run."""

    book: RunBook
    cents: float = 0.0
    _tries: dict[str, int] = field(default_factory=dict)

    async def hold(self, route: Route, request: ModelRequest) -> Hold | None:
        """Commits what the run has done, and holds what the call may cost.

        Raises:
            MoneySpent, conversations.book.RunLost
            ModelBadRequest: the model has no price, so it may not be asked.
        """
        tries = self._tries.get(request.key, 0)
        self._tries[request.key] = tries + 1
        try:
            return await self.book.hold(Want(route, request, tries))
        except ModelNotPriced as error:
            raise ModelBadRequest(detail="model_not_found: " + error.code) from error

    def bill(self, held: Hold | None, route: Route, usage: Usage) -> float:
        """Notes what a call came to; the US cents."""
        if held is None:
            return 0.0
        bill = money.bill_for(held, usage)
        self.book.bill(bill)
        self.cents += bill.cents
        return bill.cents


class PaidModel:
    """Implements `Model` over the routes of a run.

    `level` is that of the model which answered last; `said` whether the last call passed any text on.
    """

    def __init__(self, book: RunBook) -> None:
        job = book.job
        self.level = "model"
        self.said = False
        self._meter = RunMeter(book)
        self._failure: ModelError | None = None
        self._chain = ModelChain(
            job.routes, tenant_id=job.tenant_id, surroundings=Surroundings(meter=self._meter)
        )

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Asks the routes in order.

        Raises:
            MoneySpent: no budget for any of them.
            ModelError: of the last one that was asked.
        """
        self.said, self._failure, before = False, None, self._meter.cents

        async def hear(piece: str) -> None:
            self.said = True
            await on_text(piece)

        try:
            reply = await self._chain.complete(request, hear)
        except ModelError as error:
            self._failure = error
            raise
        self.level = reply.level or self.level
        return replace(reply, cents=self._meter.cents - before)

    def go_on(self) -> bool:
        """Leaves the route that failed in mid-answer to the others; False when none is left."""
        if self._failure is None or isinstance(self._failure, MoneySpent):
            return False
        rest = self._chain.after(self._failure)
        if rest is None:
            return False
        self._chain = rest
        return True
