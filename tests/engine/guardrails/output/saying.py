"""Saying an answer through the gate, as the loop does."""

from __future__ import annotations

from engine.guardrails.output.building import checks_for, gate_for
from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.values import Evidence, OutputVerdict, Released
from engine.guardrails.values import Action


def say(text: str, rules: OutputRules | None = None, evidence: Evidence | None = None, **given) -> Released:
    """What comes out of a text, all in one: what was released, what acted, and where it stopped."""
    rules = rules or OutputRules()
    gate = gate_for(rules, evidence or Evidence(language="en"), checks_for(rules, **given))
    parts = [gate.feed(text[at : at + 7]) for at in range(0, len(text), 7)]
    parts.append(gate.finish())
    verdicts = tuple(one for part in parts for one in part.verdicts if one.action is not Action.ALLOW)
    return Released("".join(part.text for part in parts), verdicts, gate.stop)


def shown(text: str, rules: OutputRules | None = None, evidence: Evidence | None = None, **given) -> str:
    """What the customer reads of it."""
    return say(text, rules, evidence, **given).text


def reasons(verdicts: tuple[OutputVerdict, ...]) -> list[str]:
    return [reason for verdict in verdicts for reason in verdict.reasons]
