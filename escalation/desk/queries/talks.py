"""A conversation with all that stands beside it at the desk."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db.models import F

from conversations import journal
from conversations import queries as conversations
from conversations.journal import LogEvent
from conversations.models import Approval, ApprovalStatus, Attachment, Conversation, Customer, Episode
from core.errors import Forbidden
from core.scope import tenant_scope
from escalation.desk.queries import lists
from escalation.models import DeskDraft, DeskRead, Handoff, Participant, Rating, Ticket, TicketStatus
from escalation.packets import services as packets

if TYPE_CHECKING:
    from escalation.desk.posts import Post

PAGE = 200
MOST_OLDER = 20
MOST_FILES = 100


class NotYourTeam(Forbidden):
    code = "not_your_team"
    default_message = (
        "This conversation belongs to another team. Ask its team or a manager to move it to yours."
    )


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation at the desk. `pk` is its row number, for groups and logs; the rest goes out as it is."""

    pk: int
    row: dict[str, Any]
    customer: dict[str, Any]
    episodes: list[dict[str, Any]]
    handoff: dict[str, Any] | None
    approvals: list[dict[str, Any]]
    participants: list[dict[str, Any]]
    tags: list[str]
    draft: dict[str, Any] | None
    reads: dict[str, Any]
    attachments: list[dict[str, Any]]
    older: list[dict[str, Any]]
    tickets: list[dict[str, Any]]

    @property
    def told(self) -> dict[str, Any]:
        """As it is sent."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "pk"}


def get_talk(post: Post, public_id: str | uuid.UUID) -> Conversation:
    """A conversation that a member may see.

    Raises:
        conversations.journal.NoSuchConversation: unknown, malformed or another tenant's.
        NotYourTeam: another team's.
    """
    found = conversations.get_conversation(post.tenant_id, public_id)
    if post.teams is not None and found.agent_id != post.user.pk and not _is_hers(post, found.pk):
        raise NotYourTeam
    return found


def public_id_of(post: Post, conversation_id: int) -> str:
    """The public id of a conversation of the post's tenant."""
    with tenant_scope(post.tenant_id):
        rows = Conversation.objects.filter(tenant_id=post.tenant_id, pk=conversation_id)
        return str(rows.values_list("public_id", flat=True).get())


def _is_hers(post: Post, conversation_id: int) -> bool:
    of = {"tenant_id": post.tenant_id, "conversation_id": conversation_id}
    with tenant_scope(post.tenant_id):
        handoff = Handoff.objects.filter(**of).order_by("-id").values_list("team_id", flat=True).first()
        if post.sees(handoff):
            return True
        return Participant.objects.filter(**of, member_id=post.member_id, left_at=None).exists()


def look(post: Post, public_id: str | uuid.UUID) -> Talk:
    """A conversation with all that stands beside it.

    Raises:
        conversations.journal.NoSuchConversation, NotYourTeam
    """
    with tenant_scope(post.tenant_id):
        found = get_talk(post, public_id)
        of = {"tenant_id": post.tenant_id, "conversation_id": found.pk}
        row = lists.one(post, found.pk) or {}
        return Talk(
            pk=found.pk,
            row=row,
            customer=_card(found.customer),
            episodes=_episodes(of),
            handoff=_handoff(of),
            approvals=_approvals(of),
            participants=_participants(of),
            tags=row.get("tags", []),
            draft=_draft(of, post.member_id),
            reads=_reads(of, found),
            attachments=_attachments(of),
            older=_older(post, found),
            tickets=_tickets(post.tenant_id, found.customer_id),
        )


def log(
    post: Post, public_id: str | uuid.UUID, *, before: int | None = None, after: int | None = None,
    limit: int = PAGE,
) -> list[LogEvent]:  # fmt: skip
    """A piece of a conversation's log, notes included, in order: after a `seq`, or the last before one.

    Raises:
        conversations.journal.NoSuchConversation, NotYourTeam
    """
    limit = max(1, min(limit, PAGE))
    with tenant_scope(post.tenant_id):
        found = get_talk(post, public_id)
        if after is not None:
            return journal.read(found.pk, after=max(after, 0), limit=limit)
        head = found.last_seq + 1 if before is None else max(min(before, found.last_seq + 1), 1)
        return journal.read(found.pk, after=max(head - 1 - limit, 0), upto=head - 1, limit=limit)


def _card(customer: Customer) -> dict[str, Any]:
    return {
        "id": str(customer.public_id),
        "external_id": customer.external_id or "",
        "name": customer.name,
        "email": customer.email,
        "identity": customer.identity,
        "segments": list(customer.segments),
        "verified_until": _stamp(customer.verified_until),
        "since": customer.created_at.isoformat(),
    }


