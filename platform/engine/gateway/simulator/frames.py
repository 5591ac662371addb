"""The bytes of answers: event frames, JSON bodies, HTTP."""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from engine.gateway.simulator.plans import Plan

DONE = b"data: [DONE]\n\n"
BROKEN = b'data: {"id": "sim", "choices": [{"delta": {"content": "half\n\n'
TOLD_ERROR = b'data: {"error": {"message": "simulated", "type": "server_error", "code": "server_error"}}\n\n'
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)
LAST_CHUNK = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@lru_cache(maxsize=512)
def text_frames(model: str, texts: tuple[str, ...]) -> tuple[bytes, ...]:
    """The frames of a text, the opening one with the role first."""
    opening = _choice(model, {"role": "assistant", "content": ""})
    return (opening, *(_choice(model, {"content": text}) for text in texts))


def call_frames(model: str, calls: tuple[tuple[str, str], ...], ids: str = "call_sim") -> list[bytes]:
    """Tool calls as providers send them: name first, then the arguments in pieces.

    Args:
        ids: what the calls' ids begin with.
    """
    frames = [_choice(model, {"role": "assistant", "content": None})]
    for index, (name, arguments) in enumerate(calls):
        opening = {"index": index, "id": f"{ids}_{index}", "type": "function"}
        frames.append(
            _choice(model, {"tool_calls": [opening | {"function": {"name": name, "arguments": ""}}]})
        )
        for start in range(0, len(arguments), 12):
            piece = {"index": index, "function": {"arguments": arguments[start : start + 12]}}
            frames.append(_choice(model, {"tool_calls": [piece]}))
    return frames


def closing_frames(model: str, plan: Plan, usage: dict[str, int] | None) -> list[bytes]:
    frames = [_choice(model, {}, plan.finish)]
    if usage is not None:
        frames.append(_frame({**_head(model), "choices": [], "usage": usage}))
    return [*frames, DONE]


def completion(model: str, plan: Plan, usage: dict[str, int]) -> dict[str, Any]:
    """The body of an answer that is not streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": "".join(plan.texts) or None}
    if plan.calls:
        message["tool_calls"] = [
            {
                "id": f"call_sim_{index}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for index, (name, arguments) in enumerate(plan.calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": plan.finish}
    return {**_head(model), "object": "chat.completion", "choices": [choice], "usage": usage}


def response(status: int, body: dict[str, Any], *, headers: str = "") -> bytes:
    """A whole HTTP answer with a JSON body."""
    data = json.dumps(body, ensure_ascii=False).encode()
    reason = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Simulated"
    head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: application/json\r\n{headers}"
    return head.encode("latin-1", "replace") + b"content-length: %d\r\n\r\n" % len(data) + data


def refusal(status: int, retry_after: str = "") -> bytes:
    """An error as providers word it."""
    kind = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}.get(
        status, "simulated"
    )
    headers = f"retry-after: {retry_after}\r\n" if retry_after else ""
    return response(status, {"error": {"message": "simulated", "type": kind, "code": kind}}, headers=headers)


def _choice(model: str, delta: dict[str, Any], finish: str | None = None) -> bytes:
    return _frame({**_head(model), "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def _head(model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-simulated", "object": "chat.completion.chunk", "created": 0, "model": model}


def _frame(body: dict[str, Any]) -> bytes:
    return b"data: %b\n\n" % json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
