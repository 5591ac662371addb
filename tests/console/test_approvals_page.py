"""Approvals and runs in the console: what a member sees, and who may decide what."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from conversations.models import Approval, Run
from core.scope import tenant_scope
from tenants.roles import Role
from tests.factories import Person, a_job, a_person, a_visit, claim
from tests.story import ask_for_a_yes
from tests.toolbox import a_connection, a_tool

SignIn = Callable[[Person], Client]
LIST = "/console/conversations/approval/"


@pytest.fixture
def approval(ana: Person) -> Approval:
    """Something that awaits a yes; its tool takes an order's number."""
    a_tool(ana, a_connection(ana), "throw_away", description="Throws a thing away.")
    return ask_for_a_yes(a_visit(ana.tenant), "the <b>blue</b> bicycle")


def page_of(approval: Approval) -> str:
    return f"{LIST}{approval.pk}/change/"


def now_it_is(approval: Approval) -> Approval:
    with tenant_scope(approval.tenant_id):
        return Approval.objects.select_related("run").get(tenant_id=approval.tenant_id, pk=approval.pk)


def actions(person: Person) -> list[str]:
    with tenant_scope(person.tenant.pk):
        rows = AuditEvent.objects.filter(tenant=person.tenant, actor=str(person.actor)).order_by("id")
        return [action for action in rows.values_list("action", flat=True) if action.startswith("approval.")]


def test_the_list_puts_what_awaits_a_yes_first(ana: Person, signed_in: SignIn) -> None:
    asked = [ask_for_a_yes(a_visit(ana.tenant), f"bicycle {n}") for n in range(3)]
    client = signed_in(ana)
    client.post(page_of(asked[2]), {"verdict": "approve"})
    with tenant_scope(ana.tenant.pk):
        soon = timezone.now() + dt.timedelta(hours=1)
        Approval.objects.filter(tenant_id=ana.tenant.pk, pk=asked[1].pk).update(expires_at=soon)

    page = client.get(LIST)

    listed = [row.pk for row in page.context["cl"].result_list]
    assert listed == [asked[1].pk, asked[0].pk, asked[2].pk]
    assert "name: bicycle 1" in page.content.decode()


def test_a_page_shows_all_that_helps_to_decide(ana: Person, signed_in: SignIn, approval: Approval) -> None:
    page = signed_in(ana).get(page_of(approval))

    shown = page.content.decode()
    assert "Throws a thing away." in shown
    assert "Please throw the &lt;b&gt;blue&lt;/b&gt; bicycle away." in shown
    assert "I throw the &lt;b&gt;blue&lt;/b&gt; bicycle away." in shown
    assert "<b>blue" not in shown
    assert f"/console/conversations/run/{approval.run_id}/change/" in shown


def test_a_yes_is_given_once_and_is_on_the_ledger(
    ana: Person, ben: Person, signed_in: SignIn, approval: Approval
) -> None:
    first = signed_in(ben).post(page_of(approval), {"verdict": "approve"})
    second = signed_in(ana).post(page_of(approval), {"verdict": "refuse", "reason": "No"}, follow=True)

    row = now_it_is(approval)
    assert first.status_code == 302
    assert (row.status, row.decided_by) == ("approved", ben.user.name)
    assert row.run.status != "waiting"  # a worker of this test run may have gone on with it already
    assert "Somebody has decided this already" in second.content.decode()
    assert (actions(ben), actions(ana)) == (["approval.approved"], [])


def test_edited_arguments_are_approved_where_they_fit(
    ana: Person, signed_in: SignIn, approval: Approval
) -> None:
    client = signed_in(ana)
    wrong = [
        client.post(page_of(approval), {"verdict": "approve", "arguments": text})
        for text in ('{"order_id": 7}', '{"order_id": ', '{"order_id": NaN}', '["order_id"]')
    ]
    before = now_it_is(approval).status
    right = client.post(page_of(approval), {"verdict": "approve", "arguments": '{"order_id": "7"}'})

    assert [page.status_code for page in wrong] == [400] * 4
    assert all(page.context["form"].errors["arguments"] for page in wrong)
    assert "{&quot;order_id&quot;: 7}" in wrong[0].content.decode()
    assert (before, right.status_code) == ("pending", 302)
    assert (now_it_is(approval).status, now_it_is(approval).edited) == ("approved", {"order_id": "7"})


