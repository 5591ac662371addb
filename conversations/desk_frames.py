"""What a member's live page may say over its socket, parsed once at the door."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.frames import BadField, Ping, UnknownType, fields_of, number_of, text_of

MOST_ID = 64


@dataclass(frozen=True, slots=True)
class Watch:
    """Show a conversation's log from `after` on, and go on showing it. An empty `conversation` ends that."""

    conversation: str
    after: int


@dataclass(frozen=True, slots=True)
class Act:
    """Do something to a conversation. `id` comes back with the result."""

    do: str
    conversation: str
    id: str
    text: str = ""


DeskFrame = Watch | Act | Ping
DEEDS = frozenset({"claim", "reply", "return", "close"})


def parse(raw: str) -> DeskFrame:
    """A live page's text frame.

    Raises:
        conversations.frames.BadFrame, UnknownType, BadField
    """
    fields = fields_of(raw)
    match fields["type"]:
        case "watch":
            return Watch(text_of(fields, "conversation", MOST_ID, ""), number_of(fields, "after", 0))
        case "act":
            act = Act(
                text_of(fields, "do", 16),
                text_of(fields, "conversation", MOST_ID),
                text_of(fields, "id", MOST_ID),
                text_of(fields, "text", None, ""),
            )
            if act.do not in DEEDS:
                raise BadField(f"'do' must be one of {', '.join(sorted(DEEDS))}.")
            return act
        case "ping":
            return Ping()
        case _:
            raise UnknownType
