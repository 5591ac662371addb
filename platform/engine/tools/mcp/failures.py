"""What the official client raises, told in the words of `engine.tools.errors`.

Invariant: what the wire saw (`Watch`) decides, not the client's own words: it calls an answer of 503 an internal
error, and wraps what its background tasks raise. Text of the server's is bounded and goes only where the error
says that the server refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2
from mcp import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    REQUEST_TIMEOUT,
    UNSUPPORTED_PROTOCOL_VERSION,
)
from pydantic import ValidationError

from engine.tools.errors import (
    ToolBroken,
    ToolBusy,
    ToolError,
    ToolRefused,
    ToolResultInvalid,
    ToolTimeout,
    ToolUnreachable,
)
from engine.tools.http.answer import ToolOverloaded, retry_after
from engine.tools.mcp.errors import ToolUnauthorised
from engine.tools.mcp.watch import Watch

MOST_TEXT = 2_000
_READABLE = ("application/json", "text/event-stream")


def told(error: BaseException, watch: Watch) -> ToolError | None:
    """The error in our words; None when it is none of the server's or the wire's making."""
    found = list(_leaves(error))
    ours = watch.failure or next((leaf for leaf in found if _is_known(leaf, watch)), None)
    if ours is None:
        return None
    plain = _from_status(watch) or _plain(ours, watch)
    return plain if watch.called or plain.effect == "none" else ToolUnreachable()


def is_stale(error: BaseException, watch: Watch) -> bool:
    """Whether the server no longer goes by the remembered handshake; it has not looked at the call then."""
    codes = {leaf.code for leaf in _leaves(error) if isinstance(leaf, MCPError)}
    if watch.status == 404:
        return bool(watch.session)
    # a plain 400, without words of the protocol, is an internal error to the client
    unread = watch.status == 400 and bool(codes & {INVALID_REQUEST, INTERNAL_ERROR})
    return unread or UNSUPPORTED_PROTOCOL_VERSION in codes


def bounded(text: str) -> str:
    """Untrusted words, cut to what a person or a model needs of them."""
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]} [cut]"


def _from_status(watch: Watch) -> ToolError | None:
    status, headers = watch.status, watch.answer_headers
    if status in (401, 403):
        return ToolUnauthorised(challenge=headers.get("www-authenticate", "")[:MOST_TEXT])
    if status in (429, 503):
        after = retry_after(headers.get("retry-after", ""), time.time())
        return (ToolOverloaded if status == 503 else ToolBusy)(retry_after=after)
    if status == 408:
        return ToolTimeout()
    return ToolBroken() if status >= 500 else None


def _plain(error: BaseException, watch: Watch) -> ToolError:
    match error:
        case ToolError():
            return error
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            return ToolUnreachable()
        case httpx2.TimeoutException() | TimeoutError():
            return ToolTimeout()
        case MCPError():
            return _from_answer(error, watch)
        case httpx2.HTTPError():
            return ToolBroken()
        case _:
            return ToolResultInvalid()


def _from_answer(error: MCPError, watch: Watch) -> ToolError:
    kind = watch.answer_headers.get("content-type", "").lower()
    if 400 <= watch.status < 500:
        words = f"The tool answered HTTP {watch.status}." if error.code == INTERNAL_ERROR else error.message
        return ToolRefused(bounded(words))
    if error.code == PARSE_ERROR or watch.status == 202 or (watch.status and not kind.startswith(_READABLE)):
        return ToolResultInvalid()
    if error.code == REQUEST_TIMEOUT:
        return ToolTimeout()
    if error.code in (CONNECTION_CLOSED, INTERNAL_ERROR):
        return ToolBroken()
    return ToolRefused(bounded(error.message))


def _is_known(error: BaseException, watch: Watch) -> bool:
    known = (ToolError, MCPError, httpx2.HTTPError, httpx2.StreamError, ValidationError, TimeoutError)
    # a RuntimeError is the client's word for a handshake whose protocol it does not know
    return isinstance(error, known) or (isinstance(error, RuntimeError) and not watch.called)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
