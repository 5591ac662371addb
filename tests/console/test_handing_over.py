"""When to hand over, and what people's answers teach, in the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from core.scope import tenant_scope
from engine.matrix import Do, Signals, decide, merged
from engine.matrix import queries as matrix
from escalation.models import Suggestion
from tenants.roles import Role
from tests.factories import Person, a_person, a_visit

SignIn = Callable[[Person], Client]
PAGE = "/console/matrix/handoverrules/"
SUGGESTIONS = "/console/escalation/suggestion/"


def filled_in(client: Client, **more: Any) -> dict[str, Any]:
    """What a browser sends when somebody saves the page, with what she changed."""
    context = client.get(PAGE).context
    sent: dict[str, Any] = {}
    for form in (context["form"], context["own"].management_form, *context["own"]):
        for bound in form:
            value = bound.value()
            if hasattr(bound.field, "prepare_value"):
                value = bound.field.prepare_value(value)
            if value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else value
    return {name: value for name, value in {**sent, **more}.items() if value is not None}


def settings_of(person: Person) -> dict[str, Any]:
    return matrix.rules_of(person.tenant.pk).settings


def test_saving_the_page_as_it_is_changes_no_decision(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    reply = client.post(PAGE, filled_in(client))

    assert reply.status_code == 302, (reply.context["form"].errors, reply.context["own"].errors)
    saved = merged(settings_of(ana))
    for signals in (
        Signals(asked=True),
        Signals(confidence=0.2, questions=1),
        Signals(topics=("legal",)),
        Signals(),
    ):
        assert decide(saved, signals).do is decide(merged(), signals).do


def test_a_manager_changes_a_limit_adds_a_topic_and_a_rule(ana: Person, signed_in: SignIn) -> None:
    mia = a_person("mia", ana.tenant, Role.MANAGER)
    client = signed_in(mia)
    topics = client.get(PAGE).context["form"]["topics"].value()
    lines = f"{topics}\nloan: loan*, credit"

    reply = client.post(
        PAGE,
        filled_in(
            client, topics=lines,
            **{"failed.limit": "2", "own-0-name": "loans", "own-0-topics": "loan", "own-0-team": "Credit"},
        ),
    )  # fmt: skip

    assert reply.status_code == 302
    saved = merged(settings_of(ana))
    assert decide(saved, Signals(failed=2)).rule == "failed"
    assert decide(saved, Signals(topics=("loan",))).team == "Credit"


def test_a_rule_without_a_condition_is_refused_and_nothing_typed_is_lost(
    ana: Person, signed_in: SignIn
) -> None:
    client = signed_in(ana)

    reply = client.post(PAGE, filled_in(client, **{"own-0-name": "everything", "own-0-team": "Anybody"}))

    assert reply.status_code == 200
    page = reply.content.decode()
    assert "it would fire at every message" in page
    assert "Anybody" in page
    assert settings_of(ana) == {}


def test_a_number_that_cannot_be_is_said_beside_its_field(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    reply = client.post(PAGE, filled_in(client, **{"mood.limit": "-3"}))

    assert reply.status_code == 200
    assert "-1" in str(reply.context["form"].errors["mood.limit"])


def test_who_saves_over_another_persons_change_is_told(ana: Person, signed_in: SignIn) -> None:
    first, second = signed_in(ana), signed_in(a_person("mia", ana.tenant, Role.MANAGER))
    typed = filled_in(second, **{"failed.limit": "4"})
    first.post(PAGE, filled_in(first, **{"failed.limit": "2"}))

    reply = second.post(PAGE, typed)

    assert "Somebody else changed the rules" in reply.content.decode()
    assert decide(merged(settings_of(ana)), Signals(failed=2)).do is Do.HAND_OVER


def test_words_can_be_tried(ana: Person, signed_in: SignIn) -> None:
    reply = signed_in(ana).post(PAGE, {"try": "yes", "text": "I will call my lawyer"})

    assert reply.context["decision"].rule == "high_stakes"
    assert "The customer is asked whether she wants a person" in reply.content.decode()


def test_an_agent_reads_the_rules_and_changes_none(ben: Person, signed_in: SignIn) -> None:
    client = signed_in(ben)

    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"failed.limit": "1"}).status_code == 403


def a_suggestion(person: Person) -> Suggestion:
    visit = a_visit(person.tenant)
    with tenant_scope(person.tenant.pk):
        return Suggestion.objects.create(
            tenant_id=person.tenant.pk, conversation_id=visit.conversation_id, question="How to reset it?",
            tried="<b>No idea</b>", answer="Hold the button for ten seconds.",
        )  # fmt: skip


def status_of(row: Suggestion) -> str:
    with tenant_scope(row.tenant_id):
        return Suggestion.objects.get(pk=row.pk).status


def test_a_suggestion_is_edited_and_added(ana: Person, signed_in: SignIn) -> None:
    row, client = a_suggestion(ana), signed_in(ana)
    page = client.get(f"{SUGGESTIONS}{row.pk}/change/").content.decode()
    assert "&lt;b&gt;No idea" in page

    reply = client.post(
        f"{SUGGESTIONS}{row.pk}/change/",
        {"verdict": "accept", "question": "How is it reset?", "answer": "Hold it for ten seconds."},
    )

    assert reply.status_code == 302
    assert status_of(row) == "accepted"


def test_a_suggestion_without_an_answer_stays(ana: Person, signed_in: SignIn) -> None:
    row = a_suggestion(ana)

    reply = signed_in(ana).post(f"{SUGGESTIONS}{row.pk}/change/", {"verdict": "accept", "question": "How?"})

    assert reply.status_code == 200
    assert status_of(row) == "pending"


def test_neither_an_agent_nor_another_tenant_decides(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn
) -> None:
    row = a_suggestion(ana)
    sent = {"verdict": "dismiss", "question": "a", "answer": "b"}

    assert signed_in(ben).post(f"{SUGGESTIONS}{row.pk}/change/", sent).status_code == 403
    assert signed_in(zoe).post(f"{SUGGESTIONS}{row.pk}/change/", sent).status_code == 404
    assert status_of(row) == "pending"
