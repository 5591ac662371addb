"""The older messages of a long conversation become a few words; nothing waits for them, nothing depends on them."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import urlopen

import pytest
from celery.signals import before_task_publish

from conversations import answering, condensing, routes, summaries
from conversations.journal import Said, peek
from conversations.models import Summary
from conversations.summaries import AFTER, EVERY, INTRODUCTION, KEPT, TASK, Earlier
from conversations.turns import Job
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.agent.values import Outcome
from engine.budgets import services as budgets
from engine.budgets.models import Reservation, Usage
from engine.budgets.values import Scope
from engine.knowledge import services as knowledge
from engine.releases.services import Configuration, publish
from tenants.services import connect_provider
from tests.conversations.outside import answer
from tests.factories import Person, a_job, a_visit
from tests.servers import ModelSimulator

ENOUGH = AFTER // 2 + 1
PAGE = "# Returns\n\nYou can send boots back within sixty days of delivery."


@pytest.fixture
def shop(ana: Person, model_simulator: ModelSimulator) -> Person:
    """Ana's tenant with a capable model and a cheap one."""
    connect(ana, model_simulator, "simulated")
    publish(
        tenant_id=ana.tenant.pk,
        configuration=Configuration(cheap_model="sim:say:text=Notes"),
        actor=ana.actor,
    )
    return ana


def connect(person: Person, simulator: ModelSimulator, model: str) -> None:
    connect_provider(
        tenant_id=person.tenant.pk,
        name="Simulated",
        base_url=simulator.url,
        api_key="simulated",
        model=model,
        actor=person.actor,
    )
    routes.forget(person.tenant.pk)


def talk(visit: Visit, turns: int, *, first: int = 1) -> None:
    """Questions and answers, two messages a turn."""
    for number in range(first, first + turns):
        job = a_job(visit, f"Question {number}?")
        answering.commit(job, Outcome("answered", f"Answer {number}."), level="model", draft="d")


def condense(visit: Visit) -> bool:
    return condensing.condense(visit.tenant_id, visit.conversation_id)


def summary_of(visit: Visit) -> Earlier | None:
    with tenant_scope(visit.tenant_id):
        return summaries.earlier(visit.conversation_id)


def told(job: Job) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in job.turn.messages]


def calls(simulator: ModelSimulator) -> int:
    with urlopen(f"{simulator.address}/stats", timeout=20) as reply:
        return int(json.load(reply)["requests"])


