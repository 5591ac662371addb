"""Which tenants have somebody at the desk, so that nobody pays for telling an empty room.

Invariant: a hint, like all that goes through Redis. A desk says that it is there every quarter of a minute; each
process looks at most every other second and remembers in between; a desk reads its list anew as often as it speaks.
"""

from __future__ import annotations

import asyncio
import time
from functools import cache

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
SAY_SECONDS = 15.0
KEPT_SECONDS = 40
LOOK_SECONDS = 2.0
DEADLINE = 1.0
_MOST = 10_000
_known: dict[int, tuple[float, bool]] = {}


def group(tenant_id: int) -> str:
    """The channel group of a tenant's desks."""
    return f"desk.{tenant_id}"


async def watched(tenant_id: int) -> bool:
    """Whether a desk of the tenant is open anywhere, as of the last two seconds. False when Redis is gone."""
    at, found = _known.get(tenant_id, (-LOOK_SECONDS, False))
    if time.monotonic() - at < LOOK_SECONDS:
        return found
    if len(_known) > _MOST:
        _known.clear()
    _known[tenant_id] = time.monotonic(), found
    found = await asyncio.to_thread(_look, tenant_id)
    _known[tenant_id] = time.monotonic(), found
    return found


async def say(tenant_id: int) -> None:
    """Says that a desk is open."""
    _known[tenant_id] = time.monotonic(), True
    await asyncio.to_thread(_say, tenant_id)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=DEADLINE, socket_connect_timeout=DEADLINE)


def _look(tenant_id: int) -> bool:
    try:
        return bool(_client().exists(group(tenant_id)))
    except (redis.RedisError, OSError) as error:
        log.warning("desk_not_looked_up", error=type(error).__name__)
        return False


def _say(tenant_id: int) -> None:
    try:
        _client().set(group(tenant_id), 1, ex=KEPT_SECONDS)
    except (redis.RedisError, OSError) as error:
        log.warning("desk_not_announced", error=type(error).__name__)
