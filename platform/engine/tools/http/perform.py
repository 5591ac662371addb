"""A call of an HTTP tool, carried through: memory, breaker, attempts, and the check of the result.

Invariant: a call that may have had an effect is repeated only where repeating it under its key is harmless, and the
error that ends it says "unknown" when any attempt may have had one. One tenant's failures close the way for itself
alone: another one may share the host.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core import breakers
from engine.tools.addresses import check_url
from engine.tools.errors import (
    ToolBroken,
    ToolBusy,
    ToolError,
    ToolRefused,
    ToolResultInvalid,
    ToolTimeout,
    ToolUnreachable,
)
from engine.tools.http import memory
from engine.tools.http.answer import HttpAnswer, ToolOverloaded
from engine.tools.http.call import call
from engine.tools.http.schemas import check_result
from engine.tools.http.target import Headers, HttpTarget
from engine.tools.values import Offer, Policy, Risk

MOST_ATTEMPTS = 3
FIRST_BOUND = 0.5
LAST_BOUND = 8.0
_BREAKING = (ToolUnreachable, ToolTimeout, ToolBroken, ToolOverloaded)


@dataclass(frozen=True, slots=True)
class Errand:
    """For whom and under which key a tool is called.

    Args:
        hosts: that the tenant's tools may call.
        key: of the call, the same for every attempt, in this process or another.
        headers: of this call alone.
        seconds: for all attempts and pauses together.
    """

    tenant_id: int
    hosts: tuple[str, ...]
    key: str
    headers: Headers = field(default=(), repr=False)
    seconds: float = 45.0


@dataclass(frozen=True, slots=True)
class Pacing:
    """The clock and the dice. `jitter` gives a number from 0 to 1."""

    jitter: Callable[[], float] = random.random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.monotonic


async def perform(
    offer: Offer, arguments: Mapping[str, Any], errand: Errand, pacing: Pacing = Pacing()
) -> HttpAnswer:
    """Calls the tool, again where that makes sense, and holds its result against its schema.

    Args:
        offer: of kind "http"; its `target` is an `HttpTarget`.
        arguments: that fit the tool's parameters.

    Raises:
        ToolError: the last attempt's, with `effect` "unknown" if any attempt may have had one.
    """
    place = memory.place_of(offer, arguments, errand.tenant_id, errand.headers)
    if place and (kept := await memory.recall(place)):
        return kept
    answer = await _attempts(offer, arguments, errand, pacing)
    if offer.result_schema:
        check_result(offer.result_schema, answer.value)
    if place:
        await memory.keep(place, answer, offer.policy.cache_seconds)
    return answer


def pause_before(error: ToolError, attempt: int, risk: Risk, jitter: Callable[[], float]) -> float | None:
    """Seconds to wait before trying again, "full jitter" on top of what the server asked; None: don't.

    Args:
        attempt: how many attempts have failed, from 1.
    """
    if not error.transient or attempt >= MOST_ATTEMPTS:
        return None
    if risk is Risk.IRREVERSIBLE and error.effect != "none":
        return None
    return (error.retry_after or 0.0) + jitter() * min(LAST_BOUND, FIRST_BOUND * 2 ** (attempt - 1))


def settled(error: ToolError, risk: Risk) -> bool:
    """Whether a refusal ends the doubt about earlier attempts: of a call that is repeated under its key, the server
    would have given the first one's answer again, had it been carried out."""
    return error.settles and risk is Risk.WRITE


async def _attempts(offer: Offer, arguments: Mapping[str, Any], errand: Errand, pacing: Pacing) -> HttpAnswer:
    until = pacing.now() + errand.seconds
    policy, in_doubt = offer.policy, False
    for attempt in range(1, MOST_ATTEMPTS + 1):
        seconds = max(0.001, min(policy.timeout_seconds, until - pacing.now()))
        try:
            bounded = (
                policy if seconds == policy.timeout_seconds else replace(policy, timeout_seconds=seconds)
            )
            return await _attempt(offer.target, bounded, arguments, errand)
        except ToolError as error:
            in_doubt = error.effect == "unknown" or (in_doubt and not settled(error, policy.risk))
            if in_doubt:
                error.effect = "unknown"
            pause = pause_before(error, attempt, policy.risk, pacing.jitter)
            if pause is None or pacing.now() + pause >= until:
                raise
        await pacing.sleep(pause)
    raise AssertionError("the last attempt is followed by no pause")


async def _attempt(
    target: HttpTarget, policy: Policy, arguments: Mapping[str, Any], errand: Errand
) -> HttpAnswer:
    permit = await _permit(target, errand)
    try:
        answer = await call(
            target,
            policy,
            arguments,
            key=errand.key,
            hosts=errand.hosts,
            extra_headers=errand.headers,
        )
    except _BREAKING:
        await permit.failed()
        raise
    except (ToolRefused, ToolBusy, ToolResultInvalid):
        await permit.succeeded()
        raise
    except BaseException:
        await permit.dropped()
        raise
    await permit.succeeded()
    return answer


async def _permit(target: HttpTarget, errand: Errand) -> breakers.Permit:
    host = check_url(target.url.partition("{")[0], hosts=errand.hosts).authority
    try:
        return await breakers.enter(f"tool:{errand.tenant_id}:{host}")
    except breakers.BreakerOpen as error:
        raise ToolUnreachable(retry_after=error.retry_after) from error
