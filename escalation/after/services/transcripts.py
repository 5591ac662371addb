"""Copies of a conversation by mail: asked for a few times a day, sent by a worker, the address gone afterwards.

Invariant: an address stands in its row until the mail is out or given up, and nowhere else: tasks, the ledger and
logs know the row's number.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

import structlog
from celery import current_app
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q

from audit.services import record
from conversations import journal
from conversations.aftercare import NotOffered
from conversations.models import Conversation, Customer, Identity
from core import sql
from core.actors import Actor, system
from core.errors import Conflict, Invalid, TooMany
from core.scope import tenant_scope
from core.sealing import fingerprint
from escalation.after.queries import wishes_of
from escalation.models import Transcript

log = structlog.get_logger(__name__)
TASK = "escalation.send_transcript"
A_DAY = dt.timedelta(days=1)
MOST_A_DAY = 3
MOST_ATTEMPTS = 4
AGAIN_AFTER = dt.timedelta(minutes=5)
_LOCK_ADDRESS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class AddressNeeded(Invalid):
    code = "address_needed"
    default_message = "Say to which e-mail address the conversation is to be sent."


class NothingToSend(Conflict):
    code = "nothing_to_send"
    default_message = "Nothing was said yet that could be sent."


class TooManyTranscripts(TooMany):
    code = "too_many_transcripts"
    default_message = f"{MOST_A_DAY} copies a day are the most."


@dataclass(frozen=True, slots=True)
class Letter:
    """A copy that is to be sent now."""

    transcript_id: int
    conversation_id: int
    customer_id: int
    upto_seq: int
    address: str
    tenant_name: str
    language: str


def ask_transcript(tenant_id: int, conversation_id: int, email: str, actor: Actor, now: dt.datetime) -> str:
    """Has a worker send what was said, up to now; the address, made unreadable but for its owner.

    Args:
        email: where to; empty: the address of the customer's profile.

    Raises:
        AddressNeeded, NothingToSend, TooManyTranscripts
        conversations.aftercare.NotOffered: the tenant sends none.
        conversations.journal.NoSuchConversation
    """
    if not wishes_of(tenant_id).sends_transcripts:
        raise NotOffered("This team does not send conversations by e-mail.")
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        if not head.customer_seq:
            raise NothingToSend
        address = _address(tenant_id, head.customer_id, email.strip())
        digest = fingerprint(address.lower(), "transcript-address")
        _demand_room(tenant_id, head.customer_id, digest, now)
        row = Transcript.objects.create(
            tenant_id=tenant_id,
            conversation_id=head.id,
            customer_id=head.customer_id,
            address=address,
            address_digest=digest,
            upto_seq=head.last_seq,
            asked_by=str(actor)[:120],
            created_at=now,
        )
        facts = {"transcript": row.pk, "upto": head.last_seq}
        record(
            actor=actor, action="transcript.requested", target=f"conversation:{head.public_id}", data=facts
        )
        transaction.on_commit(partial(_tell_worker, tenant_id, row.pk))
    return f"{address[0]}***@{address.rpartition('@')[2]}"


def still_due(tenant_id: int, *, now: dt.datetime) -> list[int]:
    """Copies that no worker has sent yet, though one was told; what is older than a day is given up."""
    with tenant_scope(tenant_id):
        rows = Transcript.objects.filter(tenant_id=tenant_id).exclude(address="")
        given_up = rows.filter(Q(created_at__lt=now - A_DAY) | Q(attempts__gte=MOST_ATTEMPTS))
        given_up.filter(_free(now)).update(address="")
        return list(
            rows.filter(_free(now), created_at__lt=now - AGAIN_AFTER).values_list("pk", flat=True)[:50]
        )


def take(tenant_id: int, transcript_id: int, *, now: dt.datetime) -> Letter | None:
    """A copy to be sent by whoever asks first; None where it is out, given up, or somebody is at it."""
    with tenant_scope(tenant_id):
        rows = Transcript.objects.filter(tenant_id=tenant_id, pk=transcript_id, attempts__lt=MOST_ATTEMPTS)
        if not rows.filter(_free(now)).exclude(address="").update(taken_at=now, attempts=F("attempts") + 1):
            return None
        row = rows.model.objects.select_related("tenant", "conversation").get(
            tenant_id=tenant_id, pk=transcript_id
        )
        return Letter(
            row.pk,
            row.conversation_id,
            row.customer_id,
            row.upto_seq,
            row.address,
            row.tenant.name,
            row.conversation.language,
        )


def give_back(tenant_id: int, transcript_id: int) -> None:
    """A copy that the mail server did not take may be tried again."""
    with tenant_scope(tenant_id):
        Transcript.objects.filter(tenant_id=tenant_id, pk=transcript_id).update(taken_at=None)


def note_sent(tenant_id: int, letter: Letter, *, now: dt.datetime) -> None:
    """A copy is out: its address is forgotten."""
    with tenant_scope(tenant_id):
        rows = Transcript.objects.filter(tenant_id=tenant_id, pk=letter.transcript_id)
        rows.update(sent_at=now, address="")
        talk = Conversation.objects.get(tenant_id=tenant_id, pk=letter.conversation_id)
        facts = {"transcript": letter.transcript_id}
        target = f"conversation:{talk.public_id}"
        record(actor=system("worker"), action="transcript.sent", target=target, data=facts)


def _free(now: dt.datetime) -> Q:
    return Q(taken_at=None) | Q(taken_at__lt=now - AGAIN_AFTER)


def _address(tenant_id: int, customer_id: int, given: str) -> str:
    """Where to: as given, or of the profile of a customer who is known.

    Raises:
        AddressNeeded
    """
    if not given:
        known = Customer.objects.filter(tenant_id=tenant_id, pk=customer_id)
        given = known.exclude(identity=Identity.ANONYMOUS).values_list("email", flat=True).first() or ""
    try:
        validate_email(given)
    except ValidationError as error:
        raise AddressNeeded from error
    return given


def _demand_room(tenant_id: int, customer_id: int, digest: str, now: dt.datetime) -> None:
    """An address is spared too, whoever writes it down."""
    sql.run(_LOCK_ADDRESS, [f"transcript:{tenant_id}:{customer_id}"])
    sql.run(_LOCK_ADDRESS, [f"transcript-address:{tenant_id}:{digest}"])
    rows = Transcript.objects.filter(tenant_id=tenant_id, created_at__gt=now - A_DAY)
    for whose in ({"customer_id": customer_id}, {"address_digest": digest}):
        if rows.filter(**whose).count() >= MOST_A_DAY:
            raise TooManyTranscripts(retry_after=A_DAY.total_seconds())


def _tell_worker(tenant_id: int, transcript_id: int) -> None:
    told = {"tenant_id": tenant_id, "transcript_id": transcript_id}
    try:
        current_app.send_task(TASK, kwargs=told, retry=False)
    except Exception as error:  # the broker is away: the sweep sends it
        log.warning("transcript_not_asked_for", error=type(error).__name__)
