"""What a chat client may say, parsed once at the door.

Invariant: a frame is a value of this union or an error; nothing further in looks at raw JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid

MOST_SEQ = 2**31 - 1
MOST_TOKEN = 4096
MOST_REASON = 500
MOST_CHOICE, MOST_EMAIL = 16, 254
MOST_COMMENT = 1000


class BadFrame(Invalid):
    """Not a frame at all: the socket is closed."""

    code = "bad_frame"
    default_message = "A frame is one JSON object in a text message, with a 'type'."


class UnknownType(Invalid):
    code = "unknown_type"
    default_message = "This server does not know that type of frame."


class BadField(Invalid):
    code = "bad_field"


@dataclass(frozen=True, slots=True)
class Hello:
    """`run` and `offset`: the draft the client has, in code points."""

    token: str = ""
    conversation: str = ""
    after: int = 0
    run: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    client_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Typing:
    on: bool


@dataclass(frozen=True, slots=True)
class Feedback:
    seq: int
    value: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    pass


@dataclass(frozen=True, slots=True)
class Offer:
    """What she takes of an offer, and the address at which a ticket is answered."""

    choice: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """What she says of an episode that is over."""

    episode: int
    score: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A copy by mail; without an address to that of her profile."""

    email: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    seq: int


@dataclass(frozen=True, slots=True)
class Ping:
    pass


Frame = Hello | Message | Typing | Feedback | Person | Offer | Rate | Transcript | Read | Ping
_NONE = object()


def parse(raw: str) -> Frame:
    """A client's text frame.

    Raises:
        BadFrame: no JSON object with a type.
        UnknownType: a type this server doesn't know.
        BadField: a field is missing or of the wrong type.
    """
    return _typed(fields_of(raw))


def fields_of(raw: str) -> dict[str, Any]:
    """A frame's fields, not looked at yet but for its type.

    Raises:
        BadFrame
    """
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise BadFrame
    return fields


_BARE: dict[str, type[Person] | type[Ping]] = {"person": Person, "ping": Ping}


def _typed(fields: dict[str, Any]) -> Frame:
    if fields["type"] in _BARE:
        return _BARE[fields["type"]]()
    match fields["type"]:
        case "message":
            return Message(text_of(fields, "client_id", 64), text_of(fields, "text", None))
        case "hello":
            return _hello(fields)
        case "typing":
            return Typing(flag_of(fields, "on"))
        case "feedback":
            value, reason = text_of(fields, "value", 8), text_of(fields, "reason", MOST_REASON, "")
            return Feedback(number_of(fields, "seq"), value, reason)
        case "offer":
            return Offer(text_of(fields, "choice", MOST_CHOICE), text_of(fields, "email", MOST_EMAIL, ""))
        case "read":
            return Read(number_of(fields, "seq"))
        case _:
            return _afterwards(fields)


def _afterwards(fields: dict[str, Any]) -> Rate | Transcript:
    match fields["type"]:
        case "rate":
            comment = text_of(fields, "comment", MOST_COMMENT, "")
            return Rate(number_of(fields, "episode"), number_of(fields, "score"), comment)
        case "transcript":
            return Transcript(text_of(fields, "email", MOST_EMAIL, ""))
        case _:
            raise UnknownType


def _hello(fields: dict[str, Any]) -> Hello:
    return Hello(
        token=text_of(fields, "token", MOST_TOKEN, ""),
        conversation=text_of(fields, "conversation", 64, ""),
        after=number_of(fields, "after", 0),
        run=text_of(fields, "run", 64, ""),
        offset=number_of(fields, "offset", 0),
    )


def text_of(fields: dict[str, Any], name: str, most: int | None, default: Any = _NONE) -> str:
    """A field that must be a text of at most `most` characters. Raises BadField."""
    value = fields.get(name)
    if value is None and default is not _NONE:
        return str(default)
    if not isinstance(value, str) or (most is not None and len(value) > most):
        limit = f" of at most {most} characters" if most else ""
        raise BadField(f"'{name}' must be a text{limit}.")
    return value


def number_of(fields: dict[str, Any], name: str, default: Any = _NONE) -> int:
    """A field that must be a place in a log or a text. Raises BadField."""
    value = fields.get(name)
    if value is None and default is not _NONE:
        return int(default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_SEQ:
        raise BadField(f"'{name}' must be a whole number from 0 to {MOST_SEQ}.")
    return value


def flag_of(fields: dict[str, Any], name: str) -> bool:
    """A field that must be true or false. Raises BadField."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise BadField(f"'{name}' must be true or false.")
    return value
