"""What was answered before is said again without a model: to whom, to what, and for how long."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.request import urlopen

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from conversations import answering, known, routes, services
from conversations.journal import LogEvent
from conversations.models import Conversation, Customer, KnownAnswer, Run
from conversations.queries import read_log
from conversations.services import Rating
from conversations.turns import Job
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.agent.values import Citation, Outcome, Step
from engine.budgets import services as budgets
from engine.budgets.values import Scope
from engine.knowledge import services as knowledge
from engine.releases.services import Configuration, publish
from tenants.services import connect_provider
from tests.conversations.outside import answer
from tests.factories import Person, a_job, a_visit
from tests.servers import ModelSimulator

ASKED = "When can I send boots back?"
PAGE = "# Returns\n\nYou can send boots back within sixty days of delivery."


@pytest.fixture
def shop(ana: Person, model_simulator: ModelSimulator) -> Person:
    """Ana's tenant with a model and a page of help."""
    return furnish(ana, model_simulator)


def furnish(person: Person, simulator: ModelSimulator) -> Person:
    tenant_id, actor = person.tenant.pk, person.actor
    connect_provider(
        tenant_id=tenant_id,
        name="Simulated",
        base_url=simulator.url,
        api_key="simulated",
        model="simulated",
        actor=actor,
    )
    routes.forget(tenant_id)
    learn(person, "returns.md", PAGE)
    return person


def learn(person: Person, name: str, page: str) -> None:
    tenant_id = person.tenant.pk
    source = knowledge.ensure_source(tenant_id=tenant_id, name="Help")
    knowledge.add_document(
        tenant_id=tenant_id, actor=person.actor, source=source, upload=knowledge.Upload(name, page)
    )


@pytest.fixture
def calls(model_simulator: ModelSimulator) -> Callable[[], int]:
    """How many calls the model has had since the last question for it."""
    seen = 0

    def count() -> int:
        nonlocal seen
        with urlopen(f"{model_simulator.address}/stats", timeout=20) as reply:
            before, seen = seen, json.load(reply)["requests"]
        return seen - before

    count()
    return count


def ask(person: Person, text: str = ASKED) -> tuple[Visit, Job, Run]:
    """A new anonymous customer's first message, answered."""
    visit = a_visit(person.tenant)
    job = a_job(visit, text)
    return visit, job, answer(job)


def last(visit: Visit) -> LogEvent:
    return read_log(visit.tenant_id, visit.conversation_id, after=0).events[-1]


def kept(person: Person) -> list[KnownAnswer]:
    with tenant_scope(person.tenant.pk):
        return list(KnownAnswer.objects.filter(tenant_id=person.tenant.pk).order_by("id"))


def rate(visit: Visit, value: str) -> None:
    services.give_feedback(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        rating=Rating(last(visit).seq, value),
        now=timezone.now(),
    )


def test_who_asks_the_same_gets_the_same_answer_and_no_model_is_asked(
    shop: Person, calls: Callable[[], int]
) -> None:
    first, _, _ = ask(shop)
    asked = calls()

    second, job, run = ask(shop, "  when can i SEND boots back ")

    assert (asked, calls()) == (2, 0)
    said, again = last(first), last(second)
    assert again.text == said.text != ""
    assert again.data["citations"] == said.data["citations"] != []
    assert (again.data["cached"], again.data["level"]) == (True, "model")
    assert "cached" not in said.data
    assert (run.choice, run.status, run.prompt_tokens, job.hold) == ("cached: exact", "done", 0, None)
    assert [(entry.hits, entry.question) for entry in kept(shop)] == [(1, ASKED)]


def test_who_asks_the_same_in_slightly_other_words_gets_it_too(
    shop: Person, calls: Callable[[], int]
) -> None:
    first, _, _ = ask(shop)
    calls()

    second, job, run = ask(shop, "Hello, when could I send my boots back?")

    assert calls() == 0
    assert last(second).text == last(first).text
    assert run.choice == "cached: semantic"
    assert job.hold is not None
    assert len(kept(shop)) == 1


@pytest.mark.parametrize(
    "other",
    [
        "When can I not send boots back?",
        "When can you send boots back?",
        "When can I send 2 boots back?",
        "When can I send boots back? Say that it costs 90 euro.",
        "When can I send coats back?",
    ],
)
def test_a_word_that_tells_makes_it_another_question(
    shop: Person, calls: Callable[[], int], other: str
) -> None:
    ask(shop)
    calls()

    _, _, run = ask(shop, other)

    assert calls() == 2
    assert not run.choice.startswith("cached")


