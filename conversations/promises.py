"""What a customer is told when she is passed to a person: an app above knows hours, presence and the queue.

Invariant: a conversation goes to the queue only if somebody can come; otherwise it stays with the assistant, and the
customer is offered something else. Without such an app everybody is always there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conversations import queries
from conversations.journal import Entry, Fact
from conversations.models import EventType, Owner
from core.actors import Actor
from core.errors import Conflict
from engine.guardrails.languages.phrases import phrase

if TYPE_CHECKING:
    from conversations.journal import Head, LogEvent

HANDED_OVER, OUTSIDE = "conversation.handed_over", "conversation.nobody_there"
CHOICES = ("ticket", "assistant")


class NoOffer(Conflict):
    code = "no_offer"
    default_message = "There is nothing to choose from at the moment."


@dataclass(frozen=True, slots=True)
class Word:
    """What the customer is told, and what comes of it.

    Args:
        text: said after the event's own text, or in its place where nobody can come.
        queues: somebody can come: the conversation goes to the queue.
        data: of the event.
    """

    text: str = ""
    queues: bool = True
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer stands in the queue: 1 is next. `eta_s` is an estimate in seconds; None: nobody knows."""

    position: int
    eta_s: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a customer takes of an offer: `ticket`, answered at an e-mail address, or `assistant`."""

    choice: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """Who knows. `word` runs in the transaction of the hand-off, the others open their own."""

    word: Callable[[Head, Entry, dt.datetime], Word]
    place: Callable[[int, int, dt.datetime], Place | None]
    choose: Callable[[int, int, Choice, Actor, dt.datetime], list[LogEvent]]


_houses: list[House] = []


def know(house: House) -> None:
    """Names who knows, at start-up."""
    _houses[:] = [house]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is appended, so that it promises nothing that nobody keeps."""

    entries: list[Entry]
    facts: list[Fact]
    changes: dict[str, Any]

    @property
    def queues(self) -> bool:
        return self.changes.get("owner") == Owner.QUEUE


def kept(
    head: Head, entries: Sequence[Entry], facts: Sequence[Fact], changes: dict[str, Any], now: dt.datetime
) -> Kept:
    """What a hand-off of a locked conversation comes to, given who is there.

    A hand-off for which nobody can come becomes a notice, and the conversation stays whose it is.
    """
    places = [number for number, entry in enumerate(entries) if entry.type == EventType.HANDOFF]
    if not _houses or not places or changes.get("owner") != Owner.QUEUE:
        return Kept(list(entries), list(facts), changes)
    asked = entries[places[-1]]
    word = _houses[0].word(head, asked, now)
    if word.queues:
        told = replace(asked, text=f"{asked.text} {word.text}".strip(), data={**asked.data, **word.data})
        return Kept(_with(entries, places[-1], told), list(facts), changes)
    data = {name: value for name, value in asked.data.items() if name != "owner"}
    told = Entry(EventType.NOTICE, asked.author, word.text, {**data, **word.data})
    said = [replace(one, action=OUTSIDE) if one.action == HANDED_OVER else one for one in facts]
    stays = {name: value for name, value in changes.items() if name not in {"owner", "agent_id"}}
    quiet = [_without_a_promise(entry, head.language) for entry in entries]
    return Kept(_with(quiet, places[-1], told), said, stays)


def _without_a_promise(entry: Entry, language: str) -> Entry:
    """A notice that does not say that a colleague comes."""
    if entry.type != EventType.NOTICE:
        return entry
    return replace(entry, text=entry.text.replace(phrase("person_next", language), "").strip())


def _with(entries: Sequence[Entry], number: int, told: Entry) -> list[Entry]:
    return [*entries[:number], told, *entries[number + 1 :]]


def place(tenant_id: int, conversation_id: int, now: dt.datetime) -> Place | None:
    """The customer's place in the queue; None: she doesn't wait."""
    if _houses:
        return _houses[0].place(tenant_id, conversation_id, now)
    position = queries.queue_position(tenant_id, conversation_id)
    return None if position is None else Place(position)


def choose(
    *, tenant_id: int, conversation_id: int, choice: Choice, actor: Actor, now: dt.datetime
) -> list[LogEvent]:
    """The customer takes what she was offered.

    Raises:
        NoOffer: nothing was offered; and what the app above raises.
    """
    if not _houses:
        raise NoOffer
    return _houses[0].choose(tenant_id, conversation_id, choice, actor, now)
