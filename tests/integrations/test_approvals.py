"""Approvals over the API: listed, read with all that helps to decide, decided once."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from conversations import approvals
from conversations.models import Approval
from core.scope import tenant_scope
from tests.factories import Person, a_visit, claim
from tests.integrations.callers import a_caller, code_of
from tests.servers import LiveServer
from tests.story import ask_for_a_yes
from tests.toolbox import BY_ORDER, a_connection, a_tool

NO = {"verdict": "refuse", "reason": "It is needed yet."}
YES = {"verdict": "approve"}


@pytest.fixture
def approval(ana: Person) -> Approval:
    """Something that awaits a yes."""
    return ask_for_a_yes(a_visit(ana.tenant), "the blue bicycle")


def status_of(approval: Approval) -> tuple[str, str]:
    """Of the approval and its run."""
    with tenant_scope(approval.tenant_id):
        row = Approval.objects.select_related("run").get(tenant_id=approval.tenant_id, pk=approval.pk)
        return row.status, row.run.status


def test_what_awaits_a_yes_is_listed_and_walked_by_cursor(api: httpx.Client, ana: Person) -> None:
    asked = [ask_for_a_yes(a_visit(ana.tenant), f"bicycle {n}") for n in range(3)]
    api.post(f"approvals/{asked[0].public_id}/decision", json=YES)

    pending = api.get("approvals", params={"status": "pending"}).json()["items"]
    first = api.get("approvals", params={"limit": 2}).json()
    rest = api.get("approvals", params={"limit": 2, "cursor": first["next_cursor"]}).json()

    ids = [str(row.public_id) for row in reversed(asked)]
    assert [item["id"] for item in pending] == ids[:2]
    assert [item["id"] for item in first["items"] + rest["items"]] == ids
    assert rest["next_cursor"] is None
    assert code_of(api.get("approvals", params={"status": "odd"})) == (400, "invalid_fields")
    wrong = api.get("approvals", params={"status": "pending", "cursor": first["next_cursor"]})
    assert code_of(wrong) == (400, "bad_cursor")


def test_an_approval_shows_all_that_helps_to_decide(
    api: httpx.Client, ana: Person, approval: Approval
) -> None:
    shown = api.get(f"approvals/{approval.public_id}").json()

    assert shown["status"] == "pending"
    assert (shown["tool"], shown["about"]) == ("throw_away", None)
    assert shown["arguments"] == {"name": "the blue bicycle"}
    assert shown["knows"] == {
        "identity": "anonymous",
        "customer_said": ["Please throw the blue bicycle away."],
    }
    assert shown["conversation"] == str(approval.conversation.public_id)
    assert shown["expires_at"] > shown["created_at"]
    assert [(step["number"], step["kind"], step["text"]) for step in shown["steps"]] == [
        (1, "model", "I throw the blue bicycle away.")
    ]
    assert shown["steps"][0]["calls"] == [{"name": "throw_away", "arguments": {"name": "the blue bicycle"}}]


def test_a_tool_that_is_on_offer_is_described(api: httpx.Client, ana: Person, approval: Approval) -> None:
    a_tool(ana, a_connection(ana), "throw_away", description="Throws a thing away.")

    about = api.get(f"approvals/{approval.public_id}").json()["about"]

    assert about == {"description": "Throws a thing away.", "risk": "read", "parameters": BY_ORDER}


def test_a_yes_lets_the_run_go_on_and_counts_once(api: httpx.Client, approval: Approval) -> None:
    address = f"approvals/{approval.public_id}/decision"

    answer = api.post(address, json=YES)
    again = api.post(address, json=NO)

    decided = answer.json()
    assert (answer.status_code, decided["status"], decided["decided_by"]) == (200, "approved", "Tests")
    assert code_of(again) == (409, "approval_already_decided")
    status, run = status_of(approval)
    assert status == "approved"
    assert run != "waiting"  # a worker of this test run may have gone on with it already


def test_a_named_decision_may_be_sent_again(api: httpx.Client, approval: Approval) -> None:
    address, named = f"approvals/{approval.public_id}/decision", {"Idempotency-Key": "no-1"}

    answers = [api.post(address, json=NO, headers=named) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert answers[0].json()["reason"] == NO["reason"]


def test_edited_arguments_are_held_to_the_tools_schema(
    api: httpx.Client, ana: Person, approval: Approval
) -> None:
    address = f"approvals/{approval.public_id}/decision"

    a_tool(ana, a_connection(ana), "throw_away")
    wrong = api.post(address, json=YES | {"arguments": {"order_id": 7}})
    before = status_of(approval)
    right = api.post(address, json=YES | {"arguments": {"order_id": "7"}})

    assert code_of(wrong) == (400, "tool_arguments_invalid")
    assert "order_id" in wrong.json()["detail"]
    assert before == ("pending", "waiting")
    assert (right.status_code, right.json()["edited"]) == (200, {"order_id": "7"})


def test_a_tool_that_is_gone_takes_no_new_arguments(api: httpx.Client, approval: Approval) -> None:
    edited = YES | {"arguments": {"order_id": "7"}}

    answer = api.post(f"approvals/{approval.public_id}/decision", json=edited)

    assert code_of(answer) == (409, "approval_tool_gone")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_fields"),
        ({"verdict": "maybe"}, "invalid_fields"),
        ({"verdict": "refuse"}, "approval_reason_missing"),
        ({"verdict": "refuse", "reason": " "}, "approval_reason_missing"),
        ({"verdict": "refuse", "reason": "x" * (approvals.MOST_REASON + 1)}, "invalid_fields"),
        ({"verdict": "approve", "arguments": ["order"]}, "invalid_fields"),
        ({"verdict": "approve", "arguments": "order"}, "invalid_fields"),
    ],
)
def test_half_a_decision_decides_nothing(
    api: httpx.Client, approval: Approval, body: dict[str, Any], code: str
) -> None:
    answer = api.post(f"approvals/{approval.public_id}/decision", json=body)

    assert code_of(answer) == (400, code)
    assert status_of(approval) == ("pending", "waiting")


def test_what_was_withdrawn_cannot_be_decided(api: httpx.Client, ana: Person, ben: Person) -> None:
    visit = a_visit(ana.tenant)
    approval = ask_for_a_yes(visit, "the red bicycle")
    claim(visit, ben)

    answer = api.post(f"approvals/{approval.public_id}/decision", json=YES)

    assert code_of(answer) == (409, "approval_already_decided")
    assert api.get(f"approvals/{approval.public_id}").json()["status"] == "withdrawn"


def test_reading_and_deciding_take_their_own_scopes(
    server: LiveServer, ana: Person, approval: Approval
) -> None:
    reader = a_caller(server, ana, ["approvals:read"])
    others = a_caller(server, ana, ["conversations:read", "conversations:write"])

    assert reader.get("approvals").status_code == 200
    assert code_of(reader.post(f"approvals/{approval.public_id}/decision", json=YES)) == (
        403,
        "scope_missing",
    )
    assert code_of(others.get("approvals")) == (403, "scope_missing")
    assert code_of(others.get(f"approvals/{approval.public_id}")) == (403, "scope_missing")
