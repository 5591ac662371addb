"""How the log reaches sockets: as frames, to a conversation's group, after commit.

A frame is a hint and a copy; the truth is the log. Losing one costs a reader a look at the log, no more. Events that
could not be sent are made up for by a hint to look there (`chat.look`), as soon as the channel layer works again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer

from conversations import presence
from conversations.journal import LogEvent
from core.offload import soon

log = structlog.get_logger(__name__)
SEND_DEADLINE = 2.0
PAUSE_SECONDS = 1.0
"""How long nobody tries after a send that failed: each would wait for its own deadline."""
MEMBERS_ONLY = frozenset({"note", "tool"})
TEAM_DATA = frozenset({"reason", "note", "decision", "urgency", "team", "skills"})
TEAM_DATA_IN = frozenset({"handoff", "notice"})
"""What a hand-off tells the team about the customer is not for her eyes."""


def group(tenant_id: int, conversation_id: int) -> str:
    """The channel group of one conversation; the tenant is part of its name."""
    return f"chat.{tenant_id}.{conversation_id}"


def frame(event: LogEvent) -> dict[str, Any]:
    """An event as sockets and REST show it."""
    shown: dict[str, Any] = {
        "type": "event",
        "seq": event.seq,
        "kind": event.type,
        "author": {"kind": event.author_kind, "name": event.author_name},
        "text": event.text,
        "data": event.data,
        "at": event.created_at.isoformat(),
    }
    if event.client_id is not None:
        shown["client_id"] = event.client_id
    return shown


def shown_to_customer(shown: dict[str, Any]) -> dict[str, Any]:
    """A frame as the customer may see it: a private note keeps its place in the order, and says nothing."""
    if shown["kind"] in TEAM_DATA_IN:
        return shown | {
            "data": {name: shown["data"][name] for name in shown["data"] if name not in TEAM_DATA}
        }
    if shown["kind"] not in MEMBERS_ONLY:
        return shown
    kept = {"type": "event", "seq": shown["seq"], "kind": "hidden", "author": {"kind": "system", "name": ""}}
    return kept | {"text": "", "data": {}, "at": shown["at"]}


async def send(
    tenant_id: int, conversation_id: int, frames: Iterable[dict[str, Any]], *, origin: str = ""
) -> bool:
    """Sends frames to everybody who watches the conversation; whether they went out. Else they read the log later.

    The tenant's desks are told that its log grew, if there are any: a send costs as much as a small turn.

    Args:
        origin: the channel name of a socket that has these frames already.
    """
    sent = list(frames)
    message = {
        "type": "chat.frames",
        "conversation": conversation_id,
        "frames": json.dumps(sent),
        "origin": origin,
    }
    tells = any(shown["type"] == "event" for shown in sent)
    if not await to_group(group(tenant_id, conversation_id), message):
        if tells:
            _make_up((tenant_id, conversation_id))
        return False
    if tells:
        await _tell_desks(tenant_id, conversation_id)
    return True


async def _tell_desks(tenant_id: int, conversation_id: int) -> None:
    if await presence.watched(tenant_id):
        await to_group(presence.group(tenant_id), {"type": "desk.hint", "conversation": conversation_id})


async def tell_readers(tenant_id: int, conversation_id: int, frames: Iterable[dict[str, Any]]) -> None:
    """Sends frames to the members who have the conversation open, and to nobody else; only if a desk is open."""
    if await presence.watched(tenant_id):
        message = {"type": "desk.frames", "conversation": conversation_id, "frames": json.dumps(list(frames))}
        await to_group(presence.talk_group(tenant_id, conversation_id), message)


async def to_group(name: str, message: dict[str, Any]) -> bool:
    """Sends a message to a channel group; whether it went out."""
    line = _line()
    if time.monotonic() < line.away_until:
        return False
    try:
        async with asyncio.timeout(SEND_DEADLINE):
            await get_channel_layer().group_send(name, message)
    except Exception as error:  # the layer's client raises what its transport raises
        line.away_until = time.monotonic() + PAUSE_SECONDS
        log.warning("frames_not_sent", error=type(error).__name__)
        return False
    return True


@dataclass(slots=True)
class _Line:
    """What one loop knows of the channel layer: `unsent` are conversations whose watchers must look at the log."""

    away_until: float = 0.0
    unsent: set[tuple[int, int]] = field(default_factory=set)
    making_up: asyncio.Task[None] | None = None


_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()


def _line() -> _Line:
    return _lines.setdefault(asyncio.get_running_loop(), _Line())


def _make_up(place: tuple[int, int]) -> None:
    line = _line()
    line.unsent.add(place)
    if line.making_up is None or line.making_up.done():
        line.making_up = asyncio.get_running_loop().create_task(_send_hints(line))


async def _send_hints(line: _Line) -> None:
    while line.unsent:
        await asyncio.sleep(max(line.away_until - time.monotonic(), 0) + 0.1)
        for place in list(line.unsent):
            look = {"type": "chat.look", "conversation": place[1], "frames": "[]"}
            if not await to_group(group(*place), look):
                break
            line.unsent.discard(place)
            await _tell_desks(*place)


def publish(tenant_id: int, conversation_id: int, events: Iterable[LogEvent]) -> None:
    """Sends events from synchronous code; call it after commit."""
    soon(_publish, tenant_id, conversation_id, [frame(event) for event in events])


async def _publish(tenant_id: int, conversation_id: int, frames: list[dict[str, Any]]) -> None:
    await send(tenant_id, conversation_id, frames)
