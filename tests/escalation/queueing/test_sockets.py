"""What the queue tells a customer's open chat."""

from __future__ import annotations

from django.utils import timezone

from conversations.queries import get_conversation
from escalation.models import Presence
from escalation.queueing import presence
from escalation.queueing.sweeps import sweep
from tests.clients import ChatClient
from tests.escalation.queueing.floor import a_team, comes
from tests.factories import Person
from tests.servers import LiveServer


def test_a_waiting_chat_is_told_its_place_and_may_take_a_ticket_instead(
    live_server: LiveServer, ana: Person, ben: Person
) -> None:
    team = a_team(ana.tenant)
    comes(ben, team, now=timezone.now())

    with ChatClient(live_server.ws_url, ana.tenant.slug, hello={}) as chat:
        chat.send({"type": "person"})
        asked = chat.until("event", kind="handoff")
        assert chat.until("queue") == {"type": "queue", "position": 1, "eta_s": None}
        sweep(tenant_id=ana.tenant.pk, now=timezone.now())
        assert chat.until("queue")["position"] == 1
        chat.send({"type": "offer", "choice": "ticket"})
        assert chat.until("error")["code"] == "email_needed"
        chat.send({"type": "offer", "choice": "ticket", "email": "cleo@example.com"})
        told = chat.until("event", kind="notice")

    assert "number 1 in the queue" in asked["text"]
    assert set(asked["data"]) == {"owner"}
    assert "T-1001" in told["text"]
    assert told["data"]["owner"] == "ai"


def test_a_chat_for_which_nobody_can_come_is_offered_something_else(
    live_server: LiveServer, ana: Person, ben: Person
) -> None:
    team = a_team(ana.tenant)
    at_desk = comes(ben, team, now=timezone.now())
    presence.set_presence(
        tenant_id=ana.tenant.pk,
        member_id=at_desk.member_id,
        presence=Presence.OFFLINE,
        actor=ben.actor,
        now=timezone.now(),
    )

    with ChatClient(live_server.ws_url, ana.tenant.slug, hello={}) as chat:
        chat.send({"type": "person"})
        told = chat.until("event", kind="notice")
        chat.send({"type": "offer", "choice": "assistant"})
        goes_on = chat.until("event", kind="notice")

    assert told["data"] == {"offer": ["ticket", "assistant"], "opens_at": None}
    assert goes_on["text"] == "All right, I will go on helping you here."
    assert get_conversation(ana.tenant.pk, chat.welcome["conversation"]).owner == "ai"
