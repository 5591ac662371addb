"""The unfinished text of an answer, kept in Redis so that a client that lost its line finds it again.

Invariant: a copy for convenience. It is written before the same text is published, lives a minute and a half, and
when Redis is gone a client simply waits for the whole answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio
import structlog
from django.conf import settings
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
KEPT_SECONDS = 90
DEADLINE = 1.0
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of an answer so far; `run` names the attempt that writes it."""

    run: str
    text: str


async def save(tenant_id: int, conversation_id: int, draft: Draft) -> None:
    value = json.dumps([draft.run, draft.text])
    await _try(_client().set(_key(tenant_id, conversation_id), value, ex=KEPT_SECONDS))


async def load(tenant_id: int, conversation_id: int) -> Draft | None:
    raw = await _try(_client().get(_key(tenant_id, conversation_id)))
    return Draft(*json.loads(raw)) if raw else None


async def clear(tenant_id: int, conversation_id: int) -> None:
    await _try(_client().delete(_key(tenant_id, conversation_id)))


def _key(tenant_id: int, conversation_id: int) -> str:
    return f"draft:{tenant_id}:{conversation_id}"


def _client() -> redis.asyncio.Redis:
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=DEADLINE)
        _clients[loop] = client
    return client


async def _try(call: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(DEADLINE):
            return await call
    except (RedisError, TimeoutError, OSError) as error:
        log.warning("draft_not_kept", error=type(error).__name__)
        return None
