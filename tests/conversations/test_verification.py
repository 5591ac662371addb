"""A one-time code goes to the profile's address, works once, for its own customer, and stands nowhere in the clear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core import mail
from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from conversations import code_mail, services, tasks, verification
from conversations.code_mail import CodeNotSent
from conversations.models import Customer, VerificationCode
from conversations.services import Claim
from conversations.verification import Asked, CodeMalformed, CodeWrong, NoAddress, NoCode, TooManyCodes
from core.scope import tenant_scope
from engine.tools import registry
from engine.tools.registry import ToolContext
from tests.conversations.mailroom import (
    ROBIN,
    Published,
    a_code,
    asked,
    identity_of,
    newest_code,
    other_than,
    robin,
    try_code,
    watched_queue,
    work,
)
from tests.factories import Person


@pytest.fixture
def published() -> Iterator[Published]:
    with watched_queue() as told:
        yield told


def test_five_wrong_codes_use_a_code_up(ana: Person, published: Published) -> None:
    customer = robin(ana)
    code = a_code(customer, published)

    said = []
    for _ in range(5):
        with pytest.raises(CodeWrong) as refused:
            try_code(customer, other_than(code))
        said.append(refused.value.message)

    assert "4 attempts are left" in said[0]
    assert "offer to send a new one" in said[-1]
    with pytest.raises(NoCode):
        try_code(customer, code)
    assert identity_of(customer) == "signed"


def test_what_is_no_code_at_all_is_not_counted_and_spaces_do_not_matter(
    ana: Person, published: Published
) -> None:
    customer = robin(ana)
    code = a_code(customer, published)

    for said in ("", "12345", "1234567", "12345a", "١٢٣٤٥٦"):
        with pytest.raises(CodeMalformed):
            try_code(customer, said)
    try_code(customer, f" {code[:3]}-{code[3:]} ")

    assert identity_of(customer) == "stepped_up"


def test_a_code_works_once_and_only_the_newest_and_not_after_ten_minutes(
    ana: Person, published: Published
) -> None:
    customer, now = robin(ana), timezone.now()
    older, newer = a_code(customer, published), a_code(customer, published)

    if older != newer:
        with pytest.raises(CodeWrong):
            try_code(customer, older)
    with pytest.raises(NoCode):
        try_code(customer, newer, now=now + dt.timedelta(minutes=11))
    try_code(customer, newer)

    with pytest.raises(NoCode):
        try_code(customer, newer)


def test_three_codes_an_hour_are_the_most_for_a_customer_and_for_an_address(
    ana: Person, published: Published
) -> None:
    customer, housemate, now = robin(ana), robin(ana), timezone.now()
    for _ in range(3):
        verification.ask_for_code(asked(customer), now=now)

    for who in (customer, housemate):
        with pytest.raises(TooManyCodes):
            verification.ask_for_code(asked(who), now=now)
    verification.ask_for_code(asked(customer), now=now + dt.timedelta(hours=1))

    assert len(published) == 4


def test_a_crowd_of_calls_at_once_passes_no_limit(ana: Person, published: Published) -> None:
    customer, household = robin(ana), [robin(ana, "home@example.com") for _ in range(6)]
    code = a_code(customer, published)

    def attempt(work: Callable[[], Any]) -> str:
        try:
            work()
            return "done"
        except (NoCode, TooManyCodes) as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=6) as crowd:
        used = list(crowd.map(attempt, [lambda: try_code(customer, code)] * 6))
        later = timezone.now() + dt.timedelta(minutes=29)
        asks = [lambda: verification.ask_for_code(asked(customer), now=later)] * 6
        sent = list(crowd.map(attempt, asks))

        each = [partial(verification.ask_for_code, asked(who), now=later) for who in household]
        shared = list(crowd.map(attempt, each))

    assert sorted(shared) == ["done"] * 3 + ["verification_too_many_codes"] * 3
    assert sorted(used) == ["done", *["verification_no_code"] * 5]
    assert sorted(sent) == ["done", "done", *["verification_too_many_codes"] * 4]


def test_a_code_is_good_for_nobody_else(ana: Person, zoe: Person, published: Published) -> None:
    hers = robin(ana)
    a_code(hers, published)
    code = newest_code()
    others = [robin(ana, "kim@example.com"), robin(zoe)]

    for other in others:
        with pytest.raises(NoCode):
            try_code(other, code)
    strangers_call = Asked(zoe.tenant.pk, hers.pk, "run:1")
    with pytest.raises(NoAddress):
        verification.check_code(strangers_call, code, now=timezone.now())
    with pytest.raises(NoAddress):
        verification.ask_for_code(strangers_call, now=timezone.now())

    assert [identity_of(one) for one in (hers, *others)] == ["signed"] * 3


@pytest.mark.parametrize("address", ["", "robin", "robin@example.com\nBcc: kim@example.com"])
def test_without_an_address_on_the_profile_nothing_is_sent(
    ana: Person, published: Published, address: str
) -> None:
    customer = robin(ana, address)

    with pytest.raises(NoAddress):
        verification.ask_for_code(asked(customer), now=timezone.now())

    assert published == []


def test_an_anonymous_customer_is_sent_nothing_whatever_address_is_there(
    ana: Person, published: Published
) -> None:
    customer = services.find_or_make_customer(tenant_id=ana.tenant.pk, identity=None)
    with tenant_scope(ana.tenant.pk):
        Customer.objects.filter(tenant_id=ana.tenant.pk, pk=customer.pk).update(email=ROBIN)

    with pytest.raises(NoAddress):
        verification.ask_for_code(asked(customer), now=timezone.now())

    assert published == []


def test_a_claimed_customer_gets_the_code_at_the_address_that_the_tenants_server_gave(
    ana: Person, published: Published
) -> None:
    claim = Claim(external_id="u-1", name="Robin", email=ROBIN)
    customer = services.open_for(tenant_id=ana.tenant.pk, claim=claim, actor=ana.actor).customer

    code = a_code(customer, published)
    until = try_code(customer, code)

    assert mail.outbox[-1].to == [ROBIN]
    assert identity_of(customer) == "stepped_up"
    assert dt.timedelta(minutes=29) < until - timezone.now() <= dt.timedelta(minutes=30)


def test_a_code_dies_when_the_address_on_the_profile_changes(ana: Person, published: Published) -> None:
    customer = robin(ana)
    code = a_code(customer, published)
    verification.ask_for_code(asked(customer), now=timezone.now() - dt.timedelta(seconds=1))
    with tenant_scope(ana.tenant.pk):
        rows = Customer.objects.filter(tenant_id=ana.tenant.pk, pk=customer.pk)
        rows.update(email="kim@example.com")

    assert work(published) == [False]
    with pytest.raises(NoCode):
        try_code(customer, code)
    assert len(mail.outbox) == 1


def test_the_same_call_made_twice_sends_one_mail_and_counts_once(ana: Person, published: Published) -> None:
    customer = robin(ana)
    context = ToolContext(ana.tenant.pk, 0, "run", customer.pk, key="run:3")
    call = async_to_sync(registry.get("send_verification_code").call)

    first, again = call(context, {}, 1), call(context, {}, 1)
    told = published[0]
    results = [tasks.send_code(**told), tasks.send_code(**told)]
    wrong = other_than(newest_code())
    for _ in range(6):
        with pytest.raises(CodeWrong, match="4 attempts"):
            try_code(customer, wrong, "run:5")
    until = [try_code(customer, newest_code(), "run:7") for _ in range(2)]

    assert first == again
    assert (len(published), results, len(mail.outbox)) == (1, [True, False], 1)
    assert until[0] == until[1]


def test_a_code_stands_nowhere_in_the_clear(ana: Person, published: Published) -> None:
    customer = robin(ana)
    verification.ask_for_code(asked(customer), now=timezone.now())
    told = list(published)
    work(published)
    code = newest_code()
    try_code(customer, code)

    assert [set(one) for one in told] == [{"tenant_id", "code_id"}]
    with tenant_scope(ana.tenant.pk):
        kept = VerificationCode.objects.get(tenant_id=ana.tenant.pk)
        lines = AuditEvent.objects.filter(tenant_id=ana.tenant.pk, target=f"customer:{customer.public_id}")
        actions = list(lines.order_by("id").values_list("action", flat=True))
    assert code not in f"{kept.code_digest} {kept.address_digest}"
    assert ROBIN not in kept.address_digest
    assert actions == [
        "customer.created",
        "verification.requested",
        "verification.sent",
        "customer.verified",
    ]


def test_the_mail_names_the_tenant_and_keeps_the_code_out_of_its_subject(
    ana: Person, published: Published
) -> None:
    code = a_code(robin(ana), published)

    letter = mail.outbox[-1]

    assert letter.subject == "Your code for Ana"
    assert "Your code for Ana is" in letter.body
    assert "within 10 minutes" in letter.body
    assert code not in letter.subject


def test_a_mail_server_that_is_away_is_tried_again_with_another_code(
    ana: Person, published: Published, settings: Any
) -> None:
    customer = robin(ana)
    verification.ask_for_code(asked(customer), now=timezone.now())
    told = published[0]
    there = settings.EMAIL_BACKEND

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CodeNotSent):
        code_mail.send(**told, now=timezone.now())
    settings.EMAIL_BACKEND = there
    work(published)

    try_code(customer, newest_code())
    assert identity_of(customer) == "stepped_up"
