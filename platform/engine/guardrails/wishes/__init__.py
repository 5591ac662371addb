"""Does the customer ask for a human being now?

Two judges: rules that know the parts of such a wish (`english` and, in more than twenty languages, `tongues`), and a
linear classifier for what no rule has foreseen. A sentence that a rule has refused (denied, reported, past) is not
given to the classifier.

Invariant: pure, thread-safe, the same answer for the same text; time is linear in the length of the text, of which
the first 6,000 and the last 2,000 characters are looked at.
"""

from __future__ import annotations

from functools import cache

from engine.guardrails.linear import Linear, load
from engine.guardrails.values import Judgement
from engine.guardrails.wishes import english, tongues
from engine.guardrails.wishes.words import fold, sentences

_HEAD, _TAIL = 6000, 2000
_LONGEST = 600
"""Characters of a sentence that are looked at; a longer one is cut."""
_SCORED = 12
"""Sentences that the classifier may be asked about."""
_SHORT = 160
"""Characters: the classifier learnt from short messages and is asked about no longer ones."""
_BRIEF = 300
"""Characters: in a longer text a sentence such as "Manager" is a heading."""
_SURE = 0.98


def wants_person(text: str) -> Judgement:
    """Judges whether somebody explicitly asks for a person now, in any of some twenty-five languages."""
    return judge(text, _classifier())


def judge(text: str, model: Linear) -> Judgement:
    """The same with a classifier of one's choice, whose card says its `threshold`."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    left: list[str] = []
    for part in sentences(fold(text)):
        sentence = part.strip()[:_LONGEST]
        own = english.read(sentence)
        other = own if own.plainly else tongues.read(sentence)
        rule = own.rule or other.rule
        if rule and (rule != "alone" or len(text) <= _BRIEF):
            return Judgement(_SURE, flagged=True, reasons=(f"rule:{rule}",))
        if (own.cue or other.cue) and not (own.refused or other.refused) and len(sentence) <= _SHORT:
            left.append(sentence)
    score = max((model.score(sentence) for sentence in left[:_SCORED]), default=0.0)
    flagged = score >= model.card["threshold"]
    return Judgement(score, flagged, reasons=("classifier",) if flagged else ())


@cache
def _classifier() -> Linear:
    return load("wishes")
