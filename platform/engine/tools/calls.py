"""One door to every kind of tool.

Invariant: what comes back is text of bounded size, whatever the tool sent; every failure is a classed `ToolError`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from engine.tools import registry, signing
from engine.tools.errors import ToolBroken, ToolError, ToolTimeout
from engine.tools.http.perform import Errand
from engine.tools.http.perform import perform as perform_http
from engine.tools.http.schemas import check_result
from engine.tools.registry import ToolContext
from engine.tools.values import Offer, Risk, ToolResult

MOST_SECONDS = 45.0


async def perform(
    offer: Offer, arguments: Mapping[str, Any], context: ToolContext, first_citation: int
) -> ToolResult:
    """Calls a tool that may be called: permission and arguments were checked before.

    Raises:
        ToolError: classed; its `effect` says whether anything may have happened.
    """
    if offer.kind == "builtin":
        return await _builtin(offer, arguments, context, first_citation)
    if offer.kind == "mcp":
        found = await signing.perform(
            offer.target,
            offer.policy,
            arguments,
            key=context.key,
            hosts=context.hosts,
            seconds=longest(offer),
        )
        if offer.result_schema and found.value is not None:
            check_result(offer.result_schema, found.value)
        return ToolResult(found.text)
    errand = Errand(context.tenant_id, context.hosts, context.key, seconds=longest(offer))
    return ToolResult((await perform_http(offer, arguments, errand)).text)


def longest(offer: Offer) -> float:
    """Seconds after which a call must have come to an end, retries and all."""
    policy = offer.policy
    return (
        policy.timeout_seconds if offer.kind == "builtin" else min(3 * policy.timeout_seconds, MOST_SECONDS)
    )


def too_long(offer: Offer) -> ToolError:
    """What a call is that did not end by itself."""
    return _sure(ToolTimeout(), offer)


def broken(offer: Offer) -> ToolError:
    """What a call is that failed in a way nobody expected."""
    return _sure(ToolBroken(), offer)


def _sure(error: ToolError, offer: Offer) -> ToolError:
    """Our own tools write in transactions: what did not return did nothing."""
    if offer.kind == "builtin" or offer.policy.risk is Risk.READ:
        error.effect = "none"
    return error


async def _builtin(
    offer: Offer, arguments: Mapping[str, Any], context: ToolContext, first_citation: int
) -> ToolResult:
    try:
        async with asyncio.timeout(offer.policy.timeout_seconds):
            return await registry.get(offer.name).call(context, dict(arguments), first_citation)
    except TimeoutError:
        raise too_long(offer) from None
