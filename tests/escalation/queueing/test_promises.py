"""What customers are told who want a person, and whether it is kept."""

from __future__ import annotations

import pytest

from audit.models import AuditEvent
from conversations import events as sending
from conversations import journal, promises, queries
from conversations.frames import BadField, Offer, parse
from conversations.handoffs import handoff_entry
from conversations.models import Customer, Episode
from conversations.promises import Choice, NoOffer, Place
from conversations.visits import Visit
from core.actors import Actor
from core.scope import tenant_scope
from engine.guardrails.languages.phrases import phrase
from escalation.models import HandoffStatus, Ticket
from escalation.queueing import presence, services
from escalation.queueing.choices import BadChoice, EmailNeeded
from escalation.queueing.sweeps import sweep
from tests.escalation.queueing.floor import (
    NOON,
    a_team,
    answers,
    events_of,
    gives_back,
    handoff_of,
    later,
    resolves,
    says,
    stays,
    wants_a_person,
    works,
    writes,
)
from tests.factories import Person, a_visit

WEEKEND = {"sat": [["10:00", "12:00"]]}


def owner_of(visit: Visit) -> str:
    return queries.get_conversation(visit.tenant_id, visit.conversation).owner


def chooses(visit: Visit, choice: str, email: str = "", seconds: float = 5) -> list[journal.LogEvent]:
    return promises.choose(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        choice=Choice(choice, email),
        actor=visit.customer,
        now=later(seconds),
    )


def test_outside_hours_she_is_told_when_somebody_is_there_and_offered_something_else(ana: Person) -> None:
    a_team(ana.tenant, hours=WEEKEND, zone="Europe/Berlin")

    visit = wants_a_person(ana.tenant, language="de")

    said = events_of(visit)[-1]
    assert (owner_of(visit), handoff_of(visit).status) == ("ai", HandoffStatus.OUTSIDE)
    assert said.type == "notice"
    assert "Samstag, 28 November, 10:00 (Europe/Berlin)" in said.text
    assert said.data["offer"] == ["ticket", "assistant"]
    assert said.data["opens_at"] == "2026-11-28T09:00:00+00:00"
    shown = sending.shown_to_customer(sending.frame(_last(visit)))
    assert set(shown["data"]) <= {"offer", "opens_at"}
    with tenant_scope(ana.tenant.pk):
        actions = AuditEvent.objects.values_list("action", flat=True)
        assert "conversation.nobody_there" in actions
        assert "conversation.handed_over" not in actions
    wants_a_person(ana.tenant, visit=visit, now=later(60))
    assert handoff_of(visit).queued_at == later(60)  # asked again: told again, remembered once


def _last(visit: Visit) -> journal.LogEvent:
    with tenant_scope(visit.tenant_id):
        return journal.latest(visit.conversation_id, limit=1)[0]


@pytest.mark.parametrize("said", ["away", "lost"])
def test_in_hours_with_nobody_there_no_person_is_promised(ana: Person, said: str) -> None:
    ida = works("ida", a_team(ana.tenant))
    if said == "away":
        says(ida, "away", now=later(1))

    visit = wants_a_person(ana.tenant, now=later(2 if said == "away" else 60))

    assert owner_of(visit) == "ai"
    assert events_of(visit)[-1].data["opens_at"] is None


def test_what_is_urgent_waits_in_any_case_and_is_told_honestly(ana: Person) -> None:
    a_team(ana.tenant, hours=WEEKEND)

    visit = wants_a_person(ana.tenant, urgency="urgent")

    assert (owner_of(visit), handoff_of(visit).status) == ("queue", "waiting")
    assert "Nobody of our team is here" in events_of(visit)[-1].text


def test_in_hours_she_is_told_her_place_and_an_estimate_from_recent_service_times(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant), capacity={"chat": 2})
    for number in range(3):
        served = wants_a_person(ana.tenant, now=later(number))
        services.claim(ida, served.conversation_id, now=later(number))
        resolves(ida, served, now=later(number + 240))
    stays(ida, now=later(300))

    first = wants_a_person(ana.tenant, now=later(300))
    second = wants_a_person(ana.tenant, now=later(301))

    text = events_of(second)[-1].text
    assert "number 2 in the queue" in text
    assert "about 4 min" in text  # 2 places x 240 s, shared by two conversations at once
    at = later(302)
    assert promises.place(ana.tenant.pk, first.conversation_id, at) == Place(1, 120)
    assert promises.place(ana.tenant.pk, second.conversation_id, at) == Place(2, 240)
    assert promises.place(ana.tenant.pk, a_visit(ana.tenant).conversation_id, at) is None


