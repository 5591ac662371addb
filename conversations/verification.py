"""One-time codes: how a customer who is known becomes one who has proved it just now.

Invariant: a code goes to the address on the customer's profile and nowhere else, whatever was written in the chat.
It is kept as a keyed digest only, and works once, for its own customer, while it is the newest, for ten minutes and
five attempts. A call repeated under its key sends nothing twice and counts as one attempt. Whoever asks for a code or
tries one locks the customer first, so that no limit is passed by asking at the same time.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from functools import partial

import structlog
from celery import current_app
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q

from audit.services import record
from conversations.models import Customer, Identity, VerificationCode
from core import sql
from core.actors import Actor, system
from core.errors import Conflict, Forbidden, Invalid, TooMany
from core.scope import tenant_scope
from core.sealing import fingerprint

log = structlog.get_logger(__name__)
TASK = "conversations.send_code"
DIGITS = 6
CODE_LIFE = dt.timedelta(minutes=10)
VERIFIED_FOR = dt.timedelta(minutes=30)
MOST_ATTEMPTS = 5
MOST_CODES = 3
CODES_PER = dt.timedelta(hours=1)
STILL_LONG = dt.timedelta(minutes=5)
"""Who stays verified for less than this may ask for the next code already."""
IDENTITY_NOW = "CASE WHEN c.verified_until > %s THEN 'stepped_up' ELSE c.identity END"
"""SQL: how far the customer `c` is known at a moment."""

_KNOWN = (Identity.CLAIMED, Identity.SIGNED, Identity.STEPPED_UP)
_IDENTITY = f"SELECT {IDENTITY_NOW} FROM conversations_customer c WHERE c.tenant_id = %s AND c.id = %s"  # noqa: S608
_LOCK_ADDRESS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_ASSISTANT = Actor("ai", "assistant")


class NoAddress(Forbidden):
    code = "verification_no_address"
    default_message = (
        "No code was sent: no e-mail address is on this customer's profile, and one written in the chat proves "
        "nothing and cannot be used. Ask the customer to sign in to their account and to write again from there, or "
        "offer a person of the team."
    )


class VerifiedAlready(Conflict):
    code = "verified_already"
    default_message = "No code is needed: the customer is verified. Go on with what the customer asked for."


class TooManyCodes(TooMany):
    code = "verification_too_many_codes"
    default_message = (
        f"No code was sent: {MOST_CODES} codes an hour are the most. Tell the customer to use the newest one or to "
        "come back in an hour, or offer a person of the team."
    )


class NoCode(Conflict):
    code = "verification_no_code"
    default_message = (
        "There is no code to check: none was sent, or the newest one is used up, has expired or was tried too often. "
        "Offer the customer to send a new one."
    )


class CodeMalformed(Invalid):
    code = "verification_code_malformed"
    default_message = f"A code has {DIGITS} digits. Ask the customer to look again; this was not counted."


class CodeWrong(Forbidden):
    code = "verification_code_wrong"
    default_message = "That is not the newest code that was sent to this customer."


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is to be verified, and the call that asks: the same key is the same call."""

    tenant_id: int
    customer_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A code that is due to be sent to a customer's address."""

    code_id: int
    address: str
    tenant_name: str


def identity_now(tenant_id: int, customer_id: int, *, now: dt.datetime) -> str:
    """How far a customer is known at this moment, of `engine.tools.values.IDENTITIES`."""
    with tenant_scope(tenant_id):
        found = sql.row(_IDENTITY, [now, tenant_id, customer_id])
    return str(found[0]) if found else Identity.ANONYMOUS.value


