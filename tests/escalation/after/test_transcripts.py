"""Copies of a conversation by mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from conversations.aftercare import NotOffered
from conversations.models import Conversation
from conversations.visits import Visit
from core.actors import Actor
from core.scope import tenant_scope
from escalation import tasks
from escalation.after import mails, sweeps
from escalation.after.mails import TranscriptNotSent
from escalation.after.queries import Wishes
from escalation.after.services import ask_transcript, save_wishes
from escalation.after.services.transcripts import AddressNeeded, NothingToSend, TooManyTranscripts
from escalation.models import Transcript
from tests.clients import ChatClient
from tests.escalation.after.afterwards import answered, audited, in_hours
from tests.escalation.desk.posts import does
from tests.factories import Person, a_visit
from tests.servers import LiveServer

IDA = "ida.example@example.com"


def asks(visit: Visit, email: str = IDA, *, hours: float = 0) -> str:
    return ask_transcript(visit.tenant_id, visit.conversation_id, email, visit.customer, in_hours(hours))


def newest(visit: Visit) -> Transcript:
    with tenant_scope(visit.tenant_id):
        return Transcript.objects.filter(conversation_id=visit.conversation_id).latest("id")


@pytest.fixture
def visit(ana: Person) -> Visit:
    visit = a_visit(ana.tenant)
    answered(visit, "Where is <b>my</b> order?", "It ships **today**.")
    does(ana, "claim", visit)
    does(ana, "note", visit, text="Keep an eye on her")
    does(ana, "reply", visit, text="It is on its way.")
    return visit


def test_what_was_said_is_sent_and_what_the_team_noted_is_not(ana: Person, visit: Visit) -> None:
    assert asks(visit) == "i***@example.com"
    row = newest(visit)

    assert tasks.send_transcript(ana.tenant.pk, row.pk)
    assert not tasks.send_transcript(ana.tenant.pk, row.pk)

    sent: Any = mail.outbox[-1]
    page = sent.alternatives[0][0]
    assert (sent.to, sent.subject) == ([IDA], f"Your conversation with {ana.tenant.name}")
    for text in ("Where is <b>my</b> order?", "It ships **today**.", "It is on its way."):
        assert text in sent.body
    assert "Keep an eye" not in sent.body + page
    assert "&lt;b&gt;my" in page
    assert newest(visit).address == ""
    told = str(audited(visit, "transcript.requested") + audited(visit, "transcript.sent"))
    assert (IDA in told, told.count("transcript")) == (False, 2)


def test_three_a_day_are_the_most_for_a_customer_and_for_an_address(ana: Person, visit: Visit) -> None:
    for address in (IDA, "b@example.com", "c@example.com"):
        asks(visit, address)
    with pytest.raises(TooManyTranscripts):
        asks(visit, "d@example.com")
    asks(visit, hours=25)

    others = [a_visit(ana.tenant) for _ in range(4)]
    for other in others:
        answered(other)
    for other in others[:3]:
        asks(other, "spared@example.com")
    with pytest.raises(TooManyTranscripts):
        asks(others[3], "Spared@Example.com")


def test_no_address_nothing_said_and_a_tenant_that_sends_none_are_refused(ana: Person, visit: Visit) -> None:
    for wrong in ("", "nobody", "a@b\r\nBcc: x@example.com"):
        with pytest.raises(AddressNeeded):
            asks(visit, wrong)
    with pytest.raises(NothingToSend):
        asks(a_visit(ana.tenant))
    save_wishes(tenant_id=ana.tenant.pk, wishes=Wishes(sends_transcripts=False), actor=ana.actor)
    with pytest.raises(NotOffered):
        asks(visit)


def test_a_mail_server_that_fails_is_tried_again_and_the_address_goes_when_it_is_given_up(
    ana: Person, visit: Visit, settings: Any
) -> None:
    asks(visit)
    row = newest(visit)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    for _ in range(4):
        with pytest.raises(TranscriptNotSent):
            mails.send(ana.tenant.pk, row.pk, now=timezone.now())
    assert not mails.send(ana.tenant.pk, row.pk, now=timezone.now())
    assert newest(visit).address == IDA
    sweeps.look_after(tenant_id=ana.tenant.pk, now=in_hours(1))

    assert (newest(visit).address, newest(visit).sent_at) == ("", None)


def test_a_copy_that_no_worker_heard_of_is_sent_by_the_sweep(ana: Person, visit: Visit) -> None:
    asks(visit)

    assert sweeps.look_after(tenant_id=ana.tenant.pk, now=in_hours(0.01)) == 0
    assert sweeps.look_after(tenant_id=ana.tenant.pk, now=in_hours(0.5)) == 1

    assert mail.outbox[-1].to == [IDA]


def test_the_mail_speaks_the_language_of_the_conversation(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    answered(visit, "Wo ist meine Bestellung geblieben? Ich warte seit einer Woche darauf.", "Unterwegs.")
    with tenant_scope(ana.tenant.pk):
        Conversation.objects.filter(pk=visit.conversation_id).update(language="de")
    asks(visit)

    mails.send(ana.tenant.pk, newest(visit).pk, now=timezone.now())

    assert mail.outbox[-1].subject == f"Ihr Gespräch mit {ana.tenant.name}"


def test_over_the_socket_and_from_the_desk(live_server: LiveServer, ana: Person, visit: Visit) -> None:
    with ChatClient(live_server.ws_url, ana.tenant.slug, hello={"token": visit.token, "after": 5}) as chat:
        chat.send({"type": "transcript", "email": IDA})
        assert chat.until("transcript")["to"] == "i***@example.com"
        chat.send({"type": "transcript"})
        assert chat.until("error")["code"] == "address_needed"

    assert does(ana, "transcript", visit, email="b@example.com").result == {"to": "b***@example.com"}
    assert newest(visit).asked_by == str(Actor("member", str(ana.user.public_id)))