def test_a_place_is_told_again_only_when_it_changes(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant))
    first, second = wants_a_person(ana.tenant), wants_a_person(ana.tenant, now=later(1))

    sweep(tenant_id=ana.tenant.pk, now=later(2))
    assert [handoff_of(visit).told_place for visit in (first, second)] == [1, 2]
    assert sweep(tenant_id=ana.tenant.pk, now=later(3)) == 0
    services.claim(ida, first.conversation_id, now=later(4))

    assert sweep(tenant_id=ana.tenant.pk, now=later(5)) == 1
    assert handoff_of(second).told_place == 1


def test_a_ticket_keeps_the_address_and_ends_the_hand_off(ana: Person) -> None:
    a_team(ana.tenant, hours=WEEKEND)
    visit = a_visit(ana.tenant)
    writes(visit, "My zip is broken.", now=NOON)
    wants_a_person(ana.tenant, visit=visit, urgency="high")

    with pytest.raises(EmailNeeded):
        chooses(visit, "ticket", "no address")
    with pytest.raises(EmailNeeded):
        chooses(visit, "ticket")
    chooses(visit, "ticket", "cleo@example.com")

    with tenant_scope(ana.tenant.pk):
        ticket = Ticket.objects.get(conversation_id=visit.conversation_id)
        customer = Customer.objects.get(pk=ticket.customer_id)
    assert (ticket.priority, customer.email, customer.identity) == ("high", "cleo@example.com", "claimed")
    assert "My zip is broken." in ticket.body
    assert "cleo@example.com" in ticket.body
    assert handoff_of(visit).status == HandoffStatus.TICKET
    assert ticket.reference in events_of(visit)[-1].text
    with pytest.raises(NoOffer):
        chooses(visit, "ticket", "cleo@example.com")


def test_who_waits_may_go_on_with_the_assistant_or_take_a_ticket(ana: Person) -> None:
    works("ida", a_team(ana.tenant))
    patient, other = wants_a_person(ana.tenant), wants_a_person(ana.tenant)

    chooses(patient, "assistant")
    chooses(other, "ticket", "cleo@example.com")

    assert (owner_of(patient), handoff_of(patient).status) == ("ai", HandoffStatus.LEFT)
    assert (owner_of(other), handoff_of(other).status) == ("ai", HandoffStatus.TICKET)
    with pytest.raises(NoOffer):
        chooses(a_visit(ana.tenant), "assistant")
    with pytest.raises(BadChoice):
        chooses(other, "coffee")


def test_the_choice_is_a_frame() -> None:
    assert parse('{"type": "offer", "choice": "ticket", "email": "cleo@example.com"}') == Offer(
        "ticket", "cleo@example.com"
    )
    with pytest.raises(BadField):
        parse('{"type": "offer"}')


def test_a_name_that_was_promised_is_taken_back_when_she_leaves(ana: Person) -> None:
    team = a_team(ana.tenant)
    ida, ole = works("ida", team), works("ole", team)
    visit = wants_a_person(ana.tenant)
    services.claim(ida, visit.conversation_id, now=later(1))
    answers(ida, visit, now=later(2))
    gives_back(ida, visit, now=later(3))
    wants_a_person(ana.tenant, visit=visit, now=later(5))
    assert handoff_of(visit).decision["promised"] == ida.user.name

    stays(ole, now=later(30))
    sweep(tenant_id=ana.tenant.pk, now=later(30))
    sweep(tenant_id=ana.tenant.pk, now=later(35))

    told = [event for event in events_of(visit) if event.type == "notice"]
    assert [ida.user.name in event.text for event in told] == [True]
    assert handoff_of(visit).preferred_id is None


