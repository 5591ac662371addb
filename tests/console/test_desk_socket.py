"""The live page's socket, by the public door."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from conversations import services
from conversations.visits import Visit
from core.scope import tenant_scope
from tenants.models import Member
from tenants.roles import Role
from tests import factories
from tests.clients import ChatClient
from tests.factories import Person
from tests.servers import LiveServer

Frame = dict[str, Any]
SignIn = Callable[[Person], Client]
SECONDS = 20.0


class Desk:
    """A member's live page, as far as the socket goes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def tell(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def frames(self) -> Iterator[Frame]:
        """What comes within the next twenty seconds; the list comes every fifteen, so silence is no end."""
        deadline = time.monotonic() + SECONDS
        while True:
            yield json.loads(self.socket.recv(timeout=deadline - time.monotonic()))

    def until(self, type_: str, **wanted: Any) -> Frame:
        """The next frame of this type with these fields."""
        wanted |= {"type": type_}
        return next(frame for frame in self.frames() if wanted.items() <= frame.items())

    def row(self, conversation: str, **wanted: Any) -> Frame:
        """A row of the list as soon as it has these fields."""
        wanted |= {"conversation": conversation}
        rows = (row for frame in self.frames() for row in frame.get("rows", []))
        return next(row for row in rows if wanted.items() <= row.items())

    def act(self, do: str, conversation: str, text: str = "") -> Frame:
        """Does something and waits for how it ended."""
        self.tell(type="act", do=do, conversation=conversation, id=f"id-{do}", text=text)
        ends = {"done", "error"}
        return next(one for one in self.frames() if one["type"] in ends and one["id"] == f"id-{do}")

    def close_code(self) -> int:
        with pytest.raises(ConnectionClosed) as closed:
            list(self.frames())
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


@pytest.fixture
def desk(live_server: LiveServer, signed_in: SignIn) -> Callable[..., Any]:
    """desk(person, slug="", origin="") opens the live page's socket as this person."""
    return desk_of(live_server, signed_in)


def desk_of(live_server: LiveServer, signed_in: SignIn) -> Callable[..., Any]:
    @contextmanager
    def opened(person: Person | None, slug: str = "", origin: str = "") -> Iterator[Desk]:
        headers = {}
        if person is not None:
            key = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={key}"
            slug = slug or person.tenant.slug
        address = f"{live_server.ws_url}/ws/desk/{slug}/"
        sent_from = Origin(origin or live_server.url)
        with connect(
            address, origin=sent_from, additional_headers=headers, max_size=None, close_timeout=1
        ) as socket:
            yield Desk(socket)

    return opened


@pytest.fixture
def waiting(ana: Person) -> Visit:
    """A customer of ana's tenant who waits for a person."""
    visit = factories.a_visit(ana.tenant)
    factories.a_message(visit, "My tent is torn.")
    services.request_person(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        now=timezone.now(),
    )
    return visit


def test_who_waits_for_a_person_comes_first(ana: Person, desk: Callable[..., Any], waiting: Visit) -> None:
    newer = factories.a_visit(ana.tenant)
    factories.a_message(newer, "A later question")

    with desk(ana) as page:
        rows = page.until("list")["rows"]

    assert [row["conversation"] for row in rows] == [waiting.conversation, newer.conversation]
    assert [row["owner"] for row in rows] == ["queue", "ai"]
    assert rows[0]["preview"] == "My tent is torn."


def test_a_member_takes_answers_gives_back_and_closes(
    ana: Person, ben: Person, desk: Callable[..., Any], waiting: Visit
) -> None:
    conversation = waiting.conversation
    with desk(ben) as page:
        page.tell(type="watch", conversation=conversation, after=0)
        before = [page.until("event")["kind"] for _ in range(2)]
        too_early = page.act("reply", conversation, "Hello")
        deeds = [
            page.act("claim", conversation)["type"],
            page.act("reply", conversation, "We send a new one.")["type"],
            page.act("return", conversation)["type"],
            page.act("close", conversation)["type"],
        ]
        row = page.row(conversation, owner="closed")

    assert before == ["message", "handoff"]
    assert too_early["code"] == "not_your_conversation"
    assert deeds == ["done"] * 4
    assert row["mine"] is False


def test_the_customer_and_the_desk_read_the_same(
    live_server: LiveServer, ana: Person, desk: Callable[..., Any], waiting: Visit
) -> None:
    hello = {"token": waiting.token, "conversation": waiting.conversation}
    with desk(ana) as page, ChatClient(live_server.ws_url, ana.tenant.slug, hello=hello) as customer:
        page.tell(type="watch", conversation=waiting.conversation, after=2)
        page.until("watched")
        page.act("claim", waiting.conversation)
        page.act("reply", waiting.conversation, "I am looking into it.")
        answer = customer.until("event", kind="message", text="I am looking into it.")
        customer.say("Thank you!")
        thanks = page.until("event", kind="message", text="Thank you!")

    assert answer["author"] == {"kind": "agent", "name": ana.user.name}
    assert thanks["seq"] == answer["seq"] + 1


