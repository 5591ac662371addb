"""Who decides, takes over, expires or dies at the same moment as another about one approval."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from conversations import approvals, runs, steps, tasks
from conversations.approvals import AlreadyDecided
from conversations.models import Approval, Conversation, Run
from conversations.queries import get_conversation
from conversations.turns import Job
from core.scope import tenant_scope
from engine.gateway.protocol import ToolCall
from tests.conversations.asking import REFUND, Ask, decide, goes_on, lapse, result_of, status_of
from tests.conversations.outside import Till, answer, run_of
from tests.factories import Person, a_job, a_visit, claim


def test_of_eight_who_decide_at_once_one_wins(asked: Ask, till: Till, ana: Person) -> None:
    _, job, approval = asked()
    together = threading.Barrier(8)

    def one(number: int) -> str:
        together.wait(20)
        with suppress(AlreadyDecided):
            verdict = "approve" if number % 2 else "refuse"
            return decide(approval, ana, verdict, reason=f"Number {number}").reason
        connections.close_all()
        return ""

    with ThreadPoolExecutor(8) as pool:
        won = [reason for reason in pool.map(one, range(8)) if reason]
    goes_on(job)

    assert len(won) == 1
    assert len(till.done) == (1 if status_of(approval) == "approved" else 0)


def test_taking_over_and_deciding_at_once_never_lock_each_other_out(
    asked: Ask, till: Till, ben: Person
) -> None:
    met = [asked() for _ in range(6)]
    together = threading.Barrier(2)

    def decide_all() -> None:
        for _, _, approval in met:
            together.wait(20)
            with suppress(AlreadyDecided):
                decide(approval, ben)
        connections.close_all()

    def claim_all() -> None:
        for visit, _, _ in met:
            together.wait(20)
            claim(visit, ben)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(decide_all), pool.submit(claim_all)]:
            done.result(60)

    assert {run_of(job).status for _, job, _ in met} == {"dropped"}
    assert {status_of(approval) for _, _, approval in met} <= {"approved", "withdrawn"}
    assert till.done == []


def test_a_decision_that_comes_before_the_run_has_begun_to_wait_is_not_lost(
    asked: Ask, till: Till, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = approvals.ask

    def ask_and_decide(job: Job, *args: Any, **named: Any) -> str:
        public_id = ask(job, *args, **named)
        connection.on_commit(
            lambda: decide(Approval(public_id=uuid.UUID(public_id)), ben)  # the quickest person of the team
        )
        return public_id

    monkeypatch.setattr(approvals, "ask", ask_and_decide)
    visit = a_visit(ben.tenant)
    job = a_job(visit, REFUND)
    status = answer(job).status
    run = goes_on(job)

    assert status != "waiting"
    assert (run.status, len(till.done)) == ("done", 1)


def test_a_worker_that_dies_after_the_decision_is_followed_by_another(
    asked: Ask, till: Till, ben: Person
) -> None:
    visit, job, approval = asked()
    decide(approval, ben)

    lost = tasks.take_up(visit.tenant_id)
    assert lost is not None
    nothing_yet = tasks.take_up(visit.tenant_id)
    lapse(job)
    run = goes_on(job)

    assert nothing_yet is None
    assert till.done == [("/refund", f"{job.run}:2", {"order": 1})]
    assert (run.status, run.attempt, run.crashes) == ("done", 3, 1)


def test_a_worker_that_died_in_the_call_leaves_it_to_a_person(asked: Ask, till: Till, ben: Person) -> None:
    visit, job, approval = asked()
    decide(approval, ben)
    lost = tasks.take_up(visit.tenant_id)
    assert lost is not None
    with tenant_scope(visit.tenant_id):
        call = ToolCall("call-1", "refund", '{"order": 1}')
        steps.start(lost, 2, call, "started", now=timezone.now())

    lapse(job)
    goes_on(job)

    assert till.done == []
    assert result_of(job).data["detail"] == "outcome_unknown"
    assert get_conversation(visit.tenant_id, visit.conversation).owner == "queue"


def test_a_run_that_is_given_up_asks_for_nothing_any_more(asked: Ask, ben: Person) -> None:
    visit, job, approval = asked()
    with tenant_scope(visit.tenant_id):  # its process died again and again before the run had begun to wait
        rows = Run.objects.filter(tenant_id=visit.tenant_id, pk=job.run_id)
        rows.update(status="running", crashes=runs.MOST_CRASHES)

    lapse(job)
    run = goes_on(job)

    assert (run.status, status_of(approval)) == ("failed", "withdrawn")
    with pytest.raises(AlreadyDecided):
        decide(approval, ben)


def test_a_thousand_runs_that_wait_hold_no_connection_and_no_thread(
    asked: Ask, till: Till, ben: Person
) -> None:
    visit, job, approval = asked()
    before = held()
    a_thousand_wait(approval)

    taken = tasks.finish_all(visit.tenant_id)
    meanwhile = held()
    decide(approval, ben)
    run = goes_on(job)

    assert taken == 0
    assert all(now <= then for now, then in zip(meanwhile, before, strict=True)), (before, meanwhile)
    assert (run.status, len(till.done)) == ("done", 1)


def held() -> tuple[int, int, int]:
    """Connections to the database, locks on rows and tables of other transactions, threads of this process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH here AS (SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND backend_type = 'client backend') "
            "SELECT (SELECT count(*) FROM here), (SELECT count(*) FROM pg_locks WHERE pid IN (SELECT pid FROM here) "
            "AND pid <> pg_backend_pid() AND locktype IN ('relation', 'tuple'))"
        )
        connected, locks = cursor.fetchone()
    return connected, locks, threading.active_count()


def a_thousand_wait(approval: Approval) -> None:
    """As many more runs of as many conversations that wait as this one does."""
    with tenant_scope(approval.tenant_id):
        like = Conversation.objects.get(tenant_id=approval.tenant_id, pk=approval.conversation_id)
        run = Run.objects.get(tenant_id=approval.tenant_id, pk=approval.run_id)
        conversations = Conversation.objects.bulk_create([anew(like) for _ in range(1000)])
        waiting = Run.objects.bulk_create([anew(run, conversation=one) for one in conversations])
        asking = [anew(approval, run=one, conversation=one.conversation) for one in waiting]
        Approval.objects.bulk_create(asking)


def anew(row: Any, **changes: Any) -> Any:
    """A copy of a row under an id of its own."""
    copied = copy(row)
    for name, value in {"pk": None, "public_id": uuid.uuid4(), **changes}.items():
        setattr(copied, name, value)
    return copied
