"""Breakers shared by all processes, against a real Valkey."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.breakers import BreakerOpen, Breakers, Permit
from core.circuit import ENTER, REPORT, Circuit, Report, Rules
from core.shared_state import SharedState
from embedded import Valkey
from embedded.processes import free_port
from tests.servers import ROOT

PATIENCE = 30.0
NOWHERE = f"redis://127.0.0.1:{free_port()}/0"


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def name() -> str:
    return f"tool:{token_hex(6)}.example"


Process = Callable[..., Breakers]


@pytest.fixture
async def process(clock: Clock) -> AsyncIterator[Process]:
    """Makes what one process has: breakers with a memory and connections of their own."""
    made: list[SharedState] = []

    def make(url: str = "", patience: float = PATIENCE) -> Breakers:
        made.append(SharedState(url, patience=patience))
        return Breakers(made[-1], now=clock, jitter=lambda: 0.0)

    yield make
    for shared in made:
        await shared.close()


async def fail(breakers: Breakers, name: str, times: int) -> None:
    for _ in range(times):
        await (await breakers.enter(name)).failed()


async def probe(breakers: Breakers, name: str) -> Permit:
    permit = await breakers.enter(name)
    assert permit.is_probe
    return permit


async def test_five_failures_in_a_row_close_the_door_to_all_processes(
    process: Process, clock: Clock, name: str
) -> None:
    here, there = process(), process()
    await fail(here, name, 4)
    await (await there.enter(name)).failed()

    for breakers in (here, there, process()):
        with pytest.raises(BreakerOpen) as refused:
            await breakers.enter(name)

    assert refused.value.retry_after == 5.0
    assert (await here.state(name)).state == "open"
    assert [found.name for found in await there.states("tool:") if found.name == name] == [name]


async def test_a_success_between_failures_keeps_the_door_open(
    process: Process, clock: Clock, name: str
) -> None:
    here = process()

    for _ in range(4):
        await fail(here, name, 4)
        await (await here.enter(name)).succeeded()
        await (await here.enter(name)).succeeded()
        clock.seconds += 31

    assert (await here.state(name)).state == "closed"


async def test_half_of_twenty_calls_is_too_many_failures(process: Process, clock: Clock, name: str) -> None:
    here = process()
    for _ in range(9):
        await (await here.enter(name)).succeeded()
        await fail(here, name, 1)
    await (await here.enter(name)).succeeded()

    await fail(here, name, 1)

    with pytest.raises(BreakerOpen):
        await here.enter(name)


async def test_successes_that_were_not_told_one_by_one_count_all_the_same(
    process: Process, clock: Clock, name: str
) -> None:
    here, there = process(), process()
    for _ in range(30):
        await (await here.enter(name)).succeeded()
    clock.seconds += 2
    await (await here.enter(name)).succeeded()

    for _ in range(9):
        await fail(there, name, 1)
        await (await there.enter(name)).succeeded()
    await fail(there, name, 1)

    assert (await there.state(name)).state == "closed"


async def test_of_twenty_askers_one_probes(process: Process, clock: Clock, name: str) -> None:
    processes = [process() for _ in range(4)]
    await fail(processes[0], name, 5)
    clock.seconds += 5

    asked = [breakers.enter(name) for breakers in processes for _ in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)

    permits = [answer for answer in answers if isinstance(answer, Permit)]
    assert [permit.is_probe for permit in permits] == [True]
    assert sum(isinstance(answer, BreakerOpen) for answer in answers) == 19
    assert (await processes[3].state(name)).state == "half_open"
    await permits[0].succeeded()
    assert not (await processes[2].enter(name)).is_probe


async def test_each_failed_probe_doubles_the_wait_up_to_a_minute(
    process: Process, clock: Clock, name: str
) -> None:
    here, there = process(), process()
    await fail(here, name, 5)
    waits = []

    for _ in range(6):
        clock.seconds += (await here.state(name)).retry_after
        await (await probe(there, name)).failed()
        waits.append((await here.state(name)).retry_after)

    assert waits == [10, 20, 40, 60, 60, 60]


async def test_the_lease_of_a_dead_prober_ends_by_itself(process: Process, clock: Clock, name: str) -> None:
    here, there = process(), process()
    await fail(here, name, 5)
    clock.seconds += 5
    dead = await here.enter(name, lease=20)
    with pytest.raises(BreakerOpen):
        await there.enter(name)

    clock.seconds += 20
    await (await probe(there, name)).succeeded()

    await dead.failed()  # it was only slow: its word came too late to speak for the place
    assert (await here.state(name)).state == "closed"


async def test_a_cancelled_probe_is_given_back(process: Process, clock: Clock, name: str) -> None:
    here, there = process(), process()
    await fail(here, name, 5)
    clock.seconds += 5

    await (await probe(here, name)).dropped()

    await probe(there, name)


async def test_a_failure_known_to_last_opens_at_once_and_for_long(
    process: Process, clock: Clock, name: str
) -> None:
    here = process()

    await (await here.enter(name)).failed(open_for=300)

    assert (await here.state(name)).retry_after == 300


async def test_a_clean_breaker_asks_redis_once_a_second(
    tmp_path: Path, process: Process, clock: Clock, name: str
) -> None:
    valkey = Valkey(tmp_path / "valkey", throw_away=True).start()
    try:
        here = process(valkey.url)
        await (await here.enter(name)).succeeded()
        valkey.stop()

        for _ in range(1000):
            await (await here.enter(name)).succeeded()

        assert not here._shared.away
    finally:
        valkey.stop()


def test_two_processes_share_what_they_saw(name: str) -> None:
    script = (
        "import asyncio, sys, django; django.setup()\n"
        "from core import breakers, shared_state\n"
        "shared_state.installation._patience = 30\n"
        "async def main():\n"
        "    for _ in range(5): await (await breakers.enter(sys.argv[1])).failed()\n"
        "asyncio.run(main())\n"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": "platform:."}
    other = [sys.executable, "-W", "error::ResourceWarning", "-c", script, name]
    done = subprocess.run(other, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr

    here = Breakers(SharedState(patience=PATIENCE))

    assert asyncio.run(here.state(name)).state != "closed"


class TestWithoutRedis:
    async def test_each_process_goes_on_by_itself(self, process: Process, clock: Clock, name: str) -> None:
        here = process(NOWHERE)
        await fail(here, name, 5)

        with pytest.raises(BreakerOpen):
            await here.enter(name)
        assert [found.state for found in await here.states("tool:")] == ["open"]

        clock.seconds += 5
        await (await probe(here, name)).succeeded()
        assert (await here.state(name)).state == "closed"

    async def test_what_was_heard_before_still_holds(
        self, tmp_path: Path, process: Process, clock: Clock, name: str
    ) -> None:
        valkey = Valkey(tmp_path / "valkey", throw_away=True).start()
        try:
            here, there = process(valkey.url), process(valkey.url)
            await fail(here, name, 5)
            with pytest.raises(BreakerOpen):
                await there.enter(name)
        finally:
            valkey.stop()

        clock.seconds += 3
        with pytest.raises(BreakerOpen) as refused:
            await there.enter(name)

        assert refused.value.retry_after == 2
        clock.seconds += 2
        await (await probe(there, name)).succeeded()

    async def test_a_server_that_comes_back_is_asked_again(
        self, tmp_path: Path, clock: Clock, name: str
    ) -> None:
        valkey = Valkey(tmp_path / "valkey", throw_away=True).start()
        shared = SharedState(valkey.url, patience=PATIENCE, pause=0.0)
        here = Breakers(shared, now=clock)
        try:
            await fail(here, name, 2)
            valkey.stop()
            await fail(here, name, 1)
            valkey.start()  # it has forgotten all, the scripts too

            await fail(here, name, 4)

            assert (await here.state(name)).state == "closed"
            await fail(here, name, 1)
            assert [found.state for found in await Breakers(shared, now=clock).states()] == ["open"]
        finally:
            await shared.close()
            valkey.stop()

    async def test_a_loop_that_is_busy_is_not_a_server_that_is_away(self, name: str) -> None:
        shared = SharedState(pause=60.0)
        shared._first_patience = PATIENCE
        here = Breakers(shared)
        await asyncio.gather(*(here.state(name) for _ in range(5)))  # so that there are connections

        asked = [asyncio.create_task(here.state(name)) for _ in range(5)]
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251 - the loop does nothing else for longer than its patience
        await asyncio.gather(*asked)

        assert not shared.away
        await shared.close()

    async def test_a_silent_server_is_waited_for_once(
        self, process: Process, clock: Clock, name: str
    ) -> None:
        async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(writer)

        connections: list[asyncio.StreamWriter] = []
        silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        url = f"redis://127.0.0.1:{silent.sockets[0].getsockname()[1]}/0"
        here = process(url, patience=0.1)

        await asyncio.gather(*(fail(here, name, 1) for _ in range(100)), return_exceptions=True)

        assert (await here.state(name)).state == "open"
        assert len(connections) <= 32
        silent.close()
        for writer in connections:
            writer.close()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "enter", "succeeded", "failed", "failed", "failed", "dropped"]),
        st.sampled_from([0.0, 0.0, 0.1, 1.5, 5.0, 16.0, 31.0]),
        st.sampled_from(["a", "a", "b"]),
        st.sampled_from([0, 0, 0, 1, 7]),
        st.sampled_from([0.0, 0.0, 0.0, 90.0]),
    ),
    max_size=60,
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps=STEPS)
def test_the_rules_in_lua_are_those_in_python(
    runner: asyncio.Runner, steps: list[tuple[Any, float, str, int, float]]
) -> None:
    clock, rules, circuit, name = Clock(), Rules(calls=6), Circuit(), token_hex(6)

    async def play() -> None:
        shared = Breakers(SharedState(patience=PATIENCE), rules=rules, now=clock)
        for word, later, token, successes, open_for in steps:
            clock.seconds += later
            if word == "enter":
                mine = circuit.enter(clock(), token, 20.0, successes, rules)
                theirs = await shared._ask(ENTER, name, token, 20.0, successes)
            else:
                told = Report(word, token, successes, 0.5, open_for)
                mine = circuit.report(clock(), told, rules)
                theirs = await shared._ask(REPORT, name, word, token, successes, 0.5, open_for)
            assert (mine.word, mine.row) == (theirs.word, theirs.row)
            assert (mine.wait, mine.since) == pytest.approx((theirs.wait, theirs.since), abs=0.002)
        await shared._shared.close()

    runner.run(play())
