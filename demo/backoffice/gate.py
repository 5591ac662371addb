"""In front of every path: the token, and an end to bodies that are too large."""

from __future__ import annotations

import hmac
from collections import deque

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import NotAuthorised, TooLarge
from demo.backoffice.problems import from_error, problem

MOST_BODY = 64 * 1024
OPEN_PATHS = ("/healthz", "/openapi.json")


class TokenMissing(NotAuthorised):
    code = "token_missing"
    default_message = "Send the shop's token in the header Authorization: Bearer ..."


class BodyTooLarge(TooLarge):
    code = "body_too_large"
    default_message = f"A body may have at most {MOST_BODY} bytes"


class ClientGone(Exception):
    """The caller hung up before the whole request was there."""


class Gate:
    """Lets through what may come in, with the whole body read.

    Args:
        token: what callers must send; empty: nothing.
    """

    def __init__(self, inner: ASGIApp, token: str = "") -> None:
        self._inner = inner
        self._expected = f"Bearer {token}".encode() if token else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
        elif not self._admits(scope):
            error = TokenMissing()
            headers = {"WWW-Authenticate": "Bearer"}
            await problem(error.status, error.message, error.code, headers)(scope, receive, send)
        else:
            try:
                body = await read_body(receive)
            except BodyTooLarge as error:
                await from_error(error)(scope, receive, send)
            except ClientGone:
                return
            else:
                await self._inner(scope, with_body(body, receive), send)

    def _admits(self, scope: Scope) -> bool:
        if not self._expected or scope["path"] in OPEN_PATHS:
            return True
        given = Headers(scope=scope).get("authorization", "").encode()
        return hmac.compare_digest(given, self._expected)


async def read_body(receive: Receive) -> bytes:
    """Raises BodyTooLarge, ClientGone."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BODY:
            raise BodyTooLarge
    return body


def with_body(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more and then what comes after it."""
    waiting: deque[Message] = deque([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return waiting.popleft() if waiting else await receive()

    return again
