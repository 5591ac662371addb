"""When a failed call is tried again, and after how long.

Invariant: only what may pass by itself is tried again, never sooner than the provider asked. Pauses are "full
jitter": uniform between nothing and a doubling bound (M. Brooker, "Exponential backoff and jitter", 2015).
"""

from __future__ import annotations

from collections.abc import Callable

from engine.gateway.errors import (
    ConnectTimeout,
    ModelError,
    ModelRateLimited,
    ModelServerError,
    ModelUnreachable,
)

FIRST_BOUND = 0.5
LAST_BOUND = 8.0
_PASSING = (ConnectTimeout, ModelUnreachable, ModelRateLimited, ModelServerError)


def pause_before(error: ModelError, attempt: int, jitter: Callable[[], float]) -> float | None:
    """Seconds to wait before trying again; None when that makes no sense.

    Args:
        attempt: how many attempts have failed, from 1.
        jitter: gives a number from 0 to 1.
    """
    if not isinstance(error, _PASSING) or not error.transient:
        return None
    bound = min(LAST_BOUND, FIRST_BOUND * 2 ** (attempt - 1))
    return (error.retry_after or 0.0) + jitter() * bound
