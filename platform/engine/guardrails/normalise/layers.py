"""What is written into a text so that an eye or a filter passes over it, and a model may still read it.

Invariant: at most `MOST` layers of `SIZE` characters, two deep; a layer is kept only if it reads like text, so that
order numbers, tokens, hashes and pictures in base64 leave none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.guardrails.normalise import ciphers, encodings, hidden, spelling

MOST = 8
SIZE = 4_000
DEPTH = 2
# Beyond these many characters spelling and ciphers are not looked for: they change words, and a few pages of
# changed words would be noticed by their first page.
SPELT = 8_000


@dataclass(frozen=True, slots=True)
class Layer:
    """A text found inside a text: how it was hidden, such as `base64` or `tags`, and what it says."""

    kind: str
    text: str


_Finder = Callable[[str], Iterator[tuple[str, str]]]
_IN_SIGNS: tuple[_Finder, ...] = (encodings.found,)
_IN_WORDS: tuple[_Finder, ...] = (spelling.found, ciphers.found)


def uncover(original: str, readable: str) -> tuple[Layer, ...]:
    """The layers of a text.

    Args:
        original: with its invisible characters, for what is hidden in them.
        readable: the same without them, white space as it came.
    """
    found: list[Layer] = []
    known = {readable.strip()}
    for kind, text in hidden.found(original):
        _keep(found, known, kind, text)
    _dig(readable, found, known, DEPTH)
    return tuple(found)


def _dig(text: str, found: list[Layer], known: set[str], depth: int, within: str = "") -> None:
    start = len(found)
    for finder in _IN_SIGNS:
        for kind, inner in finder(text):
            _keep(found, known, kind, inner)
    for finder in _IN_WORDS:
        for kind, inner in finder(text[:SPELT]):
            if kind != within:
                _keep(found, known, kind, inner)
    if depth > 1:
        for layer in found[start:MOST]:
            _dig(layer.text, found, known, depth - 1, layer.kind)


def _keep(found: list[Layer], known: set[str], kind: str, text: str) -> None:
    text = text[:SIZE].strip()
    if text and text not in known and len(found) < MOST:
        known.add(text)
        found.append(Layer(kind, text))
