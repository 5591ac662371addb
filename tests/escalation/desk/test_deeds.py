"""What a person does at the desk, through the one door of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from conversations import journal
from conversations.events import frame, shown_to_customer
from conversations.journal import Head, NoSuchConversation
from conversations.models import Episode, Owner
from conversations.services import AlreadyClaimed, BadText, ConversationClosed, NotYours, request_person
from conversations.visits import Visit
from core.errors import Invalid, NotFound, SwitchboardError
from core.scope import tenant_scope
from escalation.desk import queries
from escalation.desk.deeds import DEEDS, Deed, do
from escalation.desk.errors import (
    BadDeed,
    LeadsOnly,
    NoSuchDisposition,
    NoSuchTag,
    NotClosed,
    ReadOnly,
    UnknownDeed,
)
from escalation.desk.queries import NotYourTeam
from escalation.desk.services import save_tag
from escalation.models import DeskDraft, Disposition
from escalation.queueing.presence import arrive
from escalation.queueing.services import NotThere
from tenants.roles import Role
from tests.escalation.desk.posts import a_team, at_desk, does, of_team
from tests.factories import SETUP, Person, a_message, a_person, a_visit


@pytest.fixture
def visit(ana: Person) -> Visit:
    """A customer of ana's who has asked something."""
    visit = a_visit(ana.tenant)
    a_message(visit, "Where is my parcel?")
    return visit


@pytest.fixture
def mira(ana: Person) -> Person:
    """Another agent."""
    return a_person("mira", ana.tenant, Role.AGENT)


def head_of(visit: Visit) -> Head:
    with tenant_scope(visit.tenant_id):
        return journal.peek(visit.conversation_id)


def log_of(visit: Visit) -> list[journal.LogEvent]:
    with tenant_scope(visit.tenant_id):
        return journal.read(visit.conversation_id, after=0)


def actions_of(visit: Visit) -> list[str]:
    with tenant_scope(visit.tenant_id):
        rows = AuditEvent.objects.filter(target=f"conversation:{visit.conversation}").order_by("id")
        return [row.action for row in rows]


def waits(visit: Visit) -> None:
    request_person(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        now=timezone.now(),
    )


def test_of_two_who_take_at_once_one_has_it_and_the_other_is_told_who(
    visit: Visit, ben: Person, mira: Person
) -> None:
    waits(visit)

    def take(person: Person) -> str:
        try:
            does(person, "claim", visit)
            return "has it"
        except AlreadyClaimed as error:
            return error.message
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(("Ben", "Mira"), pool.map(take, (ben, mira)), strict=True))

    winner = next(name for name, word in said.items() if word == "has it")
    loser = next(name for name in said if name != winner)
    assert said[loser] == f"{winner} has taken this conversation already."
    assert [event.type for event in log_of(visit)].count("owner") == 1


def test_an_answer_reaches_the_customer_and_the_draft_is_gone(visit: Visit, ben: Person) -> None:
    does(ben, "claim", visit)
    does(ben, "draft", visit, text="It is on", is_note=False)

    done = does(ben, "reply", visit, text="It is on its way.")

    assert shown_to_customer(frame(done.events[0]))["text"] == "It is on its way."
    with tenant_scope(visit.tenant_id):
        assert not DeskDraft.objects.filter(conversation_id=visit.conversation_id).exists()
    row = queries.look(at_desk(ben), visit.conversation).row
    assert (row["mine"], row["agent"], row["unread"], row["preview"]) == (True, "Ben", 0, "It is on its way.")


def test_an_answer_that_is_sent_twice_under_one_name_is_said_once(visit: Visit, ben: Person) -> None:
    does(ben, "claim", visit)

    sent = [does(ben, "reply", visit, text="Yes.", client_id="a1").events for _ in range(2)]

    assert sent[0] == sent[1]
    assert [event.text for event in log_of(visit)].count("Yes.") == 1


def test_only_who_has_it_or_takes_part_answers(visit: Visit, ana: Person, ben: Person, mira: Person) -> None:
    with pytest.raises(NotYours):
        does(mira, "reply", visit, text="Hello")
    does(ben, "claim", visit)
    with pytest.raises(NotYours, match="Ben has this conversation"):
        does(mira, "reply", visit, text="Hello")

    does(ben, "invite", visit, member=mira.user.email)
    does(mira, "reply", visit, text="I am from the depot.")
    does(mira, "leave", visit)

    assert head_of(visit).agent_id == ben.user.pk
    with pytest.raises(NotYours):
        does(mira, "reply", visit, text="Once more")
    assert log_of(visit)[-1].author_name == "Mira"


