"""How the log reaches sockets: as frames, to a conversation's group, after commit.

A frame is a hint and a copy; the truth is the log. Losing one costs a reader a look at the log, no more.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import structlog
from channels.layers import get_channel_layer

from conversations import presence
from conversations.journal import LogEvent
from core.offload import soon

log = structlog.get_logger(__name__)
SEND_DEADLINE = 2.0
MEMBERS_ONLY = frozenset({"note", "tool"})
TEAM_DATA = frozenset({"reason", "note"})
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
) -> None:
    """Sends frames to everybody who watches the conversation. With Redis gone they read the log later instead.

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
    await _to_group(group(tenant_id, conversation_id), message)
    if any(shown["type"] == "event" for shown in sent) and await presence.watched(tenant_id):
        await _to_group(presence.group(tenant_id), {"type": "desk.hint", "conversation": conversation_id})


async def _to_group(name: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(SEND_DEADLINE):
            await layer.group_send(name, message)
    except Exception as error:  # the layer's client raises what its transport raises
        log.warning("frames_not_sent", error=type(error).__name__)


def publish(tenant_id: int, conversation_id: int, events: Iterable[LogEvent]) -> None:
    """Sends events from synchronous code; call it after commit."""
    soon(send, tenant_id, conversation_id, [frame(event) for event in events])
