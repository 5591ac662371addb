"""Makes calls go wrong on the wire, for tests of those who call.

`timeout_before` hangs and then serves, unless the caller has left: then nothing is done, so that a call
given up never takes effect behind the caller's back. `timeout_after` and `cut` have taken effect.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.backoffice.faults import Fault, Faults
from demo.backoffice.gate import read_body, with_body
from demo.backoffice.mcp_door import key_of
from demo.backoffice.problems import problem

OPERATIONS_PATH = "/operations/"
MCP_PATH = "/mcp"


class Faulty:
    """Sits between the gate, which has read the body, and the doors."""

    def __init__(self, inner: ASGIApp, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._inner(scope, receive, send)
            return
        body = await read_body(receive)
        again = with_body(body, receive)
        call = _called(scope, body)
        fault = self._faults.next(*call) if call else None
        if fault is None:
            await self._inner(scope, again, send)
        elif fault.kind in ("429", "500"):
            await _refusal(fault)(scope, again, send)
        elif fault.kind == "timeout_before":
            if not await _left_within(fault.seconds, receive):
                await self._inner(scope, again, send)
        else:
            await self._after_effect(fault, (scope, again, send), receive)

    async def _after_effect(self, fault: Fault, call: tuple[Scope, Receive, Send], receive: Receive) -> None:
        scope, again, send = call
        answer: list[Message] = []

        async def hold(message: Message) -> None:
            answer.append(message)

        await self._inner(scope, again, hold)
        if fault.kind == "cut":
            await send(answer[0])
            half = b"".join(message.get("body", b"") for message in answer[1:])
            # Returning with a body half sent makes the server close the connection.
            await send({"type": "http.response.body", "body": half[: len(half) // 2], "more_body": True})
        elif not await _left_within(fault.seconds, receive):
            for message in answer:
                await send(message)


def _called(scope: Scope, body: bytes) -> tuple[str, str] | None:
    """The key and the operation of a call; None for anything else, which faults do not touch."""
    headers, path = Headers(scope=scope), scope["path"]
    unkeyed = hashlib.sha256(path.encode() + body).hexdigest()
    if path.startswith(OPERATIONS_PATH):
        return headers.get("Idempotency-Key", unkeyed), path.removeprefix(OPERATIONS_PATH)
    if path != MCP_PATH:
        return None
    params = _tool_call(body)
    if params is None:
        return None
    meta = params.get("_meta")
    return key_of(headers, meta if isinstance(meta, dict) else None) or unkeyed, str(params.get("name"))


def _tool_call(body: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("method") != "tools/call":
        return None
    params = message.get("params")
    return params if isinstance(params, dict) else None


def _refusal(fault: Fault) -> ASGIApp:
    if fault.kind == "429":
        headers = {"Retry-After": str(fault.retry_after)}
        return problem(429, "Too many calls at the moment", "too_many", headers)
    return problem(500, "The shop stumbled before it did anything", "internal_error")


async def _left_within(seconds: float, receive: Receive) -> bool:
    """Whether the caller hung up before the time was over."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True
