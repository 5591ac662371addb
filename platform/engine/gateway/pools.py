"""A provider's account shared by tenants: its requests and tokens a minute, fairly.

Invariant: within any minute no more is let in than the account has (estimated as in `core.windows`); above `BUSY` of it
a tenant passes only while it has used less than its fair share, which is the limit through all who used it lately and
one more: a seat is kept for whoever comes next, so that a noisy tenant cannot starve a quiet one. Idle capacity up to
`BUSY` is anybody's. Redis gone: the same rule on counts in the database. An account without limits costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, InterfaceError, transaction

from core import shared_state, windows
from core.offload import in_database
from core.shared_state import OutOfReach, Script, SharedState
from core.windows import Used, Window
from engine.gateway.config import Pool
from engine.gateway.errors import PoolExhausted

BUSY = 0.8
SECONDS = 60
_SHORTEST_WAIT = 0.5

log = structlog.get_logger(__name__)

# KEYS: the pool. ARGV: now (empty: the server's clock), the sharer, tokens, the two limits, BUSY, SECONDS.
_ENTER = Script("""
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local sharer, busy, seconds = ARGV[2], tonumber(ARGV[6]), tonumber(ARGV[7])
local starts = math.floor(now / seconds) * seconds
local rest = 1 - (now - starts) / seconds
local current, before = KEYS[1] .. ':' .. starts, KEYS[1] .. ':' .. (starts - seconds)
local seen = KEYS[1] .. ':seen'

local others = redis.call('ZCOUNT', seen, starts - seconds, '+inf')
local last = tonumber(redis.call('ZSCORE', seen, sharer) or '-1')
if last >= starts - seconds then others = others - 1 end

local fields = {'calls', 'amount', sharer .. ':calls', sharer .. ':amount'}
local new, old = redis.call('HMGET', current, unpack(fields)), redis.call('HMGET', before, unpack(fields))
local function count(i) return (tonumber(new[i]) or 0) + (tonumber(old[i]) or 0) * rest end

local function wait(limit, used, own, cost)
  if limit <= 0 then return 0 end
  local total, excess = used + cost, 0
  if total > limit then
    excess = total - limit
  elseif total > busy * limit and own > 0 and own + cost > limit / (others + 2) then
    excess = total - busy * limit
  end
  return math.min(excess * seconds / math.max(used, cost), seconds)
end

local calls, tokens = tonumber(ARGV[4]), tonumber(ARGV[5])
local cost = tonumber(ARGV[3])
if tokens > 0 then cost = math.min(cost, tokens) end
local pause = math.max(wait(calls, count(1), count(3), 1), wait(tokens, count(2), count(4), cost))
if pause > 0 then return {string.format('%.3f', pause), '0', '0'} end

redis.call('HINCRBY', current, 'calls', 1)
redis.call('HINCRBY', current, sharer .. ':calls', 1)
if tokens > 0 then
  redis.call('HINCRBY', current, 'amount', cost)
  redis.call('HINCRBY', current, sharer .. ':amount', cost)
end
redis.call('EXPIRE', current, 3 * seconds)
redis.call('ZADD', seen, starts, sharer)
redis.call('ZREMRANGEBYSCORE', seen, '-inf', starts - 2 * seconds)
redis.call('EXPIRE', seen, 3 * seconds)
return {'0', tostring(cost), string.format('%d', starts)}
""")

_SETTLE = Script("""
local current = KEYS[1] .. ':' .. ARGV[1]
if redis.call('EXISTS', current) == 1 then
  redis.call('HINCRBY', current, 'amount', ARGV[3])
  redis.call('HINCRBY', current, ARGV[2] .. ':amount', ARGV[3])
end
""")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place taken. `starts`: of the window it was counted in, 0 when it was not; `where` it was counted."""

    pools: Pools
    pool: Pool
    sharer: str = ""
    tokens: int = 0
    starts: int = 0
    in_database: bool = False

    async def settle(self, actual_tokens: int) -> None:
        """Puts what was used in place of what was estimated."""
        if self.starts and self.pool.tokens_per_minute and actual_tokens != self.tokens:
            await self.pools.settle(self, actual_tokens - self.tokens)


