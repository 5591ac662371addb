"""What a one-time code opens: the customer who gives it may have done what was refused before, for half an hour."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import time_machine
from django.core import mail
from django.db import connections
from django.utils import timezone

from conversations import turns
from conversations.frames import Hello
from conversations.models import Customer, Step
from conversations.turns import Asker
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.releases.queries import current
from engine.releases.services import Configuration, publish
from engine.tools import catalogue
from engine.tools.models import Tool
from engine.tools.values import Policy, Risk
from tenants.services import connect_provider, rotate_identity_key
from tests.conversations.mailroom import ROBIN, Published, a_code, newest_code, try_code, watched_queue, work
from tests.conversations.outside import Till, a_tool, answer, open_till
from tests.factories import SETUP, Person, a_job, a_visit
from tests.servers import ModelSimulator

REFUND = """[[simulate: tool name=refund arguments='{"order": 1}']] Give me my money back"""
SEND = "[[simulate: tool name=send_verification_code arguments='{}']] Send it"
PROVEN = Policy(risk=Risk.WRITE, requires_verification=True)


@pytest.fixture
def till(settings: Any) -> Iterator[Till]:
    settings.TOOLS_ALLOW_LOOPBACK = True
    with open_till() as opened:
        yield opened


@pytest.fixture
def shop(ana: Person, till: Till, model_simulator: ModelSimulator) -> Person:
    """Ana, whose assistant may refund for who is verified."""
    connect_provider(
        tenant_id=ana.tenant.pk,
        name="Simulated",
        base_url=model_simulator.url,
        api_key="simulated",
        model="simulated",
        actor=ana.actor,
    )
    a_tool(ana, till, "refund", PROVEN)
    return ana


@pytest.fixture
def published() -> Iterator[Published]:
    with watched_queue() as told:
        yield told


def visit_of(person: Person) -> Visit:
    """Robin, signed in at ana's shop, has opened the chat."""
    kid, secret = rotate_identity_key(tenant_id=person.tenant.pk, actor=SETUP)
    until = int(timezone.now().timestamp()) + 600
    claims = {"sub": "u-robin", "exp": until, "name": "Robin", "email": ROBIN}
    return a_visit(person.tenant, Hello(token=jwt.encode(claims, secret, headers={"kid": kid})))


def say(visit: Visit, text: str) -> Step:
    """What became of the tool's call that a message led to, the last one if there were several."""
    job = a_job(visit, text)
    answer(job)
    with tenant_scope(visit.tenant_id):
        steps = Step.objects.filter(tenant_id=visit.tenant_id, run_id=job.run_id, kind="tool")
        last = steps.order_by("-number").first()
    assert last is not None
    return last


def customer_of(visit: Visit) -> Customer:
    with tenant_scope(visit.tenant_id):
        return Customer.objects.get(tenant_id=visit.tenant_id, public_id=visit.customer.id)


def test_the_whole_way_from_a_refusal_to_a_refund_and_half_an_hour_later(
    shop: Person, till: Till, published: Published
) -> None:
    visit = visit_of(shop)

    refused = say(visit, REFUND)
    sent = say(visit, SEND)
    work(published)
    code = newest_code()
    check = f"""[[simulate: tool name=check_verification_code arguments='{{"code": "{code}"}}']] {code}"""
    checked = say(visit, check)
    done = say(visit, REFUND)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=30, seconds=1)):
        late = say(visit, REFUND)

    assert refused.data["detail"] == late.data["detail"] == "verification_needed"
    assert json.loads(sent.text)["to"] == "<email_1>"  # what the model reads of r***@example.com
    assert mail.outbox[0].to == [ROBIN]
    assert json.loads(checked.text)["status"] == "verified"
    assert (done.is_error, len(till.did("/refund"))) == (False, 1)


def test_who_proves_it_during_a_run_is_verified_in_that_run(
    shop: Person, till: Till, published: Published
) -> None:
    visit = visit_of(shop)

    def prove(*_: Any) -> dict[str, str]:
        customer = customer_of(visit)
        try_code(customer, a_code(customer, published))
        connections.close_all()
        return {"note": 'CALL refund {"order": 12}'}

    till.answers["/order"] = prove
    a_tool(shop, till, "order", Policy(risk=Risk.READ))
    catalogue.forget(shop.tenant.pk)

    done = say(visit, "[[simulate: obey name=order arguments='{}']] My money back for order 12, please")

    assert (done.name, done.is_error) == ("refund", False)
    assert len(till.did("/refund")) == 1


def test_whose_half_hour_ends_during_a_run_is_refused_in_that_run(
    shop: Person, till: Till, published: Published
) -> None:
    visit = visit_of(shop)
    customer = customer_of(visit)
    try_code(customer, a_code(customer, published))

    def wait(*_: Any) -> dict[str, str]:
        with tenant_scope(shop.tenant.pk):
            rows = Customer.objects.filter(tenant_id=shop.tenant.pk, pk=customer.pk)
            rows.update(verified_until=timezone.now())
        connections.close_all()
        return {"note": "CALL refund {}"}

    till.answers["/order"] = wait
    a_tool(shop, till, "order", Policy(risk=Risk.READ))
    catalogue.forget(shop.tenant.pk)

    refused = say(visit, "[[simulate: obey name=order arguments='{}']]")

    assert (refused.name, refused.data["detail"]) == ("refund", "verification_needed")
    assert till.did("/refund") == []


def test_the_two_tools_are_on_offer_only_beside_one_that_needs_them_whatever_the_release_lists(
    ana: Person, till: Till
) -> None:
    tenant_id, wanted = ana.tenant.pk, Configuration(tools=("refund",))
    publish(tenant_id=tenant_id, configuration=wanted, actor=ana.actor)
    a_tool(ana, till, "refund", Policy(risk=Risk.WRITE, identity="signed"))

    plain = offered(ana)
    with tenant_scope(tenant_id):
        Tool.objects.filter(tenant_id=tenant_id, name="refund").update(identity="stepped_up")
    strict = offered(ana)

    assert plain == ["refund"]
    assert strict == ["check_verification_code", "refund", "send_verification_code"]


def offered(person: Person) -> list[str]:
    catalogue.forget(person.tenant.pk)
    with tenant_scope(person.tenant.pk):
        release = current(person.tenant.pk)
        return [one.name for one in turns.offers_for(release, person.tenant.pk, Asker(0))]
