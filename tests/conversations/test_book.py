"""The book of a run: what could not be written is not lost."""

from __future__ import annotations

import asyncio

import pytest
from django.utils import timezone

from conversations import services
from conversations.book import RunBook, RunLost
from conversations.money import Want, bill_for, first_request
from conversations.turns import Job
from engine.agent.values import Step
from engine.budgets.prices import forget_prices
from engine.budgets.queries import held_of_run
from engine.budgets.services import set_budget
from engine.budgets.values import Scope
from engine.gateway.metering import MoneySpent
from engine.gateway.protocol import Usage
from tenants.services import connect_provider
from tests.factories import Person, a_job, a_visit

THOUGHT = Step("model", "simulated", 0.1, number=1, text="I look it up.")


@pytest.fixture
def job(ana: Person) -> Job:
    """A run whose first call is paid for."""
    connect_provider(
        tenant_id=ana.tenant.pk,
        name="Simulated",
        base_url="http://127.0.0.1:9/v1",
        api_key="k",
        model="simulated",
        actor=ana.actor,
    )
    begun = a_job(a_visit(ana.tenant))
    assert begun.hold is not None
    return begun


async def refused(book: RunBook, error: type[Exception]) -> None:
    """The next call is not to be: neither is what would have been written with it."""
    await book.note(THOUGHT)
    with pytest.raises(error):
        await book.hold(Want(book.job.routes[0], first_request(book.job), 1))


def test_a_step_before_the_money_ran_out_is_kept_for_the_end(ana: Person, job: Job) -> None:
    set_budget(tenant_id=ana.tenant.pk, scope=Scope.RUN, limit_nanos=1, actor=ana.actor)
    book = RunBook(job)

    asyncio.run(refused(book, MoneySpent))

    rest = book.take_rest()
    assert rest.steps == (THOUGHT,)
    assert [bill.hold for bill in rest.bills] == [job.hold]


def test_a_run_that_was_lost_still_pays_its_bills(ana: Person, ben: Person, job: Job) -> None:
    book = RunBook(job)
    before = len(held_of_run(ana.tenant.pk, job.run))

    async def lose() -> None:
        await refused(book, RunLost)
        await book.close()

    services.claim(
        tenant_id=job.tenant_id,
        conversation_id=job.conversation_id,
        agent=ben.user,
        actor=ben.actor,
        now=timezone.now(),
    )
    asyncio.run(lose())

    assert (before, held_of_run(ana.tenant.pk, job.run)) == (1, [])


async def test_a_call_is_billed_at_the_price_its_money_was_held_at(job: Job) -> None:
    held = job.hold
    assert held is not None
    forget_prices()

    # On the event loop, where nothing may be read from the database any more.
    bill = bill_for(held, Usage(1_000_000, 0))

    assert bill.cents == pytest.approx(held.prices.input / 1e7)
