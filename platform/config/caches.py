"""The cache: Redis while it answers, this process's own memory while it does not.

Invariant: what lies in Redis is read as JSON, which cannot run anything. Without Redis no call fails, and one in
`PAUSE_SECONDS` waits for it, `_PATIENCE` at most. Limits are then counted in each process: with n web processes an
attacker has n times the attempts, never an unlimited number.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.retry import Retry

PAUSE_SECONDS = 5.0
_PATIENCE = 1.0
_MOST_ENTRIES = 20_000

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class UnreadableEntry(Exception):
    """What lies under this key was not written by us."""


class JSONSerializer:
    """Numbers, texts, lists and dictionaries, in place of pickles."""

    def dumps(self, value: object) -> int | bytes:
        """A whole number stays one that Redis can count up.

        Raises:
            TypeError: JSON has no word for the value.
        """
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        """
        Raises:
            UnreadableEntry: not JSON, or nested too deep.
        """
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UnreadableEntry from error


@dataclass(slots=True)
class _Reach:
    """One server as this process reaches it: the pool of connections and what stands in for it."""

    redis: RedisCache
    own: LocMemCache
    away_until: float = 0.0


# Django makes a cache object for each request; connections and counts must outlive it.
_reaches: dict[str, _Reach] = {}
_opening = threading.Lock()


class SteadyCache(BaseCache):
    """Redis, and where it fails a bounded memory of this process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        name = f"{server} {sorted(params.items())}"
        with _opening:
            if name not in _reaches:
                _reaches[name] = _open(name, server, params)
            self._reach = _reaches[name]

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return self._ask(lambda cache: cache.get(key, default, version))
        except UnreadableEntry:
            _log.warning("cache.unreadable_entry")
            return default

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.touch(key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.delete(key, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.has_key(key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask(lambda cache: cache.incr(key, delta, version))

    def clear(self) -> None:
        """Forgets what this process holds. Redis, which holds tasks beside the cache, is not emptied."""
        self._reach.own.clear()

    def _ask(self, call: Callable[[BaseCache], T]) -> T:
        reach = self._reach
        if time.monotonic() >= reach.away_until:
            try:
                return call(reach.redis)
            except RedisError as error:
                reach.away_until = time.monotonic() + PAUSE_SECONDS
                _log.warning("cache.redis_is_away", error=type(error).__name__, pause=PAUSE_SECONDS)
        return call(reach.own)


def _open(name: str, server: str, params: dict[str, Any]) -> _Reach:
    options = {
        "serializer": JSONSerializer,
        "socket_connect_timeout": _PATIENCE,
        "socket_timeout": _PATIENCE,
        # a connection that lay idle while Redis was started anew is dead: once more, on a fresh one
        "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
    }
    own = LocMemCache(name, params | {"OPTIONS": {"MAX_ENTRIES": _MOST_ENTRIES}})
    return _Reach(RedisCache(server, params | {"OPTIONS": options}), own)
