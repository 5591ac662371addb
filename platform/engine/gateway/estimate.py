"""Tokens of a call whose provider did not count them.

Invariant: errs upwards for ordinary text (a token is rarely under three bytes), so that money held for a call
covers it.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.gateway.protocol import Message, ModelRequest, ToolCall, ToolSpec, Usage

BYTES_A_TOKEN = 3
TOKENS_A_MESSAGE = 4
_MOST_KEPT = 1000
_kept: dict[tuple[int, ...], tuple[tuple[ToolSpec, ...], int]] = {}


def text_tokens(*texts: str) -> int:
    """Tokens of the texts put together: one for each three bytes of UTF-8, rounded up."""
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return -(-size // BYTES_A_TOKEN)


def message_tokens(message: Message) -> int:
    return text_tokens(message.text, *_call_texts(message.tool_calls)) + TOKENS_A_MESSAGE


def prompt_tokens(request: ModelRequest) -> int:
    """Tokens of everything sent; the schemas of tools count by their written length."""
    return _tools_tokens(request.tools) + sum(message_tokens(message) for message in request.messages)


def _tools_tokens(tools: tuple[ToolSpec, ...]) -> int:
    """Tools are the same in one turn after the other: what they come to is kept while they are these very ones."""
    key = tuple(map(id, tools))
    kept = _kept.get(key)
    if kept is not None:
        return kept[1]
    found = text_tokens(*(f"{tool.name}{tool.description}{tool.parameters}" for tool in tools))
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[key] = tools, found
    return found


def usage(request: ModelRequest, text: str, calls: Iterable[ToolCall] = ()) -> Usage:
    """The usage of a call, as far as it got: `text` and `calls` are what the model wrote."""
    return Usage(prompt_tokens(request), text_tokens(text, *_call_texts(calls)), estimated=True)


def _call_texts(calls: Iterable[ToolCall]) -> list[str]:
    return [call.name + call.arguments for call in calls]
