"""What the agent and a model say to each other: plain values, no vendor.

Invariant: nothing here imports Django, an HTTP client or a vendor SDK, so the pure agent loop may use it.
The words are those of the Chat Completions protocol.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]
OnText = Callable[[str], Awaitable[None]]
"""Called with each new piece of the answer's text, in order."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call the model asks for. `arguments` is JSON as the model wrote it: it may be malformed."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the prompt. Only the assistant has `tool_calls`, only tool results a `tool_call_id`."""

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it; `parameters` is a JSON Schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one model call; `estimated` when the provider did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call. `key` names it, so that a repeat can be told from another call."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    max_tokens: int | None = None
    temperature: float | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call on the way to a reply that did not bring it. `usage` has to be paid like any other."""

    route: str
    model: str
    usage: Usage
    error_code: str


@dataclass(frozen=True, slots=True)
class ModelReply:
    """The whole of a model's reply; `text` is what `on_text` was given, joined.

    `route` names the model that answered, as `provider/model`; `cents` is what the call cost, if that is known.
    A chain says what an answer from that model is called (`level`), and what failed before (`attempts`); `usage` is
    that of the answering call alone.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish_reason: str = "stop"
    model: str = ""
    route: str = ""
    cents: float = 0.0
    level: str = ""
    attempts: tuple[Attempt, ...] = ()


class Model(Protocol):
    """A model that answers a request, streaming its text.

    Raises:
        engine.gateway.errors.ModelError: the call failed; its subclasses say how.
    """

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply: ...
