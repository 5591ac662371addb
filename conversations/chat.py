"""What each frame of a customer does, once she is let in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from conversations import aftercare, answering, drafts, events, intake, load, promises, services
from conversations.frames import (
    Feedback,
    Frame,
    Hello,
    Message,
    Offer,
    Person,
    Rate,
    Read,
    Transcript,
    Typing,
)  # fmt: skip
from conversations.journal import LogEvent
from conversations.live import LiveAnswer
from conversations.visits import Visit
from core.errors import SwitchboardError
from core.offload import in_database

if TYPE_CHECKING:
    from conversations.consumers import ChatConsumer

_sends: set[asyncio.Task[bool]] = set()


async def handle(socket: ChatConsumer, visit: Visit, frame: Frame) -> None:
    """Does what a frame asks.

    Raises:
        core.errors.SwitchboardError: what was wrong with it.
    """
    match frame:
        case Message():
            await _message(socket, visit, frame)
        case Typing(on):
            said = {"type": "typing", "author": {"kind": "customer", "name": visit.customer.name}, "on": on}
            await events.send(visit.tenant_id, visit.conversation_id, [said], origin=socket.channel_name)
        case Person():
            posted = await in_database(services.request_person)(
                tenant_id=visit.tenant_id,
                conversation_id=visit.conversation_id,
                actor=visit.customer,
                now=timezone.now(),
            )
            await _deliver_all(socket, posted)
            await show_queue(socket, visit)
        case Offer(choice, email):
            posted = await in_database(promises.choose)(
                tenant_id=visit.tenant_id,
                conversation_id=visit.conversation_id,
                choice=promises.Choice(choice, email),
                actor=visit.customer,
                now=timezone.now(),
            )
            await _deliver_all(socket, posted)
        case Feedback():
            posted = await in_database(services.give_feedback)(
                tenant_id=visit.tenant_id,
                conversation_id=visit.conversation_id,
                actor=visit.customer,
                rating=services.Rating(frame.seq, frame.value, frame.reason),
                now=timezone.now(),
            )
            await _deliver_all(socket, posted)
        case Rate() | Transcript():
            await _afterwards(socket, visit, frame)
        case Read(seq):
            await in_database(services.mark_read)(
                tenant_id=visit.tenant_id, conversation_id=visit.conversation_id, seq=seq
            )
            read = {"type": "read", "seq": seq}
            await events.tell_readers(visit.tenant_id, visit.conversation_id, [read])


async def _afterwards(socket: ChatConsumer, visit: Visit, frame: Rate | Transcript) -> None:
    place = {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}
    who: dict[str, Any] = {**place, "actor": visit.customer, "now": timezone.now()}
    if isinstance(frame, Rate):
        stars = aftercare.Stars(frame.episode, frame.score, frame.comment)
        posted = await in_database(aftercare.rate)(**who, stars=stars)
        await _deliver_all(socket, posted)
        await socket.deliver({"type": "rated", "episode": frame.episode, "score": frame.score})
    else:
        to = await in_database(aftercare.send)(**who, email=frame.email)
        await socket.deliver({"type": "transcript", "to": to})


async def ask_for_rating(socket: ChatConsumer, visit: Visit) -> None:
    """Asks the customer about a conversation that has just ended, if that is due."""
    due = await in_database(aftercare.due)(visit.tenant_id, visit.conversation_id, timezone.now())
    if due is not None:
        await socket.deliver({"type": "csat", **due})


async def _message(socket: ChatConsumer, visit: Visit, frame: Message) -> None:
    load.check_room()
    accepted = await in_database(intake.receive_message)(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        text=frame.text,
        client_id=frame.client_id,
        now=timezone.now(),
    )
    await _deliver_all(socket, accepted.events)
    await socket.deliver({"type": "ack", "client_id": frame.client_id, "seq": accepted.seq})
    if accepted.job is not None:
        live = LiveAnswer(accepted.job, socket.deliver, socket.channel_name)
        live.add_events(accepted.events)
        answering.in_background(accepted.job, live)
    elif accepted.events:
        frames = [events.frame(event) for event in accepted.events]
        sending = events.send(visit.tenant_id, visit.conversation_id, frames, origin=socket.channel_name)
        task = asyncio.get_running_loop().create_task(sending)
        _sends.add(task)
        task.add_done_callback(_sends.discard)


async def _deliver_all(socket: ChatConsumer, happened: Sequence[LogEvent]) -> None:
    """What a customer did herself she sees at once; the copy by way of the group is passed over."""
    for event in happened:
        await socket.deliver(events.frame(event))


async def resume_draft(socket: ChatConsumer, visit: Visit, hello: Hello) -> None:
    """Sends what the client lacks of the answer being written."""
    draft = await drafts.load(visit.tenant_id, visit.conversation_id)
    await socket.deliver({"type": "status", "stage": "thinking"})
    if draft is not None:
        offset = min(hello.offset, len(draft.text)) if hello.run == draft.run else 0
        await socket.deliver(
            {"type": "delta", "run": draft.run, "offset": offset, "text": draft.text[offset:]}
        )


async def show_queue(socket: ChatConsumer, visit: Visit) -> None:
    """Tells the customer her place in the queue and an estimate, if she is in it."""
    place = await in_database(promises.place)(visit.tenant_id, visit.conversation_id, timezone.now())
    if place is not None:
        await socket.deliver(queue_frame(place))


def queue_frame(place: promises.Place) -> dict[str, Any]:
    return {"type": "queue", "position": place.position, "eta_s": place.eta_s}


def welcome_frame(visit: Visit) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "type": "welcome",
        "version": 1,
        "conversation": visit.conversation,
        "customer": visit.customer.id,
        "after": visit.last_seq,
        "owner": visit.owner,
        "release": visit.release,
        "disclosure": visit.disclosure,
        "greeting": visit.greeting,
        "language": visit.language,
    }
    if visit.csat is not None:
        frame["csat"] = visit.csat
    if visit.token:
        frame["token"] = visit.token
    return frame


def error_frame(error: SwitchboardError, raw: str | None) -> dict[str, Any]:
    """An error as a frame; it names the message it is about, if it is about one."""
    frame: dict[str, Any] = {"type": "error", "code": error.code, "message": error.message}
    if error.retry_after is not None:
        frame["retry_after"] = error.retry_after
    client_id = _client_id(raw)
    if client_id is not None:
        frame["client_id"] = client_id
    return frame


def _client_id(raw: str | None) -> str | None:
    try:
        fields = json.loads(raw or "null")
    except (ValueError, RecursionError):
        return None
    found = fields.get("client_id") if isinstance(fields, dict) else None
    return found[:64] if isinstance(found, str) else None
