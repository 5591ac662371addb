"""When a person takes over, seen through the log: what was decided, by which signals, and what the customer reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from conversations import events, journal, queries, services
from conversations.models import Conversation, Event
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.matrix import queries as matrix
from engine.matrix.services import RulesChanged, set_rules
from tenants.services import connect_provider
from tests.conversations.outside import answer, kinds_of
from tests.factories import Person, a_job, a_visit
from tests.servers import ModelSimulator

Say = Callable[..., Visit]
CONFUSED = "I could not find anything about that."


@pytest.fixture
def says(ana: Person, model_simulator: ModelSimulator) -> Say:
    """says(text, visit=None, reply="Fine."): a customer of ana's writes, and the model replies this."""
    connect_provider(
        tenant_id=ana.tenant.pk, name="Simulated", base_url=model_simulator.url, api_key="k", model="simulated",
        actor=ana.actor,
    )  # fmt: skip

    def say(text: str, visit: Visit | None = None, reply: str = "Fine.") -> Visit:
        visit = visit or a_visit(ana.tenant)
        answer(a_job(visit, f"{text} [[simulate: say text='{reply}']]"))
        return visit

    return say


def rules(person: Person, **settings: Any) -> None:
    set_rules(tenant_id=person.tenant.pk, settings=settings, actor=person.actor)
    matrix.forget(person.tenant.pk)


def talk_of(visit: Visit) -> Conversation:
    return queries.get_conversation(visit.tenant_id, visit.conversation)


def handoff_of(visit: Visit) -> Event:
    with tenant_scope(visit.tenant_id):
        return Event.objects.filter(
            tenant_id=visit.tenant_id, conversation_id=visit.conversation_id, type="handoff"
        ).latest("seq")


def test_a_wish_for_a_person_is_followed_at_once_and_the_decision_kept(says: Say) -> None:
    visit = says("I want to talk to a human being, please.")

    assert talk_of(visit).owner == "queue"
    told = handoff_of(visit).data
    assert (told["reason"], told["decision"]["rule"]) == ("asked", "asked")
    assert told["decision"]["signals"]["asked"] is True


def test_what_decided_is_for_the_team_and_not_for_the_customer(says: Say) -> None:
    visit = says("I want to talk to a human being, please.")

    with tenant_scope(visit.tenant_id):
        entry = journal.latest(visit.conversation_id, limit=1)[0]
    shown = events.shown_to_customer(events.frame(entry))

    assert set(shown["data"]) == {"owner"}


def test_one_question_may_come_first(ana: Person, says: Say) -> None:
    rules(ana, clarify={"asked": 1})

    visit = says("I want to talk to a human being, please.")

    assert talk_of(visit).owner == "ai"
    assert "what is it about" in kinds_of(visit)[-1][1]
    says("I want to talk to a human being, please.", visit)
    assert talk_of(visit).owner == "queue"


def test_a_matter_for_a_person_is_asked_about_and_yes_hands_over(says: Say) -> None:
    visit = says("The charger caught fire while I slept.")

    assert talk_of(visit).owner == "ai"
    assert "Shall I pass you on" in kinds_of(visit)[-1][1]
    says("Yes please", visit)
    told = handoff_of(visit).data
    assert (told["decision"]["rule"], told["urgency"]) == ("high_stakes", "high")


def test_a_no_is_remembered_and_the_assistant_answers(says: Say) -> None:
    visit = says("What does the recall notice say?")
    says("No, thanks", visit)

    says("Which models does the recall notice name?", visit)

    assert talk_of(visit).owner == "ai"
    assert "Shall I pass" not in kinds_of(visit)[-1][1]


def test_saying_it_again_instead_of_yes_hands_over(says: Say) -> None:
    visit = says("Is there a recall notice?")

    says("The recall notice of the blue charger, I mean.", visit)

    assert talk_of(visit).owner == "queue"


def test_the_same_question_three_times_over_hands_over_with_what_was_tried(says: Say) -> None:
    visit = says("How do I reset the blue lamp of my router?")

    for _ in range(3):
        assert talk_of(visit).owner == "ai"
        says("How do I reset the blue lamp of my router??", visit)

    told = handoff_of(visit).data
    assert (told["reason"], told["decision"]["signals"]["failed"]) == ("failed_attempts", 3)


def test_a_thumb_down_counts_as_an_attempt_that_failed(says: Say) -> None:
    visit = says("How do I reset the blue lamp of my router?")
    seq = talk_of(visit).last_seq

    services.give_feedback(
        tenant_id=visit.tenant_id, conversation_id=visit.conversation_id, actor=visit.customer,
        rating=services.Rating(seq, "down"), now=timezone.now(),
    )  # fmt: skip
    says("And the green one, then?", visit)

    assert talk_of(visit).signals["failed"] == 1


def test_an_answer_that_helps_begins_the_count_anew(says: Say) -> None:
    visit = says("How do I reset the blue lamp of my router?")
    says("How do I reset the blue lamp of my router??", visit)

    says("Thank you! And when do you open on Saturdays?", visit)

    assert talk_of(visit).signals == {}


def test_an_unsure_answer_asks_for_other_words_once_and_then_hands_over(says: Say) -> None:
    visit = says("Which oil does it take?", reply=CONFUSED)
    assert talk_of(visit).owner == "ai"

    says("And which of the filters fits?", visit, CONFUSED)

    assert talk_of(visit).owner == "queue"
    assert kinds_of(visit)[-2][1].startswith("I could not find")
    assert handoff_of(visit).data["decision"]["telling"] == "summary"


def test_a_customer_of_a_segment_goes_to_the_team_that_a_rule_names(ana: Person, says: Say) -> None:
    rules(
        ana,
        topics={"loan": ["loan*"]},
        own=[{"name": "loans", "when": {"topics": ["loan"]}, "team": "Credit", "skills": ["loans"]}],
    )

    visit = says("I want to ask about my loan.")

    told = handoff_of(visit).data
    assert (told["reason"], told["team"], told["skills"]) == ("loans", "Credit", ["loans"])


def test_the_button_always_leads_to_a_person(ana: Person) -> None:
    rules(ana, clarify={"asked": 1})
    visit = a_visit(ana.tenant)

    services.request_person(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        now=timezone.now(),
    )

    assert talk_of(visit).owner == "queue"
    assert handoff_of(visit).data["decision"]["rule"] == "asked"


def test_anger_that_lasts_goes_to_a_person_with_urgency(says: Say) -> None:
    angry = "This is disgusting, horrible, useless garbage and I hate you all, worst company ever!!!"
    visit = says(angry)
    for more in ("Terrible. Awful. You are the worst thieves, I hate this!", angry, angry):
        if talk_of(visit).owner == "ai":
            says(more, visit)

    told = handoff_of(visit).data
    assert told["urgency"] == "high"
    assert "mood" in told["decision"]["fired"]


def test_two_managers_do_not_overwrite_each_other(ana: Person) -> None:
    named: dict[str, Any] = {"tenant_id": ana.tenant.pk, "actor": ana.actor}
    set_rules(settings={"clarify": {"asked": 1}}, version=0, **named)

    with pytest.raises(RulesChanged):
        set_rules(settings={"clarify": {"asked": 0}}, version=0, **named)
