"""Who answers when the model, the money or both are gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from conversations import queries, routes
from conversations.turns import Job
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.budgets import queries as money
from engine.budgets import services as budgets
from engine.budgets.models import Purse, Reservation
from engine.budgets.values import NANOS, PER, Ask, Bill, Hold, Prices, Scope, Spender
from engine.knowledge import services as knowledge
from engine.releases.services import Configuration, publish
from tenants.services import connect_provider
from tests.conversations.outside import answer, kinds_of
from tests.factories import Person, a_job, a_visit
from tests.servers import ModelSimulator

PAGE = "# Returns\n\nYou can send boots back within sixty days of delivery."


@pytest.fixture
def asked(ana: Person, model_simulator: ModelSimulator) -> Callable[..., tuple[Visit, Job]]:
    """asked(text, model="simulated", **configuration): a customer of ana's has written."""

    def ask(text: str, *, model: str = "simulated", **configuration: Any) -> tuple[Visit, Job]:
        connect_provider(
            tenant_id=ana.tenant.pk,
            name="Simulated",
            base_url=model_simulator.url,
            api_key="simulated",
            model=model,
            actor=ana.actor,
        )
        routes.forget(ana.tenant.pk)
        publish(tenant_id=ana.tenant.pk, configuration=Configuration(**configuration), actor=ana.actor)
        visit = a_visit(ana.tenant)
        return visit, a_job(visit, text)

    return ask


@pytest.fixture
def page(ana: Person) -> None:
    source = knowledge.ensure_source(tenant_id=ana.tenant.pk, name="Help")
    knowledge.add_document(
        tenant_id=ana.tenant.pk, actor=ana.actor, source=source, upload=knowledge.Upload("returns.md", PAGE)
    )


def limit(person: Person, scope: Scope, nanos: int) -> None:
    budgets.set_budget(tenant_id=person.tenant.pk, scope=scope, limit_nanos=nanos, actor=person.actor)


def level_of(visit: Visit) -> str:
    log = queries.read_log(visit.tenant_id, visit.conversation_id, after=0).events
    return next((event.data["level"] for event in reversed(log) if "level" in event.data), "")


def owner_of(visit: Visit) -> str:
    return queries.get_conversation(visit.tenant_id, visit.conversation).owner


def open_holds(person: Person) -> int:
    with tenant_scope(person.tenant.pk):
        return Reservation.objects.filter(tenant_id=person.tenant.pk, state="held").count()


def test_an_answer_is_paid_for_to_the_nano_and_nothing_stays_held(
    ana: Person, asked: Callable[..., Any]
) -> None:
    limit(ana, Scope.TENANT_DAY, NANOS)

    _, job = asked("[[simulate: plain]] Hello there, tell me something")
    run = answer(job)

    rows = money.usage_of_run(ana.tenant.pk, job.run)
    with tenant_scope(ana.tenant.pk):
        purse = Purse.objects.get(tenant_id=ana.tenant.pk, budget__scope="tenant_day")
    assert [(row.prompt_tokens, row.completion_tokens) for row in rows] == [
        (run.prompt_tokens, run.completion_tokens)
    ]
    assert (purse.settled_nanos, purse.reserved_nanos) == (sum(row.cost_nanos for row in rows), 0)
    assert open_holds(ana) == 0


def test_without_money_the_help_pages_answer(ana: Person, page: None, asked: Callable[..., Any]) -> None:
    limit(ana, Scope.TENANT_DAY, 1)

    visit, job = asked("When can I send boots back?")
    run = answer(job)

    assert job.refused == "tenant_day"
    assert level_of(visit) == run.level == "stored_answers"
    assert "sixty days" in kinds_of(visit)[-1][1]
    assert money.usage_of_run(ana.tenant.pk, job.run) == []


def test_without_money_and_without_a_fitting_page_a_person_is_asked(
    ana: Person, page: None, asked: Callable[..., Any]
) -> None:
    limit(ana, Scope.TENANT_DAY, 1)

    visit, job = asked("Do you sell spaceships?")
    run = answer(job)

    assert (owner_of(visit), run.level) == ("queue", "person")


