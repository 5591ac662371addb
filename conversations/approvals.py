"""A person's yes or no to one call of a tool.

Invariant: an approval is decided once, by compare-and-set, and the decision makes its run ready in the same
transaction; while it is awaited the run is a row and nothing else. What is decided for a conversation that has
changed hands meanwhile was withdrawn before. Whoever changes both locks the run first and the approval second.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import structlog
from celery import current_app
from django.db import transaction

from audit.services import record
from conversations import runs, steps
from conversations.models import Approval, ApprovalStatus, Run
from conversations.turns import Job
from core.actors import Actor, system
from core.errors import Conflict, Invalid, NotFound
from core.scope import tenant_scope
from engine.gateway.protocol import ToolCall
from engine.tools import catalogue, registry
from engine.tools.values import Audience, Offer

log = structlog.get_logger(__name__)
WAIT = dt.timedelta(hours=24)
MOST_REASON = 500
MOST_WHY = 300
Verdict = Literal["approve", "refuse"]


class NoSuchApproval(NotFound):
    code = "no_such_approval"
    default_message = "There is no such approval."


class AlreadyDecided(Conflict):
    code = "approval_already_decided"
    default_message = "Somebody has decided this already, or it has expired."


class ToolGone(Conflict):
    code = "approval_tool_gone"
    default_message = (
        "The tool is not on offer any more, so its arguments cannot be changed. Refuse the call."
    )


class ReasonMissing(Invalid):
    code = "approval_reason_missing"
    default_message = (
        f"Say why you refuse, in 1 to {MOST_REASON} characters: the assistant tells the customer."
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided: `arguments` are those to call with instead, `reason` is told to the assistant."""

    verdict: Verdict
    reason: str = ""
    arguments: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an approval stands for the run that asked."""

    status: str
    reason: str = ""
    arguments: dict[str, Any] | None = None


def standing(job: Job, number: int) -> Standing | None:
    """The decision about a step of a run; None while it was not asked for or is pending."""
    with tenant_scope(job.tenant_id):
        row = Approval.objects.filter(tenant_id=job.tenant_id, run_id=job.run_id, number=number).first()
    if row is None or row.status == ApprovalStatus.PENDING:
        return None
    return Standing(row.status, row.reason, row.edited)


def ask(job: Job, number: int, call: ToolCall, offer: Offer, *, now: dt.datetime, why: str = "") -> str:
    """Asks for a call within the caller's transaction; the approval's public id. Asked twice, it is the same one.

    Args:
        why: what else a person should know: which values nobody can trace.
    """
    steps.start(job, number, call, "waiting", now=now)
    row, made = Approval.objects.get_or_create(
        tenant_id=job.tenant_id,
        run_id=job.run_id,
        number=number,
        defaults={
            "conversation_id": job.conversation_id,
            "tool": call.name,
            "arguments": steps.clean(json.loads(call.arguments)),
            "why": _why(call, offer, why),
            "knows": _knows(job),
            "created_at": now,
            "expires_at": now + WAIT,
        },
    )
    if made:
        record(
            actor=Actor("ai", "assistant", job.assistant),
            action="approval.requested",
            target=f"approval:{row.public_id}",
            data={"tool": call.name, "run": job.run, "step": number},
        )
    return str(row.public_id)


def _why(call: ToolCall, offer: Offer, more: str) -> str:
    needs = f"{call.name} is {offer.policy.risk.value} and needs a person's yes."
    said = " ".join(part for part in (needs if offer.policy.requires_approval else "", more) if part)
    said = steps.storable(said or needs)
    return said if len(said) <= MOST_WHY else said[: MOST_WHY - 1] + "…"


def _knows(job: Job) -> dict[str, Any]:
    """What the assistant knew: the customer's words, and what the tools said before."""
    asked = [message.text for message in job.turn.messages if message.role == "user"]
    return {
        "identity": job.customer.identity,
        "customer_said": [steps.storable(text)[:1000] for text in asked[-3:]],
    }


def decide(
    *, tenant_id: int, public_id: str | uuid.UUID, decision: Decision, actor: Actor, now: dt.datetime
) -> Approval:
    """Decides, and lets the run go on.

    Raises:
        NoSuchApproval, AlreadyDecided, ReasonMissing
        engine.tools.registry.ToolArgumentsInvalid: edited arguments do not fit the tool's schema.
        ToolGone: edited arguments for a tool that is not on offer any more.
    """
    reason = steps.storable(decision.reason).strip()
    if decision.verdict == "refuse" and not 0 < len(reason) <= MOST_REASON:
        raise ReasonMissing
    status = ApprovalStatus.APPROVED if decision.verdict == "approve" else ApprovalStatus.REFUSED
    with tenant_scope(tenant_id):
        row = _locked(tenant_id, public_id)
        edited = _edited(row, decision)
        decided = row.expires_at > now and _set(
            row, status, now, reason=reason[:MOST_REASON], edited=edited, decided_by=_name(actor)
        )
        if not decided:
            raise AlreadyDecided
        record(
            actor=actor,
            action="approval.approved" if status == ApprovalStatus.APPROVED else "approval.refused",
            target=f"approval:{row.public_id}",
            data={"tool": row.tool, "edited": edited is not None},
        )
        _go_on(tenant_id, row.run_id, now)
        row.refresh_from_db()
    return row


