"""The wire of one call: what goes out, what comes in, how much, and what became of it.

Invariant: everything a session sends passes here. The credentials are added here and nowhere else, no redirect
is followed, and a server that never stops sending is cut off.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from typing import Any

import anyio
import httpx2

from engine.tools.errors import ToolError, ToolResultInvalid
from engine.tools.guarded import GuardedTransport

MOST_BYTES = 1024 * 1024
MOST_REQUESTS = 24
_CALL = "tools/call"


class Watch(httpx2.AsyncBaseTransport):
    """Sends the requests of one session and remembers what is needed to say how it ended.

    Args:
        hosts: what the tenant's tools may call.
        headers: go on every request; `call_headers`: on the request that calls the tool.
        session: the id of a session that is gone on with; empty: none yet.
        most_requests: the bound of the whole session.
    """

    def __init__(
        self,
        *,
        hosts: Collection[str],
        headers: dict[str, str],
        call_headers: dict[str, str] | None = None,
        session: str = "",
        most_requests: int = MOST_REQUESTS,
    ) -> None:
        self._guarded = GuardedTransport(hosts=tuple(hosts), most_bytes=MOST_BYTES)
        self._headers = headers
        self._call_headers = call_headers or {}
        self._bytes_left = MOST_BYTES
        self._requests_left = most_requests
        self.session = session
        self.called = False
        """Whether the call may have reached the server."""
        self.status = 0
        """Of the latest answer to a request of ours, as `answer_headers`."""
        self.answer_headers = httpx2.Headers()
        self.failure: Exception | None = None
        self.initialized = anyio.Event()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        method = _method_of(request)
        if request.method != "POST" and "last-event-id" not in request.headers:
            return httpx2.Response(405, request=request)
        try:
            return await self._exchange(request, method)
        except Exception as error:
            self.failure = error
            raise
        finally:
            if method == "notifications/initialized":
                self.initialized.set()

    async def _exchange(self, request: httpx2.Request, method: str) -> httpx2.Response:
        self._requests_left -= 1
        if self._requests_left < 0:
            raise ToolResultInvalid("The tool's server asks for too much.")
        request.headers.update(self._headers)
        if self.session:
            request.headers["mcp-session-id"] = self.session
        if method == _CALL:
            request.headers.update(self._call_headers)
            request.extensions = {**request.extensions, "trace": self._note}
        response = await self._sent(request, method)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Counted(response.stream, self),
            extensions=response.extensions,
            request=request,
        )

    async def _sent(self, request: httpx2.Request, method: str) -> httpx2.Response:
        is_asked = bool(method) and not method.startswith("notifications/")
        if is_asked:
            self.status = 0
        response = await self._guarded.handle_async_request(request)
        if is_asked:
            self.status, self.answer_headers = response.status_code, response.headers
        if method == "initialize":
            self.session = response.headers.get("mcp-session-id", "")[:256]
        return response

    async def _note(self, event: str, _: dict[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.called = True

    def take(self, size: int) -> None:
        """Counts what has come in.

        Raises:
            ToolResultInvalid: it is more than is taken of one session.
        """
        self._bytes_left -= size
        if self._bytes_left < 0:
            self.failure = ToolResultInvalid("The tool's answer is too large. Go on without it.")
            raise self.failure

    def broken(self, error: Exception) -> None:
        """Remembers that an answer ended before its end."""
        if not isinstance(self.failure, ToolError):
            self.failure = error


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._watch.take(len(chunk))
                yield chunk
        except Exception as error:
            self._watch.broken(error)
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()


def _method_of(request: httpx2.Request) -> str:
    """The JSON-RPC method of a message that the session has written; empty for an answer or a GET."""
    if request.method != "POST":
        return ""
    method = json.loads(request.content).get("method", "")
    return str(method)
