"""The doors for files of members: put up for a conversation of theirs, and fetched to be saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from conversations.file_doors import as_download, refused, upload_of
from conversations.files.queries import card, get_file
from conversations.files.services import put_up
from conversations.journal import NoSuchConversation
from conversations.models import Conversation
from core.errors import SwitchboardError
from escalation.desk import queries
from escalation.desk.errors import ReadOnly
from escalation.desk.posts import Post, SignedOut, post_of
from tenants.models import User
from tenants.queries import memberships_of

Door = Callable[..., HttpResponse]


def _door(view: Door) -> Door:
    """Puts errors into words."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SwitchboardError as error:
            return refused(error)

    return answered


@require_POST
@_door
def put(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """Puts a file up; it is sent with a message or a note that names its id."""
    post, talk = _place(request, conversation)
    if not post.can_act:
        raise ReadOnly
    row = put_up(
        tenant_id=post.tenant_id,
        conversation=talk,
        upload=upload_of(request),
        actor=post.actor,
        now=timezone.now(),
    )
    return JsonResponse(card(row), status=201)


@require_GET
@_door
def fetch(request: HttpRequest, conversation: UUID, file: UUID) -> HttpResponse:
    """A file, to be saved."""
    _, talk = _place(request, conversation)
    return as_download(get_file(talk, file))


def _place(request: HttpRequest, conversation: UUID) -> tuple[Post, Conversation]:
    """The conversation, in whichever of her organisations it is.

    Raises:
        SignedOut, NoSuchConversation, escalation.desk.queries.NotYourTeam
    """
    user = request.user
    if not isinstance(user, User):
        raise SignedOut
    for membership in memberships_of(user.pk):
        try:
            post = post_of(membership, user)
            return post, queries.get_talk(post, conversation)
        except NoSuchConversation:
            continue
    raise NoSuchConversation
