"""Is the process alive, and can it work? For whatever watches over it.

`/livez` looks at nothing outside the process: a database that is away is no reason to end it. `/readyz` looks at what
the process needs, each within a second, over connections of its own, so that it tells the truth when the pool is full.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache

import psycopg
import redis.asyncio
import structlog
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
DEADLINE = 1.0


async def livez(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return _said({"status": "alive"}, 200)


async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all is there; 503 with the names of what is missing."""
    found = await asyncio.gather(*(_is_there(name, check) for name, check in CHECKS.items()))
    missing = [name for name, there in zip(CHECKS, found, strict=True) if not there]
    if not missing:
        return _said({"status": "ready", "missing": []}, 200)
    answer = _said({"status": "not_ready", "missing": missing}, 503)
    answer["Retry-After"] = "2"
    return answer


async def _is_there(name: str, check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(DEADLINE):
            return await check()
    except (psycopg.Error, RedisError, OSError, TimeoutError) as error:
        log.warning("not_ready", missing=name, error=type(error).__name__)
        return False


async def _database() -> bool:
    async with await _connect() as connection:
        await connection.execute("SELECT 1")
    return True


async def _migrations() -> bool:
    wanted = await asyncio.to_thread(_on_disk)
    async with await _connect() as connection:
        rows = await (await connection.execute("SELECT app, name FROM django_migrations")).fetchall()
    return wanted <= {(app, name) for app, name in rows}


async def _redis() -> bool:
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=DEADLINE)
    async with client:
        return bool(await client.ping())


CHECKS: dict[str, Callable[[], Awaitable[bool]]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
}


def _connect() -> Awaitable[psycopg.AsyncConnection[tuple[str, str]]]:
    database = settings.DATABASES["default"]
    return psycopg.AsyncConnection.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        autocommit=True,
    )


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _said(body: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
