"""A person's yes or no: the run waits as a row, is decided about once, and goes on once."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from conversations import approvals, runs, services, steps, tasks
from conversations.approvals import AlreadyDecided, Decision, NoSuchApproval, ReasonMissing, ToolGone
from conversations.models import Approval, Conversation, Run, Step
from conversations.queries import get_conversation
from conversations.turns import Job
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.gateway.protocol import ToolCall
from engine.tools import catalogue
from engine.tools import services as tools
from engine.tools.registry import ToolArgumentsInvalid
from engine.tools.values import Policy, Risk
from tenants.services import connect_provider
from tests.conversations.outside import Till, a_tool, answer, kinds_of, open_till, run_of
from tests.factories import Person, a_job, a_message, a_visit, claim
from tests.servers import ModelSimulator

ASK_FIRST = Policy(risk=Risk.IRREVERSIBLE, requires_approval=True)
ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {"order": {"type": "integer"}},
    "required": ["order"],
    "additionalProperties": False,
}
REFUND = """[[simulate: tool name=refund arguments='{"order": 1}']] Give me my money back"""
TWICE = """[[simulate: tool name=refund,refund arguments='{"order": 1}']] Both of them"""
Ask = Callable[..., tuple[Visit, Job, Approval]]


@pytest.fixture
def till(settings: Any) -> Iterator[Till]:
    settings.TOOLS_ALLOW_LOOPBACK = True
    with open_till() as opened:
        yield opened


@pytest.fixture
def asked(ana: Person, till: Till, model_simulator: ModelSimulator) -> Ask:
    """asked(text): a customer of ana's asks for a refund, and the run waits for a yes."""
    tenant_id, actor = ana.tenant.pk, ana.actor
    url = model_simulator.url
    connect_provider(
        tenant_id=tenant_id, name="Simulated", base_url=url, api_key="k", model="simulated", actor=actor
    )
    refund = a_tool(ana, till, "refund", ASK_FIRST)
    tools.change_tool(tenant_id=tenant_id, tool=refund, changes={"parameters": ORDER}, actor=actor)

    def ask(text: str = REFUND) -> tuple[Visit, Job, Approval]:
        visit = a_visit(ana.tenant)
        job = a_job(visit, text)
        assert answer(job).status == "waiting"
        return visit, job, pending_of(job)

    return ask


def pending_of(job: Job) -> Approval:
    with tenant_scope(job.tenant_id):
        return Approval.objects.get(tenant_id=job.tenant_id, run_id=job.run_id, status="pending")


def status_of(approval: Approval) -> str:
    with tenant_scope(approval.tenant_id):
        return Approval.objects.get(tenant_id=approval.tenant_id, pk=approval.pk).status


def decide(
    approval: Approval,
    person: Person,
    verdict: Any = "approve",
    *,
    now: dt.datetime | None = None,
    **more: Any,
) -> Approval:
    return approvals.decide(
        tenant_id=person.tenant.pk,
        public_id=approval.public_id,
        decision=Decision(verdict, **more),
        actor=person.actor,
        now=now or timezone.now(),
    )


def result_of(job: Job) -> Step:
    """The tool's step."""
    with tenant_scope(job.tenant_id):
        return Step.objects.get(tenant_id=job.tenant_id, run_id=job.run_id, kind="tool")


def goes_on(job: Job) -> Run:
    assert tasks.finish_all(job.tenant_id) == 1
    return run_of(job)


def test_while_it_waits_the_customer_is_told_and_the_conversation_goes_on(asked: Ask, till: Till) -> None:
    visit, job, approval = asked()

    second = answer(a_job(visit, "[[simulate: say text=Till-six]] When do you close?"))

    assert [kind for kind, _ in kinds_of(visit)] == ["message", "notice", "message", "message"]
    assert "confirm" in kinds_of(visit)[1][1]
    assert kinds_of(visit)[-1][1] == "Till-six"
    assert (second.status, run_of(job).status, till.done) == ("done", "waiting", [])
    assert (approval.tool, approval.arguments, approval.conversation_id) == (
        "refund",
        {"order": 1},
        visit.conversation_id,
    )
    assert approval.knows["customer_said"][-1].endswith("Give me my money back")
    assert tasks.finish_all(visit.tenant_id) == 0


