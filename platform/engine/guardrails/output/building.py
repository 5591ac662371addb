"""The checks of a policy, in their order.

Invariant: what takes words out of a sentence comes first, so what is judged later is what will be read; what only the
sentences' own texts are put in place of comes last.
"""

from __future__ import annotations

from engine.guardrails.output.citations import Citations, Entailment
from engine.guardrails.output.claims import Claims
from engine.guardrails.output.leak import Leak
from engine.guardrails.output.links import Links
from engine.guardrails.output.patterns import Blocked, Competitors
from engine.guardrails.output.promises import Promises
from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.simple import Foreign, ForeignData, LanguageOf, Length, Validity
from engine.guardrails.output.tone import Manners, Tone
from engine.guardrails.output.values import Evidence, OutputCheck
from engine.guardrails.output.window import Gate


def checks_for(
    rules: OutputRules,
    *,
    foreign: Foreign | None = None,
    language_of: LanguageOf | None = None,
    tone: Tone | None = None,
    entails: Entailment | None = None,
) -> tuple[OutputCheck, ...]:
    """The checks that a policy asks for; they keep nothing of a run, so they may be kept as long as the policy.

    Args:
        foreign: finds personal data that is not this customer's; without it there is no such check.
        language_of: names a text's language; tone, entails: optional judges.
    """
    found: list[OutputCheck] = [
        Citations(rules, entails),
        Links(rules),
        Validity(rules, language_of),
        Leak(rules),
        Blocked(rules),
        *([ForeignData(rules, foreign)] if foreign else []),
        Competitors(rules),
        Promises(rules),
        Claims(rules),
        *([Manners(rules, tone)] if rules.tone else []),
        Length(rules),
    ]
    return tuple(check for check in found if check.name not in rules.off)


def gate_for(rules: OutputRules, evidence: Evidence, checks: tuple[OutputCheck, ...] | None = None) -> Gate:
    """A gate for one answer. `checks` are those of `checks_for`, made now if they are not given."""
    return Gate(checks if checks is not None else checks_for(rules), evidence, watch_only=rules.watch_only)
