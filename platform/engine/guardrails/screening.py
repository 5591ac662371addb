"""Judges what a customer wrote by every check of a policy, before anything is answered.

Invariant: pure and deterministic; a check that fails itself counts as its fail mode says and is recorded as failed;
no verdict holds text of the customer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import structlog

from engine.guardrails import harm, indirect, injection, languages, moods, ngrams, personal, wishes
from engine.guardrails.kinds import KINDS, Kind
from engine.guardrails.linear import Floats
from engine.guardrails.normalise import Normalised, normalise
from engine.guardrails.personal import Known
from engine.guardrails.policy import GuardPolicy, Rule
from engine.guardrails.values import Action, FailMode, Judgement, Span, Stage

log = structlog.get_logger(__name__)
SEVERITY = tuple(Action)
_NOBODY = Known()
_MOST_REPEATED = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check said of one text, and what follows.

    Args:
        action: what follows; `allow` where nothing does, because the check did not flag or is only monitored.
        monitored: it flagged, and would have acted if it were not only monitored.
        failed: the error's class, when the check failed itself.
        micros: how long it took, in microseconds.
    """

    check: str
    version: int
    score: float
    flagged: bool
    action: Action = Action.ALLOW
    label: str = ""
    reasons: tuple[str, ...] = ()
    monitored: bool = False
    failed: str = ""
    micros: int = 0

    def plain(self) -> dict[str, Any]:
        """The verdict as JSON; what says nothing is left out."""
        told: dict[str, Any] = {"check": self.check, "version": self.version, "score": round(self.score, 4)}
        told |= {"flagged": self.flagged, "action": self.action.value, "micros": self.micros}
        rest = {
            "label": self.label,
            "reasons": list(self.reasons),
            "monitored": self.monitored,
            "failed": self.failed,
        }
        return told | {name: value for name, value in rest.items() if value}


@dataclass(frozen=True, slots=True)
class Screening:
    """What came of screening a customer's words.

    Args:
        action: the strongest that follows; `decided`: the verdict it comes from.
        mood: of these words, -1 to 1.
    """

    verdicts: tuple[Verdict, ...]
    action: Action = Action.ALLOW
    decided: Verdict | None = None
    mood: float = 0.0

    def plain(self) -> list[dict[str, Any]]:
        return [verdict.plain() for verdict in self.verdicts]


@dataclass
class Subject:
    """A customer's words with what several checks need of them, each made once.

    Args:
        messages: what she wrote since the last answer, the oldest first.
        known: what is known of her, for personal data; embed: the sentence encoder, if it may be used.
    """

    messages: Sequence[str]
    known: Known | None = None
    embed: Callable[[str], Floats] | None = None
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = "\n".join(self.messages)

    @cached_property
    def normal(self) -> Normalised:
        return normalise(self.text)

    @cached_property
    def harm(self) -> Judgement:
        return harm.judge(self.normal.text)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        known = self.known or _NOBODY
        return tuple(span for message in self.messages for span in personal.found(message, known))


_Check = Callable[[Subject, GuardPolicy], Judgement]


def screen(subject: Subject, policy: GuardPolicy) -> Screening:
    """Judges what a customer wrote."""
    with ngrams.remembering():
        ruled = [(KINDS[name], check, policy.rule(name)) for name, check in _CHECKS.items()]
        verdicts = tuple(
            _judged(kind, check, rule, (subject, policy)) for kind, check, rule in ruled if rule.on
        )
    decided = max(verdicts, key=lambda one: SEVERITY.index(one.action), default=None)
    action = decided.action if decided else Action.ALLOW
    mood = next((moods.level(v.score) for v in verdicts if v.check == "mood" and not v.failed), 0.0)
    return Screening(verdicts, action, decided if action is not Action.ALLOW else None, mood)


def warm() -> None:
    """Reads all weights now instead of with the first message."""
    languages.warm()
    text = "Hello, my parcel from Monday has not come. Can you tell me where it is?"
    screen(Subject([text]), GuardPolicy())
    indirect.judge(text)