def test_a_yes_makes_the_call_once_under_its_key_and_posts_one_answer(
    asked: Ask, till: Till, ben: Person
) -> None:
    visit, job, approval = asked()

    decided = decide(approval, ben)
    run = goes_on(job)

    assert till.done == [("/refund", f"{job.run}:2", {"order": 1})]
    assert (decided.status, decided.decided_by, decided.edited) == ("approved", ben.user.name, None)
    assert (run.status, run.attempt, run.crashes) == ("done", 2, 0)
    assert [kind for kind, _ in kinds_of(visit)] == ["message", "notice", "tool", "message"]
    assert tasks.finish_all(visit.tenant_id) == 0


def test_edited_arguments_are_sent_and_the_assistant_is_told(asked: Ask, till: Till, ben: Person) -> None:
    _, job, approval = asked()

    decided = decide(approval, ben, arguments={"order": 2})
    goes_on(job)

    assert till.done == [("/refund", f"{job.run}:2", {"order": 2})]
    assert decided.edited == {"order": 2}
    assert '{"order": 2}' in result_of(job).text


@pytest.mark.parametrize("arguments", [{"order": "two"}, {}, {"order": 1, "also": 2}, ["order"], "order"])
def test_arguments_that_do_not_fit_decide_nothing(asked: Ask, ben: Person, arguments: Any) -> None:
    _, job, approval = asked()

    with pytest.raises(ToolArgumentsInvalid) as refused:
        decide(approval, ben, arguments=arguments)

    assert refused.value.status == 400
    assert (status_of(approval), run_of(job).status) == ("pending", "waiting")


def test_a_tool_that_is_gone_takes_no_new_arguments_and_makes_no_call(
    asked: Ask, till: Till, ana: Person
) -> None:
    _, job, approval = asked()
    from engine.tools.queries import get_tool

    tools.disable_tool(tenant_id=ana.tenant.pk, tool=get_tool(ana.tenant.pk, "refund"), actor=ana.actor)
    catalogue.forget(ana.tenant.pk)

    with pytest.raises(ToolGone):
        decide(approval, ana, arguments={"order": 2})
    decide(approval, ana)
    run = goes_on(job)

    assert (run.status, till.done, result_of(job).is_error) == ("done", [], True)


def test_a_no_says_why_and_nothing_is_called(asked: Ask, till: Till, ben: Person) -> None:
    visit, job, approval = asked()

    with pytest.raises(ReasonMissing):
        decide(approval, ben, "refuse", reason="  ")
    decide(approval, ben, "refuse", reason="The order is paid back already.")
    run = goes_on(job)

    assert till.done == []
    step = result_of(job)
    assert (step.is_error, step.data["detail"]) == (True, "approval_refused")
    assert "paid back already" in step.text
    assert run.status == "done"
    assert [kind for kind, _ in kinds_of(visit)] == ["message", "notice", "tool", "message"]


def test_what_nobody_decides_in_time_expires(asked: Ask, till: Till, ben: Person) -> None:
    _, job, approval = asked()
    late = timezone.now() + approvals.WAIT + dt.timedelta(minutes=1)

    with pytest.raises(AlreadyDecided):
        decide(approval, ben, now=late)
    expired = [approvals.expire(tenant_id=job.tenant_id, now=late) for _ in range(2)]
    with tenant_scope(job.tenant_id):  # the clock of the worker is not late
        Run.objects.filter(tenant_id=job.tenant_id, pk=job.run_id).update(lease_until=timezone.now())
    goes_on(job)

    assert (expired, status_of(approval), till.done) == ([1, 0], "expired", [])
    assert result_of(job).data["detail"] == "approval_expired"


