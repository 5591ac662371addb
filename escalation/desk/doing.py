"""What the desk's socket does for a member, put together from the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from conversations import queries as conversations
from conversations import timeline
from core.errors import SwitchboardError
from core.scope import tenant_scope
from escalation.assist import answering
from escalation.desk import deeds, queries
from escalation.desk.deeds import Deed, Done
from escalation.desk.frames import Act
from escalation.desk.posts import Post
from escalation.desk.queries.offers import offered
from escalation.queueing import presence

SEEN_SECONDS = 5.0
LIGHT = frozenset({"draft", "read"})
"""Deeds that come all the time and change nothing anybody else sees."""
CHANGES_OFFERS = frozenset({"accept", "decline", "presence", "take_next", "claim"})
MOST_TEXT = 6000


def introduced(post: Post) -> dict[str, Any]:
    """Who she is and what she may do, as the page knows it."""
    me = {
        "user": post.user.pk,
        "member": post.member_id,
        "id": str(post.user.public_id),
        "name": post.actor.name,
    }
    return {"me": me, "can_act": post.can_act, "is_lead": post.is_lead, "role": post.role}


def steps(post: Post, run: str) -> list[dict[str, Any]]:
    """How an answer came about: what the assistant asked its model and its tools.

    Args:
        run: the run's public id, or a draft's name as events carry it.

    Raises:
        conversations.queries.NoSuchRun
        escalation.desk.queries.NotYourTeam
    """
    with tenant_scope(post.tenant_id):
        found = conversations.get_run(post.tenant_id, run.partition(".")[0])
        queries.get_talk(post, found.conversation.public_id)
        return [_step(line) for line in timeline.timeline(post.tenant_id, found).steps]


def _step(line: timeline.StepLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "kind": line.kind,
        "name": line.name,
        "status": line.status,
        "is_error": line.is_error,
        "detail": line.detail,
        "text": line.pretty[:MOST_TEXT],
        "call": line.call.pretty[:MOST_TEXT] if line.call else "",
        "seconds": line.seconds,
        "tokens": line.prompt_tokens + line.completion_tokens,
    }


def more_of(error: SwitchboardError) -> dict[str, Any]:
    """What an error says besides its code and words: who was faster, when to come back."""
    told = {"data": getattr(error, "data", None) or {}}
    return told if error.retry_after is None else {**told, "retry_after": error.retry_after}


def do(post: Post, deed: Act) -> Done:
    """Does a deed; raises what `escalation.desk.deeds.do` raises."""
    return deeds.do(post, Deed(deed.do, deed.conversation, deed.id, deed.fields))


def offer(post: Post) -> dict[str, Any] | None:
    """What is offered to her now."""
    return offered(post, now=timezone.now())


def arrive(post: Post, line: str) -> None:
    """Her desk opens."""
    if post.can_act:
        presence.arrive(tenant_id=post.tenant_id, member_id=post.member_id, line=line, now=timezone.now())


def gone(post: Post, line: str) -> None:
    """Her desk closes."""
    if post.can_act:
        presence.gone(tenant_id=post.tenant_id, line=line, now=timezone.now())


def seen(tenant_id: int, lines: Sequence[tuple[Post, str]]) -> None:
    """These desks are open still: one statement for all of them, and those that were forgotten arrive again."""
    open_here = [(post, line) for post, line in lines if post.can_act]
    names = [line for _, line in open_here]
    if names and presence.seen(tenant_id=tenant_id, lines=names, now=timezone.now()) < len(names):
        for post, line in open_here:
            arrive(post, line)


async def assist(post: Post, deed: Act) -> dict[str, Any]:
    """The assistant's help with writing; raises what `escalation.assist.answering.assist` raises."""
    return await answering.assist(post, Deed(deed.do, deed.conversation, deed.id, deed.fields))
