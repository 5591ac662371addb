"""What the vendor's client raises, told in our own words.

Invariant: nothing of a provider's message is passed on: it may quote the prompt or the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from openai import APIStatusError

from engine.gateway.errors import (
    ConnectTimeout,
    ModelBadRequest,
    ModelError,
    ModelQuotaSpent,
    ModelRateLimited,
    ModelRefused,
    ModelServerError,
    ModelUnreachable,
)

_CODE = re.compile(r"[a-z0-9_.-]{1,64}")
_LONGEST_WAIT = 24 * 3600.0


def from_status(error: APIStatusError, *, now: float) -> ModelError:
    """An answer that is not 200.

    Args:
        now: seconds since the epoch, for a Retry-After that is a date.
    """
    status, code = error.status_code, _provider_code(error)
    detail = f"{status} {code}".strip()
    wait = retry_after(error.response.headers.get("retry-after"), now)
    if status == 429:
        kind = ModelQuotaSpent if code == "insufficient_quota" else ModelRateLimited
        return kind(retry_after=wait, detail=detail)
    if status in (408, 409) or status >= 500:
        return ModelServerError(retry_after=wait, detail=detail)
    if status in (401, 403):
        return ModelRefused(detail=detail)
    return ModelBadRequest(detail=detail)


def from_connection(error: BaseException) -> ModelError:
    """No answer at all. The aiohttp transport calls nearly everything a timeout: the first cause knows."""
    causes = list(_causes(error))
    timed_out = any(isinstance(cause, TimeoutError) for cause in causes)
    kind = ConnectTimeout if timed_out else ModelUnreachable
    return kind(detail=type(causes[-1]).__name__)


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds to wait: the header's own number, or until its date. None when it says neither."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - now
        except ValueError:
            return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds == seconds else None


def _provider_code(error: APIStatusError) -> str:
    code = error.code if isinstance(error.code, str) else ""
    return code if _CODE.fullmatch(code) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
