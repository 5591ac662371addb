"""Reads about conversations; each names its tenant first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import F

from conversations import journal
from conversations.approvals import NoSuchApproval
from conversations.journal import LogEvent, NoSuchConversation
from conversations.models import (
    Approval,
    ApprovalStatus,
    Conversation,
    Customer,
    Run,
    Step,
)
from core.errors import NotFound
from core.scope import tenant_scope

PAGE = 200
_OF_APPROVAL = ("run", "conversation__customer", "conversation__release")


class NoSuchRun(NotFound):
    code = "no_such_run"
    default_message = "There is no such run."


@dataclass(frozen=True, slots=True)
class LogPage:
    """A piece of a log: its events, and the head at the time of reading."""

    events: list[LogEvent]
    last_seq: int


def get_conversation(tenant_id: int, public_id: str | uuid.UUID) -> Conversation:
    """A conversation with its customer and release.

    Raises:
        NoSuchConversation: unknown, malformed or another tenant's.
    """
    wanted = _uuid(public_id)
    with tenant_scope(tenant_id):
        row = (
            Conversation.objects.filter(tenant_id=tenant_id, public_id=wanted)
            .select_related("customer", "release", "agent")
            .first()
        )
    if row is None:
        raise NoSuchConversation
    return row


def newest_conversation(tenant_id: int, customer_id: int) -> Conversation | None:
    """The conversation a returning customer goes on with."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(tenant_id=tenant_id, customer_id=customer_id)
        return rows.select_related("customer", "release", "agent").order_by("-id").first()


def customer_by_public_id(tenant_id: int, public_id: str) -> Customer | None:
    with tenant_scope(tenant_id):
        return Customer.objects.filter(tenant_id=tenant_id, public_id=_uuid(public_id)).first()


def recent_conversations(tenant_id: int, *, limit: int = 50, before: int | None = None) -> list[Conversation]:
    """Conversations with at least one event, the newest activity first."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(tenant_id=tenant_id, last_seq__gt=0)
        if before is not None:
            rows = rows.filter(id__lt=before)
        return list(rows.select_related("customer", "agent").order_by("-updated_at", "-id")[:limit])


def list_conversations(tenant_id: int, *, limit: int, before: int | None = None) -> list[Conversation]:
    """All conversations, the newest first, of row number below `before`."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(tenant_id=tenant_id)
        if before is not None:
            rows = rows.filter(id__lt=before)
        return list(rows.select_related("customer", "release", "agent").order_by("-id")[:limit])


def standing(tenant_id: int, conversation_id: int) -> journal.Head:
    """Who owns a conversation, and how far it is said and answered. Not for writing.

    Raises:
        NoSuchConversation
    """
    with tenant_scope(tenant_id):
        return journal.peek(conversation_id)


def read_log(tenant_id: int, conversation_id: int, *, after: int, limit: int = PAGE) -> LogPage:
    """Events after a cursor, with the log's head."""
    with tenant_scope(tenant_id):
        events = journal.read(conversation_id, after=after, limit=limit)
        head = events[-1].seq if events and len(events) < limit else _last_seq(tenant_id, conversation_id)
    return LogPage(events, head)


def run_in_flight(tenant_id: int, conversation_id: int) -> Run | None:
    """The run that is being worked on, if any."""
    with tenant_scope(tenant_id):
        return Run.objects.filter(
            tenant_id=tenant_id, conversation_id=conversation_id, status="running"
        ).first()


def get_run(tenant_id: int, public_id: str | uuid.UUID) -> Run:
    """A run with its conversation.

    Raises:
        NoSuchRun: unknown, malformed or another tenant's.
    """
    with tenant_scope(tenant_id):
        rows = Run.objects.filter(tenant_id=tenant_id, public_id=_uuid(public_id, NoSuchRun))
        row = rows.select_related("conversation").first()
    if row is None:
        raise NoSuchRun
    return row


def list_runs(tenant_id: int, conversation_id: int, *, limit: int, before: int | None = None) -> list[Run]:
    """Runs of a conversation, the newest first, of row number below `before`."""
    with tenant_scope(tenant_id):
        rows = Run.objects.filter(tenant_id=tenant_id, conversation_id=conversation_id)
        if before is not None:
            rows = rows.filter(id__lt=before)
        return list(rows.select_related("conversation").order_by("-id")[:limit])


def steps_of_run(tenant_id: int, run_id: int) -> list[Step]:
    """In order."""
    with tenant_scope(tenant_id):
        return list(Step.objects.filter(tenant_id=tenant_id, run_id=run_id).order_by("number"))


def approvals_of_run(tenant_id: int, run_id: int) -> list[Approval]:
    """In the order of their steps."""
    with tenant_scope(tenant_id):
        return list(Approval.objects.filter(tenant_id=tenant_id, run_id=run_id).order_by("number"))


def get_approval(tenant_id: int, public_id: str | uuid.UUID) -> Approval:
    """An approval with its run, conversation, customer and release.

    Raises:
        conversations.approvals.NoSuchApproval: unknown, malformed or another tenant's.
    """
    with tenant_scope(tenant_id):
        rows = Approval.objects.filter(tenant_id=tenant_id, public_id=_uuid(public_id, NoSuchApproval))
        row = rows.select_related(*_OF_APPROVAL).first()
    if row is None:
        raise NoSuchApproval
    return row


def list_approvals(
    tenant_id: int, *, status: str = "", limit: int, before: int | None = None
) -> list[Approval]:
    """Approvals, the newest first, of row number below `before`.

    Args:
        status: of `ApprovalStatus`; empty: all.
    """
    with tenant_scope(tenant_id):
        rows = Approval.objects.filter(tenant_id=tenant_id)
        if status:
            rows = rows.filter(status=status)
        if before is not None:
            rows = rows.filter(id__lt=before)
        return list(rows.select_related(*_OF_APPROVAL).order_by("-id")[:limit])


def pending_approvals(tenant_id: int, *, most: int = 100) -> int:
    """How many calls await a yes, counted up to `most`."""
    with tenant_scope(tenant_id):
        rows = Approval.objects.filter(tenant_id=tenant_id, status=ApprovalStatus.PENDING)
        return rows.order_by()[:most].count()


def queue_position(tenant_id: int, conversation_id: int) -> int | None:
    """1 for the next in line; None when the conversation isn't waiting."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(tenant_id=tenant_id, owner="queue")
        mine = rows.filter(pk=conversation_id).values_list("updated_at", flat=True).first()
        return None if mine is None else rows.filter(updated_at__lt=mine).count() + 1


def unanswered(tenant_id: int) -> list[int]:
    """Conversations of the assistant with a customer's message that no run answers. None are expected."""
    with tenant_scope(tenant_id):
        rows = Conversation.objects.filter(
            tenant_id=tenant_id, owner="ai", customer_seq__gt=F("answered_seq")
        )
        return list(rows.exclude(runs__status="running").values_list("pk", flat=True)[:100])


def _last_seq(tenant_id: int, conversation_id: int) -> int:
    row = Conversation.objects.filter(tenant_id=tenant_id, pk=conversation_id).values_list("last_seq").first()
    return row[0] if row else 0


def _uuid(value: str | uuid.UUID, missing: type[NotFound] = NoSuchConversation) -> uuid.UUID:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value)[:64])
    except ValueError as error:
        raise missing from error
