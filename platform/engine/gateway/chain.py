"""A model that goes on to the next way to an answer when one fails.

Invariant: a caller hears the text of one route only: once a piece was passed on, a failure is raised and the caller
begins a new draft with `after`. Every failed call is in the reply's or the error's `attempts`, so that each token is
paid for. The deadline of the first route holds for all together. Nothing is asked of a provider whose breaker is
open or whose pool has no room; such a refusal is an attempt without tokens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlsplit

from core import breakers
from core.breakers import BreakerOpen, Breakers, Permit
from core.windows import mark
from engine.gateway import estimate, pools
from engine.gateway.client import ChatCompletions
from engine.gateway.errors import ModelBreakerOpen, ModelError, PoolExhausted, TotalTimeout
from engine.gateway.metering import Free, Meter
from engine.gateway.pools import Pools
from engine.gateway.protocol import Attempt, ModelReply, ModelRequest, OnText, Usage
from engine.gateway.routes import Route

# Seconds. Where there is another way, a customer is better served by it than by waiting for this one.
LONGEST_PAUSE = 1.0
LONGEST_WAIT_FOR_ROOM = 5.0
_TOO_LITTLE = 0.05
_BESIDE_THE_CALL = 5.0
_REPLY_TOKENS = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a chain asks before it calls, and how it waits; tests give their own."""

    breakers: Breakers = breakers.installation
    pools: Pools = pools.installation
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    meter: Meter = field(default_factory=Free)


_OURS = Surroundings()


class ModelChain:
    """Implements `Model` over several routes, the first choice first.

    Args:
        routes: at least one; names are unique.
        tenant_id: whose part of a shared account is used.
        ends: the running loop's time at which all must be done; by default the first route's total from each call on.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        tenant_id: int,
        ends: float | None = None,
        surroundings: Surroundings = _OURS,
    ) -> None:
        if not routes:
            raise ValueError("a chain needs a route")
        self.routes = tuple(routes)
        self._tenant_id, self._ends, self._surroundings = tenant_id, ends, surroundings

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Asks one route after the other until one answers; `request.model` gives way to the route's.

        Raises:
            ModelError: of the last call that was made, or the refusal to make one; see its `attempts`.
        """
        now = asyncio.get_running_loop().time()
        ends = self._ends or now + self.routes[0].config.deadlines.total
        run = _Run(self._tenant_id, request, on_text, ends, self._surroundings)
        for number, route in enumerate(self.routes):
            if run.may_help(route):
                reply = await run.ask(route, is_last=number + 1 == len(self.routes))
                if reply is not None:
                    return reply
            if run.is_over:
                break
        raise run.failure()

    def after(self, error: ModelError) -> ModelChain | None:
        """What is left to try in a new draft, within the same deadline; None when nothing may help."""
        tried = {attempt.route for attempt in error.attempts}
        places = {
            _place(route) for route in self.routes if route.name == error.route and error.blames_request
        }
        left = [route for route in self.routes if route.name not in tried and _place(route) not in places]
        if not left or error.ends - asyncio.get_running_loop().time() < _TOO_LITTLE:
            return None
        return ModelChain(left, tenant_id=self._tenant_id, ends=error.ends, surroundings=self._surroundings)

    def excluding(self, *names: str) -> ModelChain | None:
        """The chain without these routes, with a deadline of its own; None when none is left."""
        left = [route for route in self.routes if route.name not in names]
        return ModelChain(left, tenant_id=self._tenant_id, surroundings=self._surroundings) if left else None


