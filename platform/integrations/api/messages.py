"""The room where a customer's message comes in and its answer goes out, whole or as a stream."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse

from conversations import answering, events, intake, load, queries, services
from conversations.intake import Accepted
from conversations.live import LiveAnswer
from core.offload import in_database
from integrations.api import serializers as forms
from integrations.api.following import Following, Frame, Place
from integrations.api.once import HEADER, STREAM, once_async
from integrations.api.parsing import KEEP_ALIVE, EventStreamRenderer, server_sent
from integrations.api.problems import as_problem
from integrations.api.rooms import AsyncRoom, MachineRequest
from integrations.api.schema import Described
from tenants.roles import Scope

QUIET_SECONDS = 15.0
STREAM_SECONDS = 300.0


@dataclass
class Turn:
    """A message that is in the log, and what came after it so far."""

    conversation: UUID
    following: Following
    direct: bool
    after: list[Frame] = field(default_factory=list)

    @property
    def seq(self) -> int:
        return self.following.place.seq

    async def frames(self) -> AsyncIterator[Frame | None]:
        """What follows, remembering the events."""
        async for frame in self.following.frames(direct=self.direct):
            if frame is not None and frame["type"] == "event" and frame["seq"] > self.seq:
                self.after.append(frame)
            yield frame

    @property
    def answer(self) -> Frame | None:
        """The assistant's last word."""
        said = [one for one in self.after if one["kind"] == "message" and one["author"]["kind"] == "ai"]
        return said[-1] if said else None

    @property
    def last_seq(self) -> int:
        return self.after[-1]["seq"] if self.after else self.seq

    @property
    def owner(self) -> str:
        return self.following.standing.owner if self.following.standing else "ai"

    @property
    def is_over(self) -> bool:
        standing = self.following.standing
        return standing is not None and (standing.owner != "ai" or standing.answered_seq >= self.seq)


class Messages(AsyncRoom):
    """A conversation's messages."""

    scopes = {"POST": Scope.WRITE_CONVERSATIONS}
    renderer_classes = [JSONRenderer, EventStreamRenderer]

    @Described(
        "Say something as the customer",
        request=forms.MessageSerializer,
        answers={
            (201, "application/json"): forms.TurnSerializer,
            (200, STREAM): OpenApiResponse(
                OpenApiTypes.STR,
                "The answer as it is written: `event: event | status | delta`, with the chat socket's frames as data, "
                "and a last `event: done`. `id` is an event's seq.",
            ),
            (202, "application/json"): OpenApiResponse(
                forms.TurnSerializer,
                "Accepted, and not answered within 55 seconds: read on at the address in `Location`.",
            ),
        },
        problems=(404,),
        example={"text": "How long do I have to send something back?"},
        named=True,
        description=(
            "Waits for the assistant's answer, or streams it for `Accept: text/event-stream`. Hanging up stops no "
            "answer. While a person has the conversation there is none to wait for: `answer` is null."
        ),
    )
    @once_async
    async def post(self, request: MachineRequest, conversation_id: UUID) -> HttpResponseBase:
        sent = forms.checked(forms.MessageSerializer, request.data)
        client_id = sent.get("client_id") or _client_id(request)
        turn = await say(request.user.tenant_id, conversation_id, sent["text"], client_id)
        if request.accepted_renderer.media_type == STREAM:
            return streamed(turn)
        return await whole(turn)


def _client_id(request: MachineRequest) -> str:
    """The same for a request that names itself and is sent again."""
    key = request.headers.get(HEADER)
    if key is None:
        return secrets.token_hex(16)
    return "key-" + hashlib.sha256(f"{request.user.key_id}:{key}".encode()).hexdigest()[:40]


async def say(tenant_id: int, conversation_id: UUID, text: str, client_id: str) -> Turn:
    """Takes a message into the log and has it answered in the background.

    Raises:
        conversations.load.Busy: too many wait for an answer already; nothing was taken.
    """
    load.check_room()
    place, accepted = await in_database(_accept)(tenant_id, conversation_id, text, client_id)
    following = Following(place)
    if accepted.job is not None:
        live = LiveAnswer(accepted.job, following.deliver)
        live.add_events(accepted.events)
        answering.in_background(accepted.job, live)
    elif accepted.events:
        frames = [events.frame(event) for event in accepted.events]
        await events.send(place.tenant_id, place.conversation_id, frames)
    return Turn(conversation_id, following, direct=accepted.job is not None)


def _accept(tenant_id: int, conversation_id: UUID, text: str, client_id: str) -> tuple[Place, Accepted]:
    found = queries.get_conversation(tenant_id, conversation_id)
    accepted = intake.receive_message(
        tenant_id=tenant_id,
        conversation_id=found.pk,
        actor=services.customer_actor(found.customer),
        text=text,
        client_id=client_id,
        now=timezone.now(),
    )
    return Place(tenant_id, found.pk, accepted.seq), accepted


async def whole(turn: Turn) -> Response:
    """The answer once it is there, or 202 when that takes too long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(settings.API_ANSWER_SECONDS):
            async for _ in turn.frames():
                pass
    shown: dict[str, Any] = {
        "conversation": turn.conversation,
        "seq": turn.seq,
        "owner": turn.owner,
        "answer": turn.answer,
        "events": turn.after,
        "last_seq": turn.last_seq,
    }
    if turn.is_over:
        return Response(shown, status=201)
    location = f"{reverse('api:events', [turn.conversation])}?after={turn.last_seq}"
    return Response(shown, status=202, headers={"Location": location})


def streamed(turn: Turn) -> StreamingHttpResponse:
    """The answer while it is written."""
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingHttpResponse(_pieces(turn), content_type=STREAM, headers=headers)


async def _pieces(turn: Turn) -> AsyncIterator[bytes]:
    began = spoke = time.monotonic()
    try:
        async for frame in turn.frames():
            now = time.monotonic()
            if frame is not None:
                spoke = now
                yield server_sent(frame["type"], frame, id=frame.get("seq"))
            elif now - began > STREAM_SECONDS:
                break
            elif now - spoke > QUIET_SECONDS:
                spoke = now
                yield KEEP_ALIVE
    except Exception as error:  # the status is sent: what goes wrong from here on is an event
        yield b"event: error\ndata: " + as_problem(error, {}).content + b"\n\n"
        return
    done = {"conversation": str(turn.conversation), "seq": turn.seq, "owner": turn.owner}
    yield server_sent("done", done | {"answered": turn.answer is not None, "last_seq": turn.last_seq})