def test_a_note_is_for_the_team_alone_and_a_whisper_from_who_leads(
    visit: Visit, ana: Person, ben: Person
) -> None:
    note = does(ben, "note", visit, text="She rang twice.").events[0]
    whisper = does(ana, "note", visit, text="Offer her a voucher.", whisper=True).events[0]

    assert shown_to_customer(frame(note))["kind"] == shown_to_customer(frame(whisper))["kind"] == "hidden"
    assert (note.type, whisper.type, whisper.data["whisper"]) == ("note", "note", True)
    with pytest.raises(LeadsOnly):
        does(ben, "note", visit, text="I whisper too.", whisper=True)


def test_to_resolve_takes_a_disposition_of_the_list_which_is_made_on_first_need(
    visit: Visit, ben: Person
) -> None:
    does(ben, "claim", visit)
    with pytest.raises(NoSuchDisposition):
        does(ben, "resolve", visit, disposition="Whatever")
    with pytest.raises(BadDeed):
        does(ben, "resolve", visit)

    does(ben, "resolve", visit, disposition="refunded", note="By card.")

    with tenant_scope(visit.tenant_id):
        episode = Episode.objects.get(conversation_id=visit.conversation_id)
        assert Disposition.objects.filter(tenant_id=visit.tenant_id).count() == len(
            queries.DEFAULT_DISPOSITIONS
        )
    assert (episode.disposition, episode.resolution) == ("Refunded", "assumed")
    assert episode.resolved_by == str(ben.actor)
    assert episode.resolved_at is not None
    assert head_of(visit).owner == Owner.CLOSED


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("claim", {}),
        ("reply", {"text": "Hello"}),
        ("resolve", {"disposition": "Fixed"}),
        ("return", {"note": "Go on"}),
        ("transfer", {"team": "Depot", "note": ""}),
    ],
)
def test_what_is_closed_says_so_and_can_be_reopened(
    visit: Visit, ana: Person, what: str, fields: dict[str, Any]
) -> None:
    a_team(ana, "Depot", ana)
    does(ana, "claim", visit)
    with pytest.raises(NotClosed):
        does(ana, "reopen", visit)
    does(ana, "resolve", visit, disposition="Fixed")
    before = head_of(visit)

    with pytest.raises(ConversationClosed, match="closed"):
        does(ana, what, visit, **fields)

    assert head_of(visit) == before
    does(ana, "reopen", visit)
    now = head_of(visit)
    assert (now.owner, now.agent_id, now.episode) == ("agent", ana.user.pk, 2)


def test_what_a_colleague_has_is_not_resolved_returned_or_moved_by_another_agent(
    visit: Visit, ben: Person, mira: Person, ana: Person
) -> None:
    does(ben, "claim", visit)
    before = head_of(visit)

    for what, fields in (
        ("resolve", {"disposition": "Fixed"}),
        ("return", {}),
        ("transfer", {"member": mira.user.email}),
    ):
        with pytest.raises(NotYours, match="Ben has this conversation") as refused:
            does(mira, what, visit, **fields)
        assert refused.value.data == {"by": "Ben"}

    assert head_of(visit) == before
    with pytest.raises(NotThere):
        does(ana, "transfer", visit, member=mira.user.email)
    arrive(tenant_id=visit.tenant_id, member_id=mira.member.pk, line="tab", now=timezone.now())
    does(ana, "transfer", visit, member=mira.user.email, note="You know her.")  # who leads may
    assert head_of(visit).agent_id == mira.user.pk


def test_a_transfer_to_a_team_waits_in_its_queue_with_a_note(visit: Visit, ana: Person, ben: Person) -> None:
    a_team(ana, "Depot", ben)
    does(ben, "claim", visit)

    events = does(ben, "transfer", visit, team="Depot", note="Look in shelf 4.").events

    assert head_of(visit).owner == Owner.QUEUE
    assert (events[0].type, events[0].text) == ("note", "Look in shelf 4.")
    assert (events[-1].type, events[-1].data["team"]) == ("handoff", "Depot")
    assert "Look in shelf 4." not in str([shown_to_customer(frame(event)) for event in events])