def test_an_answer_being_written_is_read_along(
    live_server_with_model: LiveServer, ana: Person, signed_in: SignIn
) -> None:
    server = live_server_with_model
    with (
        ChatClient(server.ws_url, ana.tenant.slug, hello={}) as customer,
        desk_of(server, signed_in)(ana) as page,
    ):
        conversation = customer.welcome["conversation"]
        page.tell(type="watch", conversation=conversation, after=0)
        page.until("watched")
        # What goes on is told only while it lasts: an answer that is there at once is just an answer.
        customer.say("[[simulate: slow delay_ms=300 tokens=4]] What do you know?")
        stage = page.until("status")
        answer = page.until("event", kind="message", author={"kind": "ai", "name": "Assistant"})

    assert stage["stage"] in {"thinking", "searching"}
    assert answer["text"]


def test_a_models_answer_is_read_along_word_by_word(
    live_server_with_model: LiveServer, ana: Person, signed_in: SignIn
) -> None:
    server = live_server_with_model
    with (
        ChatClient(server.ws_url, ana.tenant.slug, hello={}) as customer,
        desk_of(server, signed_in)(ana) as page,
    ):
        conversation = customer.welcome["conversation"]
        page.tell(type="watch", conversation=conversation, after=0)
        page.until("watched")
        customer.say("[[simulate: slow delay_ms=25 tokens=40]] Tell me all")
        deltas, answer = draft_and_answer(page)

    assert len(deltas) > 3
    assert {delta["run"] for delta in deltas} == {answer["data"]["run"]}
    text = ""
    for delta in deltas:  # a piece may begin before the end of what is there, never after it
        assert delta["offset"] <= len(text)
        text = text[: delta["offset"]] + delta["text"]
    assert answer["text"].startswith(text)


def draft_and_answer(page: Desk) -> tuple[list[Frame], Frame]:
    """The pieces of the next answer as they came, and the answer."""
    deltas = []
    for frame in page.frames():
        if frame["type"] == "delta":
            deltas.append(frame)
        if frame["type"] == "event" and frame["author"]["kind"] == "ai":
            return deltas, frame
    raise AssertionError("no answer came")


def test_a_new_conversation_appears_by_itself(
    live_server: LiveServer, ana: Person, desk: Callable[..., Any]
) -> None:
    with desk(ana) as page:
        assert page.until("list")["rows"] == []
        with ChatClient(live_server.ws_url, ana.tenant.slug, hello={}) as customer:
            customer.say("Hello?")
            row = page.row(customer.welcome["conversation"])

    assert row["seq"] >= 1


def test_an_auditor_looks_and_does_not_touch(ana: Person, desk: Callable[..., Any], waiting: Visit) -> None:
    with desk(factories.a_person("aud", ana.tenant, Role.AUDITOR)) as page:
        can_act = page.until("desk")["can_act"]
        refused = page.act("claim", waiting.conversation)

    assert can_act is False
    assert refused["code"] == "forbidden"


def test_who_was_switched_off_can_do_nothing_more(
    ana: Person, ben: Person, desk: Callable[..., Any], waiting: Visit
) -> None:
    with desk(ben) as page:
        page.until("list")
        with tenant_scope(ana.tenant.pk):
            Member.objects.filter(tenant=ana.tenant, pk=ben.member.pk).update(is_active=False)
        refused = page.act("claim", waiting.conversation)

    assert refused["code"] == "no_such_tenant"


def test_strangers_do_not_get_in(ana: Person, zoe: Person, desk: Callable[..., Any]) -> None:
    with desk(None, ana.tenant.slug) as page:
        assert page.close_code() == 4401
    with desk(zoe, ana.tenant.slug) as page:
        assert page.close_code() == 4404
    with desk(zoe, "no-such-tenant") as page:
        assert page.close_code() == 4404


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://127.0.0.1:1", "null"])
def test_a_page_of_another_origin_does_not_get_in(ana: Person, desk: Callable[..., Any], origin: str) -> None:
    with desk(ana, origin=origin) as page:
        assert page.close_code() == 4401


def test_a_conversation_of_another_tenant_is_not_there(
    zoe: Person, desk: Callable[..., Any], waiting: Visit
) -> None:
    with desk(zoe) as page:
        rows = page.until("list")["rows"]
        page.tell(type="watch", conversation=waiting.conversation, after=0)
        refused = page.until("error")
        deeds = [
            page.act(do, waiting.conversation, "x")["code"] for do in ("claim", "reply", "return", "close")
        ]

    assert rows == []
    assert refused["code"] == "no_such_conversation"
    assert deeds == ["no_such_conversation"] * 4


@pytest.mark.parametrize("raw", ["{", "[]", '{"type": 1}', b"\x00\x01"])
def test_what_is_no_frame_ends_the_socket(ana: Person, desk: Callable[..., Any], raw: str | bytes) -> None:
    with desk(ana) as page:
        page.until("list")
        page.socket.send(raw)
        assert page.close_code() == 4400


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "dance"}, "unknown_type"),
        ({"type": "watch", "conversation": 7}, "bad_field"),
        ({"type": "watch", "conversation": "not-a-uuid"}, "no_such_conversation"),
        ({"type": "act", "do": "delete", "conversation": "x", "id": "1"}, "bad_field"),
        ({"type": "act", "do": "reply", "conversation": "x"}, "bad_field"),
    ],
)
def test_a_wrong_frame_is_answered_in_words(
    ana: Person, desk: Callable[..., Any], frame: Frame, code: str
) -> None:
    with desk(ana) as page:
        page.tell(**frame)
        assert page.until("error")["code"] == code
        page.tell(type="ping")
        assert page.until("pong")
