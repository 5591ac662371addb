"""`Idempotency-Key` at the API's door: decorators of a room's `post`.

What is kept: every answer below 500 but 429. A stream is not kept: it is written again from the log, since the message
it began with is accepted once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from core.errors import Invalid
from core.offload import in_database
from core.scope import tenant_scope
from integrations.api.rooms import AsyncRoom, MachineRequest, Room
from integrations.idempotency import services
from integrations.idempotency.services import IdempotencyInFlight, Named, Stored, Ticket

log = structlog.get_logger(__name__)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
STREAM = "text/event-stream"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location")
_working: set[asyncio.Task[HttpResponseBase]] = set()

Post = Callable[..., HttpResponseBase]
AsyncPost = Callable[..., Awaitable[HttpResponseBase]]


class BadIdempotencyKey(Invalid):
    code = "bad_idempotency_key"
    default_message = "An Idempotency-Key is 1 to 255 visible ASCII characters, new for each request."


def once(*, in_one_transaction: bool) -> Callable[[Post], Post]:
    """Carries a named request out once.

    Args:
        in_one_transaction: what the room writes and the kept answer are committed together. Without it the room's
            call must be harmless to repeat.
    """

    def decorate(post: Post) -> Post:
        @wraps(post)
        def answered(room: Room, request: MachineRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            named = _named(request)
            if named is None:
                return post(room, request, *args, **kwargs)
            begun = services.begin(request=named, now=timezone.now())
            if isinstance(begun, Stored):
                return _replayed(begun)
            try:
                with tenant_scope(named.tenant_id) if in_one_transaction else nullcontext():
                    response = post(room, request, *args, **kwargs)
                    services.finish(begun, _stored(response))
            except Exception as error:
                return _failed(room, begun, error)
            return response

        return answered

    return decorate


def once_async(post: AsyncPost) -> AsyncPost:
    """Carries a named request out once, to its end even when the client hangs up.

    The room's call must be harmless to repeat.
    """

    @wraps(post)
    async def answered(
        room: AsyncRoom, request: MachineRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        named = _named(request)
        if named is None:
            return await post(room, request, *args, **kwargs)
        begin = in_database(services.begin)
        begun = await begin(request=named, now=timezone.now(), lease=services.SHORT_LEASE)
        if isinstance(begun, Stored):
            if begun.headers.get("Content-Type") == STREAM:
                return await post(room, request, *args, **kwargs)
            return _replayed(begun)

        async def carried_out() -> HttpResponseBase:
            keeping = asyncio.get_running_loop().create_task(_keep(begun))
            try:
                response = await post(room, request, *args, **kwargs)
                await in_database(services.finish)(begun, _stored(response))
            except Exception as error:
                return await in_database(_failed)(room, begun, error)
            finally:
                keeping.cancel()
            return response

        task = asyncio.get_running_loop().create_task(carried_out())
        _working.add(task)
        task.add_done_callback(_working.discard)
        return await asyncio.shield(task)

    return answered


async def _keep(ticket: Ticket) -> None:
    """Keeps a request while this process carries it out."""
    while True:
        await asyncio.sleep(services.SHORT_LEASE.total_seconds() / 3)
        try:
            await in_database(services.prolong)(ticket, now=timezone.now())
        except DatabaseError as error:
            log.warning("request_not_kept", error=type(error).__name__)


def _named(request: MachineRequest) -> Named | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadIdempotencyKey
    machine = request.user
    return Named(machine.tenant_id, machine.key_id, key, _digest(request))


def _digest(request: MachineRequest) -> bytes:
    """SHA-256 of method, address, kind of answer wanted and body; of a form its fields, whatever their boundary."""
    accepted = request.accepted_renderer.media_type
    parts = [request.method, request.get_full_path(), accepted, _body(request.data)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()


def _body(data: Any) -> Any:
    if not hasattr(data, "lists"):
        return data
    return [[name, [_field(value) for value in values]] for name, values in sorted(data.lists())]


def _field(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return [value.name, content.hexdigest()]


def _stored(response: HttpResponseBase) -> Stored:
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    if isinstance(response, StreamingHttpResponse):
        return Stored(response.status_code, b"", {"Content-Type": STREAM})
    if isinstance(response, Response):
        body, headers["Content-Type"] = JSONRenderer().render(response.data), "application/json"
        return Stored(response.status_code, body, headers)
    assert isinstance(response, HttpResponse)
    return Stored(response.status_code, response.content, headers)


def _replayed(stored: Stored) -> HttpResponse:
    headers = stored.headers | {REPLAYED: "true"}
    return HttpResponse(stored.body, status=stored.status, headers=headers)


def _failed(room: Room, ticket: Ticket, error: Exception) -> HttpResponseBase:
    """The error as an answer: kept, unless another try may fare better."""
    response: HttpResponseBase = room.handle_exception(error)
    if isinstance(error, IdempotencyInFlight):
        return response
    if response.status_code >= 500 or response.status_code == 429:
        services.forget(ticket)
    else:
        services.finish(ticket, _stored(response))
    return response