def _judged(kind: Kind, check: _Check, rule: Rule, of: tuple[Subject, GuardPolicy]) -> Verdict:
    began, failed = time.perf_counter_ns(), ""
    try:
        judgement = check(*of)
    except Exception as error:  # a check must not end the answering: its fail mode says what it counts as
        log.exception("check_failed", check=kind.name)
        judgement, failed = Judgement(0.0, kind.fails is FailMode.CLOSED), type(error).__name__
    micros = (time.perf_counter_ns() - began) // 1000
    return _ruled(kind, judgement, rule, monitor=of[1].monitor_only, failed=failed, micros=micros)


def verdict_of(
    kind: Kind, judgement: Judgement, policy: GuardPolicy, *, failed: str = "", micros: int = 0
) -> Verdict:
    """A judgement as the policy takes it."""
    monitor = policy.monitor_only
    return _ruled(kind, judgement, policy.rule(kind.name), monitor=monitor, failed=failed, micros=micros)


def _ruled(
    kind: Kind, judgement: Judgement, rule: Rule, *, monitor: bool, failed: str, micros: int
) -> Verdict:
    flagged = _flagged(judgement, rule) if not failed else judgement.flagged
    # Masking is no verdict about anybody: it goes on while others are only monitored.
    acts = rule.on and (rule.action is Action.MASK or not (rule.monitor or monitor))
    return Verdict(
        check=kind.name,
        version=kind.version,
        score=judgement.score,
        flagged=flagged,
        action=rule.action if flagged and acts else Action.ALLOW,
        label=judgement.label,
        reasons=judgement.reasons,
        monitored=flagged and not acts and rule.action is not Action.ALLOW,
        failed=failed,
        micros=micros,
    )


def _flagged(judgement: Judgement, rule: Rule) -> bool:
    return judgement.flagged if rule.threshold is None else judgement.score >= rule.threshold


def _size(subject: Subject, policy: GuardPolicy) -> Judgement:
    length = max(map(len, subject.messages), default=0)
    if length > policy.most_input:
        return Judgement(1.0, True, "too_long")
    words = subject.text.split()
    repeated = 1 - len(set(words)) / len(words) if len(words) >= 200 else 0.0
    return Judgement(repeated, repeated > 1 - (1 - _MOST_REPEATED) / 4, "repeated" if repeated > 0.9 else "")


def _characters(subject: Subject, _policy: GuardPolicy) -> Judgement:
    hidden = {name for name, value in subject.normal.signals.items() if value and name in _HIDING}
    return Judgement(1.0 if hidden else 0.0, bool(hidden), reasons=tuple(sorted(hidden)))


def _self_harm(subject: Subject, _policy: GuardPolicy) -> Judgement:
    judged = subject.harm
    return judged if judged.label == "self_harm" else Judgement(0.0, False)


def _content(subject: Subject, _policy: GuardPolicy) -> Judgement:
    judged = subject.harm
    return judged if judged.label != "self_harm" else Judgement(0.0, False)


def _injection(subject: Subject, _policy: GuardPolicy) -> Judgement:
    return injection.detect(subject.text, normal=subject.normal, embed=subject.embed)


def _person(subject: Subject, _policy: GuardPolicy) -> Judgement:
    judged = [wishes.wants_person(message) for message in subject.messages]
    return max(judged, key=lambda one: (one.flagged, one.score), default=Judgement(0.0, False))


def _mood(subject: Subject, _policy: GuardPolicy) -> Judgement:
    return moods.judge(subject.text)


def _personal(subject: Subject, policy: GuardPolicy) -> Judgement:
    kinds = sorted({span.type for span in subject.spans if span.type in policy.masked})
    return Judgement(1.0 if kinds else 0.0, bool(kinds), reasons=tuple(kinds))


# Joiners that Persian, Hindi and emoji need are not among the first.
_HIDING = frozenset({"invisible", "mixed_words"})
_CHECKS: dict[str, _Check] = {
    "size": _size,
    "characters": _characters,
    "self_harm": _self_harm,
    "content": _content,
    "injection": _injection,
    "person": _person,
    "mood": _mood,
    "personal": _personal,
}
assert all(Stage.INPUT in KINDS[name].stages for name in _CHECKS)
