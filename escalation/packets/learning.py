"""Finds what a person answered otherwise than the assistant had tried.

Invariant: pure; personal data that can be recognised by its form is left out of what is suggested.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.guardrails.output.words import content, fold
from engine.guardrails.personal import Known, found
from escalation.packets.assembling import Spoken

LEAST_WORDS = 8
SAME = 0.5
MOST_QUESTION, MOST_ANSWER = 1000, 4000
LEFT_OUT = "(personal data)"
_NOBODY = Known()
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, what the assistant tried, and what a person answered."""

    question: str
    tried: str
    answer: str


def lesson_of(spoken: Sequence[Spoken]) -> Lesson | None:
    """The lesson of a conversation that a person solved; None where she said nothing new of substance.

    The person's longest answer counts, and the last question before it that the assistant had tried. It is new where
    at most half of its telling words stand in what the assistant said.

    Args:
        spoken: the messages of an episode, in order.
    """
    answers = [(place, one) for place, one in enumerate(spoken) if one.by == "agent" and _tells(one.text)]
    if not answers:
        return None
    place, answer = max(answers, key=lambda pair: len(pair[1].text))
    tries = [at for at in range(place) if spoken[at].by == "ai"]
    if not tries:
        return None
    asked = [one.text for one in spoken[: tries[-1]] if one.by == "customer"]
    tried = spoken[tries[-1]].text
    said = set[str]().union(*(content(fold(spoken[at].text)) for at in tries))
    words = content(fold(answer.text))
    if not asked or not words or len(words & said) / len(words) > SAME:
        return None
    return Lesson(
        _clean(asked[-1], MOST_QUESTION), _clean(tried, MOST_ANSWER), _clean(answer.text, MOST_ANSWER)
    )


def _tells(text: str) -> bool:
    """Whether a message says something rather than only asks or greets."""
    told = [part for part in _SENTENCE.split(text) if part.strip() and not part.rstrip().endswith("?")]
    return sum(len(part.split()) for part in told) >= LEAST_WORDS


def _clean(text: str, most: int) -> str:
    for span in sorted(found(text[:most], _NOBODY), key=lambda one: one.start, reverse=True):
        text = f"{text[: span.start]}{LEFT_OUT}{text[span.end :]}"
    return text[:most].strip()
