"""The desk's socket, by the public door."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from conversations.models import Conversation
from conversations.visits import Visit
from core.scope import tenant_scope
from escalation.desk import hints
from escalation.models import DeskLine, Handoff, Tag
from escalation.queueing.presence import presences
from tenants.models import Member
from tenants.roles import Role
from tests import factories
from tests.clients import ChatClient
from tests.escalation.desk.posts import a_team, of_team
from tests.escalation.desk.sockets import Desk, Frame, Opener, SignIn, desk_of
from tests.factories import Person
from tests.servers import LiveServer


def test_a_view_shows_what_is_in_it_and_is_counted(ana: Person, desk: Opener, waiting: Visit) -> None:
    newer = factories.a_visit(ana.tenant)
    factories.a_message(newer, "A later question")

    with desk(ana) as page:
        everything = page.hello("all")["rows"]
        counts = page.until("counts")["views"]
        page.tell("list", filters={"view": "unassigned"}, id="l1")
        unassigned = page.until("list", id="l1")["rows"]

    assert {row["conversation"] for row in everything} == {waiting.conversation, newer.conversation}
    assert [(row["conversation"], row["owner"]) for row in unassigned] == [(waiting.conversation, "queue")]
    assert unassigned[0]["preview"] == "My tent is torn."
    assert (counts["unassigned"], counts["ai_live"], counts["mine"]) == (1, 1, 0)


def test_a_member_takes_answers_notes_gives_back_and_resolves(
    ben: Person, desk: Opener, waiting: Visit
) -> None:
    conversation = waiting.conversation
    with desk(ben) as page:
        page.hello()
        before = [event["kind"] for event in page.watch(conversation)]
        too_early = page.act("reply", conversation, text="Hello")
        deeds = [
            page.act("claim", conversation),
            page.act("reply", conversation, text="We send a new one.", client_id="r1"),
            page.act("reply", conversation, text="We send a new one.", client_id="r1"),
            page.act("note", conversation, text="She was very kind."),
            page.act("return", conversation, note="Ask whether it came."),
            page.act("resolve", conversation, disposition="Answered"),
        ]
        row = page.row(conversation, owner="closed")

    with tenant_scope(ben.tenant.pk):
        log = list(Conversation.objects.get(pk=waiting.conversation_id).events.values_list("text", flat=True))
    assert before == ["message", "handoff"]
    assert too_early["code"] == "not_your_conversation"
    assert [done["type"] for done in deeds] == ["done"] * 6
    assert log.count("We send a new one.") == 1
    assert row["user"] is None


def test_who_comes_second_is_told_who_has_it(ana: Person, ben: Person, desk: Opener, waiting: Visit) -> None:
    with desk(ana) as first, desk(ben) as second:
        taken = first.act("claim", waiting.conversation)
        refused = second.act("claim", waiting.conversation)

    assert taken["type"] == "done"
    assert refused["code"] == "already_claimed"
    assert ana.user.name in refused["message"]


def test_the_customer_and_the_desk_read_the_same_and_see_each_other_type(
    live_server: LiveServer, ana: Person, desk: Opener, waiting: Visit
) -> None:
    hello = {"token": waiting.token, "conversation": waiting.conversation}
    with desk(ana) as page, ChatClient(live_server.ws_url, ana.tenant.slug, hello=hello) as customer:
        page.watch(waiting.conversation)
        page.act("claim", waiting.conversation)
        customer.until("event", kind="owner")
        page.until("card")  # it knows by now that she has it
        page.tell("typing", on=True, note=False)
        typing = customer.until("typing")
        page.act("reply", waiting.conversation, text="I am looking into it.")
        answer = customer.until("event", kind="message", text="I am looking into it.")
        customer.send({"type": "typing", "on": True})
        theirs = page.until("typing")
        customer.send({"type": "read", "seq": answer["seq"]})
        read = page.until("read")
        customer.say("Thank you!")
        thanks = page.until("event", kind="message", text="Thank you!")

    assert answer["author"] == typing["author"] == {"kind": "agent", "name": ana.user.name}
    assert theirs["author"]["kind"] == "customer"
    assert read["seq"] == answer["seq"]
    assert thanks["seq"] == answer["seq"] + 1


def test_who_writes_a_note_is_seen_by_colleagues_and_not_by_the_customer(
    live_server: LiveServer, ana: Person, ben: Person, desk: Opener, waiting: Visit
) -> None:
    hello = {"token": waiting.token, "conversation": waiting.conversation}
    with (
        desk(ana) as page,
        desk(ben) as other,
        ChatClient(live_server.ws_url, ana.tenant.slug, hello=hello) as customer,
    ):
        page.act("claim", waiting.conversation)
        page.watch(waiting.conversation)
        other.watch(waiting.conversation)
        here = other.until("present")
        page.until("present")
        page.tell("typing", on=True, note=True)
        writes = other.until("present")
        page.act("note", waiting.conversation, text="Careful: her third tent.")
        page.act("reply", waiting.conversation, text="Good day")
        seen: list[Frame] = []
        while not seen or seen[-1].get("text") != "Good day":
            seen.append(customer.next())
        page.tell("unwatch")
        alone = other.until("present")

    names = [(one["name"], one["writing"]) for frame in (here, writes) for one in frame["members"]]
    assert names == [(ana.user.name, False), (ana.user.name, True)]
    assert not [frame for frame in seen if frame["type"] == "typing"]
    assert "third tent" not in str(seen)
    assert alone["members"] == []


def test_an_answer_being_written_is_read_along_word_by_word(
    live_server_with_model: LiveServer, ana: Person, signed_in: SignIn
) -> None:
    server = live_server_with_model
    with (
        ChatClient(server.ws_url, ana.tenant.slug, hello={}) as customer,
        desk_of(server, signed_in)(ana) as page,
    ):
        conversation = customer.welcome["conversation"]
        page.tell("watch", conversation=conversation, after=0)
        page.until("talk")
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


def test_the_steps_of_an_answer_are_shown(
    live_server_with_model: LiveServer, ana: Person, zoe: Person, signed_in: SignIn
) -> None:
    server = live_server_with_model
    with ChatClient(server.ws_url, ana.tenant.slug, hello={}) as customer:
        customer.say("What do you know?")
        run = customer.answer()["data"]["run"]
    with desk_of(server, signed_in)(ana) as page, desk_of(server, signed_in)(zoe) as stranger:
        page.tell("steps", run=run, id="s1")
        steps = page.until("done", id="s1")["result"]["steps"]
        stranger.tell("steps", run=run, id="s2")
        refused = stranger.until("error", id="s2")

    assert [step["kind"] for step in steps].count("model") >= 1
    assert refused["code"] == "no_such_run"


def test_a_new_conversation_appears_by_itself(live_server: LiveServer, ana: Person, desk: Opener) -> None:
    with desk(ana) as page:
        assert page.hello()["rows"] == []
        with ChatClient(live_server.ws_url, ana.tenant.slug, hello={}) as customer:
            customer.say("Hello?")
            row = page.row(customer.welcome["conversation"])

    assert row["seq"] >= 1
    assert "unread" not in row  # what is one member's own, her page works out


def test_a_lost_socket_comes_back_with_its_cursor_and_misses_nothing(
    ana: Person, desk: Opener, waiting: Visit
) -> None:
    with desk(ana) as page:
        page.act("claim", waiting.conversation)
        seen = [event["seq"] for event in page.watch(waiting.conversation)]
    for text in ("One", "Two"):
        factories.a_message(waiting, text)
    with desk(ana) as page:
        page.tell("hello", view="mine", watch=waiting.conversation, after=seen[-1])
        talk, log = page.until("talk"), page.until("log")

    assert talk["after"] == seen[-1]
    assert [event["seq"] for event in log["events"]] == [seen[-1] + 1, seen[-1] + 2]


def test_a_long_log_is_shown_from_its_end_and_read_back(ana: Person, desk: Opener) -> None:
    visit = factories.a_visit(ana.tenant)
    factories.claim(visit, ana)
    for number in range(70):
        factories.a_message(visit, f"Message {number}")

    with desk(ana) as page:
        shown = page.watch(visit.conversation)
        page.tell("older", conversation=visit.conversation, before=shown[0]["seq"])
        older = page.until("older")["events"]

    assert len(shown) == 60
    assert [event["seq"] for event in older + shown] == list(range(1, 72))


def test_what_no_event_tells_reaches_the_desks_too(
    ana: Person, ben: Person, desk: Opener, waiting: Visit
) -> None:
    with tenant_scope(ana.tenant.pk):
        Tag.objects.create(tenant=ana.tenant, name="returns")
    with desk(ana) as page, desk(ben) as other:
        other.hello()
        other.watch(waiting.conversation)
        page.act("tag", waiting.conversation, tag="returns")
        row = other.row(waiting.conversation, tags=["returns"])
        page.act("draft", waiting.conversation, text="We are sor", is_note=False)
        page.tell("watch", conversation=waiting.conversation, after=0)
        talk = page.until("talk")

    assert row["tags"] == ["returns"]
    assert talk["draft"] == {"text": "We are sor", "is_note": False}


def test_an_offer_is_shown_to_whom_it_is_made(ana: Person, ben: Person, desk: Opener, waiting: Visit) -> None:
    until = timezone.now() + dt.timedelta(seconds=60)
    with tenant_scope(ana.tenant.pk):
        handoffs = Handoff.objects.filter(tenant=ana.tenant, conversation_id=waiting.conversation_id)
        offer: dict[str, Any] = {"status": "offered", "offered_to_id": ben.member.pk, "offered_until": until}
        if not handoffs.update(**offer):
            Handoff.objects.create(
                tenant=ana.tenant, conversation_id=waiting.conversation_id, reason="asked", **offer
            )
    with desk(ben) as page, desk(ana) as other:
        page.tell("hello", view="mine")
        offered = page.until("offer")["offer"]
        other.tell("hello", view="mine")
        other.tell("ping")
        ends = [frame["type"] for frame in iter_until_pong(other)]

    assert offered["conversation"] == waiting.conversation
    assert offered["deadline"] == until.isoformat()
    assert "offer" not in ends


def iter_until_pong(page: Desk) -> list[Frame]:
    found: list[Frame] = []
    for frame in page.frames():
        found.append(frame)
        if frame["type"] == "pong":
            break
    return found


def test_an_open_desk_counts_as_there_and_a_closed_one_does_not_for_long(
    ana: Person, ben: Person, desk: Opener
) -> None:
    with desk(ben) as page, desk(ben) as second:
        page.until("desk")
        second.until("desk")
        with tenant_scope(ana.tenant.pk):
            lines = DeskLine.objects.filter(tenant=ana.tenant, member_id=ben.member.pk).count()
        here = presences(ana.tenant.pk, now=timezone.now())

    assert lines == 2
    assert here[ben.member.pk] == "online"


def test_an_agent_hears_only_of_conversations_of_her_teams(
    ana: Person, ben: Person, desk: Opener, waiting: Visit
) -> None:
    a_team(ana, "Bikes", ben)
    of_team(waiting, a_team(ana, "Tents", ana))
    other = factories.a_visit(ana.tenant)
    factories.a_message(other, "A question for everybody")
    with desk(ben) as page:
        rows = page.hello()["rows"]
        for visit in (waiting, other):
            hints.changed(ana.tenant.pk, visit.conversation_id)
        heard = page.until("rows")
        page.tell("watch", conversation=waiting.conversation, after=0)
        refused = page.until("error")

    assert [row["conversation"] for row in rows] == [other.conversation]
    assert waiting.conversation not in {row["conversation"] for row in heard["rows"]}
    assert refused["code"] == "not_your_team"


def test_an_auditor_looks_and_does_not_touch(ana: Person, desk: Opener, waiting: Visit) -> None:
    with desk(factories.a_person("aud", ana.tenant, Role.AUDITOR)) as page:
        can_act = page.until("desk")["can_act"]
        refused = page.act("claim", waiting.conversation)

    assert can_act is False
    assert refused["code"] == "read_only"


def test_who_was_switched_off_can_do_nothing_more(
    ana: Person, ben: Person, desk: Opener, waiting: Visit
) -> None:
    with desk(ben) as page:
        page.hello()
        with tenant_scope(ana.tenant.pk):
            Member.objects.filter(tenant=ana.tenant, pk=ben.member.pk).update(is_active=False)
        refused = page.act("claim", waiting.conversation)

    assert refused["code"] == "no_such_tenant"


def test_strangers_do_not_get_in(ana: Person, zoe: Person, desk: Opener) -> None:
    with desk(None, ana.tenant.slug) as page:
        assert page.close_code() == 4401
    with desk(zoe, ana.tenant.slug) as page:
        assert page.close_code() == 4404
    with desk(zoe, "no-such-tenant") as page:
        assert page.close_code() == 4404


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://127.0.0.1:1", "null"])
def test_a_page_of_another_origin_does_not_get_in(ana: Person, desk: Opener, origin: str) -> None:
    with desk(ana, origin=origin) as page:
        assert page.close_code() == 4401


def test_a_conversation_of_another_tenant_is_not_there(zoe: Person, desk: Opener, waiting: Visit) -> None:
    deeds = ("claim", "reply", "note", "return", "resolve", "join", "draft", "read", "tag", "ticket")
    fields = {"text": "x", "disposition": "Answered", "seq": 1, "tag": "x", "subject": "x"}
    with desk(zoe) as page:
        rows = page.hello()["rows"]
        page.tell("watch", conversation=waiting.conversation, after=0)
        refused = [page.until("error")["code"]]
        page.tell("older", conversation=waiting.conversation, before=5)
        refused.append(page.until("error")["code"])
        refused += [page.act(do, waiting.conversation, **fields)["code"] for do in deeds]

    assert rows == []
    assert set(refused) == {"no_such_conversation"}


@pytest.mark.parametrize("raw", ["{", "[]", '{"type": 1}', b"\x00\x01"])
def test_what_is_no_frame_ends_the_socket(ana: Person, desk: Opener, raw: str | bytes) -> None:
    with desk(ana) as page:
        page.until("desk")
        page.socket.send(raw)
        assert page.close_code() == 4400


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "dance"}, "unknown_type"),
        ({"type": "watch", "conversation": 7}, "bad_field"),
        ({"type": "watch", "conversation": "not-a-uuid"}, "no_such_conversation"),
        ({"type": "list", "filters": {"view": "nonsense"}}, "bad_filter"),
        ({"type": "list", "filters": []}, "bad_field"),
        ({"type": "list", "filters": {"view": "all"}, "cursor": "x"}, "bad_cursor"),
        ({"type": "act", "do": "delete", "conversation": "x", "id": "1"}, "unknown_deed"),
        ({"type": "act", "do": "reply", "conversation": "x"}, "bad_field"),
        ({"type": "typing", "on": 1}, "bad_field"),
    ],
)
def test_a_wrong_frame_is_answered_in_words(ana: Person, desk: Opener, frame: Frame, code: str) -> None:
    with desk(ana) as page:
        page.tell(frame.pop("type"), **frame)
        assert page.until("error")["code"] == code
        page.tell("ping")
        assert page.until("pong")
