import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from audit.services import digest_of
from conversations import answering, events, intake, journal, queries, runs, services
from conversations.journal import LogEvent
from conversations.models import Conversation, Run
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.agent.values import Outcome
from tests.factories import Person, a_job, a_message, a_tenant, a_visit, claim


def log_of(visit: Visit) -> list[LogEvent]:
    return queries.read_log(visit.tenant_id, visit.conversation_id, after=0).events


def place_of(visit: Visit) -> dict[str, Any]:
    return {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id, "now": timezone.now()}


def owner_of(visit: Visit) -> str:
    return queries.get_conversation(visit.tenant_id, visit.conversation).owner


def test_a_message_is_in_the_log_and_its_run_has_begun(ana: Person) -> None:
    visit = a_visit(ana.tenant)

    accepted = a_message(visit, "Where is my parcel?")

    assert [(e.seq, e.text, e.author_kind) for e in log_of(visit)] == [(1, "Where is my parcel?", "customer")]
    assert accepted.job is not None
    assert accepted.job.turn.messages[-1].text == "Where is my parcel?"


def test_a_message_sent_twice_under_one_client_id_is_one_event(ana: Person) -> None:
    visit = a_visit(ana.tenant)

    first = a_message(visit, "Hello?", client_id="c1")
    again = a_message(visit, "Hello?", client_id="c1")

    assert (again.seq, again.duplicate, again.job) == (first.seq, True, None)
    assert len(log_of(visit)) == 1


def test_a_client_id_with_another_text_is_refused_and_changes_nothing(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit, "Hello?", client_id="c1")

    with pytest.raises(intake.ClientIdReused):
        a_message(visit, "Something else", client_id="c1")

    assert [e.text for e in log_of(visit)] == ["Hello?"]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 8001, None, 7, ["a"], "\ud800"])
def test_a_text_that_is_none_is_refused(ana: Person, text: object) -> None:
    visit = a_visit(ana.tenant)

    with pytest.raises(services.BadText):
        a_message(visit, text)  # type: ignore[arg-type]

    assert log_of(visit) == []


