"""A model that follows a script: for tests, demos and evaluations without a provider.

Invariant: the same script gives the same replies; it streams as a real model does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.agent.words import speak
from engine.gateway import estimate
from engine.gateway.errors import ModelError
from engine.gateway.protocol import ModelReply, ModelRequest, OnText, ToolCall, Usage


@dataclass(frozen=True, slots=True)
class Line:
    """One reply of the script. Lines add up: `say("Let me look.") + call("search_knowledge", query="…")`."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    finish_reason: str = ""
    usage: Usage | None = None
    error: ModelError | None = None
    cents: float = 0.0

    def __add__(self, other: Line) -> Line:
        return Line(
            self.text + other.text,
            self.calls + other.calls,
            other.finish_reason or self.finish_reason,
            other.usage or self.usage,
            other.error or self.error,
            self.cents + other.cents,
        )


def say(text: str, *, finish_reason: str = "", usage: Usage | None = None) -> Line:
    return Line(text, finish_reason=finish_reason, usage=usage)


def call(name: str, /, **arguments: object) -> Line:
    return call_with(name, json.dumps(arguments, ensure_ascii=False))


def call_with(name: str, arguments: str) -> Line:
    """A call whose arguments are written as they are: malformed ones too."""
    return Line(calls=((name, arguments),))


def fail(error: ModelError) -> Line:
    """After what the line says so far, the call fails."""
    return Line(error=error)


class ScriptOver(LookupError):
    """The model was asked once more than the script has lines."""


class ScriptedModel:
    """Implements `Model`. `requests` are those it was given, in order; the script may be endless."""

    def __init__(self, script: Iterable[Line], *, name: str = "scripted") -> None:
        self._script = iter(script)
        self._name = name
        self._calls = 0
        self.requests: list[ModelRequest] = []

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Gives the next line.

        Raises:
            ModelError: the line's own.
            ScriptOver: there is no further line.
        """
        self.requests.append(request)
        line = next(self._script, None)
        if line is None:
            raise ScriptOver(f"The script has only {len(self.requests) - 1} lines.")
        await speak(line.text, on_text)
        if line.error:
            raise line.error
        reply = ModelReply(line.text, self._number(line), model=self._name, cents=line.cents)
        usage = line.usage or estimate.usage(request, reply.text, reply.tool_calls)
        finish = line.finish_reason or ("tool_calls" if line.calls else "stop")
        return replace(reply, usage=usage, finish_reason=finish)

    def _number(self, line: Line) -> tuple[ToolCall, ...]:
        first = self._calls + 1
        self._calls += len(line.calls)
        return tuple(ToolCall(f"call_{n}", *parts) for n, parts in enumerate(line.calls, first))