class Pools:
    """All pools as one process reaches them.

    Args:
        now: seconds since the epoch, for all clocks; None: the server's clock for what is shared, ours for the rest.
    """

    def __init__(
        self,
        shared: SharedState = shared_state.installation,
        *,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._shared, self._now, self._own_now = shared, now, now or time.time

    async def enter(self, pool: Pool, tenant_id: int, tokens_estimate: int) -> Ticket:
        """Takes a place for one call.

        Raises:
            PoolExhausted: with `retry_after`, from half a second to a minute.
        """
        if not pool.is_limited:
            return Ticket(self, pool)
        # a mark and not the number: neither store of these counts stands behind the tenants' walls
        sharer = windows.mark(str(tenant_id))
        limits = (pool.requests_per_minute, pool.tokens_per_minute, BUSY, SECONDS)
        now = self._now() if self._now else ""
        try:
            told = await self._shared.run(_ENTER, (_key(pool),), (now, sharer, tokens_estimate, *limits))
        except OutOfReach:
            return await self._enter_in_database(pool, sharer, tokens_estimate)
        if float(told[0]) > 0:
            raise PoolExhausted(retry_after=max(float(told[0]), _SHORTEST_WAIT))
        return Ticket(self, pool, sharer, int(told[1]), int(told[2]))

    async def settle(self, ticket: Ticket, difference: int) -> None:
        """Corrects a ticket's tokens; see there. What cannot be told leaves the window by itself within two minutes."""
        try:
            if ticket.in_database:
                window = Window(_key(ticket.pool), ticket.starts, SECONDS)
                await in_database(windows.add)(window, ticket.sharer, amount=difference)
            else:
                values = (ticket.starts, ticket.sharer, difference)
                await self._shared.run(_SETTLE, (_key(ticket.pool),), values)
        except (OutOfReach, DatabaseError, InterfaceError) as error:
            log.warning("pool.not_settled", error=type(error).__name__)

    async def _enter_in_database(self, pool: Pool, sharer: str, tokens: int) -> Ticket:
        window = Window(_key(pool), self._own_now(), SECONDS)
        cost = min(tokens, pool.tokens_per_minute or tokens)
        try:
            wait = await in_database(_take)(window, pool, sharer, cost)
        except (DatabaseError, InterfaceError) as error:
            # the provider itself still says no to too much: better that than to answer nobody
            log.warning("pool.not_counted", error=type(error).__name__)
            return Ticket(self, pool)
        if wait > 0:
            raise PoolExhausted(retry_after=max(wait, _SHORTEST_WAIT))
        return Ticket(self, pool, sharer, cost, window.starts, in_database=True)


def _take(window: Window, pool: Pool, sharer: str, cost: int) -> float:
    """Seconds to wait; 0 when the place is taken."""
    with transaction.atomic():
        used = windows.used(window, sharer)
        wait = _wait(pool, used, cost)
        if wait <= 0:
            windows.add(window, sharer, calls=1, amount=cost if pool.tokens_per_minute else 0)
    return wait


def _wait(pool: Pool, used: Used, cost: int) -> float:
    return max(
        _wait_for(pool.requests_per_minute, used.calls, used.own_calls, 1, used.others),
        _wait_for(pool.tokens_per_minute, used.amount, used.own_amount, cost, used.others),
    )


def _wait_for(limit: int, used: float, own: float, cost: int, others: int) -> float:
    """The rule, as it stands in Lua above."""
    if limit <= 0:
        return 0.0
    total, excess = used + cost, 0.0
    if total > limit:
        excess = total - limit
    elif total > BUSY * limit and own > 0 and own + cost > limit / (others + 2):
        excess = total - BUSY * limit
    return min(excess * SECONDS / max(used, cost), float(SECONDS))


def _key(pool: Pool) -> str:
    return f"pool:{{{pool.name[:150]}}}"


installation = Pools()
"""The installation's own, for everybody of this process."""
enter = installation.enter
