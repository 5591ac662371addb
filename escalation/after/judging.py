"""What an episode came to, from what was said in it and how it was rated.

Invariant: pure. Nothing is called solved that ends with the customer's own open words or with her saying no.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conversations import helped
from conversations.models import Resolution

LOW, HIGH = 2, 4
_SOLVED = frozenset({Resolution.ASSUMED, Resolution.CONTAINED})


@dataclass(frozen=True, slots=True)
class Line:
    """An event of an episode, as far as judging goes. `value` is a thumb's."""

    kind: str
    author: str
    text: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an episode that fell silent. `thumb` is the newest one."""

    is_confirmed: bool = False
    had_person: bool = False
    last_by: str = ""
    last_text: str = ""
    last_asked: str = ""
    thumb: str = ""


def facts_of(lines: Iterable[Line], *, is_confirmed: bool, had_person: bool) -> Facts:
    """What the log says.

    Args:
        lines: messages and feedback in order.
        had_person: it was handed over.
    """
    said = [line for line in lines if line.kind == "message"]
    thumbs = [line.value for line in lines if line.kind == "feedback" and line.value]
    hers = [line.text for line in said if line.author == "customer"]
    return Facts(
        is_confirmed,
        had_person or any(line.author == "agent" for line in said),
        said[-1].author if said else "",
        said[-1].text if said else "",
        hers[-1] if hers else "",
        thumbs[-1] if thumbs else "",
    )


def resolution_of(facts: Facts) -> str:
    """What an episode came to that nobody ends and everybody has left; empty: it was not solved."""
    is_no = facts.thumb == "down" or helped.doubts(facts.last_asked)
    if facts.is_confirmed and not is_no:
        return Resolution.CONFIRMED
    is_thanks = helped.says_thanks(facts.last_asked)
    is_unanswered = facts.last_by not in {"ai", "agent"} and not (facts.last_by == "customer" and is_thanks)
    if is_no or is_unanswered:
        return ""
    if facts.had_person:
        return (
            "" if facts.last_by != "customer" and helped.leaves_open(facts.last_text) else Resolution.ASSUMED
        )
    return Resolution.ASSUMED if facts.thumb == "up" or is_thanks else Resolution.CONTAINED


def rated(resolution: str, score: int, before: int | None = None) -> str:
    """What a rating makes of how an episode ended.

    Args:
        score: 1 to 5.
        before: what she had said first, if she changed her mind.
    """
    if score >= HIGH:
        return Resolution.CONFIRMED
    by_rating = resolution == Resolution.CONFIRMED and before is not None and before >= HIGH
    if by_rating:
        resolution = Resolution.ASSUMED
    return "" if score <= LOW and resolution in _SOLVED else resolution