def test_a_short_conversation_is_left_as_it_is(shop: Person, model_simulator: ModelSimulator) -> None:
    visit = a_visit(shop.tenant)
    talk(visit, AFTER // 2)
    before = calls(model_simulator)

    done = condense(visit)

    assert (done, summary_of(visit), calls(model_simulator)) == (False, None, before)


def test_older_messages_give_way_to_a_summary_behind_the_same_system_prompt(shop: Person) -> None:
    visit = a_visit(shop.tenant)
    opening = a_job(visit, "Question 0?")
    answering.commit(opening, Outcome("answered", "Answer 0."), level="model", draft="d")
    talk(visit, ENOUGH - 1)

    done = condense(visit)

    prompt = told(a_job(visit, "And now?"))
    assert done
    assert prompt[0] == told(opening)[0]
    assert prompt[1] == ("user", INTRODUCTION + "Notes")
    assert prompt[2][0] == "assistant"
    assert prompt[-2:] == [("assistant", f"Answer {ENOUGH - 1}."), ("user", "And now?")]
    assert KEPT <= len(prompt) - 3 <= KEPT + 1
    assert not any(text == "Question 0?" for _, text in prompt)


def test_the_cheap_model_is_paid_for_it_as_a_feature(shop: Person) -> None:
    visit = a_visit(shop.tenant)
    talk(visit, ENOUGH)

    condense(visit)

    with tenant_scope(shop.tenant.pk):
        paid = list(Usage.objects.filter(tenant_id=shop.tenant.pk, feature="summary"))
        held = Reservation.objects.filter(tenant_id=shop.tenant.pk, feature="summary", state="held").count()
    assert [(row.model, row.conversation) for row in paid] == [("sim:say:text=Notes", visit.conversation_id)]
    assert paid[0].completion_tokens > 0
    assert held == 0


def test_a_later_summary_takes_in_the_one_before(shop: Person) -> None:
    visit = a_visit(shop.tenant)
    talk(visit, ENOUGH)
    condense(visit)
    first = summary_of(visit)
    talk(visit, ENOUGH, first=50)

    done = condense(visit)

    second = summary_of(visit)
    assert done
    assert first is not None
    assert second is not None
    assert second.upto_seq > first.upto_seq
    assert len(told(a_job(visit, "And now?"))) <= KEPT + 4


def test_an_earlier_summary_never_takes_the_place_of_a_later_one(shop: Person) -> None:
    visit = a_visit(shop.tenant)
    talk(visit, 2)
    with tenant_scope(visit.tenant_id):
        head = peek(visit.conversation_id)
    condensing.keep(head, Earlier(4, "later"), "")

    done = condensing.keep(head, Earlier(2, "earlier"), "")

    assert (done, summary_of(visit)) == (False, Earlier(4, "later"))


@pytest.mark.parametrize("model", ["sim:400", "sim:empty"])
def test_a_model_that_fails_changes_nothing(ana: Person, model_simulator: ModelSimulator, model: str) -> None:
    connect(ana, model_simulator, model)
    visit = a_visit(ana.tenant)
    talk(visit, ENOUGH)

    done = condense(visit)

    assert (done, summary_of(visit)) == (False, None)
    assert len(told(a_job(visit, "And now?"))) == 2 * ENOUGH + 2
    with tenant_scope(ana.tenant.pk):
        about = Reservation.objects.filter(tenant_id=ana.tenant.pk, feature="summary")
        assert not about.filter(state="held").exists()


def test_without_a_model_or_money_nothing_is_summed_up(
    ana: Person, shop: Person, model_simulator: ModelSimulator, zoe: Person
) -> None:
    budgets.set_budget(tenant_id=ana.tenant.pk, scope=Scope.TENANT_DAY, limit_nanos=1, actor=ana.actor)
    poor, without = a_visit(ana.tenant), a_visit(zoe.tenant)
    talk(poor, ENOUGH)
    talk(without, ENOUGH)
    before = calls(model_simulator)

    done = [condense(poor), condense(without)]

    assert (done, calls(model_simulator)) == ([False, False], before)


def test_a_worker_is_asked_once_a_conversation_has_grown_long(shop: Person) -> None:
    asked: list[Any] = []

    def hear(sender: str, body: tuple[Any, ...], **_: Any) -> None:
        if sender == TASK:
            asked.append(body[1])

    before_task_publish.connect(hear)
    try:
        visit = a_visit(shop.tenant)
        talk(visit, ENOUGH - 1)
        before = list(asked)
        talk(visit, EVERY // 2, first=ENOUGH)
    finally:
        before_task_publish.disconnect(hear)

    assert before == []
    assert asked == [{"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}]


def test_what_tools_told_in_older_turns_is_in_no_prompt(shop: Person) -> None:
    tenant_id = shop.tenant.pk
    source = knowledge.ensure_source(tenant_id=tenant_id, name="Help")
    knowledge.add_document(
        tenant_id=tenant_id, actor=shop.actor, source=source, upload=knowledge.Upload("returns.md", PAGE)
    )
    publish(tenant_id=tenant_id, configuration=Configuration(), actor=shop.actor)
    visit = a_visit(shop.tenant)
    run = answer(a_job(visit, "When can I send boots back?"))

    job = a_job(visit, "And coats?")

    assert run.level == "model"
    assert [role for role, _ in told(job)] == ["system", "user", "assistant", "user"]
    assert not any(message.tool_calls or message.tool_call_id for message in job.turn.messages)
    assert not any('"passages"' in text for _, text in told(job)[1:])


def test_another_tenants_summary_is_not_seen(shop: Person, zoe: Person) -> None:
    visit = a_visit(shop.tenant)
    talk(visit, ENOUGH)
    condense(visit)

    with tenant_scope(zoe.tenant.pk):
        seen = summaries.earlier(visit.conversation_id), Summary.objects.count()

    assert seen == (None, 0)


def said(*kinds: str) -> list[Said]:
    return [Said(seq, kind, "", f"{seq}") for seq, kind in enumerate(kinds, start=1)]


@pytest.mark.parametrize(
    ("messages", "answered", "place"),
    [
        (said(*["customer", "ai"] * (AFTER // 2)), AFTER, 0),
        (said(*["customer", "ai"] * ENOUGH), 2 * ENOUGH, 2 * ENOUGH - KEPT - 1),
        (said(*["customer", "ai"] * 2, *["customer"] * AFTER), AFTER, 3),
        (said(*["customer"] * ENOUGH, *["ai"] * ENOUGH), ENOUGH - 4, 0),
        (said(*["customer"] * (AFTER + 1)), AFTER, 0),
    ],
)
def test_the_cut_is_before_an_answer_and_after_nothing_that_waits(
    messages: list[Said], answered: int, place: int
) -> None:
    assert summaries.cut(messages, answered) == place