@dataclass(slots=True)
class _Run:
    """One request on its way along the routes."""

    tenant_id: int
    request: ModelRequest
    on_text: OnText
    ends: float
    around: Surroundings
    attempts: list[Attempt] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    asked: bool = False
    failed: tuple[Route, ModelError] | None = None
    refused: tuple[Route, ModelError] | None = None

    @property
    def left(self) -> float:
        return self.ends - asyncio.get_running_loop().time()

    @property
    def is_over(self) -> bool:
        return bool(self.heard) or self.left < _TOO_LITTLE

    def may_help(self, route: Route) -> bool:
        """A request that one provider found wrong is not put to it again."""
        return not (self.failed and self.failed[1].blames_request and _place(self.failed[0]) == _place(route))

    def hear(self, text: str) -> Awaitable[None]:
        self.heard.append(text)
        return self.on_text(text)

    async def ask(self, route: Route, *, is_last: bool) -> ModelReply | None:
        """The route's reply, or None with the failure noted."""
        lease = route.config.deadlines.total + _BESIDE_THE_CALL
        try:
            permit = await self.around.breakers.enter(_breaker(route), lease=lease)
        except BreakerOpen as error:
            self._note_refusal(route, ModelBreakerOpen(retry_after=error.retry_after))
            return None
        verdict: Callable[[], Awaitable[None]] = permit.dropped
        self.asked = False
        # a timeout says nothing of a provider when those before it had used up the time
        has_time = not self.attempts or self.left >= route.config.deadlines.first_token
        try:
            reply = await self._call(route, is_last)
            verdict = permit.succeeded
        except PoolExhausted as error:
            self._note_refusal(route, error)
            return None
        except ModelError as error:
            if self.asked and (has_time or not isinstance(error, TotalTimeout)):
                verdict = _verdict(permit, error)
            self._note(route, error)
            self.failed = route, error
            return None
        finally:
            await verdict()
        return replace(reply, route=route.name, level=route.level, attempts=tuple(self.attempts))

    def failure(self) -> ModelError:
        """The error to raise: of a call rather than of a refusal to call."""
        route, error = self.failed or self.refused or (None, TotalTimeout())
        error.route = route.name if route else ""
        error.attempts, error.ends = tuple(self.attempts), self.ends
        return error

    async def _call(self, route: Route, is_last: bool) -> ModelReply:
        request = self.request
        if request.model != route.model:
            request = replace(request, model=route.model)
        model = ChatCompletions(
            route.config,
            total=min(route.config.deadlines.total, max(self.left, 0.0)),
            longest_pause=None if is_last else LONGEST_PAUSE,
            sleep=self.around.sleep,
        )
        held = await self.around.meter.hold(route, request)
        spent = Usage()
        try:
            if route.pool is None or not route.pool.is_limited:
                self.asked = True
                reply = await model.complete(request, self.hear)
            else:
                reply = await self._in_pool(model, request, route, is_last)
            spent = reply.usage
        except ModelError as error:
            spent = error.usage
            raise
        except BaseException:
            # the caller left or stumbled in mid-answer: what was asked is paid for all the same
            if self.asked:
                spent = estimate.usage(request, "".join(self.heard))
            raise
        finally:
            self.around.meter.bill(held, route, spent)
        return reply

    async def _in_pool(
        self, model: ChatCompletions, request: ModelRequest, route: Route, is_last: bool
    ) -> ModelReply:
        tokens = estimate.prompt_tokens(request) + (request.max_tokens or _REPLY_TOKENS)
        ticket = await self._room(route, tokens, is_last)
        self.asked = True
        spent: Usage | None = None
        try:
            reply = await model.complete(request, self.hear)
            spent = reply.usage
        except ModelError as error:
            spent = error.usage
            raise
        finally:
            if spent is not None:
                await ticket.settle(spent.prompt_tokens + spent.completion_tokens)
        return reply

    async def _room(self, route: Route, tokens: int, is_last: bool) -> pools.Ticket:
        """A place in the route's pool. Only who has no other way waits for one."""
        assert route.pool is not None
        patience = min(self.left, LONGEST_WAIT_FOR_ROOM) if is_last else 0.0
        while True:
            try:
                return await self.around.pools.enter(route.pool, self.tenant_id, tokens)
            except PoolExhausted as error:
                patience -= error.retry_after or LONGEST_PAUSE
                if patience <= 0:
                    raise
                await self.around.sleep(error.retry_after or LONGEST_PAUSE)

    def _note_refusal(self, route: Route, error: ModelError) -> None:
        self._note(route, error)
        self.refused = route, error

    def _note(self, route: Route, error: ModelError) -> None:
        log.warning("route %s gave no answer: %s %s", route.name, error.code, error.detail)
        self.attempts.append(Attempt(route.name, route.model, error.usage, error.code))


def _verdict(permit: Permit, error: ModelError) -> Callable[[], Awaitable[None]]:
    if not error.counts_against_provider:
        return permit.succeeded
    return lambda: permit.failed(open_for=error.opens_for)


def _breaker(route: Route) -> str:
    return breaker_name(route.config.base_url, route.config.api_key, route.model)


def _place(route: Route) -> str:
    return route.config.base_url


@lru_cache(maxsize=1024)
def breaker_name(base_url: str, api_key: str, model: str) -> str:
    """`model:<host>:<model>:<mark of the account>`.

    Accounts have breakers of their own: a key that one tenant's provider refuses, or an address with a typing error,
    must not shut another tenant out of the same host.
    """
    host = urlsplit(base_url).netloc.rpartition("@")[2]
    return f"model:{host}:{model[:100]}:{mark(f'{base_url} {api_key}')}"
