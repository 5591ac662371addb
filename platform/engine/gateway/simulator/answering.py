"""From a request to the bytes of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from engine.gateway import estimate
from engine.gateway.simulator import directives, embeddings, frames
from engine.gateway.simulator.counts import Counts
from engine.gateway.simulator.plans import Plan, Planner
from engine.gateway.simulator.requests import Request

FOREVER = 3600.0


class Answering:
    """Answers requests for one running simulator."""

    def __init__(self, planner: Planner, counts: Counts) -> None:
        self._planner = planner
        self._counts = counts

    async def answer(self, request: Request, transport: asyncio.Transport) -> None:
        path = request.path.split("?", 1)[0]
        body = request.json() if request.method == "POST" else {}
        if body is None:
            self._send(transport, 400, frames.refusal(400), path)
        elif path == "/v1/chat/completions" and request.method == "POST":
            await self._chat(request, body, transport)
        elif path == "/v1/embeddings" and request.method == "POST":
            self._embeddings(body, transport)
        elif path == "/v1/models":
            listed = {
                "object": "list",
                "data": [{"id": "simulated", "object": "model", "owned_by": "simulator"}],
            }
            self._send(transport, 200, frames.response(200, listed), path)
        elif path == "/stats":
            transport.write(frames.response(200, self._counts.as_dict()))
        else:
            self._send(transport, 404, frames.refusal(404), "other")

    async def _chat(self, request: Request, body: Mapping[str, Any], transport: asyncio.Transport) -> None:
        model = str(body.get("model") or "simulated")
        header = request.headers.get("x-simulate", "")
        try:
            directive = directives.find(header, model, directives.last_user_text(body))
            plan = self._planner.plan(body, directive)
            answer = _Answer(model, plan, body)
        except (TypeError, ValueError, AttributeError, KeyError):
            self._send(transport, 400, frames.refusal(400), "chat")
            return
        facts = {
            "path": "chat",
            "model": model[:100],
            "directive": directive.name,
            "stream": body.get("stream") is True,
        }
        if plan.status != 200:
            transport.write(frames.refusal(plan.status, plan.retry_after))
        elif plan.fault == "hang" and plan.after < 0:
            await asyncio.sleep(FOREVER)
        elif body.get("stream"):
            await self._stream(answer, transport)
        else:
            self._counts.reported(answer.usage)
            transport.write(frames.response(200, frames.completion(model, plan, answer.usage)))
        self._counts.answered(plan.status, facts | {"tokens": answer.tokens})

    async def _stream(self, answer: _Answer, transport: asyncio.Transport) -> None:
        plan = answer.plan
        transport.write(frames.STREAM_HEAD)
        opening = answer.opening()
        stop_at = plan.after + 1 if plan.fault else len(opening)
        await _write(transport, opening[:stop_at], plan)
        if plan.fault:
            self._counts.unreported(max(min(stop_at, len(opening)) - 1, 0))
            await _fail(plan.fault, transport)
            return
        told = answer.usage if plan.usage and answer.wants_usage else None
        if told:
            self._counts.reported(told)
        else:
            self._counts.unreported(answer.tokens)
        closing = frames.closing_frames(answer.model, plan, told)
        if plan.split:
            await _write(transport, closing, plan)
            transport.write(frames.LAST_CHUNK)
        else:
            transport.write(b"".join([*map(frames.chunk, closing), frames.LAST_CHUNK]))

    def _embeddings(self, body: Mapping[str, Any], transport: asyncio.Transport) -> None:
        try:
            found, tokens = embeddings.answer(body)
        except (TypeError, ValueError):
            self._send(transport, 400, frames.refusal(400), "embeddings")
            return
        self._counts.reported({"prompt_tokens": tokens})
        self._send(transport, 200, frames.response(200, found), "embeddings")

    def _send(self, transport: asyncio.Transport, status: int, data: bytes, path: str) -> None:
        transport.write(data)
        self._counts.answered(status, {"path": path})


class _Answer:
    """A plan with what its request asks for."""

    def __init__(self, model: str, plan: Plan, body: Mapping[str, Any]) -> None:
        self.model, self.plan = model, plan
        self.wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        calls = estimate.text_tokens(*(name + arguments for name, arguments in plan.calls))
        self.tokens = len(plan.texts) + calls
        sent = [str(message.get("content") or "") for message in body.get("messages") or []]
        prompt = estimate.text_tokens(*sent) + estimate.TOKENS_A_MESSAGE * len(sent)
        self.usage = {
            "prompt_tokens": prompt,
            "completion_tokens": self.tokens,
            "total_tokens": prompt + self.tokens,
        }

    def opening(self) -> list[bytes]:
        """The frames up to the last token."""
        if self.plan.calls:
            return frames.call_frames(self.model, self.plan.calls)
        return list(frames.text_frames(self.model, self.plan.texts))


async def _write(transport: asyncio.Transport, parts: Iterable[bytes], plan: Plan) -> None:
    for part in parts:
        if transport.is_closing():
            return
        data = frames.chunk(part)
        step = plan.split or len(data)
        for start in range(0, len(data), step):
            transport.write(data[start : start + step])
            await asyncio.sleep(0)
        if plan.delay:
            await asyncio.sleep(plan.delay)


async def _fail(fault: str, transport: asyncio.Transport) -> None:
    if fault == "hang":
        await asyncio.sleep(FOREVER)
    elif fault == "malformed":
        transport.write(frames.chunk(frames.BROKEN) + frames.LAST_CHUNK)
    elif fault == "error":
        transport.write(frames.chunk(frames.TOLD_ERROR) + frames.LAST_CHUNK)
    else:
        transport.close()