def offer_of(row: Approval) -> Offer | None:
    """The tool of an approval as it stands now, if it still is on offer; within the tenant's scope."""
    conversation = row.conversation
    customer, release = conversation.customer, conversation.release
    audience = Audience(row.tenant_id, release.number, customer.identity, tuple(customer.segments))
    return next(iter(catalogue.offers(audience, (row.tool,))), None)


def _locked(tenant_id: int, public_id: str | uuid.UUID) -> Approval:
    """An approval whose run is locked: a run that is about to wait, and one that is dropped, come one by one."""
    rows = Approval.objects.filter(tenant_id=tenant_id, public_id=_uuid(public_id))
    row = rows.select_related("conversation__customer", "conversation__release").first()
    if row is None:
        raise NoSuchApproval
    _lock_run(tenant_id, row.run_id)
    return row


def _lock_run(tenant_id: int, run_id: int) -> None:
    Run.objects.select_for_update(no_key=True).filter(tenant_id=tenant_id, pk=run_id).first()


def _set(row: Approval, status: ApprovalStatus, now: dt.datetime, **more: Any) -> bool:
    """Decides by compare-and-set; whether it was undecided."""
    pending = Approval.objects.filter(tenant_id=row.tenant_id, pk=row.pk, status=ApprovalStatus.PENDING)
    return bool(pending.update(status=status, decided_at=now, **more))


def _edited(row: Approval, decision: Decision) -> dict[str, Any] | None:
    """The arguments to call with instead, if they differ and fit."""
    given = decision.arguments
    if given is None or decision.verdict == "refuse" or given == row.arguments:
        return None
    offer = offer_of(row)
    if offer is None:
        raise ToolGone
    registry.check_arguments(offer.spec.parameters, given)
    if not isinstance(given, dict) or steps.clean(given) != given:
        raise registry.ToolArgumentsInvalid
    return given


def _name(actor: Actor) -> str:
    return (actor.name or str(actor))[:120]


def expire(*, tenant_id: int, now: dt.datetime) -> int:
    """Ends the approvals that nobody decided in time; the assistant tells the customer. How many there were."""
    with tenant_scope(tenant_id):
        pending = Approval.objects.filter(tenant_id=tenant_id, status=ApprovalStatus.PENDING)
        due = list(pending.filter(expires_at__lte=now).order_by("expires_at")[:100])
    return sum(_expire(row, now) for row in due)


def _expire(row: Approval, now: dt.datetime) -> bool:
    with tenant_scope(row.tenant_id):
        _lock_run(row.tenant_id, row.run_id)
        if not _set(row, ApprovalStatus.EXPIRED, now):
            return False
        target = f"approval:{row.public_id}"
        record(actor=system("worker"), action="approval.expired", target=target, data={"tool": row.tool})
        _go_on(row.tenant_id, row.run_id, now)
    return True


def go_on_if_decided(job: Job, *, now: dt.datetime) -> None:
    """Lets a run go on that was decided about before it had begun to wait; in the transaction that laid it aside."""
    pending = Approval.objects.filter(
        tenant_id=job.tenant_id, run_id=job.run_id, status=ApprovalStatus.PENDING
    )
    if not pending.exists():
        _go_on(job.tenant_id, job.run_id, now)


def _go_on(tenant_id: int, run_id: int, now: dt.datetime) -> None:
    """The run is ready; a worker is told at once, and would find it within seconds in any case."""
    if runs.make_ready(run_id, now=now):
        transaction.on_commit(partial(_nudge, tenant_id))


def _nudge(tenant_id: int) -> None:
    try:
        current_app.send_task("conversations.go_on", kwargs={"tenant_id": tenant_id}, retry=False, expires=60)
    except Exception as error:  # the broker is away: the sweep finds the run
        log.warning("go_on_not_sent", error=type(error).__name__)


def _uuid(public_id: str | uuid.UUID) -> uuid.UUID:
    try:
        return public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(public_id)
    except ValueError:
        raise NoSuchApproval from None
