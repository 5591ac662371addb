"""Whether a person takes over: what is known of a turn as signals, and what the matrix makes of them.

Invariant: it is decided twice a turn, before anybody is asked and when the run ends; what is remembered from one turn
to the next stands with the conversation (`signals`) and is written with the run's own end. A run that is taken up is
not judged again by what the customer wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conversations.handoffs import about_decision
from conversations.journal import Head
from engine.agent.values import Outcome, Step
from engine.guardrails import moods
from engine.guardrails.languages.phrases import phrase
from engine.matrix import Decision, Do, Matrix, Signals, decide
from engine.matrix.queries import matrix_for
from engine.matrix.topics import (
    admits_ignorance,
    amount_in,
    plain_words,
    says_it_did_not_help,
    says_yes,
    topics_in,
)
from engine.releases.models import Release

if TYPE_CHECKING:
    from conversations.guarding import Prepared
    from conversations.turns import Begun, Job

LEVEL = "rules"
REASONS = {"asked": "asked", "unsure": "unsure", "failed": "failed_attempts", "despair": "self_harm"}
"""What the log calls a hand-off by these rules; one by another rule has the rule's name."""
KNOWLEDGE = "search_knowledge"
SAME_QUESTION = 0.6
_CITED, _UNCITED, _FOUND_NOTHING, _KNOWS_NOTHING = 0.9, 0.5, 0.3, 0.2


@dataclass(slots=True)
class Matter:
    """What one attempt at a run decides by.

    Args:
        memory: what the conversation remembers: `asked`, `questions`, `failed`, `flagged` (the last attempt was counted
            as failed), `down` (the customer said so), `confirm` (the rule that waits for a yes), `declined`.
        earlier: what she wrote before the last answer.
    """

    matrix: Matrix
    memory: dict[str, Any]
    burst: str
    earlier: str = ""
    is_resumed: bool = False
    signals: Signals = field(default_factory=Signals)
    decision: Decision = field(default_factory=Decision)
    asks: str = ""

    def state(self) -> dict[str, Any]:
        """What the conversation remembers from now on, as a column."""
        return {"signals": {name: value for name, value in self.memory.items() if value}}


def for_turn(head: Head, release: Release, begun: Begun, messages: Any) -> Matter:
    """What an attempt decides by; within the tenant's scope."""
    users: list[list[str]] = [[]]
    for message in reversed(messages):
        if message.role == "user":
            users[-1].append(message.text)
        elif users[-1]:
            users.append([])
    said = ["\n".join(reversed(one)) for one in users if one]
    matrix = matrix_for(head.tenant_id, release.pk, release.escalation)
    burst, earlier = (*said, "", "")[:2]
    return Matter(matrix, dict(head.signals), burst, earlier, is_resumed=bool(begun.prompt))


def before(prepared: Prepared) -> Prepared:
    """Decides by what the customer wrote; a run that the guardrails ended goes on to a person only if she asked."""
    job, outcome = prepared.job, prepared.outcome
    matter = job.matter
    if matter is None or matter.is_resumed or (outcome is not None and outcome.kind != "handed_over"):
        return prepared
    matter.signals = _signals(job, matter, outcome)
    decision = _answered(matter, decide(matter.matrix, matter.signals))
    _remember(matter, decision)
    match decision.do:
        case Do.HAND_OVER:
            return replace(prepared, outcome=_passing(job, decision, outcome))
        case Do.CLARIFY:
            return replace(prepared, outcome=_asking(job, "asks_what_about", outcome))
        case Do.CONFIRM:
            return replace(prepared, outcome=_asking(job, "asks_for_person", outcome))
    return prepared


def after(job: Job, outcome: Outcome) -> None:
    """Decides by how the run ended; an answer that was let out stays, and a person comes after it."""
    matter = job.matter
    if matter is None or outcome.kind == "waiting" or outcome.note == LEVEL:
        return
    if matter.decision.do is Do.HAND_OVER:
        return
    unsure = confidence(outcome)
    signals = replace(
        matter.signals,
        confidence=unsure,
        stopped=_stopped(outcome),
        chosen=outcome.reason if outcome.kind == "handed_over" else "",
        tools=tuple(dict.fromkeys(step.name for step in outcome.steps if step.kind == "tool")),
    )
    failed = _did_fail(matter, outcome, unsure)
    signals = replace(signals, failed=signals.failed + failed)
    matter.memory |= {"failed": signals.failed, "flagged": failed, "down": 0}
    decision = _answered(matter, decide(matter.matrix, signals))
    if outcome.kind == "handed_over":
        decision = replace(decision, do=Do.HAND_OVER, rule=decision.rule or "chosen", signals=signals)
    _remember(matter, decision)
    if decision.do is Do.CONFIRM and outcome.kind == "answered":
        matter.asks = "asks_for_person"


def about(job: Job) -> dict[str, Any]:
    """What the hand-off's event tells the team."""
    decided = job.matter is not None and job.matter.decision.do is Do.HAND_OVER
    return about_decision(job.matter.decision) if decided and job.matter else {}


