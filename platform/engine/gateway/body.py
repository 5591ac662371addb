"""A request as the Chat Completions protocol writes it."""

from __future__ import annotations

import json
from typing import Any

from engine.gateway.config import ProviderConfig
from engine.gateway.protocol import Message, ModelRequest, ToolCall, ToolSpec


def encode(request: ModelRequest, config: ProviderConfig) -> bytes:
    """The body of a streamed call; options that are not set are left out.

    Halves of surrogate pairs, which models may write and UTF-8 cannot, become question marks.
    """
    return json.dumps(_body(request, config), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _body(request: ModelRequest, config: ProviderConfig) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
    }
    if config.stream_usage:
        body["stream_options"] = {"include_usage": True}
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    if request.max_tokens is not None:
        body[config.max_tokens_field] = request.max_tokens
    if request.temperature is not None:
        body["temperature"] = request.temperature
    return body


def _message(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        told["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        told["tool_call_id"] = message.tool_call_id
    return told


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
