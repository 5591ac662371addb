"""What a request asks the simulator to do.

A directive is a name and options: `cut after=5`. It is taken from the header `X-Simulate`, else from the last
user message (`[[simulate: cut after=5]]`), else from the model's name (`sim:cut:after=5`, where
`%3A` stands for a colon).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

_MARKER = re.compile(r"\[\[simulate:(.*?)\]\](?!\])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """`text` is the directive as it was written."""

    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def number(self, name: str, default: float) -> float:
        try:
            return float(self.options[name])
        except (KeyError, ValueError):
            return default

    def whole(self, name: str, default: int) -> int:
        return int(self.number(name, default))


def find(header: str, model: str, message: str) -> Directive:
    """The directive of a request; one without a name when it has none."""
    if header.strip():
        return _parse(header, _words(header))
    if marker := _MARKER.search(message):
        return _parse(marker[1], _words(marker[1]))
    if model.startswith("sim:"):
        return _parse(model, [unquote(part) for part in model.split(":")[1:]])
    return Directive()


def without(message: str) -> str:
    """The message without its marker."""
    return _MARKER.sub("", message).strip()


def last_user_text(body: Mapping[str, Any]) -> str:
    messages = body.get("messages") or []
    texts = (message.get("content") for message in reversed(messages) if message.get("role") == "user")
    return next((text for text in texts if isinstance(text, str)), "")


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _parse(text: str, words: list[str]) -> Directive:
    name, *rest = words or [""]
    options = dict(word.split("=", 1) for word in rest if "=" in word)
    return Directive(name, options, text.strip())
