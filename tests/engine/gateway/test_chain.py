"""Several ways to an answer, against the real simulator and a real Valkey."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

import pytest

from core.breakers import BreakerOpen, Breakers
from core.shared_state import SharedState
from embedded.processes import free_port
from engine.gateway.chain import ModelChain, Surroundings, breaker_name
from engine.gateway.config import Deadlines, Pool, ProviderConfig
from engine.gateway.connections import close_clients
from engine.gateway.errors import (
    ModelBadRequest,
    ModelBreakerOpen,
    ModelRateLimited,
    ModelServerError,
    ModelStreamCut,
    PoolExhausted,
    TotalTimeout,
)
from engine.gateway.metering import Free, MoneySpent
from engine.gateway.pools import Pools
from engine.gateway.protocol import Message, ModelReply, ModelRequest, Usage
from engine.gateway.routes import Route
from tests.servers import ModelSimulator

PATIENCE = 30.0


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Desk:
    """Makes routes to a provider under a key of its own, asks chains of them, and keeps what it heard."""

    url: str
    around: Surroundings
    pauses: list[float]
    clock: Clock
    key: str = field(default_factory=lambda: token_hex(8))
    pieces: list[str] = field(default_factory=list)

    @property
    def heard(self) -> str:
        return "".join(self.pieces)

    def route(self, model: str, *, url: str = "", pool: Pool | None = None, **options: Any) -> Route:
        config = ProviderConfig(url or self.url, self.key, **({"retries": 0} | options))
        level = "model" if "sim:" in model else "fallback_model"
        return Route(f"{config.base_url}/{model}", config, model, level, pool)

    def chain(self, *routes: Route) -> ModelChain:
        return ModelChain(routes, tenant_id=7, surroundings=self.around)

    async def ask(self, chain: ModelChain | None, text: str = "Hello") -> ModelReply:
        assert chain is not None
        return await chain.complete(ModelRequest("any", (Message("user", text),)), self.hear)

    async def hear(self, piece: str) -> None:
        self.pieces.append(piece)

    def breaker(self, route: Route) -> str:
        return breaker_name(route.config.base_url, route.config.api_key, route.model)


@pytest.fixture
async def desk(simulator: ModelSimulator) -> AsyncIterator[Desk]:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    clock = Clock()
    shared = SharedState(patience=PATIENCE)
    around = Surroundings(Breakers(shared, now=clock, jitter=lambda: 0.0), Pools(shared, now=clock), note)
    yield Desk(simulator.url, around, pauses, clock)
    await shared.close()
    await close_clients()


async def test_the_first_choice_answers_when_it_can(desk: Desk) -> None:
    first, second = desk.route("sim:say:text=First"), desk.route("second")

    reply = await desk.ask(desk.chain(first, second))

    assert (reply.text, reply.route, reply.level) == ("First", first.name, "model")
    assert (reply.model, reply.attempts) == ("sim:say:text=First", ())


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("sim:503", "model_server_error"),
        ("sim:429:retry_after=20", "model_rate_limited"),
        ("sim:401", "model_refused"),
        ("sim:404", "model_bad_request"),
        ("sim:cut:after=0", "model_stream_cut"),
        ("sim:malformed:after=0", "model_malformed"),
        ("sim:error:after=0", "model_server_error"),
    ],
)
async def test_a_failure_before_any_word_is_the_next_ones_turn(desk: Desk, model: str, code: str) -> None:
    first, second = desk.route(model, retries=2), desk.route("second")

    reply = await desk.ask(desk.chain(first, second))

    assert (reply.route, reply.level) == (second.name, "fallback_model")
    assert reply.text == desk.heard
    assert [(attempt.route, attempt.error_code) for attempt in reply.attempts] == [(first.name, code)]
    assert all(pause <= 1 for pause in desk.pauses)


async def test_a_provider_out_of_reach_is_passed_over(desk: Desk) -> None:
    nowhere = desk.route("sim:any", url=f"http://127.0.0.1:{free_port()}/v1")

    reply = await desk.ask(desk.chain(nowhere, desk.route("second")))

    assert reply.attempts[0].error_code == "model_unreachable"


async def test_a_cut_after_words_is_the_callers_to_mend_in_a_new_draft(desk: Desk) -> None:
    first, second, third = desk.route("sim:cut:after=3"), desk.route("sim:503"), desk.route("third")
    chain = desk.chain(first, second, third)

    with pytest.raises(ModelStreamCut) as caught:
        await desk.ask(chain)

    error = caught.value
    assert (desk.heard, error.route) == ("word1 word2 word3 ", first.name)
    assert [attempt.usage for attempt in error.attempts] == [error.usage]
    assert error.usage.completion_tokens == 6
    rest = chain.after(error)
    assert rest is not None
    assert [route.name for route in rest.routes] == [second.name, third.name]
    assert (await desk.ask(rest)).route == third.name


async def test_every_token_of_a_failed_call_is_on_the_bill(desk: Desk) -> None:
    first, second = desk.route("sim:error:after=0"), desk.route("second")

    reply = await desk.ask(
        desk.chain(first, second), "A question of some length, which has to be paid for twice"
    )

    (attempt,) = reply.attempts
    assert attempt.model == "sim:error:after=0"
    assert attempt.usage.prompt_tokens == reply.usage.prompt_tokens > 10


async def test_a_request_that_is_wrong_is_not_put_to_the_same_provider_again(desk: Desk) -> None:
    first, second = desk.route("sim:400"), desk.route("second")

    with pytest.raises(ModelBadRequest) as caught:
        await desk.ask(desk.chain(first, second))

    assert [attempt.route for attempt in caught.value.attempts] == [first.name]
    elsewhere = desk.route("third", url=desk.url.replace("127.0.0.1", "localhost"))
    assert (await desk.ask(desk.chain(first, second, elsewhere))).route == elsewhere.name
    rest = desk.chain(first, second, elsewhere).after(caught.value)
    assert rest is not None
    assert [route.name for route in rest.routes] == [elsewhere.name]


async def test_when_all_fail_the_last_calls_error_is_raised_with_all_attempts(desk: Desk) -> None:
    routes = [desk.route("sim:429"), desk.route("sim:503")]

    with pytest.raises(ModelServerError) as caught:
        await desk.ask(desk.chain(*routes))

    assert [attempt.route for attempt in caught.value.attempts] == [route.name for route in routes]
    assert desk.chain(*routes).after(caught.value) is None


class TestBreakers:
    async def test_a_provider_that_keeps_failing_is_not_asked_any_more(self, desk: Desk) -> None:
        first, second = desk.route("sim:503"), desk.route("second")
        for _ in range(5):
            await desk.ask(desk.chain(first, second))

        reply = await desk.ask(desk.chain(first, second))

        assert [attempt.error_code for attempt in reply.attempts] == ["model_breaker_open"]
        assert (await desk.around.breakers.state(desk.breaker(first))).state == "open"
        with pytest.raises(ModelBreakerOpen) as caught:
            await desk.ask(desk.chain(first))
        assert 0 < (caught.value.retry_after or 0) <= 5

    async def test_a_key_that_is_refused_shuts_its_own_account_for_long(self, desk: Desk) -> None:
        first, second = desk.route("sim:401"), desk.route("second")

        await desk.ask(desk.chain(first, second))

        state = await desk.around.breakers.state(desk.breaker(first))
        assert (state.state, state.retry_after > 250) == ("open", True)
        desk.key = token_hex(8)  # another tenant's account at the same host
        other = await desk.ask(desk.chain(desk.route("sim:401"), second))
        assert [attempt.error_code for attempt in other.attempts] == ["model_refused"]

    @pytest.mark.parametrize("model", ["sim:429", "sim:400"])
    async def test_a_provider_that_does_its_part_is_not_shut_out(self, desk: Desk, model: str) -> None:
        route = desk.route(model)

        for _ in range(7):
            with pytest.raises((ModelRateLimited, ModelBadRequest)):
                await desk.ask(desk.chain(route))

        assert (await desk.around.breakers.state(desk.breaker(route))).state == "closed"

    async def test_a_caller_who_leaves_gives_the_probe_back(self, desk: Desk) -> None:
        route = desk.route("sim:hang:after=1")
        name = desk.breaker(route)
        await (await desk.around.breakers.enter(name)).failed()
        await (await desk.around.breakers.enter(name)).failed(open_for=5)
        desk.clock.seconds += 5
        heard = asyncio.Event()

        async def hear(_: str) -> None:
            heard.set()

        request = ModelRequest("any", (Message("user", "Hello"),))
        asking = asyncio.create_task(desk.chain(route).complete(request, hear))
        await asyncio.wait_for(heard.wait(), 30)
        with pytest.raises(BreakerOpen):
            await desk.around.breakers.enter(name)

        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

        assert (await desk.around.breakers.enter(name)).is_probe

    async def test_what_the_caller_does_wrong_is_not_the_providers_fault(self, desk: Desk) -> None:
        async def stumble(_: str) -> None:
            raise KeyError("mine")

        route = desk.route("sim:say:text=Hi")
        for _ in range(6):
            with pytest.raises(KeyError):
                await desk.chain(route).complete(ModelRequest("any", (Message("user", "Hi"),)), stumble)

        assert (await desk.around.breakers.state(desk.breaker(route))).state == "closed"

    async def test_a_call_that_was_never_made_says_nothing_of_a_provider(self, desk: Desk) -> None:
        class Broke(Free):
            async def hold(self, route: Route, request: ModelRequest) -> None:
                raise MoneySpent("tenant")

        route = desk.route("sim:say:text=Hi")
        name = desk.breaker(route)
        await (await desk.around.breakers.enter(name)).failed(open_for=5)
        desk.clock.seconds += 5
        desk.around = replace(desk.around, meter=Broke())

        with pytest.raises(MoneySpent):
            await desk.ask(desk.chain(route))

        assert (await desk.around.breakers.enter(name)).is_probe

    async def test_an_answer_that_its_caller_broke_off_is_billed(self, desk: Desk) -> None:
        class Book(Free):
            def bill(self, held: object, route: Route, usage: Usage) -> float:
                bills.append(usage)
                return 0.0

        async def stumble(_: str) -> None:
            raise KeyError("mine")

        bills: list[Usage] = []
        desk.around = replace(desk.around, meter=Book())
        request = ModelRequest("any", (Message("user", "Hello"),))

        with pytest.raises(KeyError):
            await desk.chain(desk.route("sim:say:text=Hi")).complete(request, stumble)

        assert [usage.prompt_tokens > 0 for usage in bills] == [True]


class TestTime:
    async def test_the_first_routes_deadline_holds_for_all(self, desk: Desk) -> None:
        first = desk.route("sim:hang", deadlines=Deadlines(first_token=0.3, total=1.5))
        second = desk.route("sim:hang:after=-1", deadlines=Deadlines(first_token=50, total=100))
        before = asyncio.get_running_loop().time()

        with pytest.raises(TotalTimeout) as caught:
            await desk.ask(desk.chain(first, second))

        assert asyncio.get_running_loop().time() - before < 40
        assert len(caught.value.attempts) == 2
        assert desk.chain(first, second, desk.route("third")).after(caught.value) is None
        assert (await desk.around.breakers.state(desk.breaker(second))).state == "closed"


class TestPools:
    async def test_an_account_without_room_is_passed_over(self, desk: Desk) -> None:
        pool = Pool(token_hex(6), requests_per_minute=1)
        first, second = desk.route("sim:say:text=First", pool=pool), desk.route("second")
        assert (await desk.ask(desk.chain(first, second))).route == first.name

        reply = await desk.ask(desk.chain(first, second))

        assert reply.route == second.name
        assert [attempt.error_code for attempt in reply.attempts] == ["model_pool_exhausted"]

    async def test_who_has_no_other_way_waits_for_room_but_not_for_long(self, desk: Desk) -> None:
        route = desk.route("sim:say:text=Hi", pool=Pool(token_hex(6), tokens_per_minute=600))
        await desk.ask(
            desk.chain(route)
        )  # 500 tokens are estimated for a reply: no second one fits beside the first

        with pytest.raises(PoolExhausted):
            await desk.ask(desk.chain(route))

        assert desk.pauses
        assert sum(desk.pauses) <= 5

    async def test_tokens_are_settled_to_what_was_used(self, desk: Desk) -> None:
        route = desk.route("sim:say:text=Hi", pool=Pool(token_hex(6), tokens_per_minute=2_000))

        for _ in range(20):  # 500 tokens are estimated for a reply, a handful are used
            assert (await desk.ask(desk.chain(route))).text == "Hi"


def test_a_chain_needs_a_route() -> None:
    with pytest.raises(ValueError, match="route"):
        ModelChain((), tenant_id=1)
