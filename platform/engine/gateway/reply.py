"""A model's reply, put together from the chunks of its stream.

Invariant: the pieces given back, joined, are the reply's text; a chunk that is not the protocol is an error,
never a guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.gateway import estimate
from engine.gateway.errors import (
    ModelError,
    ModelMalformed,
    ModelRateLimited,
    ModelServerError,
    ModelStreamCut,
)
from engine.gateway.protocol import ModelReply, ModelRequest, ToolCall, Usage

DONE = b"[DONE]"
MOST_CALLS = 128


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ReplyBuilder:
    """Collects one reply. `started`: a byte has come; `begun`: the model has written, thoughts included."""

    request: ModelRequest
    started: bool = False
    begun: bool = False
    done: bool = False
    finish_reason: str = ""
    model: str = ""
    _chunks: int = 0
    _texts: list[str] = field(default_factory=list)
    _calls: dict[int, _Call] = field(default_factory=dict)
    _usage: Usage | None = None

    def take(self, payloads: Iterable[bytes]) -> tuple[str, ModelError | None]:
        """Takes the events of one read; gives back the new text in them, and what went wrong after it.

        A failure is `ModelMalformed`, or the provider's own report that it failed.
        """
        texts: list[str] = []
        try:
            for payload in payloads:
                if payload == DONE or self.done:
                    self.done = True
                else:
                    texts.append(self._add(json.loads(payload.decode())))
        except ModelError as error:
            return "".join(texts), error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            return "".join(texts), ModelMalformed(usage=self.spent(), detail=type(error).__name__)
        return "".join(texts), None

    def spent(self) -> Usage:
        """What the call has cost as far as it got: reported, else estimated."""
        return self._usage or estimate.usage(self.request, "".join(self._texts), self._tool_calls())

    def reply(self) -> ModelReply:
        """The whole reply.

        Raises:
            ModelStreamCut: the stream ended before the model did.
            ModelMalformed: what came was no stream of events at all.
        """
        if not (self.done or self.finish_reason):
            kind = ModelMalformed if self.started and not self._chunks else ModelStreamCut
            raise kind(usage=self.spent())
        calls = self._tool_calls()
        finish = self.finish_reason or ("tool_calls" if calls else "stop")
        return ModelReply("".join(self._texts), calls, self.spent(), finish, self.model or self.request.model)

    def _add(self, chunk: dict[str, Any]) -> str:
        self._chunks += 1
        if problem := chunk.get("error"):
            raise _told(problem, self.spent())
        if usage := chunk.get("usage"):
            self._usage = _usage(usage)
        if not self.model:
            self.model = str(chunk.get("model") or "")
        choices = chunk.get("choices")
        if not choices:  # the last chunk, which carries the usage, has none
            return ""
        choice = choices[0]
        if finish := choice.get("finish_reason"):
            self.finish_reason = str(finish)
        return self._add_delta(choice.get("delta") or {})

    def _add_delta(self, delta: dict[str, Any]) -> str:
        text = delta.get("content") or ""
        if not isinstance(text, str):
            raise TypeError("content")
        if calls := delta.get("tool_calls"):
            self._add_calls(calls)
        if text:
            self._texts.append(text)
        thought = delta.get("reasoning_content") or delta.get("reasoning") or delta.get("refusal")
        self.begun = self.begun or bool(text or calls or thought)
        return text

    def _add_calls(self, deltas: list[dict[str, Any]]) -> None:
        for delta in deltas:
            index = int(delta.get("index") or 0)
            if index not in self._calls and len(self._calls) >= MOST_CALLS:
                raise ValueError("too many tool calls")
            call = self._calls.setdefault(index, _Call())
            call.id = call.id or str(delta.get("id") or "")
            function = delta.get("function") or {}
            call.name += str(function.get("name") or "")
            call.arguments.append(str(function.get("arguments") or ""))

    def _tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            ToolCall(call.id or f"call_{index}", call.name, "".join(call.arguments))
            for index, call in sorted(self._calls.items())
        )


def is_whole(payload: bytes) -> bool:
    """False for what is left of an event when its stream was cut."""
    try:
        return payload == DONE or bool(json.loads(payload.decode()))
    except (ValueError, RecursionError):
        return False


def _usage(told: dict[str, Any]) -> Usage:
    details = told.get("prompt_tokens_details") or {}
    return Usage(
        int(told.get("prompt_tokens") or 0),
        int(told.get("completion_tokens") or 0),
        int(details.get("cached_tokens") or 0),
    )


def _told(problem: object, usage: Usage) -> ModelError:
    """The failure that a provider reports inside its stream."""
    code = str(problem.get("code") or problem.get("type") or "") if isinstance(problem, dict) else ""
    kind = ModelRateLimited if code == "429" or code.startswith("rate_limit") else ModelServerError
    return kind(usage=usage, detail="in_stream")
