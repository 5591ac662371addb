"""Robin, whose identity is to be proved, the queue that is told to send a code, and the mailbox it ends in."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.signals import before_task_publish
from django.core import mail
from django.utils import timezone

from conversations import services, tasks, verification
from conversations.models import Customer
from conversations.verification import Asked
from tenants.identity import SignedIdentity
from tests.factories import Person

ROBIN = "robin@example.com"
Published = list[dict[str, int]]


@contextmanager
def watched_queue() -> Iterator[Published]:
    """The ids with which a code was asked of a worker."""
    told: Published = []

    def note(sender: str, body: Any, **_: Any) -> None:
        if sender == verification.TASK:
            told.append(body[1])

    before_task_publish.connect(note, weak=False)
    try:
        yield told
    finally:
        before_task_publish.disconnect(note)


def work(published: Published) -> list[bool]:
    """Does in this process what a worker would."""
    due, published[:] = list(published), []
    return [tasks.send_code(**told) for told in due]


def newest_code() -> str:
    found = re.search(r"^    (\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[1]


def robin(person: Person, email: str = ROBIN) -> Customer:
    """A signed customer of a person's tenant."""
    who = SignedIdentity(f"u-{secrets.token_hex(4)}", "Robin Sample", email)
    return services.find_or_make_customer(tenant_id=person.tenant.pk, identity=who)


def asked(customer: Customer, key: str = "") -> Asked:
    return Asked(customer.tenant_id, customer.pk, key or f"run:{secrets.token_hex(4)}")


def a_code(customer: Customer, published: Published) -> str:
    """A fresh code in a customer's mailbox."""
    verification.ask_for_code(asked(customer), now=timezone.now())
    assert work(published) == [True]
    return newest_code()


def try_code(customer: Customer, code: str, key: str = "", *, now: dt.datetime | None = None) -> dt.datetime:
    return verification.check_code(asked(customer, key), code, now=now or timezone.now())


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def identity_of(customer: Customer) -> str:
    return verification.identity_now(customer.tenant_id, customer.pk, now=timezone.now())
