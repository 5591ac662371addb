"""A packet as a value: what was found out, tried and promised, with where each piece comes from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known; `source` says from where: `profile`, `message 4`, the name of a tool, a document's title."""

    text: str
    source: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something the assistant did: an answer, a tool's call. `result` is cut; `run` and `step` lead to it."""

    what: str
    result: str
    worked: bool
    run: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Promised:
    """A sentence in which the assistant or a colleague said that something was or will be done."""

    text: str
    by: str
    seq: int


@dataclass(frozen=True, slots=True)
class Similar:
    """A conversation like this one that a person solved."""

    conversation: str
    goal: str
    disposition: str
    at: str


@dataclass(frozen=True, slots=True)
class Packet:
    """What a person is told.

    Args:
        goal: what the customer wants, in a sentence; `next_step`: what to do first; `opening`: a first message to her.
        identity: how far she is known, of `conversations.models.Identity`, as of now.
        mood: -1 to 1, None where nobody judged it; slope: where it is going, a message.
        made_by: `steps`, or the model that wrote goal, next step and opening.
    """

    goal: str
    identity: str
    name: str = ""
    language: str = ""
    mood: float | None = None
    slope: float = 0.0
    facts: tuple[Fact, ...] = ()
    tried: tuple[Attempt, ...] = ()
    promises: tuple[Promised, ...] = ()
    waiting: tuple[str, ...] = ()
    similar: tuple[Similar, ...] = ()
    next_step: str = ""
    opening: str = ""
    made_by: str = "steps"
    version: int = VERSION
    said: tuple[str, ...] = field(default=(), repr=False)

    def plain(self) -> dict[str, Any]:
        """As it is kept and sent; the lines of the talk stay out of it."""
        told = asdict(self)
        del told["said"]
        return told