def confidence(outcome: Outcome) -> float | None:
    """How far an answer rests on knowledge, 0 to 1; None where none was asked for.

    With a source it cites it is sure, without one less so; where nothing was found, or it says itself that it does not
    know, it is not.
    """
    if outcome.note == "nothing":
        return _KNOWS_NOTHING
    if outcome.kind != "answered":
        return None
    if admits_ignorance(outcome.text):
        return _FOUND_NOTHING
    searches = [step for step in outcome.steps if step.kind == "tool" and step.name == KNOWLEDGE]
    if not searches:
        return None
    if outcome.citations:
        return _CITED
    return _UNCITED if any(_found(step) for step in searches) else _FOUND_NOTHING


def _found(step: Step) -> bool:
    return bool(step.citations) and not step.is_error


def _signals(job: Job, matter: Matter, outcome: Outcome | None) -> Signals:
    memory = matter.memory
    language, felt = job.language, job.guard.moods if job.guard else ()
    stopped = outcome.reason if outcome is not None and outcome.reason != "asked" else ""
    return Signals(
        asked=outcome is not None and outcome.reason == "asked",
        asked_before=memory.get("asked", 0),
        questions=memory.get("questions", 0),
        failed=_failed_so_far(matter),
        mood=moods.trend((0.0, *felt)).now if felt else None,
        stopped=f"guardrail:{stopped.removeprefix('guard_')}" if stopped else "",
        topics=topics_in(matter.burst, matter.matrix.topics),
        segments=job.customer.segments,
        language=language,
        identity=job.customer.identity,
        value=amount_in(matter.burst),
    )


def _failed_so_far(matter: Matter) -> int:
    """Attempts in a row that did not help, as far as the customer's new words tell of the last one."""
    counted: int = matter.memory.get("failed", 0)
    if matter.memory.get("flagged"):
        return counted
    tells = matter.memory.get("down") or says_it_did_not_help(matter.burst) or _asks_the_same(matter)
    return counted + 1 if matter.earlier and tells else 0


def _asks_the_same(matter: Matter) -> bool:
    now, then = set(plain_words(matter.burst).split()), set(plain_words(matter.earlier).split())
    return len(now) >= 3 and len(now & then) / len(now | then) >= SAME_QUESTION


def _answered(matter: Matter, decision: Decision) -> Decision:
    """A decision with what the customer has answered to the question whether she wants a person."""
    waits, declined = matter.memory.get("confirm", ""), matter.memory.get("declined", [])
    if waits:
        agrees = says_yes(matter.burst)
        if agrees or (agrees is None and decision.do is Do.CONFIRM):
            rule = matter.matrix.rule(waits)
            urgency, team = (rule.urgency, rule.team) if rule else (decision.urgency, decision.team)
            return replace(
                decision, do=Do.HAND_OVER, rule=waits, urgency=urgency, team=team, signals=matter.signals
            )
        if agrees is False:
            matter.memory["declined"] = sorted({*declined, waits})
        matter.memory.pop("confirm")
    if decision.do is Do.CONFIRM and decision.rule in matter.memory.get("declined", []):
        return replace(decision, do=Do.GO_ON)
    return decision


def _remember(matter: Matter, decision: Decision) -> None:
    matter.decision = decision
    memory = matter.memory
    match decision.do:
        case Do.HAND_OVER:
            memory.clear()
        case Do.CLARIFY:
            memory["questions"] = memory.get("questions", 0) + 1
            memory["asked"] = memory.get("asked", 0) + int(decision.signals.asked)
        case Do.CONFIRM:
            memory["confirm"] = decision.rule


def _passing(job: Job, decision: Decision, outcome: Outcome | None) -> Outcome:
    if outcome is not None:
        return outcome
    rule = job.matter.matrix.rule(decision.rule) if job.matter else None
    return Outcome(
        "handed_over", reason=REASONS.get(decision.rule, decision.rule), note=rule.title if rule else ""
    )


def _asking(job: Job, key: str, outcome: Outcome | None) -> Outcome | None:
    """A question in the answer's place; self-harm and what a guardrail decided come before any question."""
    if outcome is not None and outcome.reason != "asked":
        return outcome
    return Outcome("answered", phrase(key, job.language), reason=key, note=LEVEL)


def passes_on(job: Job, outcome: Outcome) -> tuple[str, str] | None:
    """Reason and note of a hand-off that the rules add to how a run ended; None where there is none to add."""
    matter = job.matter
    if matter is None or matter.decision.do is not Do.HAND_OVER:
        return None
    if outcome.kind not in ("answered", "failed", "withheld"):
        return None
    decision = matter.decision
    rule = matter.matrix.rule(decision.rule)
    reason = outcome.reason if decision.rule == "stopped" else REASONS.get(decision.rule, decision.rule)
    return reason, rule.title if rule else decision.rule


def _stopped(outcome: Outcome) -> str:
    """What stopped the answer; an attack that got a fixed text, or was not let in, needs no person."""
    match outcome.kind:
        case "withheld":
            return (
                ""
                if outcome.reason.startswith("guard_") and not outcome.steps
                else f"guardrail:{outcome.reason}"
            )
        case "exhausted":
            limit = outcome.reason
            return (
                f"budget:{limit.removeprefix('money_')}" if limit.startswith("money_") else f"limit:{limit}"
            )
        case "failed":
            return f"failure:{outcome.reason}"
        case _:
            return ""


def _did_fail(matter: Matter, outcome: Outcome, unsure: float | None) -> int:
    rule = matter.matrix.rule("unsure")
    least = rule.when.confidence_below if rule is not None else None
    low = unsure is not None and least is not None and unsure < least
    return int(low or outcome.kind in ("failed", "withheld", "exhausted"))
