"""What every check speaks in: where a text comes from, what a check found, what is to be done.

Invariant: frozen and serialisable; nothing here imports Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a text stands on its way: what the customer wrote, what came from outside, what goes to the customer."""

    INPUT = "input"
    TOOL_RESULT = "tool_result"
    PASSAGE = "passage"
    OUTPUT = "output"


class Action(StrEnum):
    """What follows from a verdict, in rising order; of several the last one counts."""

    ALLOW = "allow"
    MASK = "mask"
    REWRITE = "rewrite"
    REPLY = "reply"
    HAND_OVER = "hand_over"
    BLOCK = "block"


class FailMode(StrEnum):
    """What a check that fails itself counts as: not flagged, or flagged."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a detector says of a text.

    Args:
        score: 0 to 1, rising with how sure it is.
        flagged: whether the score passes the threshold that was chosen when it was trained.
        label: the class, where it knows several, such as `self_harm`.
        reasons: short codes of what spoke for it, such as `rule:reset` or `layer:base64`; never text of the customer.
    """

    score: float
    flagged: bool
    label: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, `text[start:end]`, and what it is, such as `EMAIL`."""

    start: int
    end: int
    type: str
    score: float = 1.0
