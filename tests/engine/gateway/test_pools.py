"""An account's limits, shared fairly: counted in Valkey, and in PostgreSQL while that is away."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from core.shared_state import SharedState
from embedded import Valkey
from embedded.processes import free_port
from engine.gateway.config import Pool
from engine.gateway.errors import PoolExhausted
from engine.gateway.pools import Pools, Ticket

PATIENCE = 30.0
NOISY, QUIET, OTHER = 1, 2, 3


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000_020.0  # where a window begins

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Counted:
    """Pools as one process has them, and the clock of all."""

    pools: Pools
    clock: Clock
    another: Callable[[], Pools]

    async def enter(self, pool: Pool, tenant: int, tokens: int = 1) -> Ticket | None:
        try:
            return await self.pools.enter(pool, tenant, tokens)
        except PoolExhausted:
            return None

    async def fill(self, pool: Pool, tenant: int, times: int, tokens: int = 1) -> int:
        """How many of so many calls, made at once, were let in."""
        tickets = await asyncio.gather(*(self.enter(pool, tenant, tokens) for _ in range(times)))
        return sum(ticket is not None for ticket in tickets)


@pytest.fixture(params=["redis", "database"])
async def counted(request: pytest.FixtureRequest) -> AsyncIterator[Counted]:
    clock = Clock()
    made: list[SharedState] = []

    def make() -> Pools:
        url = "" if request.param == "redis" else f"redis://127.0.0.1:{free_port()}/0"
        made.append(SharedState(url, patience=PATIENCE))
        return Pools(made[-1], now=clock)

    yield Counted(make(), clock, make)
    for shared in made:
        await shared.close()


def pool(requests: int = 0, tokens: int = 0) -> Pool:
    return Pool(token_hex(6), requests, tokens)


async def test_no_more_is_let_in_than_the_account_has(counted: Counted) -> None:
    account = pool(requests=20)

    taken = await counted.fill(account, NOISY, 30)
    taken += await counted.fill(account, QUIET, 30)
    taken += await counted.fill(account, OTHER, 30)

    assert taken == 20


async def test_idle_capacity_is_anybodys_but_a_seat_is_kept(counted: Counted) -> None:
    account = pool(requests=50)

    assert await counted.fill(account, NOISY, 50) == 40
    assert await counted.fill(account, QUIET, 5) == 5
    assert await counted.fill(account, NOISY, 50) == 0


async def test_a_noisy_tenant_cannot_starve_a_quiet_one(counted: Counted) -> None:
    account = pool(requests=60)
    noisy, quiet = 0, []

    for second in range(0, 180, 5):
        counted.clock.seconds = 1_000_020.0 + second
        noisy += await counted.fill(account, NOISY, 50)
        if second % 15 == 0:
            quiet.append(await counted.enter(account, QUIET) is not None)

    assert quiet == [True] * 12
    assert 90 <= noisy <= 180 - 12


async def test_tokens_are_shared_like_requests_and_settled_to_what_was_used(counted: Counted) -> None:
    account = pool(tokens=10_000)
    assert await counted.fill(account, NOISY, 20, tokens=1000) == 8
    ticket = await counted.enter(account, QUIET, 1500)
    assert ticket is not None

    await ticket.settle(100)

    assert await counted.enter(account, QUIET, 1500)
    assert await counted.enter(account, QUIET, 1500) is None


async def test_what_was_used_leaves_the_window_bit_by_bit(counted: Counted) -> None:
    account = pool(requests=100)
    assert await counted.fill(account, NOISY, 100) == 80

    counted.clock.seconds += 90  # half of the last window still counts

    assert await counted.fill(account, NOISY, 100) == 40
    counted.clock.seconds += 120
    assert await counted.fill(account, NOISY, 100) == 80


async def test_a_refusal_says_when_to_come_again(counted: Counted) -> None:
    account = pool(requests=10)
    await counted.fill(account, NOISY, 10)

    with pytest.raises(PoolExhausted) as caught:
        await counted.pools.enter(account, NOISY, 1)

    assert 0.5 <= (caught.value.retry_after or 0) <= 60


async def test_a_request_larger_than_the_limit_is_let_in_when_nothing_else_is(counted: Counted) -> None:
    account = pool(tokens=1000)

    assert await counted.enter(account, NOISY, 5000)
    assert await counted.enter(account, NOISY, 1) is None


async def test_two_processes_count_together(counted: Counted) -> None:
    account, there = pool(requests=10), counted.another()
    assert await counted.fill(account, NOISY, 10) == 8

    with pytest.raises(PoolExhausted):
        await there.enter(account, NOISY, 1)


async def test_an_account_without_limits_asks_nobody() -> None:
    pools = Pools(SharedState(f"redis://127.0.0.1:{free_port()}/0"))

    ticket = await pools.enter(pool(), NOISY, 1000)
    await ticket.settle(5)

    assert not pools._shared.away


async def test_limits_outlive_redis(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey", throw_away=True).start()
    try:
        shared = SharedState(valkey.url, patience=PATIENCE)
        counted = Counted(Pools(shared, now=Clock()), Clock(), lambda: Pools())
        account = pool(requests=10, tokens=100_000)
        ticket = await counted.enter(account, NOISY)
        assert ticket
        assert not ticket.in_database
    finally:
        valkey.stop()

    assert await counted.fill(account, NOISY, 30) == 8
    await ticket.settle(50)  # where it was counted nobody is left to tell
    await shared.close()


async def test_the_rule_in_lua_is_the_one_in_the_database() -> None:
    clock, dice = Clock(), random.Random(7)
    shared = SharedState(patience=PATIENCE)
    redis, database = (
        Pools(shared, now=clock),
        Pools(SharedState(f"redis://127.0.0.1:{free_port()}/0"), now=clock),
    )
    for account in (pool(20, 3000), pool(0, 1000), pool(7, 0)):
        for _ in range(120):
            clock.seconds += dice.choice([0, 0, 0.5, 3, 20])
            tenant, tokens, actual = dice.randint(1, 4), dice.randint(1, 400), dice.randint(1, 500)
            heard: list[tuple[float, int]] = []
            for pools in (redis, database):
                try:
                    ticket = await pools.enter(account, tenant, tokens)
                    await ticket.settle(actual)
                    heard.append((ticket.tokens, ticket.starts))
                except PoolExhausted as error:
                    heard.append((round(error.retry_after or 0, 2), -1))
            assert heard[0] == pytest.approx(heard[1], abs=0.02)
    await shared.close()