def test_messages_that_arrive_meanwhile_are_answered_together_in_the_next_run(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    first = a_job(visit, "One")
    assert a_message(visit, "Two").job is None
    assert a_message(visit, "Three").job is None

    ended = answering.commit(first, Outcome("answered", "Answer to one."), level="model", draft="d")

    assert ended.following is not None
    assert ended.following.upto_seq == 3
    assert [m.text for m in ended.following.turn.messages[1:]] == ["One", "Answer to one.", "Two", "Three"]


def test_the_assistant_never_answers_over_a_person(ana: Person, ben: Person) -> None:
    visit = a_visit(ana.tenant)
    job = a_job(visit)
    claim(visit, ben)

    ended = answering.commit(job, Outcome("answered", "Too late."), level="model", draft="d")

    assert ended.events == []
    assert "Too late." not in [e.text for e in log_of(visit)]
    with tenant_scope(ana.tenant.pk):
        assert Run.objects.get(pk=job.run_id).status == "dropped"
        assert AuditEvent.objects.filter(action="conversation.answer_dropped").count() == 1


def test_an_answer_begun_before_a_person_came_and_went_is_dropped_too(ana: Person, ben: Person) -> None:
    visit = a_visit(ana.tenant)
    job = a_job(visit)
    claim(visit, ben)
    services.return_to_assistant(
        tenant_id=visit.tenant_id, conversation_id=visit.conversation_id,
        agent=ben.user, actor=ben.actor, now=timezone.now(),
    )  # fmt: skip

    ended = answering.commit(job, Outcome("answered", "Stale."), level="model", draft="d")

    assert ended.events == []


def test_an_answer_of_an_attempt_that_was_taken_over_is_not_posted_twice(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    job = a_job(visit)
    with tenant_scope(ana.tenant.pk):
        Run.objects.filter(pk=job.run_id).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        second = runs.take_up(now=timezone.now())
    assert second is not None

    answering.commit(second, Outcome("answered", "Mine."), level="model", draft="d2")
    late = answering.commit(job, Outcome("answered", "Mine as well."), level="model", draft="d1")

    assert late.events == []
    assert [e.text for e in log_of(visit) if e.author_kind == "ai"] == ["Mine."]


def test_asking_for_a_person_always_works_and_once_is_enough(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit)
    ask: dict[str, Any] = {
        "tenant_id": visit.tenant_id,
        "conversation_id": visit.conversation_id,
        "actor": visit.customer,
    }

    first = services.request_person(**ask, now=timezone.now())
    again = services.request_person(**ask, now=timezone.now())

    assert [e.type for e in first] == ["handoff"]
    assert again == []
    assert owner_of(visit) == "queue"


def test_a_hand_off_is_a_state_and_a_visible_message_in_one_transaction(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    job = a_job(visit, "I want to sue you")
    outcome = Outcome("handed_over", "One moment.", reason="needs_decision", note="Legal threat")

    ended = answering.commit(job, outcome, level="model", draft="d")

    assert [e.type for e in ended.events] == ["message", "handoff"]
    assert owner_of(visit) == "queue"
    assert a_message(visit, "Hello?").job is None


def test_only_one_of_two_people_gets_a_conversation(ana: Person, ben: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit)
    claim(visit, ben)

    with pytest.raises(services.AlreadyClaimed):
        claim(visit, ana)


def test_only_who_has_the_conversation_can_answer_the_customer(ana: Person, ben: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit)
    claim(visit, ben)
    where: dict[str, Any] = {
        "tenant_id": visit.tenant_id,
        "conversation_id": visit.conversation_id,
        "now": timezone.now(),
    }

    services.reply(**where, agent=ben.user, actor=ben.actor, text="Ben here.")
    with pytest.raises(services.NotYours):
        services.reply(**where, agent=ana.user, actor=ana.actor, text="Ana too.")

    assert [e.text for e in log_of(visit)][-1] == "Ben here."


def test_a_message_to_a_closed_conversation_starts_the_next_episode(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit, "Thanks", client_id="old")
    services.close(**place_of(visit), agent=ana.user, actor=ana.actor)
    assert a_message(visit, "Thanks", client_id="old").duplicate
    assert owner_of(visit) == "closed"

    again = a_message(visit, "One more thing")

    assert again.job is not None
    with tenant_scope(ana.tenant.pk):
        row = Conversation.objects.get(pk=visit.conversation_id)
        assert (row.owner, row.episode, row.episodes.count()) == ("ai", 2, 2)


def test_what_happened_is_in_the_ledger_and_every_line_fits_its_digest(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    job = a_job(visit)
    answering.commit(job, Outcome("answered", "Done."), level="model", draft="d")

    with tenant_scope(ana.tenant.pk):
        lines = list(AuditEvent.objects.order_by("id"))

    actions = [line.action for line in lines]
    assert actions[-4:] == [
        "customer.created", "conversation.opened", "conversation.message", "conversation.answered",
    ]  # fmt: skip
    assert all(bytes(line.digest) == digest_of(line) for line in lines)


SENT = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=24)


@settings(max_examples=15, deadline=None)
@given(SENT)
def test_whatever_is_retried_at_once_the_log_has_no_gap_and_no_double(sends: list[tuple[int, int]]) -> None:
    """Several senders, each client id always with one text, all at the same moment."""
    visit = a_visit(a_tenant("Racing"))

    def send(one: tuple[int, int]) -> int:
        try:
            return a_message(visit, f"text {one[0]}", client_id=f"c{one[0]}").seq
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=6) as pool:
        seqs = list(pool.map(send, sends))

    events = log_of(visit)
    assert [e.seq for e in events] == list(range(1, len({which for which, _ in sends}) + 1))
    by_client = {e.client_id: e.seq for e in events}
    assert seqs == [by_client[f"c{which}"] for which, _ in sends]
    with tenant_scope(visit.tenant_id):
        assert Run.objects.filter(status="running").count() == 1


def test_asking_for_a_person_in_a_closed_conversation_starts_the_next_episode(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit)
    services.close(**place_of(visit), agent=ana.user, actor=ana.actor)

    posted = services.request_person(**place_of(visit), actor=visit.customer)

    assert [event.type for event in posted] == ["owner", "handoff"]
    assert owner_of(visit) == "queue"
    with tenant_scope(ana.tenant.pk):
        assert Conversation.objects.get(pk=visit.conversation_id).episode == 2


def test_nobody_closes_or_gives_back_what_another_person_has(ana: Person, ben: Person) -> None:
    visit = a_visit(ana.tenant)
    a_message(visit)
    claim(visit, ben)

    for deed in (services.close, services.return_to_assistant):
        with pytest.raises(services.NotYours):
            deed(**place_of(visit), agent=ana.user, actor=ana.actor)

    assert owner_of(visit) == "agent"


def test_what_the_team_is_told_about_a_customer_is_not_shown_to_her(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    job = a_job(visit)
    outcome = Outcome("handed_over", "", reason="upset", note="Rude and in a hurry")

    handoff = answering.commit(job, outcome, level="model", draft="d").events[-1]

    assert handoff.data["note"] == "Rude and in a hurry"
    assert events.shown_to_customer(events.frame(handoff))["data"] == {"owner": "queue"}


def test_the_log_is_read_by_cursor_in_order(ana: Person) -> None:
    visit = a_visit(ana.tenant)
    for number in range(5):
        a_message(visit, f"m{number}")

    page = queries.read_log(visit.tenant_id, visit.conversation_id, after=2, limit=2)

    assert [e.seq for e in page.events] == [3, 4]
    assert page.last_seq == 5
    with pytest.raises(journal.NoSuchConversation):
        queries.get_conversation(visit.tenant_id, "nonsense")