def test_arguments_left_as_they_are_are_no_edit(ana: Person, signed_in: SignIn, approval: Approval) -> None:
    same = json.dumps(approval.arguments)

    signed_in(ana).post(page_of(approval), {"verdict": "approve", "arguments": same})

    assert (now_it_is(approval).status, now_it_is(approval).edited) == ("approved", None)


def test_a_no_needs_its_reason(ana: Person, signed_in: SignIn, approval: Approval) -> None:
    client = signed_in(ana)

    without = client.post(page_of(approval), {"verdict": "refuse", "reason": " "})
    nothing = client.post(page_of(approval), {})
    before = now_it_is(approval).status
    client.post(page_of(approval), {"verdict": "refuse", "reason": "It is needed."})

    assert (without.status_code, nothing.status_code, before) == (400, 400, "pending")
    assert "reason" in without.context["form"].errors
    assert (now_it_is(approval).status, now_it_is(approval).reason) == ("refused", "It is needed.")


def test_who_only_reads_sees_and_does_not_decide(ana: Person, signed_in: SignIn, approval: Approval) -> None:
    client = signed_in(a_person("pat", ana.tenant, Role.AUDITOR))

    page = client.get(page_of(approval))
    refused = client.post(page_of(approval), {"verdict": "approve"})

    assert page.status_code == 200
    assert 'name="verdict"' not in page.content.decode()
    assert actions(ana) == []
    assert (refused.status_code, now_it_is(approval).status) == (302, "pending")


def test_a_stranger_finds_no_page(zoe: Person, signed_in: SignIn, approval: Approval) -> None:
    client = signed_in(zoe)

    statuses = {
        client.get(page_of(approval)).status_code,
        client.post(page_of(approval), {"verdict": "approve"}).status_code,
        client.get(f"/console/conversations/run/{approval.run_id}/change/").status_code,
        client.get(f"{LIST}nonsense/change/").status_code,
    }

    assert statuses == {404}
    assert now_it_is(approval).status == "pending"


def test_what_is_decided_or_withdrawn_offers_no_buttons(
    ana: Person, ben: Person, signed_in: SignIn, approval: Approval
) -> None:
    visit = a_visit(ana.tenant)
    withdrawn = ask_for_a_yes(visit, "the red bicycle")
    claim(visit, ben)
    client = signed_in(ana)
    client.post(page_of(approval), {"verdict": "refuse", "reason": "It is needed."})

    pages = [client.get(page_of(row)).content.decode() for row in (approval, withdrawn)]

    assert all('name="verdict"' not in page for page in pages)
    assert "It is needed." in pages[0]
    assert "Withdrawn" in pages[1]


def test_the_way_around_counts_what_waits(ana: Person, zoe: Person, signed_in: SignIn) -> None:
    for number in range(7):
        ask_for_a_yes(a_visit(ana.tenant), f"bicycle {number}")

    def badges(person: Person) -> list[Any]:
        groups = signed_in(person).get("/console/").context["sidebar_navigation"]
        return [item["badge"] for group in groups for item in group["items"] if item.get("badge")]

    assert (badges(ana), badges(zoe)) == ([7], [])


def test_a_runs_page_is_a_timeline(ana: Person, signed_in: SignIn, approval: Approval) -> None:
    page = signed_in(ana).get(f"/console/conversations/run/{approval.run_id}/change/")

    seen, shown = page.context["seen"], page.content.decode()
    assert [(step.number, step.kind, step.status) for step in seen.steps] == [
        (1, "model", "done"),
        (2, "tool", "waiting"),
    ]
    assert "The prompt as it was sent: 2 messages" in shown
    assert page_of(approval) in shown
    assert "<script>" not in shown.split('id="steps-title"')[1].split("</ol>")[0]


def test_a_run_without_anything_has_a_page(ana: Person, signed_in: SignIn) -> None:
    job = a_job(a_visit(ana.tenant))
    with tenant_scope(ana.tenant.pk):
        Run.objects.filter(tenant_id=ana.tenant.pk, pk=job.run_id).update(prompt="")

    page = signed_in(ana).get(f"/console/conversations/run/{job.run_id}/change/")

    assert "No step yet." in page.content.decode()
