"""How often a key, and a tenant with all its keys, may call.

Sliding windows counted in Redis, so that they hold over all processes; in the database while Redis is gone. With both
gone each process counts for itself in memory, and nobody is locked out by that.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

import core.windows
from core.errors import TooMany
from core.windows import Window
from integrations.api.authentication import Machine

log = structlog.get_logger(__name__)
DEADLINE = 0.5
PAUSE = 5.0


class TooManyRequests(TooMany):
    code = "too_many_requests"
    default_message = "Too many requests with this key, or of this organisation. Wait a moment."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a key's window; `reset` in whole seconds from now."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class Windows:
    """The counters: in Redis, else in the database, else this process's own."""

    def __init__(self, redis_url: str) -> None:
        shared = RedisStorage(
            redis_url, wrap_exceptions=True, socket_timeout=DEADLINE, socket_connect_timeout=DEADLINE
        )
        self._shared = SlidingWindowCounterRateLimiter(shared)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared_again_at = 0.0

    def take(self, machine: Machine) -> tuple[bool, Allowance]:
        """Counts one call; says whether it may go on, and what is left."""
        if time.monotonic() >= self._shared_again_at:
            try:
                return _take(self._shared, machine)
            except StorageError as error:
                self._shared_again_at = time.monotonic() + PAUSE
                log.warning("rate_limits_not_shared", error=type(error.storage_error).__name__)
        try:
            return _take_in_database(machine, time.time())
        except (DatabaseError, InterfaceError) as error:
            log.warning("rate_limits_not_stored", error=type(error).__name__)
        return _take(self._own, machine)


def _take(limiter: SlidingWindowCounterRateLimiter, machine: Machine) -> tuple[bool, Allowance]:
    per_key, per_tenant = _limit(settings.API_RATE_PER_KEY), _limit(settings.API_RATE_PER_TENANT)
    key, tenant = ("key", str(machine.actor.id)), ("tenant", str(machine.tenant_id))
    allowed, full, of = limiter.hit(per_key, *key), per_key, key
    if allowed and not limiter.hit(per_tenant, *tenant):
        allowed, full, of = False, per_tenant, tenant
    stats = limiter.get_window_stats(full, *of)
    reset = max(1, round(stats.reset_time - time.time()))
    return allowed, Allowance(full.amount, stats.remaining if allowed else 0, reset)


def _take_in_database(machine: Machine, now: float) -> tuple[bool, Allowance]:
    limits = {
        f"api:key:{core.windows.mark(str(machine.actor.id))}": _limit(settings.API_RATE_PER_KEY),
        f"api:tenant:{core.windows.mark(str(machine.tenant_id))}": _limit(settings.API_RATE_PER_TENANT),
    }
    allowances = []
    with transaction.atomic():
        for name, limit in limits.items():
            window = Window(name, now, limit.get_expiry())
            left = limit.amount - int(core.windows.used(window).calls)
            reset = max(1, round(window.starts + window.seconds - now))
            if left <= 0:
                transaction.set_rollback(True)
                return False, Allowance(limit.amount, 0, reset)
            core.windows.add(window, calls=1)
            allowances.append(Allowance(limit.amount, left - 1, reset))
    return True, allowances[0]


@cache
def _limit(text: str) -> RateLimitItem:
    return parse(text)


@cache
def windows() -> Windows:
    """This process's windows."""
    return Windows(settings.REDIS_URL)


class Pace(BaseThrottle):
    """Counts a call that is let in by its key."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Says yes or raises TooManyRequests; leaves what is left as `view.allowance`."""
        machine: Any = request.auth
        allowed, allowance = windows().take(machine)
        view.allowance = allowance  # type: ignore[attr-defined]
        if not allowed:
            raise TooManyRequests(retry_after=allowance.reset)
        return True
