"""What the scripted model says: the next recorded call, or the closing words.

Invariant: a reply follows from the request alone, so a repeated request, a fallback and a run that is taken up again
get the same one. A task is known by the marker in the customer's message; how far it is by the tool results after it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.replay.tasks import Task
from engine.gateway import estimate
from engine.gateway.simulator.directives import last_user_text
from engine.gateway.simulator.plans import words

_MARKER = re.compile(r"\ATask (\S+) of replay (\S+): ")


class NotOfTheReplay(LookupError):
    """A request that no task of this replay explains."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which task a request stands; `number` counts the recorded calls that have a result."""

    tenant: str
    task: Task
    number: int

    @property
    def is_last(self) -> bool:
        return self.number >= len(self.task.calls)


@dataclass(frozen=True, slots=True)
class Reply:
    """A tool call, or text in pieces."""

    texts: tuple[str, ...] = ()
    name: str = ""
    arguments: str = ""

    @property
    def finish(self) -> str:
        return "tool_calls" if self.name else "stop"

    @property
    def tokens(self) -> int:
        return estimate.text_tokens(self.name + self.arguments) if self.name else len(self.texts)


def opening(task: Task, tenant: str) -> str:
    """The customer's message: all that a customer of this task would say, and nothing that only the shop knows."""
    wish = " ".join(part for part in (task.wish, task.known) if part) or "Please do what we agreed on."
    return f"Task {task.id} of replay {tenant}: {wish}"[:8000]


def closing(task: Task) -> str:
    """The answer that the customer gets in the end."""
    return f"Task {task.id} is done. I made {len(task.calls)} calls for it, one after the other, and that is all."


def place_of(body: Mapping[str, Any], tasks: Mapping[str, Task]) -> Place:
    """
    Raises:
        NotOfTheReplay
    """
    marker = _MARKER.match(last_user_text(body))
    if marker is None or marker[1] not in tasks:
        raise NotOfTheReplay
    done = 0
    for message in reversed(body["messages"]):
        if message.get("role") == "user":
            break
        done += message.get("role") == "tool"
    return Place(marker[2], tasks[marker[1]], done)


def reply_at(place: Place) -> Reply:
    """What the model says there."""
    if place.is_last:
        return Reply(texts=words(closing(place.task)))
    call = place.task.calls[place.number]
    return Reply(name=call.name, arguments=json.dumps(call.arguments, ensure_ascii=False))


def usage_of(body: Mapping[str, Any], reply: Reply) -> dict[str, int]:
    """The tokens of a call, by the simulator's measure."""
    sent = [str(message.get("content") or "") for message in body["messages"]]
    prompt = estimate.text_tokens(*sent) + estimate.TOKENS_A_MESSAGE * len(sent)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": reply.tokens,
        "total_tokens": prompt + reply.tokens,
    }


def arguments_of(text: str) -> Any:
    """A call's arguments as values; None where the text is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None