def test_near_a_limit_the_cheap_model_takes_the_turn(ana: Person, asked: Callable[..., Any]) -> None:
    hard = "[[simulate: plain]] This still does not work, again, and I said so already."
    limit(ana, Scope.TENANT_DAY, NANOS)

    _, early = asked(hard, cheap_model="small")
    _spend(ana, NANOS * 92 // 100)
    _, late = asked(hard, cheap_model="small")
    run = answer(late)

    assert (early.choice, late.choice) == ("capable: repeats", "cheap: near_budget")
    assert run.level == "model"
    assert [row.model for row in money.usage_of_run(ana.tenant.pk, late.run)] == ["small"]


def _spend(person: Person, nanos: int) -> None:
    """Spends so much on something else."""
    ask = Ask("other", "other", Prices(PER, PER, PER), nanos * 9 // 10, 0)
    spender = Spender(person.tenant.pk, "something-else", feature="other")
    now = timezone.now()
    hold = budgets.reserve(spender, [ask], step=1, attempt=1, now=now, lease_seconds=60)
    assert isinstance(hold, Hold)
    budgets.settle(person.tenant.pk, [Bill(hold.id, nanos, 0)], now=now)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("[[simulate: plain]] Hello!", "cheap: simple"),
        ("[[simulate: plain]] That's wrong, it still does not work.", "capable: repeats"),
    ],
)
def test_simple_turns_go_to_the_cheap_model_and_hard_ones_to_the_capable_one(
    ana: Person, asked: Callable[..., Any], text: str, choice: str
) -> None:
    _, job = asked(text, cheap_model="small")

    run = answer(job)

    rows = money.usage_of_run(ana.tenant.pk, job.run)
    assert (job.choice, run.choice) == (choice, choice)
    assert [row.model for row in rows] == ["small" if choice.startswith("cheap") else "simulated"]


def test_another_model_answers_when_the_first_one_is_out_of_order(
    ana: Person, asked: Callable[..., Any]
) -> None:
    visit, job = asked("Hello?", model="sim:500", fallback_models=("sim:plain",))

    run = answer(job)

    assert (run.status, run.level, level_of(visit)) == ("done", "fallback_model", "fallback_model")
    assert [row.model for row in money.usage_of_run(ana.tenant.pk, job.run)] == ["sim:plain"]
    assert open_holds(ana) == 0


def test_an_answer_cut_in_the_middle_is_written_anew_by_another_model(
    ana: Person, asked: Callable[..., Any]
) -> None:
    visit, job = asked("Hello?", model="sim:cut:after=5", fallback_models=("sim:plain",))

    run = answer(job)

    said = [text for kind, text in kinds_of(visit) if kind == "message"][1:]
    assert (run.status, run.level) == ("done", "fallback_model")
    assert [text.replace(".", "").lower().split() for text in said] == [[f"word{n}" for n in range(1, 21)]]
    assert [row.model for row in money.usage_of_run(ana.tenant.pk, job.run)] == [
        "sim:cut:after=5",
        "sim:plain",
    ]


def test_without_any_model_the_help_pages_answer_and_say_at_which_level(
    ana: Person, page: None, asked: Callable[..., Any]
) -> None:
    visit, job = asked("When can I send boots back?", model="sim:500")

    run = answer(job)

    assert (run.status, run.level, level_of(visit)) == ("done", "stored_answers", "stored_answers")
    assert open_holds(ana) == 0


def test_a_model_without_a_price_is_not_asked(
    ana: Person, page: None, asked: Callable[..., Any], settings: Any
) -> None:
    settings.UNKNOWN_MODEL_PRICE = "refuse"

    _, job = asked("When can I send boots back?")
    run = answer(job)

    assert run.level == "stored_answers"
    assert money.usage_of_run(ana.tenant.pk, job.run) == []
