"""Saying a text word by word, as a model would.

Invariant: the pieces joined are the text.
"""

from __future__ import annotations

import re

from engine.gateway.protocol import OnText

_WORD = re.compile(r"\s*\S+|\s+")


def words(text: str) -> list[str]:
    """The text's words, each with the white space before it."""
    return _WORD.findall(text)


async def speak(text: str, on_text: OnText) -> None:
    """Passes the text on word by word."""
    for word in words(text):
        await on_text(word)
