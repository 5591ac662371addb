"""What rules are made of: a pattern with the needles it needs, and words as pieces. Every repetition is bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

GAP = r"[\s\W_]{1,6}"
FEW = rf"(?:{GAP}[\w'’-]{{1,20}}){{0,4}}?{GAP}"
AI = (
    r"(?:a\.?i\.?|artificial intelligences?|(?:large )?language models?|llms?|chat ?bots?|chat "
    r"?gpt|gpt(?:-?\d\w{0,2})?|claude|gemini"
    r"|copilot|mistral|(?:virtual |digital |ai |automated )?(?:assistants?|agents?)|bots?|"
    r"summari[sz]ers?|crawlers?)"
)
ONE = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large )?language models?|llms?|chat ?bots?|chat "
    r"?gpt|gpt-?\d\w{0,2}|claude|gemini|ai (?:assistant|agent|model|system)s?|virtual "
    r"assistants?)"
)
OUT = (
    r"(?:response|reply|answer|output|summary|completion|message|reply text|final answer|"
    r"recommendation|translation)s?"
)

SURE = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds for `text[start:end]`."""

    code: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and when it is tried."""

    code: str
    weight: float
    needles: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    pattern: re.Pattern[str]


def rule(code: str, weight: float, needles: str, pattern: str) -> Rule:
    """A rule that is only tried where one of its needles is in the text.

    Args:
        needles: separated by `|`, `=` before a whole word; of groups joined by ` & ` each must have one.
    """
    groups = [group.split("|") for group in needles.split(" & ")]
    whole = frozenset(needle[1:] for needle in groups[0] if needle.startswith("="))
    parts = tuple(tuple(each for each in group if not each.startswith("=")) for group in groups)
    return Rule(code, weight, parts, whole, re.compile(pattern, re.I))