def test_who_still_waits_when_everybody_has_gone_is_told_and_offered_something_else(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant))
    visit, urgent = wants_a_person(ana.tenant), wants_a_person(ana.tenant, urgency="urgent")
    presence.gone(tenant_id=ana.tenant.pk, line=f"line-{ida.member_id}", now=later(10))

    sweep(tenant_id=ana.tenant.pk, now=later(100))
    assert owner_of(visit) == "queue"
    sweep(tenant_id=ana.tenant.pk, now=later(140))

    assert (owner_of(visit), handoff_of(visit).status) == ("ai", HandoffStatus.OUTSIDE)
    assert events_of(visit)[-1].data["offer"] == ["ticket", "assistant"]
    assert owner_of(urgent) == "queue"


def test_clocks_stop_while_the_customer_is_waited_for_and_mark_the_episode(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant, first_reply_seconds=60, resolution_seconds=600))
    visit = wants_a_person(ana.tenant)
    services.claim(ida, visit.conversation_id, now=later(10))
    assert (handoff_of(visit).reply_due_at, handoff_of(visit).resolve_due_at) == (later(60), later(600))

    answers(ida, visit, now=later(20))
    answers(ida, visit, now=later(30))
    row = handoff_of(visit)
    assert (row.first_reply_at, row.paused_at) == (later(20), later(20))
    writes(visit, now=later(120))
    row = handoff_of(visit)
    assert (row.paused_at, row.resolve_due_at) == (None, later(700))
    resolves(ida, visit, now=later(200))

    assert (handoff_of(visit).status, handoff_of(visit).served_seconds) == ("resolved", 190)
    with tenant_scope(ana.tenant.pk):
        episode = Episode.objects.get(conversation_id=visit.conversation_id)
    assert (episode.handed_over_at, episode.first_reply_at) == (NOON, later(20))


def test_a_promise_is_warned_of_once_and_broken_once(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant, first_reply_seconds=100, resolution_seconds=1000, warn_percent=80))
    visit = wants_a_person(ana.tenant)

    def looked(seconds: float) -> tuple[list[str], list[str]]:
        for _ in range(2):
            stays(ida, now=later(seconds))
            sweep(tenant_id=ana.tenant.pk, now=later(seconds))
        return handoff_of(visit).warned, handoff_of(visit).breached

    assert looked(79) == ([], [])
    assert looked(80) == (["reply"], [])
    assert looked(100) == (["reply"], ["reply"])
    services.claim(ida, visit.conversation_id, now=later(101))
    answers(ida, visit, now=later(102))
    assert looked(900) == (["reply"], ["reply"])  # her turn: the clock stands still
    writes(visit, now=later(1_000))
    assert looked(1_100) == (["reply"], ["reply"])
    assert looked(1_700) == (["reply", "resolution"], ["reply"])
    assert looked(1_999) == (["reply", "resolution"], ["reply", "resolution"])
    with tenant_scope(ana.tenant.pk):
        said = AuditEvent.objects.filter(action__in=["handoff.warned", "handoff.breached"])
        assert sorted((line.action, line.data["promise"]) for line in said) == [
            ("handoff.breached", "reply"),
            ("handoff.breached", "resolution"),
            ("handoff.warned", "reply"),
            ("handoff.warned", "resolution"),
        ]


def test_a_tenant_that_never_set_up_a_team_is_always_open(ana: Person) -> None:
    first = wants_a_person(ana.tenant)
    second = wants_a_person(ana.tenant, now=later(1))

    assert [owner_of(visit) for visit in (first, second)] == ["queue", "queue"]
    assert events_of(first)[-1].text == events_of(second)[-1].text


def test_a_notice_before_it_does_not_promise_a_colleague_either(ana: Person) -> None:
    a_team(ana.tenant, hours=WEEKEND)
    visit = a_visit(ana.tenant)
    said = f"This takes me longer than I may take. {phrase('person_next', 'en')}"
    author = Actor("ai", "assistant")
    entries = [
        journal.Entry("notice", author, said),
        handoff_entry(author, "limit_seconds", "", language="en"),
    ]

    with tenant_scope(ana.tenant.pk):
        head = journal.lock(visit.conversation_id)
        facts = [journal.Fact(author, promises.HANDED_OVER, {})]
        word = promises.kept(head, entries, facts, {"owner": "queue"}, NOON)

    assert [entry.type for entry in word.entries] == ["notice", "notice"]
    assert word.entries[0].text == "This takes me longer than I may take."
    assert ([fact.action for fact in word.facts], word.changes) == ([promises.OUTSIDE], {})
