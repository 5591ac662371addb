"""Texts in characters that no font draws: Unicode tags, variation selectors, rows of zero-width characters."""

from __future__ import annotations

from collections.abc import Iterator

from engine.guardrails.normalise.letters import TAGS, VARIATIONS, ZERO_WIDTH
from engine.guardrails.normalise.lexicon import reads_like_text

_MOST = 40


def found(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what is hidden."""
    if text.isascii():
        return
    runs = TAGS.findall(text)[:_MOST]
    tags = " ".join("".join(chr(ord(sign) - 0xE0000) for sign in run) for run in runs)
    if reads_like_text(tags):
        yield "tags", tags
    chosen = bytes(_byte(sign) for run in VARIATIONS.findall(text)[:_MOST] for sign in run)
    selected = chosen.decode("utf-8", "replace")
    if reads_like_text(selected):
        yield "variation", selected
    for run in ZERO_WIDTH.findall(text)[:4]:
        yield from _bits(run)


def _byte(sign: str) -> int:
    code = ord(sign)
    return code - 0xFE00 if code < 0xFE10 else code - 0xE0100 + 16


def _bits(run: str) -> Iterator[tuple[str, str]]:
    signs = sorted(set(run))
    if len(signs) < 2:
        return
    for zero, one in ((signs[0], signs[1]), (signs[1], signs[0])):
        bits = [sign == one for sign in run if sign in (zero, one)]
        values = bytes(
            sum(bit << (7 - at) for at, bit in enumerate(bits[start : start + 8]))
            for start in range(0, len(bits) - 7, 8)
        )
        text = values.decode("utf-8", "replace")
        if reads_like_text(text):
            yield "zero_width", text
