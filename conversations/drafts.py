"""The unfinished text of an answer, kept in Redis so that a client that lost its line finds it again.

Invariant: a copy for convenience. It is written before the same text is published, lives a minute and a half, and
when Redis is gone a client simply waits for the whole answer.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import redis.asyncio

from core.shared_state import OutOfReach, installation

KEPT_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of an answer so far; `run` names the attempt that writes it."""

    run: str
    text: str


async def save(tenant_id: int, conversation_id: int, draft: Draft) -> None:
    key, value = _key(tenant_id, conversation_id), json.dumps([draft.run, draft.text])
    await _try(lambda client: client.set(key, value, ex=KEPT_SECONDS))


async def load(tenant_id: int, conversation_id: int) -> Draft | None:
    key = _key(tenant_id, conversation_id)
    raw = await _try(lambda client: client.get(key))
    return Draft(*json.loads(raw)) if raw else None


async def clear(tenant_id: int, conversation_id: int) -> None:
    key = _key(tenant_id, conversation_id)
    await _try(lambda client: client.delete(key))


def _key(tenant_id: int, conversation_id: int) -> str:
    return f"draft:{tenant_id}:{conversation_id}"


async def _try(call: Callable[[redis.asyncio.Redis], Awaitable[Any]]) -> Any:
    try:
        return await installation.ask(call)
    except OutOfReach:
        return None
