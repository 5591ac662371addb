"""The chat socket through the real server, with the model simulator behind it."""

import datetime as dt
import json
from typing import Any

import jwt
import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from conversations import drafts, journal, services
from conversations.journal import Entry
from conversations.models import EventType
from conversations.queries import get_conversation
from core.scope import tenant_scope
from tenants.queries import live_identity_secrets
from tenants.services import rotate_identity_key
from tests.clients import ChatClient
from tests.factories import SETUP, Person, a_message, a_visit, claim
from tests.servers import LiveServer


def an_identity(person: Person, *, kid: str = "", secret: str = "", lives: float = 600, **claims: str) -> str:
    secrets = live_identity_secrets(person.tenant.pk)
    kid = kid or next(iter(secrets))
    until = timezone.now() + dt.timedelta(seconds=lives)
    return jwt.encode({"sub": "u-1", "exp": until} | claims, secret or secrets[kid], headers={"kid": kid})


@pytest.fixture
def server(live_server_with_model: LiveServer) -> LiveServer:
    return live_server_with_model


def a_chat(server: LiveServer, person: Person, **hello: object) -> ChatClient:
    return ChatClient(server.ws_url, person.tenant.slug, hello=hello)


def test_an_answer_is_streamed_and_what_was_streamed_is_in_the_log(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as chat:
        client_id = chat.say("Hello there")
        assert chat.until("ack", client_id=client_id)["seq"] == 1
        answer = chat.answer()

        assert answer["text"] == chat.draft != ""
        assert answer["data"]["run"] == chat.run
        assert answer["data"]["level"] == "model"
        assert [event["seq"] for event in chat.events] == [1, 2]


def test_a_line_lost_in_mid_answer_is_found_again_with_every_word_once(
    server: LiveServer, ana: Person
) -> None:
    first = a_chat(server, ana)
    first.say("[[simulate: slow delay_ms=100]] Tell me all")
    while len(first.draft) < 20:
        first.next()
    first.cut()
    seen = first.draft

    with a_chat(
        server, ana, token=first.welcome["token"], after=first.seq, run=first.run, offset=len(seen)
    ) as second:
        second.run, second.draft = first.run, seen
        answer = second.answer()

        assert answer["text"] == second.draft
        assert answer["text"].startswith(seen)
        assert answer["seq"] == 2


def test_a_second_window_sees_the_same_log_and_the_same_stream(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as one, a_chat(server, ana, token=one.welcome["token"]) as two:
        assert two.welcome["conversation"] == one.welcome["conversation"]
        one.say("[[simulate: slow delay_ms=20]] Hello")
        answers = one.answer(), two.answer()

        assert answers[0] == answers[1]
        assert two.draft != ""
        assert answers[1]["text"].startswith(two.draft)


def test_messages_typed_in_a_burst_get_one_answer_after_the_one_in_flight(
    server: LiveServer, ana: Person
) -> None:
    with a_chat(server, ana) as chat:
        chat.say("[[simulate: slow delay_ms=20]] One")
        for text in ("Two", "Three", "Four"):
            chat.say(text)
        answers = [chat.answer(), chat.answer()]

        assert [event["author"]["kind"] for event in chat.events].count("ai") == 2
        assert answers[-1]["seq"] == 6


def test_a_returning_visitor_finds_the_log(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as chat:
        chat.say("Hello")
        chat.answer()

    with a_chat(server, ana, token=chat.welcome["token"], after=0) as again:
        assert again.welcome["after"] == 2
        assert again.answer()["seq"] == 2


def test_asking_for_a_person_stops_the_assistant(server: LiveServer, ana: Person, ben: Person) -> None:
    with a_chat(server, ana) as chat:
        chat.send({"type": "person"})
        assert chat.until("event", kind="handoff")["data"]["owner"] == "queue"
        assert chat.until("queue")["position"] == 1

        chat.say("Are you there?")
        assert chat.until("event")["author"]["kind"] == "customer"
        chat.send({"type": "ping"})
        assert chat.until("ack")
        assert chat.next()["type"] == "pong"


def test_a_person_takes_over_in_mid_answer_and_the_answer_is_cut(
    server: LiveServer, ana: Person, ben: Person
) -> None:
    with a_chat(server, ana) as chat:
        chat.say("[[simulate: slow delay_ms=500]] A long story please")
        chat.until("delta")
        conversation = chat.welcome["conversation"]
        row = get_conversation(ana.tenant.pk, conversation)
        where: dict[str, Any] = {"tenant_id": row.tenant_id, "conversation_id": row.pk, "now": timezone.now()}
        while async_to_sync(drafts.load)(row.tenant_id, row.pk) is None:
            chat.next()
        services.claim(**where, agent=ben.user, actor=ben.actor)
        services.reply(**where, agent=ben.user, actor=ben.actor, text="Ben here.")

        cut = chat.until("event", kind="message")
        assert chat.until("event", kind="owner")["data"]["owner"] == "agent"
        seen = chat.draft
        assert chat.until("event", kind="message")["text"] == "Ben here."
        with pytest.raises(TimeoutError):
            chat.until_quiet(1.5)
        assert chat.draft == seen
        assert [event["author"]["kind"] for event in chat.events] == ["customer", "ai", "agent", "agent"]
        assert cut["data"]["cut"] is True
        assert cut["text"].startswith("word1 word2")


def test_feedback_is_kept_once(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as chat:
        chat.say("Hello")
        seq = chat.answer()["seq"]
        for _ in range(2):
            chat.send({"type": "feedback", "seq": seq, "value": "down", "reason": "wrong"})
        assert chat.until("event", kind="feedback")["data"] == {
            "seq": seq,
            "value": "down",
            "reason": "wrong",
        }

        chat.send({"type": "feedback", "seq": 1, "value": "up"})
        assert chat.until("error")["code"] == "bad_feedback"
        assert len(chat.events) == 3


def test_a_signed_customer_is_known_by_name_and_finds_her_conversation_anywhere(
    server: LiveServer, ana: Person
) -> None:
    with a_chat(server, ana, token=an_identity(ana, name="Ida Example")) as chat:
        chat.say("Hello")
        assert "token" not in chat.welcome
        assert chat.until("event")["author"] == {"kind": "customer", "name": "Ida Example"}

    with a_chat(server, ana, token=an_identity(ana)) as elsewhere:
        assert elsewhere.welcome["conversation"] == chat.welcome["conversation"]


def test_two_identity_keys_live_at_once_and_a_retired_one_is_refused(server: LiveServer, ana: Person) -> None:
    old = an_identity(ana)
    rotate_identity_key(tenant_id=ana.tenant.pk, actor=SETUP)
    with a_chat(server, ana, token=old), a_chat(server, ana, token=an_identity(ana)):
        pass
    rotate_identity_key(tenant_id=ana.tenant.pk, actor=SETUP)

    assert refused(server, ana, token=old) == ("bad_token", 4401)


def refused(server: LiveServer, person: Person, **hello: object) -> tuple[str, int]:
    with ChatClient(server.ws_url, person.tenant.slug) as chat:
        chat.send({"type": "hello", **hello})
        return chat.until("error")["code"], chat.close_code()


@pytest.mark.parametrize("token", ["x", "a.b.c", "é" * 10, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0."])
def test_a_token_that_is_none_is_refused(server: LiveServer, ana: Person, token: str) -> None:
    assert refused(server, ana, token=token) == ("bad_token", 4401)


def test_a_forged_token_is_refused(server: LiveServer, ana: Person) -> None:
    assert refused(server, ana, token=an_identity(ana, secret="s" * 48)) == ("bad_token", 4401)


def test_an_expired_token_is_refused(server: LiveServer, ana: Person) -> None:
    assert refused(server, ana, token=an_identity(ana, lives=-60)) == ("expired_token", 4401)


def test_a_token_that_lives_too_long_is_refused(server: LiveServer, ana: Person) -> None:
    assert refused(server, ana, token=an_identity(ana, lives=3 * 86400)) == ("bad_token", 4401)


def test_another_tenants_token_is_refused(server: LiveServer, ana: Person, zoe: Person) -> None:
    assert refused(server, zoe, token=an_identity(ana)) == ("bad_token", 4401)

    with a_chat(server, ana) as chat:
        pass
    assert refused(server, zoe, token=chat.welcome["token"]) == ("bad_token", 4401)


def test_another_customers_conversation_does_not_exist(server: LiveServer, ana: Person, zoe: Person) -> None:
    hers = a_visit(ana.tenant)
    a_message(hers)

    assert refused(server, ana, conversation=hers.conversation) == ("no_such_conversation", 4404)
    assert refused(server, zoe, conversation=hers.conversation) == ("no_such_conversation", 4404)
    assert refused(server, ana, conversation="nonsense") == ("no_such_conversation", 4404)


def test_a_cursor_from_the_future_is_an_error_and_the_socket_stays(server: LiveServer, ana: Person) -> None:
    with ChatClient(server.ws_url, ana.tenant.slug) as chat:
        chat.send({"type": "hello", "after": 99})
        assert chat.until("error")["code"] == "future_cursor"
        chat.send({"type": "hello", "after": 0})
        assert chat.until("welcome")["after"] == 0


def test_an_unknown_tenant_has_no_socket(server: LiveServer, ana: Person) -> None:
    with ChatClient(server.ws_url, "nobody") as chat:
        assert chat.close_code() == 4404


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://sub.{slug}.example"])
def test_a_page_of_another_site_may_not_embed_the_chat(server: LiveServer, ana: Person, origin: str) -> None:
    with ChatClient(server.ws_url, ana.tenant.slug, origin=origin.format(slug=ana.tenant.slug)) as chat:
        assert chat.close_code() == 4401


def test_pages_of_the_tenants_own_sites_may(server: LiveServer, ana: Person, zoe: Person) -> None:
    origin = f"https://{ana.tenant.slug}.example"
    with ChatClient(server.ws_url, ana.tenant.slug, origin=origin, hello={}) as chat:
        assert chat.welcome["version"] == 1
    with ChatClient(server.ws_url, zoe.tenant.slug, origin=origin) as chat:
        assert chat.close_code() == 4401


DEEP = "[" * 30_000 + "]" * 30_000


@pytest.mark.parametrize("raw", ["", "nonsense", "[]", "7", "null", '{"type": 7}', "{}", DEEP, b"\x00\x01"])
def test_what_is_no_frame_ends_the_socket_with_4400(
    server: LiveServer, ana: Person, raw: str | bytes
) -> None:
    with a_chat(server, ana) as chat:
        chat.socket.send(raw)

        assert chat.close_code() == 4400


def test_a_frame_before_hello_and_a_second_hello_end_the_socket(server: LiveServer, ana: Person) -> None:
    with ChatClient(server.ws_url, ana.tenant.slug) as chat:
        chat.say("Hello?")
        assert chat.close_code() == 4400
    with a_chat(server, ana) as chat:
        chat.send({"type": "hello"})
        assert chat.close_code() == 4400


@pytest.mark.parametrize("size", [64 * 1024 + 1, 200_000])
def test_a_frame_over_64_kib_ends_the_socket_with_4413(server: LiveServer, ana: Person, size: int) -> None:
    with a_chat(server, ana) as chat:
        chat.socket.send(json.dumps({"type": "ping", "x": "y" * size}))

        assert chat.close_code() == 4413


def test_bad_utf8_ends_the_socket_and_the_server_lives(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as chat:
        chat.socket.send(b"\xff\xfe", text=True)
        assert chat.close_code() == 1007

    with a_chat(server, ana) as chat:
        assert chat.welcome["type"] == "welcome"


WRONG = [
    ({"type": "dance"}, "unknown_type"),
    ({"type": "message"}, "bad_field"),
    ({"type": "message", "client_id": 7, "text": "x"}, "bad_field"),
    ({"type": "message", "client_id": "x" * 65, "text": "x"}, "bad_field"),
    ({"type": "message", "client_id": "a b", "text": "x"}, "bad_client_id"),
    ({"type": "message", "client_id": "c", "text": ["x"]}, "bad_field"),
    ({"type": "message", "client_id": "c", "text": "  "}, "bad_text"),
    ({"type": "message", "client_id": "c", "text": "x" * 8001}, "bad_text"),
    ({"type": "message", "client_id": "c", "text": "\ud800"}, "bad_text"),
    ({"type": "typing", "on": "yes"}, "bad_field"),
    ({"type": "read", "seq": -1}, "bad_field"),
    ({"type": "read", "seq": True}, "bad_field"),
    ({"type": "read", "seq": 10**30}, "bad_field"),
    ({"type": "feedback", "seq": 1, "value": "meh"}, "bad_feedback"),
]


@pytest.mark.parametrize(("frame", "code"), WRONG)
def test_a_frame_with_a_wrong_field_is_named_and_the_socket_stays(
    server: LiveServer, ana: Person, frame: dict[str, object], code: str
) -> None:
    with a_chat(server, ana) as chat:
        chat.send(frame)
        assert chat.until("error")["code"] == code

        chat.send({"type": "ping"})
        assert chat.next()["type"] == "pong"
        assert chat.events == []


def test_a_client_id_reused_for_another_text_is_refused_by_name(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as chat:
        chat.say("One", client_id="c1")
        chat.answer()
        chat.say("Two", client_id="c1")
        error = chat.until("error")

        assert (error["code"], error["client_id"]) == ("client_id_reused", "c1")
        assert chat.say("One", client_id="c1")
        assert chat.until("ack")["seq"] == 1


def test_too_many_frames_are_refused_and_then_the_socket_is_closed(server: LiveServer, ana: Person) -> None:
    with a_chat(server, ana) as chat:
        for _ in range(80):
            chat.send({"type": "ping"})
        error = chat.until("error")

        assert error["code"] == "too_fast"
        assert error["retry_after"] >= 0
        assert chat.close_code() == 4429


def test_a_note_of_the_team_keeps_its_place_and_says_nothing_to_the_customer(
    server: LiveServer, ana: Person, ben: Person
) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit)
    claim(visit, ben)
    with tenant_scope(ana.tenant.pk):
        head = journal.lock(visit.conversation_id)
        journal.append(head, [Entry(EventType.NOTE, ben.actor, "Difficult customer")], now=timezone.now())

    with a_chat(server, ana, token=visit.token) as chat:
        hidden = chat.until("event", kind="hidden")

        assert (hidden["seq"], hidden["text"], hidden["data"]) == (3, "", {})
        assert "Difficult" not in json.dumps(chat.events)
