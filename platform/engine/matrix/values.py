"""What is looked at, what may follow, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Do(StrEnum):
    """What a rule has done, the mildest first."""

    GO_ON = "go_on"
    CLARIFY = "clarify"
    CONFIRM = "confirm"
    HAND_OVER = "hand_over"


URGENCIES = ("low", "normal", "high", "urgent")
"""Their place is their number, as `escalation.models.Urgency` has it."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known when it is decided.

    Args:
        asked: she wants a person; `asked_before`: how often she had said so in this episode.
        questions: how often the assistant has asked back in this episode.
        confidence: of the answer, 0 to 1; None before there is one, or where it says nothing.
        failed: attempts in a row that did not help, the one at hand included.
        mood: of the conversation, -1 to 1; None where nobody judged it.
        stopped: what stopped the answer, as `guardrail:claims`, `budget:tenant`, `limit:steps`, `failure:timeout`.
        topics: names of the matrix's topics that her words have; tools: that the run called or wanted to.
        value: the largest amount of money she named; None where she named none.
        chosen: the assistant itself chose to hand over, with its reason.
    """

    asked: bool = False
    asked_before: int = 0
    questions: int = 0
    confidence: float | None = None
    failed: int = 0
    mood: float | None = None
    stopped: str = ""
    topics: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    language: str = ""
    identity: str = ""
    value: float | None = None
    chosen: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON, without what says nothing."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        rounded = {name: round(one, 3) if isinstance(one, float) else one for name, one in told.items()}
        return {
            name: list(one) if isinstance(one, tuple) else one
            for name, one in rounded.items()
            if one not in (None, "", (), 0, False) or (name in ("confidence", "mood") and one is not None)
        }


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a rule fires: all that are given must hold; of a list, one.

    Args:
        stopped: beginnings of `Signals.stopped`, such as `guardrail` or `budget:tenant`.
        value_at_least: of the money at stake, in the currency that the customer named.
    """

    asked: bool = False
    chosen: bool = False
    confidence_below: float | None = None
    failed_at_least: int | None = None
    mood_below: float | None = None
    stopped: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    value_at_least: float | None = None

    @property
    def is_empty(self) -> bool:
        return self == Conditions()


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the matrix.

    Args:
        urgency: of `URGENCIES`; team: a team's name, empty for the default one; skills: whoever takes it must have.
        telling: what the person is given: `summary` or `context`; the packet holds both, this says what comes first.
    """

    name: str
    title: str
    when: Conditions
    do: Do
    on: bool = True
    urgency: str = "normal"
    team: str = ""
    skills: tuple[str, ...] = ()
    telling: str = "context"


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows, the rule it comes from, all rules that fired, and the signals that made it."""

    do: Do = Do.GO_ON
    rule: str = ""
    fired: tuple[str, ...] = ()
    urgency: str = "normal"
    team: str = ""
    skills: tuple[str, ...] = ()
    telling: str = "context"
    signals: Signals = field(default_factory=Signals)

    def plain(self) -> dict[str, Any]:
        """As it is kept with the hand-off: names and numbers, none of the customer's words."""
        told: dict[str, Any] = {"rule": self.rule, "do": self.do.value, "fired": list(self.fired)}
        told |= {"telling": self.telling, "signals": self.signals.plain()}
        return told
