"""What members do at the live page: come in, look, and step in. Synchronous; the desk's socket calls it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from conversations import queries, services
from conversations.desk_frames import Act
from conversations.journal import LogEvent
from conversations.models import Conversation
from core.actors import Actor
from core.errors import Forbidden, NotAuthorised
from core.scope import tenant_scope
from tenants.models import User
from tenants.queries import NoSuchTenant, memberships_of
from tenants.requests import actor_of
from tenants.roles import Right, may

PREVIEW = 140


class SignedOut(NotAuthorised):
    code = "signed_out"
    default_message = "You are not signed in any more. Sign in again to go on."


@dataclass(frozen=True, slots=True)
class Post:
    """A member at the desk of one tenant."""

    tenant_id: int
    user: User
    actor: Actor
    can_act: bool


def enter(session_key: str, slug: str) -> Post:
    """The desk of a tenant, for whoever the session belongs to; looked up anew each time.

    Raises:
        SignedOut: nobody.
        tenants.queries.NoSuchTenant: not there, or not hers.
        core.errors.Forbidden: her role does not read conversations.
    """
    request = HttpRequest()
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key or None)
    user = get_user(request)
    if not isinstance(user, User):
        raise SignedOut
    membership = next((row for row in memberships_of(user.pk) if row.tenant.slug == slug), None)
    if membership is None:
        raise NoSuchTenant
    if not may(membership.role, Right.READ_CONVERSATIONS):
        raise Forbidden
    can_act = may(membership.role, Right.WRITE_CONVERSATIONS)
    return Post(membership.tenant_id, user, actor_of(user), can_act)


def rows(post: Post, only: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """The list at the left, or some of its rows, as the page shows them."""
    return [row_of(post, found) for found in queries.desk_conversations(post.tenant_id, only=only)]


def look(post: Post, public_id: str) -> tuple[int, dict[str, Any]]:
    """A conversation's row number and how the page shows it.

    Raises:
        conversations.journal.NoSuchConversation
    """
    pk = queries.get_conversation(post.tenant_id, public_id).pk
    return pk, rows(post, only=[pk])[0]


def row_of(post: Post, conversation: Conversation) -> dict[str, Any]:
    preview = " ".join((getattr(conversation, "preview", "") or "").split())
    return {
        "conversation": str(conversation.public_id),
        "customer": str(conversation.customer),
        "identity": conversation.customer.identity,
        "owner": conversation.owner,
        "agent": str(conversation.agent) if conversation.agent else "",
        "mine": conversation.agent_id == post.user.pk,
        "seq": conversation.last_seq,
        "at": conversation.updated_at.isoformat(),
        "preview": preview[:PREVIEW],
    }


def act(post: Post, deed: Act) -> list[LogEvent]:
    """Claims, answers, gives back or closes a conversation.

    Raises:
        core.errors.Forbidden: her role only looks.
        conversations.journal.NoSuchConversation and what the service of the deed raises.
    """
    if not post.can_act:
        raise Forbidden
    conversation = queries.get_conversation(post.tenant_id, deed.conversation)
    named: dict[str, Any] = {
        "tenant_id": post.tenant_id,
        "conversation_id": conversation.pk,
        "actor": post.actor,
    }
    now = timezone.now()
    with tenant_scope(post.tenant_id):
        match deed.do:
            case "claim":
                return services.claim(**named, agent=post.user, now=now)
            case "reply":
                return services.reply(**named, agent=post.user, text=deed.text, now=now)
            case "return":
                return services.return_to_assistant(**named, agent=post.user, now=now)
            case _:
                return services.close(**named, agent=post.user, now=now)
