"""Which model a turn is given to: the cheap one for simple turns, the capable one for hard ones.

Invariant: pure rules, the first that fits decides, and its name is the recorded reason. Doubt goes to the capable
model: a wrong cheap answer costs a customer, a needless capable one a cent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engine.agent.intents import small_talk

Tier = Literal["capable", "cheap"]
LONG = 400
QUESTIONS = 3
TALK = 12
NEAR_LIMIT = 900
"""From this share of a budget on, in thousandths, every turn goes to the cheap model."""

_ACTS = re.compile(
    r"\b(cancel|refund|return|exchange|change|modify|update|replace|book|order|pay|charge|delete|close|move"
    r"|stornier|erstatt|annul|rembours|cancela|devol|reembols)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"#?\b(?=\w*\d)[\w-]{5,}\b")
_AGAIN = re.compile(
    r"\b(still|again|already (?:told|said|tried)|not what i|that'?s wrong|(?:did|does)n'?t work)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a turn before a model sees it.

    Args:
        text: what the customer wrote since the last answer.
        messages: messages of the prompt, the system's not counted.
        can_act: whether a tool on offer changes anything.
    """

    text: str
    messages: int = 1
    can_act: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A model's tier, and the rule that chose it."""

    tier: Tier
    reason: str


def choose(signals: Signals) -> Choice:
    """The tier of a turn, when there is money for either and both are configured."""
    text = signals.text
    hard = {
        "repeats": bool(_AGAIN.search(text)),
        "may_act": signals.can_act and bool(_ACTS.search(text) or _IDENTIFIER.search(text)),
        "long": len(text) > LONG,
        "several_questions": text.count("?") >= QUESTIONS,
        "long_talk": signals.messages > TALK,
    }
    for reason, holds in hard.items():
        if holds:
            return Choice("capable", reason)
    return Choice("cheap", "small_talk" if small_talk(text) else "simple")
