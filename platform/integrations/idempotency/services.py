"""Requests that may be sent again: the first is carried out, the others get its answer.

Invariant: of requests with one key at most one is in work, under a lease; only the attempt that holds it may finish.
A request whose process died may be taken up again when its lease has run out, so what it does must either be harmless
to repeat or be written in the transaction that finishes the record.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import IntegrityError
from django.db.models import QuerySet

from core.errors import Conflict, Unprocessable
from core.scope import tenant_scope
from integrations.idempotency.models import IdempotencyRecord

LEASE = dt.timedelta(seconds=90)
SHORT_LEASE = dt.timedelta(seconds=15)
"""Of those who prolong it while they work, so that nobody waits long for a process that died."""
KEPT = dt.timedelta(hours=24)


class IdempotencyInFlight(Conflict):
    code = "idempotency_in_flight"
    default_message = "A request with this Idempotency-Key is being worked on. Send it again in a moment."


class IdempotencyKeyReused(Unprocessable):
    code = "idempotency_key_reused"
    default_message = "This Idempotency-Key was used for another request. Take a new one for each request."


@dataclass(frozen=True, slots=True)
class Named:
    """A request that named itself.

    Args:
        digest: SHA-256 of what makes it this request and no other.
    """

    tenant_id: int
    api_key_id: int
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to carry a request out."""

    tenant_id: int
    record_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it is kept."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def begin(*, request: Named, now: dt.datetime, lease: dt.timedelta = LEASE) -> Ticket | Stored:
    """Takes a request on, or finds what was answered to it. Without `finish` or `prolong` it is free after `lease`.

    Raises:
        IdempotencyInFlight: another attempt is at it.
        IdempotencyKeyReused: the key belongs to another request.
    """
    with tenant_scope(request.tenant_id):
        records = IdempotencyRecord.objects.filter(
            tenant_id=request.tenant_id, api_key_id=request.api_key_id, key=request.key
        )
        records.filter(created_at__lt=now - KEPT).delete()
        found = records.first()
    return _first(request, now + lease, now) if found is None else _again(request, found, now + lease, now)


def _first(request: Named, until: dt.datetime, now: dt.datetime) -> Ticket:
    try:
        with tenant_scope(request.tenant_id):
            made = IdempotencyRecord.objects.create(
                tenant_id=request.tenant_id,
                api_key_id=request.api_key_id,
                key=request.key,
                digest=request.digest,
                lease_until=until,
                created_at=now,
            )
    except IntegrityError as error:  # another request was first by a hair
        raise IdempotencyInFlight(retry_after=1) from error
    return Ticket(request.tenant_id, made.pk, made.attempt)


def _again(request: Named, found: IdempotencyRecord, until: dt.datetime, now: dt.datetime) -> Ticket | Stored:
    if bytes(found.digest) != request.digest:
        raise IdempotencyKeyReused
    if found.status is not None:
        return Stored(found.status, bytes(found.body), found.headers)
    if found.lease_until > now:
        raise IdempotencyInFlight(retry_after=1)
    with tenant_scope(request.tenant_id):
        mine = _held(Ticket(request.tenant_id, found.pk, found.attempt))
        if not mine.update(attempt=found.attempt + 1, lease_until=until):
            raise IdempotencyInFlight(retry_after=1)
    return Ticket(request.tenant_id, found.pk, found.attempt + 1)


def finish(ticket: Ticket, answer: Stored) -> None:
    """Keeps the answer for those that ask again.

    Raises:
        IdempotencyInFlight: the lease had run out and another attempt has taken over; undo what you did.
    """
    with tenant_scope(ticket.tenant_id):
        if not _held(ticket).update(status=answer.status, headers=answer.headers, body=answer.body):
            raise IdempotencyInFlight(retry_after=1)


def prolong(ticket: Ticket, *, now: dt.datetime) -> bool:
    """Keeps a request for the one who carries it out, for another `SHORT_LEASE`; False when it is no longer hers."""
    with tenant_scope(ticket.tenant_id):
        return bool(_held(ticket).update(lease_until=now + SHORT_LEASE))


def forget(ticket: Ticket) -> None:
    """Lets the request be carried out anew: this attempt came to nothing that should last."""
    with tenant_scope(ticket.tenant_id):
        _held(ticket).delete()


def sweep(*, tenant_id: int, now: dt.datetime) -> int:
    """Removes a tenant's records older than a day; says how many."""
    with tenant_scope(tenant_id):
        old = IdempotencyRecord.objects.filter(tenant_id=tenant_id, created_at__lt=now - KEPT)
        return old.delete()[0]


def _held(ticket: Ticket) -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(
        tenant_id=ticket.tenant_id, pk=ticket.record_id, attempt=ticket.attempt, status=None
    )