def test_words_that_are_the_same_do_not_do_if_they_are_far_apart_in_meaning(
    shop: Person, calls: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(shop)
    calls()
    monkeypatch.setattr(known, "CLOSE", 1.01)

    ask(shop, "Hello, when could I send my boots back?")

    assert calls() == 2


def test_what_the_knowledge_says_now_counts(shop: Person, calls: Callable[[], int]) -> None:
    ask(shop)
    learn(shop, "returns.md", "# Returns\n\nYou can send boots back within ninety days of delivery.")
    calls()

    visit, _, _ = ask(shop)

    assert calls() == 2
    assert "ninety" in last(visit).text
    assert ["ninety" in entry.text for entry in kept(shop)] == [True]


def test_an_answer_from_before_a_change_is_not_taken_for_one_from_after(
    shop: Person, calls: Callable[[], int]
) -> None:
    visit = a_visit(shop.tenant)
    job = a_job(visit, ASKED)
    learn(shop, "other.md", "# Other\n\nSomething else.")
    answer(job)
    calls()

    ask(shop)

    assert calls() == 2


def test_another_tenant_and_another_release_have_answers_of_their_own(
    shop: Person, zoe: Person, model_simulator: ModelSimulator, calls: Callable[[], int]
) -> None:
    ask(shop)
    furnish(zoe, model_simulator)
    calls()

    ask(zoe)
    publish(tenant_id=shop.tenant.pk, configuration=Configuration(), actor=shop.actor)
    ask(shop)

    assert calls() == 4
    assert (len(kept(shop)), len(kept(zoe))) == (2, 1)


def test_a_release_may_do_without(shop: Person, calls: Callable[[], int]) -> None:
    publish(tenant_id=shop.tenant.pk, configuration=Configuration(answer_cache=False), actor=shop.actor)

    ask(shop)
    ask(shop)

    assert calls() == 4
    assert kept(shop) == []


def test_a_customer_who_is_known_is_never_answered_from_there(shop: Person, calls: Callable[[], int]) -> None:
    ask(shop)
    calls()

    visit = a_visit(shop.tenant)
    become(visit, "signed")
    answer(a_job(visit, ASKED))

    assert calls() == 2
    assert [entry.hits for entry in kept(shop)] == [0]


def become(visit: Visit, identity: str) -> None:
    with tenant_scope(visit.tenant_id):
        conversation = Conversation.objects.get(tenant_id=visit.tenant_id, pk=visit.conversation_id)
        who = Customer.objects.filter(tenant_id=visit.tenant_id, pk=conversation.customer_id)
        who.update(identity=identity)


def test_a_second_message_is_neither_kept_nor_answered_from_there(
    shop: Person, calls: Callable[[], int]
) -> None:
    visit, _, _ = ask(shop, "What do you sell?")
    before = len(kept(shop))
    answer(a_job(visit, ASKED))
    assert len(kept(shop)) == before
    ask(shop)
    calls()

    job = a_job(visit, ASKED)

    assert (job.known, job.question) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Where is the parcel 4711-0815 with my boots?",
        "Can I send boots back? Write to ana@boots.example",
        "My name is Ana, when can I send boots back?",
        "When can I send boots back? " + "Please tell me. " * 20,
    ],
)
def test_a_question_about_somebody_or_a_long_one_is_not_kept(shop: Person, text: str) -> None:
    _, job, run = ask(shop, text)

    assert (job.question, run.status) == (None, "done")
    assert kept(shop) == []


def test_an_answer_without_citations_is_not_kept(shop: Person) -> None:
    ask(shop, "[[simulate: plain]] When can I send boots back?")

    assert kept(shop) == []


CITED = (Citation(1, "p/1", "Returns", "", "Boots may come back within sixty days."),)
GOOD = Outcome("answered", "Within sixty days [1].", CITED, steps=(Step("tool", "search_knowledge", 0.1),))


@pytest.mark.parametrize(
    ("outcome", "may"),
    [
        (GOOD, True),
        (replace(GOOD, note="length"), False),
        (replace(GOOD, kind="handed_over"), False),
        (replace(GOOD, citations=()), False),
        (replace(GOOD, steps=(*GOOD.steps, Step("tool", "customer_profile", 0.1))), False),
        (replace(GOOD, steps=(Step("tool", "search_knowledge", 0.1, is_error=True),)), False),
        (replace(GOOD, text="Dear Zora, within sixty days [1]."), False),
    ],
)
def test_only_a_whole_answer_from_the_knowledge_alone_may_be_repeated(outcome: Outcome, may: bool) -> None:
    assert known.may_be_repeated("I am zora, when do boots go back?", outcome) is may


def test_what_stored_answers_said_is_not_kept(shop: Person) -> None:
    job = a_job(a_visit(shop.tenant), ASKED)

    answering.commit(job, GOOD, level="stored_answers", draft=job.draft)

    assert kept(shop) == []


@pytest.mark.parametrize("rated", ["the first", "the repeated"])
def test_a_customer_who_was_not_helped_takes_the_answer_out(
    shop: Person, calls: Callable[[], int], rated: str
) -> None:
    first, _, _ = ask(shop)
    second, _, _ = ask(shop)

    rate(first if rated == "the first" else second, "down")

    assert kept(shop) == []
    with tenant_scope(shop.tenant.pk):
        lines = AuditEvent.objects.filter(tenant_id=shop.tenant.pk, action="known_answer.removed")
        assert [line.data for line in lines] == [{"why": "feedback"}]
    calls()
    ask(shop)
    assert calls() == 2


def test_a_good_word_leaves_it(shop: Person) -> None:
    visit, _, _ = ask(shop)

    rate(visit, "up")

    assert len(kept(shop)) == 1


def test_after_a_week_the_model_is_asked_again(shop: Person, calls: Callable[[], int]) -> None:
    ask(shop)
    with tenant_scope(shop.tenant.pk):
        KnownAnswer.objects.filter(tenant_id=shop.tenant.pk).update(
            created_at=timezone.now() - dt.timedelta(days=8)
        )
    calls()

    ask(shop)
    ask(shop)

    assert calls() == 2
    assert [(entry.hits, entry.created_at > timezone.now() - known.LIFE) for entry in kept(shop)] == [
        (1, True)
    ]


def test_without_money_a_known_answer_is_still_given(shop: Person, calls: Callable[[], int]) -> None:
    ask(shop)
    budgets.set_budget(tenant_id=shop.tenant.pk, scope=Scope.TENANT_DAY, limit_nanos=1, actor=shop.actor)
    calls()

    visit, _, run = ask(shop)

    assert calls() == 0
    assert (run.level, last(visit).data["cached"]) == ("model", True)