def _episodes(of: dict[str, Any]) -> list[dict[str, Any]]:
    ratings = {row.episode: row for row in Rating.objects.filter(**of)}
    rows = Episode.objects.filter(**of).order_by("number")
    return [_episode(row, ratings.get(row.number)) for row in rows]


def _episode(row: Episode, rating: Rating | None) -> dict[str, Any]:
    return {
        "number": row.number,
        "opened_at": row.opened_at.isoformat(),
        "resolved_at": _stamp(row.resolved_at),
        "resolution": row.resolution,
        "disposition": row.disposition,
        "repeat": row.repeat_of is not None,
        "score": rating.score if rating else None,
        "comment": rating.comment if rating else "",
    }


def _handoff(of: dict[str, Any]) -> dict[str, Any] | None:
    row = Handoff.objects.filter(**of).select_related("team").order_by("-id").first()
    if row is None:
        return None
    return {
        "handoff": str(row.public_id),
        "status": row.status,
        "urgency": lists.URGENCY_NAMES[row.urgency],
        "team": row.team.name if row.team else "",
        "reason": row.reason,
        "note": row.note,
        "language": row.language,
        "skills": list(row.skills),
        "queued_at": row.queued_at.isoformat(),
        "taken_at": _stamp(row.taken_at),
        "reply_due_at": _stamp(row.reply_due_at),
        "resolve_due_at": _stamp(row.resolve_due_at),
        "paused_at": _stamp(row.paused_at),
        "breached": list(row.breached),
        "packet": row.packet or _packet(row),
        "decision": row.decision,
    }


def _packet(row: Handoff) -> dict[str, Any]:
    """The packet put together now, where the worker has not been there yet."""
    return packets.assembled(row).plain() if row.is_open else {}


def _approvals(of: dict[str, Any]) -> list[dict[str, Any]]:
    rows = Approval.objects.filter(**of, status=ApprovalStatus.PENDING).order_by("id")
    return [
        {
            "approval": str(row.public_id),
            "tool": row.tool,
            "arguments": row.arguments,
            "why": row.why,
            "knows": row.knows,
            "created_at": row.created_at.isoformat(),
            "expires_at": row.expires_at.isoformat(),
        }
        for row in rows
    ]


def _participants(of: dict[str, Any]) -> list[dict[str, Any]]:
    rows = Participant.objects.filter(**of, left_at=None).select_related("member__user").order_by("id")
    return [
        {
            "member": str(row.member.user.public_id),
            "name": str(row.member.user),
            "joined_at": row.joined_at.isoformat(),
        }
        for row in rows
    ]


def _draft(of: dict[str, Any], member_id: int) -> dict[str, Any] | None:
    row = DeskDraft.objects.filter(**of, member_id=member_id).first()
    return {"text": row.text, "is_note": row.is_note} if row else None


def _reads(of: dict[str, Any], found: Conversation) -> dict[str, Any]:
    rows = DeskRead.objects.filter(**of).annotate(
        who=F("member__user__public_id"), name=F("member__user__name"), email=F("member__user__email")
    )
    members = [{"member": str(row.who), "name": row.name or row.email, "seq": row.seq} for row in rows]
    return {"customer": found.read_seq, "members": members}


def _attachments(of: dict[str, Any]) -> list[dict[str, Any]]:
    rows = Attachment.objects.filter(**of, seq__isnull=False).defer("content").order_by("-id")[:MOST_FILES]
    return [
        {
            "id": str(row.public_id),
            "name": row.name,
            "kind": row.kind,
            "size": row.size,
            "seq": row.seq,
            "by": row.author_kind,
            "at": row.created_at.isoformat(),
        }
        for row in rows
    ]


def _older(post: Post, found: Conversation) -> list[dict[str, Any]]:
    """The customer's other conversations, the newest first, as far as they are hers to see."""
    rows = Conversation.objects.filter(tenant_id=post.tenant_id, customer_id=found.customer_id)
    others = rows.exclude(pk=found.pk).order_by("-id").values_list("pk", flat=True)
    return lists.rows(post, others[:MOST_OLDER])


def _tickets(tenant_id: int, customer_id: int) -> list[dict[str, Any]]:
    rows = Ticket.objects.filter(tenant_id=tenant_id, customer_id=customer_id, status=TicketStatus.OPEN)
    return [
        {"ticket": row.reference, "subject": row.subject, "priority": row.priority}
        for row in rows.order_by("-number")[:MOST_OLDER]
    ]


def _stamp(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