def ask_for_code(asked: Asked, *, now: dt.datetime) -> str:
    """Has a worker send a new code after commit; the address it goes to, made unreadable but for its owner.

    Raises:
        NoAddress, VerifiedAlready, TooManyCodes
    """
    with tenant_scope(asked.tenant_id):
        customer = _locked(asked)
        address = _address(customer)
        codes = VerificationCode.objects.filter(tenant_id=asked.tenant_id)
        if codes.filter(request_key=asked.key).exists():
            return _masked(address)
        digest = _address_digest(address)
        _demand_room(customer, digest, now)
        code = codes.create(
            tenant_id=asked.tenant_id,
            customer=customer,
            request_key=asked.key,
            address_digest=digest,
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
        record(actor=_ASSISTANT, action="verification.requested", target=_target(customer))
        transaction.on_commit(partial(_tell_worker, asked.tenant_id, code.pk))
    return _masked(address)


def _demand_room(customer: Customer, digest: str, now: dt.datetime) -> None:
    if customer.verified_until and customer.verified_until > now + STILL_LONG:
        raise VerifiedAlready
    # An address is spared too, however many customers share it and ask at once.
    sql.run(_LOCK_ADDRESS, [f"code-address:{customer.tenant_id}:{digest}"])
    whose = Q(customer_id=customer.pk) | Q(address_digest=digest)
    recent = VerificationCode.objects.filter(
        whose, tenant_id=customer.tenant_id, created_at__gt=now - CODES_PER
    )
    if recent.count() >= MOST_CODES:
        raise TooManyCodes(retry_after=CODES_PER.total_seconds())


def check_code(asked: Asked, said: str, *, now: dt.datetime) -> dt.datetime:
    """Holds a code against the newest one; until when the customer is verified.

    Args:
        said: as the customer wrote it, spaces and dashes included.

    Raises:
        CodeMalformed, NoCode, CodeWrong
    """
    digits = "".join(char for char in said if char not in " -\u00a0\u202f")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise CodeMalformed
    with tenant_scope(asked.tenant_id):
        code = _checked(asked, digits, now)
    if code.used_at is None:
        left = MOST_ATTEMPTS - code.attempts
        more = f"{left} attempts are left." if left else "It was tried too often: offer to send a new one."
        raise CodeWrong(f"{CodeWrong.default_message} {more}")
    return code.used_at + VERIFIED_FOR


def _checked(asked: Asked, digits: str, now: dt.datetime) -> VerificationCode:
    """The code as it is after this attempt: used when it was the right one."""
    customer = _locked(asked)
    codes = VerificationCode.objects.filter(tenant_id=asked.tenant_id, customer_id=customer.pk).order_by(
        "-id"
    )
    before = codes.filter(checked_key=asked.key).first()
    if before is not None:
        return before
    code = codes.first()
    if code is None or not _is_open(code, customer, now):
        raise NoCode
    right = hmac.compare_digest(code.code_digest, code_digest(code.pk, digits))
    used_at = now if right else None
    codes.filter(pk=code.pk).update(attempts=F("attempts") + 1, checked_key=asked.key, used_at=used_at)
    code.attempts, code.used_at = code.attempts + 1, used_at
    if right:
        rows = Customer.objects.filter(tenant_id=asked.tenant_id, pk=customer.pk)
        rows.update(verified_until=now + VERIFIED_FOR)
        record(actor=_ASSISTANT, action="customer.verified", target=_target(customer))
    else:
        facts = {"attempts": code.attempts}
        record(actor=_ASSISTANT, action="verification.failed", target=_target(customer), data=facts)
    return code


def _is_open(code: VerificationCode, customer: Customer, now: dt.datetime) -> bool:
    """Whether a code may still be tried: the profile's address must be the one it went to."""
    if not code.code_digest or code.used_at is not None:
        return False
    if code.attempts >= MOST_ATTEMPTS or code.expires_at <= now:
        return False
    return code.address_digest == _address_digest(customer.email)


def take_letter(tenant_id: int, code_id: int, digits: str, *, now: dt.datetime) -> Letter | None:
    """Puts the digest of a code in its row, once; None where nothing is to be sent, or somebody is at it already."""
    with tenant_scope(tenant_id):
        rows = VerificationCode.objects.filter(
            tenant_id=tenant_id, pk=code_id, code_digest="", expires_at__gt=now
        )
        code = rows.select_related("customer", "tenant").first()
        if code is None or code.address_digest != _address_digest(code.customer.email):
            return None
        if not rows.update(code_digest=code_digest(code_id, digits)):
            return None
        return Letter(code_id, _address(code.customer), code.tenant.name)


def give_back(tenant_id: int, letter: Letter) -> None:
    """A letter that could not be sent may be tried again, with another code."""
    with tenant_scope(tenant_id):
        rows = VerificationCode.objects.filter(tenant_id=tenant_id, pk=letter.code_id, attempts=0)
        rows.update(code_digest="")


def note_sent(tenant_id: int, letter: Letter, *, now: dt.datetime) -> None:
    """The letter is out."""
    with tenant_scope(tenant_id):
        rows = VerificationCode.objects.filter(tenant_id=tenant_id, pk=letter.code_id)
        rows.update(sent_at=now)
        code = rows.select_related("customer").get()
        record(actor=system("worker"), action="verification.sent", target=_target(code.customer))


def code_digest(code_id: int, digits: str) -> str:
    """What is kept of a code: good for its own row only."""
    return fingerprint(f"{code_id}:{digits}", "one-time-code")


def _address_digest(address: str) -> str:
    return fingerprint(address.strip().lower(), "code-address")


def _locked(asked: Asked) -> Customer:
    rows = Customer.objects.select_for_update(no_key=True)
    customer = rows.filter(tenant_id=asked.tenant_id, pk=asked.customer_id).first()
    if customer is None:
        raise NoAddress
    return customer


def _address(customer: Customer) -> str:
    """The profile's address of a customer who is known at all.

    Raises:
        NoAddress
    """
    address = customer.email.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise NoAddress from error
    if customer.identity not in _KNOWN:
        raise NoAddress
    return address


def _masked(address: str) -> str:
    return f"{address[0]}***@{address.rpartition('@')[2]}"


def _target(customer: Customer) -> str:
    return f"customer:{customer.public_id}"


def _tell_worker(tenant_id: int, code_id: int) -> None:
    told = {"tenant_id": tenant_id, "code_id": code_id}
    try:
        current_app.send_task(TASK, kwargs=told, retry=False, expires=CODE_LIFE.total_seconds())
    except Exception as error:  # the broker is away: the customer asks for another code
        log.warning("code_not_asked_for", error=type(error).__name__)
