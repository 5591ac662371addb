"""Decides by a matrix: every rule is looked at, the strongest wins.

The order of rules does not matter, but for which of two equally strong ones gives its name: a tenant who adds a rule
can only make a hand-off surer or more urgent, never hide one.
"""

from __future__ import annotations

from dataclasses import replace

from engine.matrix.rules import Matrix
from engine.matrix.values import URGENCIES, Conditions, Decision, Do, Signals

_STRENGTH = tuple(Do)


def decide(matrix: Matrix, signals: Signals) -> Decision:
    """What follows from signals."""
    fired = [rule for rule in matrix.rules if rule.on and holds(rule.when, signals)]
    if not fired:
        return Decision(signals=signals)
    chosen = max(fired, key=lambda rule: (_STRENGTH.index(rule.do), URGENCIES.index(rule.urgency)))
    named = chosen if chosen.team else next((one for one in fired if one.team), chosen)
    decision = Decision(
        do=chosen.do,
        rule=chosen.name,
        fired=tuple(rule.name for rule in fired),
        urgency=max((rule.urgency for rule in fired), key=URGENCIES.index),
        team=named.team,
        skills=tuple(dict.fromkeys(skill for rule in fired for skill in rule.skills)),
        telling=chosen.telling,
        signals=signals,
    )
    return _asking_first(matrix, decision, signals) if decision.do is Do.HAND_OVER else decision


def _asking_first(matrix: Matrix, decision: Decision, signals: Signals) -> Decision:
    """Asks back once where the matrix says so; who asks for a person again gets one."""
    hands_over = [name for name in decision.fired if _does(matrix, name) is Do.HAND_OVER]
    may_wait = bool(hands_over) and matrix.clarify.issuperset(hands_over)
    if may_wait and not signals.asked_before and not signals.questions:
        return replace(decision, do=Do.CLARIFY)
    return decision


def _does(matrix: Matrix, name: str) -> Do:
    rule = matrix.rule(name)
    return rule.do if rule else Do.GO_ON


def holds(when: Conditions, signals: Signals) -> bool:
    """Whether all conditions hold; a signal that is not known holds none."""
    return not when.is_empty and all(
        (
            signals.asked or not when.asked,
            bool(signals.chosen) or not when.chosen,
            _below(when.confidence_below, signals.confidence),
            _below(when.mood_below, signals.mood),
            when.failed_at_least is None or signals.failed >= when.failed_at_least,
            when.value_at_least is None or (signals.value or 0) >= when.value_at_least,
            not when.stopped or _begins(signals.stopped, when.stopped),
            _meets(when.topics, signals.topics),
            _meets(when.tools, signals.tools),
            _meets(when.segments, signals.segments),
            _meets(when.languages, (signals.language,)),
            _meets(when.identities, (signals.identity,)),
        )
    )


def _below(limit: float | None, value: float | None) -> bool:
    return limit is None or (value is not None and value < limit)


def _begins(stopped: str, wanted: tuple[str, ...]) -> bool:
    return any(stopped == one or stopped.startswith(f"{one}:") for one in wanted)


def _meets(wanted: tuple[str, ...], found: tuple[str, ...]) -> bool:
    return not wanted or bool(set(wanted) & set(found))
