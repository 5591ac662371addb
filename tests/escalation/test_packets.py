"""What a person is told when a conversation comes to her, and what her answers teach."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from conversations import queries as conversations
from conversations import routes, services
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.budgets.models import Usage
from engine.guardrails.languages.phrases import languages
from engine.knowledge import queries as knowledge
from engine.tools.values import Policy
from escalation.models import Handoff, Suggestion
from escalation.packets import queries, suggestions
from escalation.packets import services as packets
from escalation.packets.assembling import Done, Material, Spoken, assemble, opening
from escalation.packets.learning import lesson_of
from escalation.packets.queries import NoSuchSuggestion
from escalation.packets.suggestions import BadSuggestion, SuggestionDecided, Verdict, decide
from tenants.services import connect_provider
from tests.conversations.outside import a_tool, answer, open_till
from tests.factories import Person, a_job, a_visit, claim
from tests.servers import ModelSimulator

ANSWER = "Hold the small button behind the flap for ten seconds, until the lamp turns white, then let go."
Connect = Callable[[str], None]


@pytest.fixture
def connect(ana: Person, model_simulator: ModelSimulator) -> Connect:
    def with_model(model: str) -> None:
        connect_provider(
            tenant_id=ana.tenant.pk, name="Simulated", base_url=model_simulator.url, api_key="k", model=model,
            actor=ana.actor,
        )  # fmt: skip
        routes.forget(ana.tenant.pk)

    return with_model


def says(visit: Visit, text: str) -> Visit:
    answer(a_job(visit, text))
    return visit


def wants_a_person(visit: Visit) -> None:
    services.request_person(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        now=timezone.now(),
    )


def handoff_of(visit: Visit) -> Handoff:
    with tenant_scope(visit.tenant_id):
        return Handoff.objects.filter(conversation_id=visit.conversation_id).latest("id")


def replies(visit: Visit, person: Person, text: str) -> None:
    services.reply(
        tenant_id=visit.tenant_id, conversation_id=visit.conversation_id, agent=person.user, actor=person.actor,
        text=text, now=timezone.now(),
    )  # fmt: skip


def closes(visit: Visit, person: Person) -> None:
    services.close(
        tenant_id=visit.tenant_id, conversation_id=visit.conversation_id, agent=person.user, actor=person.actor,
        now=timezone.now(),
    )  # fmt: skip


def test_a_packet_tells_what_was_wanted_tried_and_found(ana: Person, connect: Connect, settings: Any) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True
    connect("simulated")
    with open_till() as till:
        a_tool(ana, till, "look_up", Policy())
        visit = says(
            a_visit(ana.tenant),
            """[[simulate: tool name=look_up arguments='{"order": 1}']] Where is my order A-100234?""",
        )
    wants_a_person(visit)

    packets.make(visit.tenant_id, visit.conversation_id, with_model=False)

    packet = handoff_of(visit).packet
    assert "A-100234" in packet["goal"]
    assert {"text": "A-100234", "source": "message 1", "url": ""} in packet["facts"]
    tried = packet["tried"][0]
    assert tried["what"].startswith("look_up order=1")
    assert (tried["worked"], tried["step"]) == (True, 2)
    assert packet["made_by"] == "steps"
    assert packet["identity"] == "anonymous"


def test_a_model_writes_goal_next_step_and_opening_and_is_paid_as_packet(
    ana: Person, connect: Connect
) -> None:
    connect("simulated")
    visit = says(a_visit(ana.tenant), "My lamp blinks blue.")
    wants_a_person(visit)
    told = {"goal": "Lamp.", "next_step": "Ask.", "opening": "Hi"}
    connect(f"sim:say:text={quote(json.dumps(told))}")

    packets.make(visit.tenant_id, visit.conversation_id)

    packet = handoff_of(visit).packet
    assert {name: packet[name] for name in told} == told
    assert packet["made_by"].startswith("Simulated/")
    with tenant_scope(visit.tenant_id):
        assert Usage.objects.filter(tenant_id=visit.tenant_id, feature="packet").count() == 1


@pytest.mark.parametrize("reply", ["no JSON at all", "[]", '{"goal": 7}', "{"])
def test_what_a_model_writes_wrongly_leaves_the_packet_as_it_was(
    ana: Person, connect: Connect, reply: str
) -> None:
    connect("simulated")
    visit = says(a_visit(ana.tenant), "My lamp blinks blue.")
    wants_a_person(visit)
    connect(f"sim:say:text={quote(reply)}")

    packets.make(visit.tenant_id, visit.conversation_id)

    packet = handoff_of(visit).packet
    assert packet["made_by"] == "steps"
    assert "lamp blinks" in packet["goal"]


def test_promises_and_failures_stand_in_the_packet() -> None:
    material = Material(
        reason="failed_attempts", note="", identity="signed", profile={"name": "Ida Larsen", "email": ""},
        spoken=[
            Spoken(1, "customer", "", "I want my money back for order 55123."),
            Spoken(2, "ai", "Assistant", "I will refund you by Friday. The weather is nice."),
        ],
        done=[Done("r", 2, "refund", "no such order", is_error=True, arguments='{"order": 55123}')],
        language="en", moods=(-0.2, -0.8),
    )  # fmt: skip

    packet = assemble(material)

    assert [promise.text for promise in packet.promises] == ["I will refund you by Friday."]
    assert packet.next_step == "refund failed: check that by hand."
    assert packet.opening.startswith("Hello Ida, this is {agent}.")
    assert packet.mood is not None
    assert packet.mood < 0
    assert packet.tried[0].worked is False


def test_an_opening_is_there_in_every_language_that_customers_are_spoken_to_in() -> None:
    for language in languages():
        told = opening("Ida Larsen", "Where is my parcel?", language)
        assert "Ida" in told
        assert "{agent}" in told
        assert "Where is my parcel" in told


def test_solved_conversations_like_this_one_are_named(ana: Person, ben: Person) -> None:
    for text in ("The blue lamp of my router blinks", "How much is the fish?"):
        visit = says(a_visit(ana.tenant), text)
        wants_a_person(visit)
        packets.make(visit.tenant_id, visit.conversation_id, with_model=False)
        claim(visit, ben)
        closes(visit, ben)

    found = queries.similar_to(ana.tenant.pk, 0, "Why does the lamp of the router blink?")

    assert [one.goal for one in found] == ["The blue lamp of my router blinks"]


def test_what_a_person_answers_otherwise_is_suggested_when_it_is_resolved(ana: Person, ben: Person) -> None:
    visit = says(a_visit(ana.tenant), "How do I reset the lamp? Write to ida@example.com")
    wants_a_person(visit)
    claim(visit, ben)
    replies(visit, ben, f"{ANSWER} Call me on +44 20 7946 0958.")
    closes(visit, ben)

    assert suggestions.learn(visit.tenant_id, visit.conversation_id)
    assert not suggestions.learn(visit.tenant_id, visit.conversation_id)

    with tenant_scope(visit.tenant_id):
        row = Suggestion.objects.get(tenant_id=visit.tenant_id)
    assert "reset the lamp" in row.question
    assert "ida@example.com" not in row.question
    assert row.answer.startswith("Hold the small button")
    assert "7946" not in row.answer


def test_the_same_answer_in_other_words_teaches_nothing() -> None:
    spoken = [
        Spoken(1, "customer", "", "How do I reset it?"),
        Spoken(2, "ai", "", ANSWER),
        Spoken(3, "agent", "Ben", f"As it says: {ANSWER}"),
    ]

    assert lesson_of(spoken) is None
    assert (
        lesson_of([spoken[0], Spoken(2, "ai", "", "I don't know."), Spoken(3, "agent", "", "Which model?")])
        is None
    )


def a_suggestion(person: Person) -> Suggestion:
    visit = a_visit(person.tenant)
    with tenant_scope(person.tenant.pk):
        return Suggestion.objects.create(
            tenant_id=person.tenant.pk, conversation_id=visit.conversation_id, question="How to reset the lamp?",
            tried="No idea.", answer=ANSWER,
        )  # fmt: skip


def test_a_yes_adds_it_to_the_knowledge_as_it_was_edited(ana: Person) -> None:
    row = a_suggestion(ana)
    verdict = Verdict(accept=True, question="How is the lamp reset?")

    decide(
        tenant_id=ana.tenant.pk, public_id=row.public_id, verdict=verdict, actor=ana.actor, now=timezone.now()
    )

    passages = knowledge.search(ana.tenant.pk, "How is the lamp reset?")
    assert any("small button" in one.text for one in passages)


def test_a_suggestion_is_decided_once_and_by_its_own_tenant(ana: Person, zoe: Person) -> None:
    row = a_suggestion(ana)
    named: dict[str, Any] = {"public_id": row.public_id, "now": timezone.now()}

    with pytest.raises(NoSuchSuggestion):
        decide(tenant_id=zoe.tenant.pk, actor=zoe.actor, verdict=Verdict(accept=True), **named)
    with pytest.raises(BadSuggestion):
        decide(tenant_id=ana.tenant.pk, actor=ana.actor, verdict=Verdict(True, answer="x" * 9000), **named)
    decide(tenant_id=ana.tenant.pk, actor=ana.actor, verdict=Verdict(accept=False), **named)
    with pytest.raises(SuggestionDecided):
        decide(tenant_id=ana.tenant.pk, actor=ana.actor, verdict=Verdict(accept=True), **named)


def test_the_customer_is_never_told_what_the_packet_says(ana: Person) -> None:
    visit = says(a_visit(ana.tenant), "How much is the fish?")
    wants_a_person(visit)

    packets.make(visit.tenant_id, visit.conversation_id, with_model=False)

    log = conversations.read_log(visit.tenant_id, visit.conversation_id, after=0)
    assert "packet" not in json.dumps([event.data for event in log.events])
