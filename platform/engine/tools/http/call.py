"""One attempt at calling an HTTP tool.

Invariant: every failure is one of the classed errors, and `effect` is "none" only where nothing was sent or the
server said that nothing was done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

import httpx2

from engine.tools import guarded
from engine.tools.errors import ToolBroken, ToolError, ToolTimeout, ToolUnreachable
from engine.tools.http.answer import HttpAnswer, failure, read_answer
from engine.tools.http.target import Headers, HttpTarget, Outgoing, TargetInvalid, outgoing
from engine.tools.values import Policy

MOST_BYTES = 1024 * 1024
_MOST_ERROR_BYTES = 64 * 1024


async def call(
    target: HttpTarget,
    policy: Policy,
    arguments: Mapping[str, Any],
    *,
    key: str,
    hosts: Collection[str],
    extra_headers: Headers = (),
) -> HttpAnswer:
    """Sends the call once.

    Args:
        policy: its `timeout_seconds` are for all of it, its `result_bytes` for the text that is kept.
        key: sent as `Idempotency-Key`.
        hosts: that the tenant's tools may call, as for `addresses.check_url`.

    Raises:
        ToolError: as classed in engine.tools.errors.
    """
    request = outgoing(target, arguments, key=key, extra=extra_headers)
    sent = _Sent()
    try:
        async with asyncio.timeout(policy.timeout_seconds):
            status, headers, body = await _exchange(request, hosts, policy.timeout_seconds, sent)
    except (httpx2.LocalProtocolError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise TargetInvalid from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise (ToolTimeout if sent.is_true else ToolUnreachable) from error
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise (ToolBroken if sent.is_true else ToolUnreachable) from error
    if not 200 <= status < 300:
        refusal = failure(status, headers, body or b"")
        # A refusal whose sentence was lost on the way: the same call, under the same key, may bring it.
        refusal.transient = refusal.transient or body is None
        raise refusal
    content_type = headers.get("content-type", "")
    return read_answer(status, content_type, body or b"", target.result_path, policy.result_bytes)


async def _exchange(
    request: Outgoing, hosts: Collection[str], seconds: float, sent: _Sent
) -> tuple[int, httpx2.Headers, bytes | None]:
    async with (
        guarded.client(hosts=hosts, timeout=seconds, most_bytes=MOST_BYTES) as client,
        client.stream(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.body,
            extensions={"trace": sent.note},
        ) as response,
    ):
        if response.is_success:
            return response.status_code, response.headers, await guarded.read_limited(response, MOST_BYTES)
        return response.status_code, response.headers, await _beginning(response)


async def _beginning(response: httpx2.Response) -> bytes | None:
    """As much of an error's body as its detail can need; None for one that was cut on its way."""
    body = b""
    try:
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _MOST_ERROR_BYTES:
                return b""
    except ToolError:
        return b""
    except httpx2.HTTPError:
        return None
    return body


class _Sent:
    """Whether any byte of the request may have left."""

    __slots__ = ("is_true",)

    def __init__(self) -> None:
        self.is_true = False

    async def note(self, event: str, _details: object) -> None:
        if event == "http11.send_request_headers.started":
            self.is_true = True
