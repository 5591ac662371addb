"""Calling a tool on an MCP server.

Invariant: one call, one key, one deadline. A call that may have had an effect is sent again only where its key
lets the server know it for the same, never for what cannot be taken back; nothing is listed on the way.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp import MCPError
from mcp.client.session import ClientSession
from mcp_types import (
    HEADER_MISMATCH,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
)
from pydantic import TypeAdapter

from core import breakers
from core.breakers import BreakerOpen
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
from engine.tools.http.answer import ToolOverloaded
from engine.tools.http.perform import MOST_ATTEMPTS, pause_before, settled
from engine.tools.mcp.errors import ToolUnauthorised
from engine.tools.mcp.failures import is_stale, told
from engine.tools.mcp.handshakes import handshakes
from engine.tools.mcp.results import McpAnswer, answer_of
from engine.tools.mcp.session import opened, watch_of
from engine.tools.mcp.target import McpTarget
from engine.tools.mcp.watch import Watch
from engine.tools.values import Policy

_SHORTEST = 0.05
_RESULT: TypeAdapter[CallToolResult | InputRequiredResult] = TypeAdapter(CallToolResult | InputRequiredResult)


async def perform(
    target: McpTarget,
    policy: Policy,
    arguments: Mapping[str, Any],
    *,
    key: str,
    hosts: Collection[str],
    seconds: float | None = None,
) -> McpAnswer:
    """Calls a tool behind its host's breaker, again where that is safe.

    Args:
        key: names this call at the server (`Idempotency-Key`), the same for every attempt.
        hosts: what the tenant's tools may call, as for `addresses.check_url`.
        seconds: for all attempts and pauses together; None: as for one attempt, `policy.timeout_seconds`.

    Raises:
        ToolError: of the last attempt; its `effect` covers all attempts.
    """
    deadline = time.monotonic() + (policy.timeout_seconds if seconds is None else seconds)
    unsure = False
    for attempt in range(1, MOST_ATTEMPTS + 1):
        work = _Work(target, policy, arguments, key=key, hosts=hosts, deadline=deadline)
        try:
            return await _behind_breaker(work)
        except ToolError as error:
            unsure = error.effect == "unknown" or (unsure and not settled(error, policy.risk))
            pause = pause_before(error, attempt, policy.risk, random.random)
            if pause is None or time.monotonic() + pause >= deadline - _SHORTEST:
                error.effect = "unknown" if unsure else "none"
                raise
        await asyncio.sleep(pause)
    raise AssertionError("the last attempt has no next one")


async def call(
    target: McpTarget, policy: Policy, arguments: Mapping[str, Any], *, key: str, hosts: Collection[str]
) -> McpAnswer:
    """Calls a tool once, within `policy.timeout_seconds`.

    Raises:
        ToolError: what went wrong, whether it may pass, and whether the call may have had an effect.
    """
    deadline = time.monotonic() + policy.timeout_seconds
    return await _call(_Work(target, policy, arguments, key=key, hosts=hosts, deadline=deadline))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    target: McpTarget = field(kw_only=False)
    policy: Policy = field(kw_only=False)
    arguments: Mapping[str, Any] = field(kw_only=False)
    key: str
    hosts: Collection[str]
    deadline: float


async def _behind_breaker(work: _Work) -> McpAnswer:
    place = check_url(work.target.url, hosts=work.hosts).authority
    name = f"tool:{work.target.tenant_id}:{place}"
    try:
        permit = await breakers.enter(name, lease=work.policy.timeout_seconds + 5)
    except BreakerOpen as error:
        raise ToolUnreachable(retry_after=error.retry_after) from error
    try:
        answer = await _call(work)
    except (ToolUnreachable, ToolTimeout, ToolBroken, ToolOverloaded):
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


async def _call(work: _Work) -> McpAnswer:
    """Once more with a new handshake when the server does not know the remembered one any longer."""
    for is_last in (handshakes.get(work.target.server) is None, True):
        watch = watch_of(work.target, work.hosts, call_headers={"idempotency-key": work.key})
        try:
            result = await _within(work, watch)
        except Exception as error:
            stale = is_stale(error, watch)
            plain = told(error, watch)
            if stale or isinstance(plain, ToolUnauthorised):
                handshakes.forget(work.target.server)
            if stale and not is_last:
                continue
            if plain is None:
                raise
            raise plain from None
        if isinstance(result, InputRequiredResult):
            raise ToolRefused("The tool asks for more than it can be given here.")
        return answer_of(result, work.policy.result_bytes)
    raise AssertionError("the second time ends it")


async def _within(work: _Work, watch: Watch) -> CallToolResult | InputRequiredResult:
    seconds = min(work.policy.timeout_seconds, max(work.deadline - time.monotonic(), 0.0))
    with anyio.fail_after(seconds):
        async with opened(work.target, watch, timeout=seconds) as session:
            return await _ask(session, work.target.tool, work.arguments)


async def _ask(
    session: ClientSession, tool: str, arguments: Mapping[str, Any]
) -> CallToolResult | InputRequiredResult:
    """Not `session.call_tool`: it would list the server's tools first, for a check that is made elsewhere."""
    request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=dict(arguments)))
    try:
        return await session.send_request(request, _RESULT)
    except MCPError as error:
        if error.code != HEADER_MISMATCH:
            raise
    # the server refused to look at a call without the headers that its schema asks for
    await session.list_tools()
    return await session.send_request(request, _RESULT)
