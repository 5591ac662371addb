"""What comes in as a body, and what goes out as a stream.

Invariant: a parsed body is at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes of UTF-8 JSON, nested no deeper than
`DEEPEST`, with no text in it that the database refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer

from core.errors import Invalid, TooLarge

DEEPEST = 32


class BodyTooLarge(TooLarge):
    code = "body_too_large"
    default_message = "The body is larger than is accepted here."


class BadJson(Invalid):
    code = "bad_json"
    default_message = "The body is not one JSON value in UTF-8."


class StrictJSONParser(BaseParser):
    """JSON that cannot hurt."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value.

        Raises:
            BodyTooLarge, BadJson
        """
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge
        return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """One JSON value.

    Raises:
        BadJson: no UTF-8, no JSON, NaN or infinity, nested too deeply, or a text with NUL or half a character.
    """
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadJson from error
    _demand_clean(value)
    return value


def _refuse(name: str) -> None:
    raise ValueError(name)


def _demand_clean(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise BadJson(f"The body is nested more than {DEEPEST} levels deep.")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, str) and any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in value):
        raise BadJson("A text in the body has a NUL or half a character in it.")
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


class EventStreamRenderer(BaseRenderer):
    """Makes `Accept: text/event-stream` acceptable; the room writes the stream itself."""

    media_type = "text/event-stream"
    format = "events"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        rendered: bytes = JSONRenderer().render(data)
        return rendered


def server_sent(name: str, data: Any, *, id: int | None = None) -> bytes:
    """One server-sent event."""
    number = f"id: {id}\n" if id is not None else ""
    return f"event: {name}\n{number}data: {json.dumps(data)}\n\n".encode()


KEEP_ALIVE = b": still here\n\n"
