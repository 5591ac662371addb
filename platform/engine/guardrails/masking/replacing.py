"""Puts placeholders for values, and values for placeholders.

Invariant: what somebody typed is never taken for a placeholder: whatever has the form of one is masked itself, as
`<text_1>`. Restoring is one pass, so a restored value is not looked into again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from engine.guardrails.masking.masks import LITERAL, NAMES, OTHER_NAME, Masks
from engine.guardrails.values import Span

WORDS = tuple(sorted({*NAMES.values(), OTHER_NAME}, key=lambda word: -len(word)))
OPENERS = ("<", "&lt;", "&#60;", "\\u003c", "\\<", "＜", "‹", "«", "〈", "⟨")
CLOSERS = (">", "&gt;", "&#62;", "\\u003e", "\\>", "＞", "›", "»", "〉", "⟩")
_JOINT = r"[\\_ \-]+"
_WORD = "|".join(word.replace("_", r"\\?[_ \-]") for word in WORDS)
# In pairs: a backslash before "<email_1>" is the text's own, one before both of its brackets is Markdown's.
_BODY = rf"[ ]?({_WORD})\\?[_ \-](\d{{1,6}})[ ]?"
PLACEHOLDER = re.compile(
    "|".join(
        f"{re.escape(left)}{_BODY}{re.escape(right)}" for left, right in zip(OPENERS, CLOSERS, strict=True)
    ),
    re.IGNORECASE | re.ASCII,
)
_MAY_OPEN = re.compile("[" + re.escape("".join(sorted({opener[0] for opener in OPENERS}))) + "]")


def has_placeholder(text: str) -> bool:
    """Whether a text has something that looks like a placeholder."""
    return _MAY_OPEN.search(text) is not None and PLACEHOLDER.search(text) is not None


def mask(text: str, spans: Iterable[Span], masks: Masks) -> tuple[str, Masks]:
    """Replaces the spans by placeholders.

    Args:
        spans: sorted, not overlapping, as `personal.find` gives them.
        masks: those of the conversation so far; begin with `Masks()`.

    Returns:
        The text for the model, and the masks with whatever came new.
    """
    pieces: list[str] = []
    at = 0
    for start, end, kind in _regions(text, spans):
        value = text[start:end]
        masks = masks.with_value(kind, value)
        pieces += (text[at:start], f"<{masks.name_of(kind, value)}>")
        at = end
    return "".join([*pieces, text[at:]]), masks


def unmask(text: str, masks: Masks) -> str:
    """Puts the values back. A placeholder that was never given out stays as it is."""
    return PLACEHOLDER.sub(lambda match: _value(match, masks), text) if _MAY_OPEN.search(text) else text


def unmask_json(text: str, masks: Masks) -> str:
    """Puts the values back inside the strings of a JSON text, escaped as JSON wants it."""
    return PLACEHOLDER.sub(lambda match: _escaped(match, masks), text)


def unmask_data(data: Any, masks: Masks) -> Any:
    """Puts the values back in all strings of parsed JSON; keys are strings too."""
    if isinstance(data, str):
        return unmask(data, masks)
    if isinstance(data, list):
        return [unmask_data(each, masks) for each in data]
    if isinstance(data, dict):
        return {unmask(key, masks): unmask_data(value, masks) for key, value in data.items()}
    return data


def _regions(text: str, spans: Iterable[Span]) -> list[tuple[int, int, str]]:
    """Spans and literal placeholders; where they overlap they become one literal."""
    found = PLACEHOLDER.finditer(text) if _MAY_OPEN.search(text) else ()
    literals = [(match.start(), match.end(), LITERAL) for match in found]
    given = [(span.start, span.end, span.type) for span in spans if span.end > span.start]
    merged: list[tuple[int, int, str]] = []
    for region in sorted([*literals, *given]):
        if merged and region[0] < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], region[1]), LITERAL)
        else:
            merged.append(region)
    return merged


def _value(match: re.Match[str], masks: Masks) -> str:
    word, number = (group for group in match.groups() if group is not None)
    value = masks.value_of(f"{re.sub(_JOINT, '_', word)}_{number}")
    return match.group() if value is None else value


def _escaped(match: re.Match[str], masks: Masks) -> str:
    value = _value(match, masks)
    return value if value == match.group() else json.dumps(value)[1:-1]
