"""Taking over in mid-sentence, and the way back with a note."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync

from conversations import answering, drafts
from conversations.drafts import Draft
from conversations.events import frame, shown_to_customer
from conversations.turns import Job
from conversations.visits import Visit
from engine.agent.values import Outcome
from tests.escalation.desk.posts import does
from tests.escalation.desk.test_deeds import actions_of, head_of, log_of, waits
from tests.factories import Person, a_job, a_visit


def writes(job: Job, text: str) -> None:
    """What readers have of an answer so far."""
    async_to_sync(drafts.save)(job.tenant_id, job.conversation_id, Draft(job.draft, text))


def answered(job: Job, text: str) -> None:
    assert answering.commit(job, Outcome("answered", text), level="model", draft=job.draft).events


@pytest.fixture
def visit(ana: Person) -> Visit:
    return a_visit(ana.tenant)


def test_what_was_read_of_a_cut_answer_stays_marked_before_the_change_of_hands(
    visit: Visit, ben: Person
) -> None:
    job = a_job(visit)
    writes(job, "Your parcel left on Monday, and ")

    does(ben, "claim", visit)
    late = answering.commit(job, Outcome("answered", "Never said."), level="model", draft=job.draft)

    _, cut, owner = log_of(visit)
    assert (cut.type, cut.author_kind, cut.text) == ("message", "ai", "Your parcel left on Monday, and …")
    assert (cut.data["cut"], cut.data["run"]) == (True, job.draft)
    assert (owner.type, owner.data["owner"]) == ("owner", "agent")
    assert late.events == []
    assert shown_to_customer(frame(cut))["text"] == cut.text
    assert "conversation.answer_dropped" in actions_of(visit)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_answer_of_which_nobody_read_anything_leaves_nothing(visit: Visit, ben: Person, text: str) -> None:
    job = a_job(visit)
    if text:
        writes(job, text)

    does(ben, "claim", visit)

    assert [event.type for event in log_of(visit)] == ["message", "owner"]


def test_a_draft_of_another_run_is_not_taken_for_this_one(visit: Visit, ben: Person) -> None:
    first = a_job(visit)
    writes(first, "Of the first answer")
    answered(first, "Of the first answer.")
    a_job(visit, "And the second?")

    does(ben, "claim", visit)

    assert not any(event.data.get("cut") for event in log_of(visit))


def test_who_asks_for_a_person_in_mid_answer_keeps_what_she_has_read(visit: Visit) -> None:
    job = a_job(visit)
    writes(job, "Have you tried to")

    waits(visit)

    assert [(e.type, e.text[:17]) for e in log_of(visit)[1:2]] == [("message", "Have you tried to")]


def test_the_assistant_knows_that_it_was_cut_off_and_follows_the_note_within_its_scope(
    visit: Visit, ben: Person
) -> None:
    writes(a_job(visit), "Your parcel left on")
    does(ben, "claim", visit)
    does(ben, "reply", visit, text="I look into it.")
    does(ben, "return", visit, note="Offer a voucher of 5 euros.", scope="question")

    job = a_job(visit, "Thanks, and now?")
    system, *rest = (message.text for message in job.turn.messages)
    answered(job, "Here is a voucher.")
    after = a_job(visit, "And another thing?").turn.messages[0].text

    assert "- Offer a voucher of 5 euros." in system
    assert any("Your parcel left on …" in text and "cut off in mid-sentence" in text for text in rest)
    assert "voucher" not in str([shown_to_customer(frame(event))["text"] for event in log_of(visit)[:-3]])
    assert "voucher" not in after


def test_a_note_for_the_conversation_holds_until_it_is_resolved(visit: Visit, ben: Person) -> None:
    does(ben, "claim", visit)
    does(ben, "return", visit, note="She is deaf: never offer a call.")
    told = []
    for question in ("One?", "Two?"):
        job = a_job(visit, question)
        told.append("She is deaf" in job.turn.messages[0].text)
        answered(job, "Yes.")
    does(ben, "resolve", visit, disposition="Answered")

    again = a_job(visit, "Three?").turn.messages[0].text

    assert told == [True, True]
    assert "She is deaf" not in again
    assert head_of(visit).episode == 2


def test_to_give_back_without_a_note_tells_the_assistant_nothing(visit: Visit, ben: Person) -> None:
    plain = a_job(visit).turn.messages[0].text
    does(ben, "claim", visit)
    does(ben, "return", visit)

    assert a_job(visit, "Hello?").turn.messages[0].text == plain
