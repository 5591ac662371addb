"""Conversations that fall silent, customers who leave, and those who come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from conversations import services
from conversations.services import Claim, Rating, give_feedback, open_for
from conversations.visits import Visit
from core import sql
from core.actors import system
from core.scope import tenant_scope
from escalation.after import sweeps
from escalation.after.queries import Wishes, wishes_of
from escalation.after.services import end_silent, leave_queue, save_wishes
from escalation.after.services.wishes import BadWishes
from tests.clients import ChatClient
from tests.escalation.after.afterwards import (
    answered,
    audited,
    episode_of,
    handoff_of,
    in_hours,
    log_of,
    owner_of,
    resolved,
)  # fmt: skip
from tests.escalation.desk.posts import does
from tests.factories import Person, a_job, a_message, a_visit
from tests.servers import LiveServer


def swept(person: Person, hours: float) -> int:
    return sweeps.look_after(tenant_id=person.tenant.pk, now=in_hours(hours))


def wants_a_person(visit: Visit) -> None:
    place = {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}
    services.request_person(**place, actor=visit.customer, now=timezone.now())


def test_silence_ends_a_conversation_of_the_assistant_after_a_day(ana: Person) -> None:
    visit, other = a_visit(ana.tenant), a_visit(ana.tenant)
    answered(visit)

    assert (swept(ana, 23), owner_of(visit)) == (0, "ai")
    assert (swept(ana, 25), owner_of(visit)) == (1, "closed")

    assert (episode_of(visit).resolution, owner_of(other)) == ("contained", "ai")
    assert log_of(visit)[-1].data == {"owner": "closed"}
    assert audited(visit, "conversation.closed") == [{"resolution": "contained", "why": "silence"}]
    assert swept(ana, 25) == 0


def test_how_long_is_the_tenants_wish(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit)
    save_wishes(tenant_id=ana.tenant.pk, wishes=Wishes(idle_hours=2), actor=ana.actor)

    assert wishes_of(ana.tenant.pk).idle_hours == 2
    assert swept(ana, 3) == 1
    for wrong in (Wishes(idle_hours=0), Wishes(idle_hours=721), Wishes(patience_minutes=4)):
        with pytest.raises(BadWishes):
            save_wishes(tenant_id=ana.tenant.pk, wishes=wrong, actor=ana.actor)


def test_what_a_person_answered_and_gave_back_is_assumed(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit)
    does(ana, "claim", visit)
    does(ana, "reply", visit, text="It ships today.")
    does(ana, "return", visit)

    swept(ana, 25)

    assert episode_of(visit).resolution == "assumed"


def test_a_conversation_in_work_is_left_alone(ana: Person) -> None:
    visit, with_person = a_visit(ana.tenant), a_visit(ana.tenant)
    answered(visit)
    a_job(visit, "And now?")
    answered(with_person)
    does(ana, "claim", with_person)

    assert swept(ana, 30) == 0
    assert not end_silent(
        visit.tenant_id,
        visit.conversation_id,
        before=in_hours(9),
        confirmed_before=in_hours(9),
        now=in_hours(9),
    )
    assert (owner_of(visit), owner_of(with_person)) == ("ai", "agent")


def test_the_first_answer_is_kept_with_the_answer_itself(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    assert episode_of(visit).first_answer_at is None
    answered(visit)
    first = episode_of(visit).first_answer_at

    answered(visit, "And when?", "At noon.")

    assert first is not None
    assert (episode_of(visit).first_answer_at, log_of(visit)[1].created_at) == (first, first)


def test_her_word_confirms_and_ends_it_soon(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit, answer="It is in your account. Did that help?")
    answered(visit, "Yes, that helped!", "Good.")

    assert episode_of(visit).resolution == "confirmed"
    assert audited(visit, "episode.confirmed") == [{"episode": 1, "seq": 3}]
    answered(visit, "Thanks!", "You're welcome!")
    swept(ana, 0.5)

    assert (episode_of(visit).resolution, owner_of(visit)) == ("confirmed", "closed")


@pytest.mark.parametrize("by", ["words", "thumb"])
def test_what_was_confirmed_can_be_doubted(ana: Person, by: str) -> None:
    visit = a_visit(ana.tenant)
    answered(visit, answer="It is in your account. Did that help?")
    answered(visit, "Yes, that helped!", "Good.")
    assert episode_of(visit).resolution == "confirmed"

    if by == "words":
        a_message(visit, "Sorry, it still doesn't work")
    else:
        where = {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}
        give_feedback(**where, actor=visit.customer, rating=Rating(2, "down"), now=timezone.now())

    assert episode_of(visit).resolution == ""


def test_a_word_without_a_question_confirms_nothing(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit)
    a_message(visit, "It works now")

    assert episode_of(visit).resolution == ""


def test_who_waits_and_is_gone_has_left(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit)
    wants_a_person(visit)

    assert swept(ana, 1.5) == 0
    assert swept(ana, 1.51) == 1

    assert (episode_of(visit).resolution, owner_of(visit)) == ("abandoned", "closed")
    assert handoff_of(visit).status == "left"
    a_message(visit, "I am back")
    assert (owner_of(visit), episode_of(visit, 2).repeat_of) == ("ai", None)


def test_who_waits_and_is_there_keeps_her_place(live_server: LiveServer, ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit)
    wants_a_person(visit)
    with ChatClient(live_server.ws_url, ana.tenant.slug, hello={"token": visit.token, "after": 2}) as chat:
        chat.until("queue")
        sweeps.call_the_roll(ana.tenant.pk, now=in_hours(1.5))
        for _ in range(200):
            if handoff_of(visit).seen_at:
                break
            chat.send({"type": "ping"})
            chat.until("pong")

    assert handoff_of(visit).seen_at is not None
    with tenant_scope(ana.tenant.pk):
        values = [in_hours(1.4), ana.tenant.pk]
        sql.run("UPDATE escalation_handoff SET seen_at = %s WHERE tenant_id = %s", values)
    assert swept(ana, 1.51) == 0
    where = (visit.tenant_id, visit.conversation_id)
    assert not leave_queue(*where, before=in_hours(1.3), now=in_hours(2))
    assert owner_of(visit) == "queue"


def test_a_known_customer_who_comes_back_in_a_new_conversation_is_noticed(ana: Person) -> None:
    robin, actor = Claim(external_id="robin", name="Robin"), system("tests")
    first = open_for(tenant_id=ana.tenant.pk, claim=robin, actor=actor)
    visit = a_visit(ana.tenant)
    visit = replace(visit, conversation_id=first.pk, conversation=str(first.public_id))
    resolved(ana, visit=visit)

    again = open_for(tenant_id=ana.tenant.pk, claim=robin, actor=actor)
    stranger = open_for(tenant_id=ana.tenant.pk, claim=Claim(), actor=actor)

    with tenant_scope(ana.tenant.pk):
        assert again.episodes.get().repeat_of == episode_of(visit).pk
        assert stranger.episodes.get().repeat_of is None


def _of(visit: Visit) -> dict[str, object]:
    return {name: getattr(visit, name) for name in Visit.__slots__}
