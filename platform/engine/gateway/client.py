"""Chat Completions of any provider that speaks the protocol, streamed.

Invariant: every wait has a deadline with its own error; a call is tried again only while nothing of its
answer has been received; no text and no key is written to a log.

The vendor's client gives its address, account and transport, and is handed the body as it is: typed objects for the
chunks and for the messages would each cost more than all the rest.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

import aiohttp
import httpx2
from openai import APIStatusError

from engine.gateway import failures
from engine.gateway.body import encode
from engine.gateway.config import ProviderConfig
from engine.gateway.connections import Line, lease
from engine.gateway.errors import (
    BetweenTokensTimeout,
    FirstTokenTimeout,
    ModelError,
    ModelReplyTooLarge,
    ModelStreamCut,
    TotalTimeout,
)
from engine.gateway.protocol import ModelReply, ModelRequest, OnText
from engine.gateway.reply import ReplyBuilder, is_whole
from engine.gateway.retries import pause_before
from engine.gateway.stream import EventLines

# Seconds for the last bytes after the model has said that it is done: read, they keep the connection usable.
LINGER = 0.25

log = logging.getLogger(__name__)


class ChatCompletions:
    """Implements `Model` over HTTP.

    What has arrived together is passed on together: `on_text` is called once for each read from the network.

    Args:
        total: seconds for all attempts, where less is left than the configuration allows.
        longest_pause: seconds to wait between attempts at most; where a provider asks for more, its error is raised.
    """

    def __init__(
        self,
        config: ProviderConfig,
        *,
        total: float | None = None,
        longest_pause: float | None = None,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config = config
        self._total = config.deadlines.total if total is None else total
        self._longest_pause = longest_pause
        self._jitter = jitter
        self._sleep = sleep

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Makes the call, again if that may help.

        Raises:
            ModelError: see `engine.gateway.errors`; `usage` is what it cost as far as it got.
        """
        reply = ReplyBuilder(request)
        try:
            async with asyncio.timeout(self._total) as whole, lease(self._config) as line:
                await self._attempts(line, reply, on_text, whole)
        except TimeoutError:
            if not whole.expired():
                raise
            if not reply.done:
                raise TotalTimeout(usage=reply.spent()) from None
        return reply.reply()

    async def _attempts(
        self, line: Line, reply: ReplyBuilder, on_text: OnText, whole: asyncio.Timeout
    ) -> None:
        body = encode(reply.request, self._config)
        attempt = 0
        while True:
            attempt += 1
            try:
                async with aclosing(self._read(line, body, reply)) as texts:
                    async for text in texts:
                        await on_text(text)
                return
            except ModelError as error:
                log.warning("model call failed: %s %s, attempt %d", error.code, error.detail, attempt)
                await self._sleep(self._pause(error, attempt, reply, whole))

    def _pause(self, error: ModelError, attempt: int, reply: ReplyBuilder, whole: asyncio.Timeout) -> float:
        """Seconds until the next attempt; raises the error when there is to be none."""
        pause = pause_before(error, attempt, self._jitter)
        left = (whole.when() or 0.0) - asyncio.get_running_loop().time()
        if self._longest_pause is not None:
            left = min(left, self._longest_pause)
        if reply.started or attempt > self._config.retries or pause is None or pause >= left:
            raise error
        return pause

    async def _read(self, line: Line, body: bytes, reply: ReplyBuilder) -> AsyncGenerator[str]:
        """The answer's text as it arrives. The deadline rests while the caller is busy with a piece."""
        deadlines, now = self._config.deadlines, asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(deadlines.first_token) as wait:
                async with aclosing(self._payloads(line, body, reply)) as reads:
                    async for payloads in reads:
                        text, failure = reply.take(payloads)
                        if text:
                            wait.reschedule(None)
                            yield text
                        if failure:
                            raise failure
                        if payloads and (reply.begun or reply.done):
                            wait.reschedule(now() + (LINGER if reply.done else deadlines.between_tokens))
        except TimeoutError:
            if not wait.expired():
                raise
            if not reply.done:
                kind = BetweenTokensTimeout if reply.begun else FirstTokenTimeout
                raise kind(usage=reply.spent()) from None

    async def _payloads(self, line: Line, body: bytes, reply: ReplyBuilder) -> AsyncGenerator[list[bytes]]:
        lines, left = EventLines(), self._config.max_reply_bytes
        try:
            response = await line.post(body, key=reply.request.key)
            try:
                # Asked for as it is; who packs it all the same is unpacked.
                packed = "content-encoding" in response.headers
                async for chunk in response.aiter_bytes() if packed else response.aiter_raw():
                    reply.started = True
                    left -= len(chunk)
                    if left < 0:
                        raise ModelReplyTooLarge(usage=reply.spent())
                    yield lines.feed(chunk)
                yield [payload for payload in lines.finish() if is_whole(payload)]
            finally:
                await response.aclose()
        except APIStatusError as error:
            raise failures.from_status(error, now=time.time()) from None
        except (httpx2.HTTPError, aiohttp.ClientError, OSError) as error:
            if reply.started:
                raise ModelStreamCut(usage=reply.spent(), detail=type(error).__name__) from None
            raise failures.from_connection(error) from None
