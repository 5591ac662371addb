"""The doors for files of customers: whose token is the conversation's may send one, and fetch what was said.

Invariant: a file is only ever given out to be saved, as what its content is; no page of ours shows it as a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt

from conversations import admission, answering, events, load, queries, services
from conversations.files.kinds import MOST_BYTES, FileTooLarge
from conversations.files.queries import get_file
from conversations.files.services import Upload, send_of_customer
from conversations.intake import Accepted
from conversations.journal import NoSuchConversation
from conversations.live import LiveAnswer
from conversations.models import Attachment, Conversation
from core.errors import Invalid, NotAuthorised, SwitchboardError
from core.offload import in_database
from core.scope import tenant_scope
from tenants import identity
from tenants.identity import SignedIdentity

CSP = "sandbox; default-src 'none'"
_FORM_ROOM = 64 * 1024
Door = Callable[..., Awaitable[HttpResponse]]


class FileMissing(Invalid):
    code = "file_missing"
    default_message = "Send one file, as the field 'file' of a form."


class TokenMissing(NotAuthorised):
    code = "token_missing"
    default_message = "Send the chat's token as 'Authorization: Bearer …'."


def as_download(row: Attachment) -> HttpResponse:
    """A file to be saved: no browser shows it as a page, guesses at its kind or runs what is in it."""
    return HttpResponse(
        bytes(row.content),
        content_type=row.kind,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=row.name) or "",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": CSP,
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def upload_of(request: HttpRequest) -> Upload:
    """The file of a form.

    Raises:
        FileMissing, conversations.files.kinds.FileTooLarge
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + _FORM_ROOM:
        raise FileTooLarge
    given = request.FILES.getlist("file")
    if len(given) != 1:
        raise FileMissing
    if (given[0].size or 0) > MOST_BYTES:
        raise FileTooLarge
    return Upload(given[0].name or "", given[0].read())


def refused(error: SwitchboardError) -> JsonResponse:
    """An error as the doors for files tell it."""
    told = {"code": error.code, "message": error.message}
    answer = JsonResponse(told, status=error.status)
    if error.retry_after is not None:
        answer["Retry-After"] = str(int(error.retry_after) or 1)
    return answer


def _door(*methods: str) -> Callable[[Door], Any]:
    """Lets pages of the tenant's own sites in, answers their browsers' questions, and puts errors into words."""

    def decorate(view: Door) -> Door:
        @csrf_exempt
        @wraps(view)
        async def answered(request: HttpRequest, tenant: str, **ids: Any) -> HttpResponse:
            origin = request.headers.get("Origin")
            try:
                tenant_id = await in_database(admission.admit)(tenant, origin)
                if request.method == "OPTIONS":
                    answer = HttpResponse(status=204)
                elif request.method in methods:
                    answer = await view(request, tenant_id, **ids)
                else:
                    return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            except SwitchboardError as error:
                answer = refused(error)
                if error.code == admission.OriginRefused.code:
                    return answer
            return _shared(answer, origin)

        return answered

    return decorate


def _shared(answer: HttpResponse, origin: str | None) -> HttpResponse:
    answer["Vary"] = "Origin"
    if origin is not None:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Headers"] = "Authorization"
        answer["Access-Control-Expose-Headers"] = "Content-Disposition"
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@_door("POST")
async def send(request: HttpRequest, tenant_id: int, conversation: UUID) -> HttpResponse:
    """A customer's file, as a message of hers."""
    token = _token(request)
    found = await in_database(_hers)(tenant_id, conversation, token)
    load.check_room()
    upload = await asyncio.to_thread(upload_of, request)
    accepted = await in_database(_accept, lane="long")(found, upload)
    await _go_on(found, accepted)
    shown = accepted.events[-1]
    return JsonResponse({"seq": accepted.seq, **shown.data["attachments"][0]}, status=201)


@_door("GET")
async def fetch(request: HttpRequest, tenant_id: int, conversation: UUID, file: UUID) -> HttpResponse:
    """A file that was sent in a message."""
    found = await in_database(_hers)(tenant_id, conversation, _token(request))
    return as_download(await in_database(get_file, lane="long")(found, file, for_customer=True))


def _token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token.strip()) <= 4096:
        raise TokenMissing
    return token.strip()


def _hers(tenant_id: int, conversation: UUID, token: str) -> Conversation:
    """The conversation, if the token is its customer's.

    Raises:
        tenants.identity.BadToken, ExpiredToken, NoSuchConversation
    """
    known = identity.read_token(tenant_id, token, now=timezone.now())
    with tenant_scope(tenant_id):
        found = queries.get_conversation(tenant_id, conversation)
    customer = found.customer
    if isinstance(known, SignedIdentity):
        is_hers = customer.external_id is not None and customer.external_id == known.external_id
    else:
        # As at the socket: a visitor's token stands for one who never signed in.
        is_hers = str(customer.public_id) == known.customer
    if not is_hers:
        raise NoSuchConversation
    return found


def _accept(found: Conversation, upload: Upload) -> Accepted:
    return send_of_customer(
        tenant_id=found.tenant_id,
        conversation=found,
        upload=upload,
        actor=services.customer_actor(found.customer),
        now=timezone.now(),
    )


async def _go_on(found: Conversation, accepted: Accepted) -> None:
    """Has the assistant answer, or tells who watches."""
    if accepted.job is not None:
        live = LiveAnswer(accepted.job)
        live.add_events(accepted.events)
        answering.in_background(accepted.job, live)
    else:
        frames = [events.frame(event) for event in accepted.events]
        await events.send(found.tenant_id, found.pk, frames)
