"""What a member's desk may say over its socket, parsed once at the door."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conversations.frames import BadField, Ping, UnknownType, fields_of, flag_of, number_of, text_of

MOST_ID = 64
MOST_CURSOR = 200
MOST_FILTER = 300
FILTERS = frozenset(
    {"view", "team", "tag", "owner", "language", "urgency", "customer", "q", "since", "until", "status"}
)
NOT_OF_A_DEED = frozenset({"type", "do", "conversation", "id"})
MOST_FIELDS = 24


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame, and the first after a lost line: which list to show, and what is being read from where on."""

    filters: dict[str, str]
    watch: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list. `id` comes back with it, so that an answer that was overtaken is known as such."""

    filters: dict[str, str]
    cursor: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Show a conversation's log from `after` on, and go on showing it; 0: its end first."""

    conversation: str
    after: int = 0


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Show none any more."""


@dataclass(frozen=True, slots=True)
class Older:
    """What was said before `before` in the conversation that is being read."""

    conversation: str
    before: int


@dataclass(frozen=True, slots=True)
class Steps:
    """How the assistant came to an answer. `id` comes back with it."""

    run: str
    id: str


@dataclass(frozen=True, slots=True)
class Things:
    """The menus again: who is there, canned replies, tags."""


@dataclass(frozen=True, slots=True)
class Act:
    """Do something. `id` comes back with the result; `fields` are the deed's own."""

    do: str
    conversation: str
    id: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typing:
    """She writes in the conversation that she reads; a note is not for the customer's eyes."""

    on: bool
    note: bool


DeskFrame = Hello | Listing | Watch | Unwatch | Older | Steps | Things | Act | Typing | Ping


def parse(raw: str) -> DeskFrame:
    """A desk's text frame.

    Raises:
        conversations.frames.BadFrame, UnknownType, BadField
    """
    fields = fields_of(raw)
    match fields["type"]:
        case "ping":
            return Ping()
        case "act":
            return _act(fields)
        case "typing":
            return Typing(flag_of(fields, "on"), fields.get("note") is True)
        case "things":
            return Things()
        case _:
            return _reading(fields)


def _reading(fields: dict[str, Any]) -> DeskFrame:
    match fields["type"]:
        case "hello":
            watch = text_of(fields, "watch", MOST_ID, "")
            return Hello(_filters(fields), watch, number_of(fields, "after", 0))
        case "list":
            cursor, id_ = text_of(fields, "cursor", MOST_CURSOR, ""), text_of(fields, "id", MOST_ID, "")
            return Listing(_filters(fields), cursor, id_)
        case "watch":
            return Watch(text_of(fields, "conversation", MOST_ID), number_of(fields, "after", 0))
        case "unwatch":
            return Unwatch()
        case "older":
            return Older(text_of(fields, "conversation", MOST_ID), number_of(fields, "before"))
        case "steps":
            return Steps(text_of(fields, "run", MOST_ID), text_of(fields, "id", MOST_ID))
        case _:
            raise UnknownType


def _act(fields: dict[str, Any]) -> Act:
    own = {name: value for name, value in fields.items() if name not in NOT_OF_A_DEED}
    if len(own) > MOST_FIELDS:
        raise BadField(f"A deed has at most {MOST_FIELDS} fields.")
    return Act(
        text_of(fields, "do", 24),
        text_of(fields, "conversation", MOST_ID, ""),
        text_of(fields, "id", MOST_ID),
        own,
    )


def _filters(fields: dict[str, Any]) -> dict[str, str]:
    """`view` beside or inside `filters`; empty ones are none."""
    told = fields.get("filters", {})
    if not isinstance(told, dict):
        raise BadField("'filters' must be an object.")
    found = {name: text_of(told, name, MOST_FILTER, "") for name in FILTERS}
    found["view"] = text_of(fields, "view", 40, "") or found["view"]
    return {name: value for name, value in found.items() if value}
