"""A person's yes or no: the run waits as a row, is decided about once, and goes on once."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.utils import timezone

from conversations import approvals, services, tasks
from conversations.approvals import AlreadyDecided, Decision, NoSuchApproval, ReasonMissing, ToolGone
from conversations.models import Run
from core.scope import tenant_scope
from engine.tools import catalogue
from engine.tools import services as tools
from engine.tools.registry import ToolArgumentsInvalid
from tests.conversations.asking import (
    ASK_FIRST,
    TWICE,
    Ask,
    decide,
    goes_on,
    pending_of,
    result_of,
    status_of,
)
from tests.conversations.outside import Till, a_tool, answer, kinds_of, run_of
from tests.factories import Person, a_job, a_message, claim


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


def test_who_takes_the_conversation_over_withdraws_what_was_asked(
    asked: Ask, till: Till, ben: Person
) -> None:
    visit, job, approval = asked()

    claim(visit, ben)
    with pytest.raises(AlreadyDecided):
        decide(approval, ben)

    assert (status_of(approval), run_of(job).status) == ("withdrawn", "dropped")
    assert (tasks.finish_all(visit.tenant_id), till.done) == (0, [])


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