def test_agents_keep_to_their_teams_and_auditors_look_on(
    visit: Visit, ana: Person, ben: Person, mira: Person
) -> None:
    auditor = a_person("aud", ana.tenant, Role.AUDITOR)
    waits(visit)
    of_team(visit, a_team(ana, "Depot", mira))
    a_team(ana, "Sales", ben)

    with pytest.raises(NotYourTeam):
        does(ben, "claim", visit)
    with pytest.raises(NotYourTeam):
        queries.look(at_desk(ben), visit.conversation)
    assert queries.page(at_desk(ben)).rows == []
    assert len(queries.page(at_desk(mira)).rows) == len(queries.page(at_desk(auditor)).rows) == 1
    for what in set(DEEDS) - {"read"}:
        with pytest.raises(ReadOnly):
            does(auditor, what, visit)
    does(auditor, "read", visit, seq=1)
    does(mira, "claim", visit)


def test_who_is_invited_sees_it_whatever_her_team(
    visit: Visit, ana: Person, ben: Person, mira: Person
) -> None:
    of_team(visit, a_team(ana, "Depot", mira))
    a_team(ana, "Sales", ben)
    does(mira, "claim", visit)

    does(mira, "invite", visit, member=str(ben.user.public_id))

    assert queries.look(at_desk(ben), visit.conversation).participants[0]["name"] == "Ben"
    assert [row["conversation"] for row in queries.page(at_desk(ben), {"view": "mine"}).rows] == [
        visit.conversation
    ]


def test_anothers_conversation_does_not_exist(visit: Visit, zoe: Person) -> None:
    before = (head_of(visit), log_of(visit))

    for what in set(DEEDS) - {"save_view", "remove_view", "approve", "refuse"}:
        with pytest.raises((NotFound, Invalid)):
            does(
                zoe,
                what,
                visit,
                text="x",
                tag="x",
                seq=1,
                disposition="Fixed",
                urgency="high",
                team="x",
                macro="x",
            )
    with pytest.raises(NoSuchConversation):
        queries.log(at_desk(zoe), visit.conversation)

    assert (head_of(visit), log_of(visit)) == before
    assert queries.page(at_desk(zoe)).rows == []


def test_every_deed_leaves_its_line(visit: Visit, ana: Person) -> None:
    waits(visit)
    a_team(ana, "Depot", ana)
    save_tag(tenant_id=ana.tenant.pk, name="vip", actor=SETUP)

    for what, fields in (
        ("tag", {"tag": "vip"}), ("untag", {"tag": "vip"}), ("claim", {}), ("join", {}), ("leave", {}),
        ("reply", {"text": "Hello"}), ("note", {"text": "Hm"}), ("note", {"text": "Psst", "whisper": True}),
        ("transfer", {"team": "Depot"}), ("claim", {}), ("return", {"note": "Be kind"}), ("claim", {}),
        ("resolve", {"disposition": "Fixed"}), ("reopen", {}),
    ):  # fmt: skip
        does(ana, what, visit, **fields)

    done = [action.removeprefix("conversation.") for action in actions_of(visit)]
    assert done[done.index("handed_over") + 1 :] == [
        "tagged", "untagged", "claimed", "joined", "left", "replied", "noted", "whispered", "handoff.transferred",
        "claimed", "returned", "claimed", "closed", "reopened", "claimed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (Deed("dance"), UnknownDeed),
        (Deed("reply", fields={"text": 7}), BadDeed),
        (Deed("reply", fields={"text": " "}), BadText),
        (Deed("reply", fields={"text": "a\ud800"}), BadText),
        (Deed("reply", fields={"text": "x", "attachments": "all"}), BadDeed),
        (Deed("read", fields={"seq": -1}), BadDeed),
        (Deed("read", fields={"seq": True}), BadDeed),
        (Deed("urgency", fields={"urgency": "now"}), BadDeed),
        (Deed("transfer", fields={}), BadDeed),
        (Deed("transfer", fields={"team": "a", "member": "b"}), BadDeed),
        (Deed("return", fields={"note": "x", "scope": "life"}), BadDeed),
        (Deed("return", fields={"note": "x" * 1001}), BadText),
        (Deed("tag", fields={"tag": "nowhere"}), NoSuchTag),
        (Deed("ticket", fields={"subject": " "}), BadDeed),
    ],
)
def test_half_a_deed_does_nothing(
    visit: Visit, ana: Person, deed: Deed, error: type[SwitchboardError]
) -> None:
    does(ana, "claim", visit)
    before = log_of(visit)

    with pytest.raises(error):
        do(at_desk(ana), Deed(deed.do, visit.conversation, fields=deed.fields))

    assert log_of(visit) == before