def test_a_decision_is_made_once(asked: Ask, till: Till, ana: Person, ben: Person) -> None:
    _, job, approval = asked()

    decide(approval, ben)
    with pytest.raises(AlreadyDecided):
        decide(approval, ana, "refuse", reason="Too late")
    goes_on(job)

    assert (status_of(approval), len(till.done)) == ("approved", 1)


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


def test_who_takes_the_conversation_over_withdraws_what_was_asked(
    asked: Ask, till: Till, ben: Person
) -> None:
    visit, job, approval = asked()

    claim(visit, ben)
    with pytest.raises(AlreadyDecided):
        decide(approval, ben)

    assert (status_of(approval), run_of(job).status) == ("withdrawn", "dropped")
    assert (tasks.finish_all(visit.tenant_id), till.done) == (0, [])


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


def test_a_stranger_finds_nothing_to_decide(asked: Ask, zoe: Person) -> None:
    _, job, approval = asked()

    for public_id in (approval.public_id, uuid.uuid4(), "nonsense"):
        with pytest.raises(NoSuchApproval):
            approvals.decide(
                tenant_id=zoe.tenant.pk,
                public_id=public_id,
                decision=Decision("approve"),
                actor=zoe.actor,
                now=timezone.now(),
            )

    assert (status_of(approval), run_of(job).status) == ("pending", "waiting")


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

    assert (status, run.status, len(till.done)) == ("ready", "done", 1)


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


def lapse(job: Job) -> None:
    """The run's lease runs out."""
    with tenant_scope(job.tenant_id):
        rows = Run.objects.filter(tenant_id=job.tenant_id, pk=job.run_id)
        rows.update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_two_calls_of_one_run_are_asked_for_one_after_the_other(asked: Ask, till: Till, ben: Person) -> None:
    visit, job, first = asked(TWICE)

    decide(first, ben)
    waiting = goes_on(job)
    second = pending_of(job)
    decide(second, ben, arguments={"order": 7})
    run = goes_on(job)

    assert (waiting.status, run.status) == ("waiting", "done")
    assert (first.number, second.number) == (2, 3)
    assert till.done == [
        ("/refund", f"{job.run}:2", {"order": 1}),
        ("/refund", f"{job.run}:3", {"order": 7}),
    ]
    assert [kind for kind, _ in kinds_of(visit)] == [
        "message", "notice", "tool", "notice", "tool", "message",
    ]  # fmt: skip


def test_what_no_database_can_keep_is_asked_for_all_the_same(asked: Ask, till: Till, ana: Person) -> None:
    a_tool(ana, till, "write_down", ASK_FIRST)
    odd = json.dumps({"text": "a\x00b\ud800", "n": float("nan")})

    _, _, approval = asked(f"[[simulate: tool name=write_down arguments='{odd}']]")

    assert approval.arguments == {"text": "ab?", "n": "nan"}


def test_a_run_that_has_the_turn_lets_the_ready_one_wait(asked: Ask, till: Till, ben: Person) -> None:
    visit, job, approval = asked()
    other = a_message(visit, "[[simulate: say text=Hello]] And hello").job
    assert other is not None

    decide(approval, ben)
    meanwhile = tasks.finish_all(visit.tenant_id)
    answer(other)
    run = goes_on(job)

    assert meanwhile == 0
    assert (run.status, len(till.done)) == ("done", 1)


def test_a_closed_conversation_withdraws_too(asked: Ask, ben: Person) -> None:
    visit, job, approval = asked()

    services.close(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        agent=ben.user,
        actor=ben.actor,
        now=timezone.now(),
    )

    assert (status_of(approval), run_of(job).status) == ("withdrawn", "dropped")


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
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), "
            "(SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND locktype IN ('relation', 'tuple'))"
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
