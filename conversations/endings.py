"""What the end of a run does to the log: entries, audit lines, changes of the conversation, the run's status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from conversations.handoffs import handoff_entry
from conversations.journal import Entry, Fact
from conversations.models import EventType, Owner, RunStatus
from conversations.turns import Job
from core.actors import Actor
from engine.agent.values import Outcome, Step

COULD_NOT = "I could not answer this just now. Please try again in a moment, or ask for a person."
WAITING = (
    "A colleague has to confirm this first. I will go on here as soon as that is done; you need not wait."
)
STOPPED = {
    "steps": "This takes me more steps than I may take.",
    "tool_calls": "This takes me more steps than I may take.",
    "identical_calls": "I keep coming back to the same point here.",
    "alternations": "I keep coming back to the same point here.",
    "no_progress": "I am not getting any further with this.",
    "seconds": "This takes me longer than I may take.",
    "tokens": "This has become too long for me.",
    "cents": "This has become too long for me.",
}
PERSON_NEXT = " I am passing it to a colleague."
ASK_AGAIN = " Please put it in other words or in smaller parts, or ask for a person."
UNLOGGED = frozenset({"search_knowledge", "request_person"})
"""Tools whose effect the log shows in another way: as citations, as a hand-off."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What is written for an outcome. Without entries the conversation stays as it is."""

    status: str
    entries: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)


def assistant(job: Job) -> Actor:
    """The assistant of the release that answers."""
    return Actor("ai", "assistant", job.assistant)


def effect_of(job: Job, outcome: Outcome, level: str, draft: str) -> Effect:
    """What an outcome comes to."""
    author = assistant(job)
    data: dict[str, Any] = {
        "run": draft,
        "level": level,
        "citations": [asdict(citation) for citation in outcome.citations],
    }
    if job.known is not None:
        data |= {"cached": True, "known": job.known.run}
    said = [Entry(EventType.MESSAGE, author, outcome.text, data)] if outcome.text.strip() else []
    entries = [*_tool_entries(job, author, outcome), *said]
    answered = Fact(author, "conversation.answered", {"run": job.run, "level": level})
    match outcome.kind:
        case "answered":
            return Effect(RunStatus.DONE, entries, [answered])
        case "waiting":
            notice = Entry(EventType.NOTICE, author, WAITING, {"run": draft, "waiting": outcome.reason})
            asked = Fact(author, "run.waiting", {"run": job.run, "approval": outcome.reason})
            return Effect(RunStatus.WAITING, [*entries, notice], [asked])
        case "handed_over":
            return _handed_over(entries, author, outcome.reason, outcome.note)
        case "exhausted":
            return _exhausted(job, entries, author, outcome, draft)
        case _:
            notice = Entry(EventType.NOTICE, author, COULD_NOT, {"run": draft, "reason": outcome.reason})
            failed = Fact(author, "run.failed", {"run": job.run, "reason": outcome.reason})
            return Effect(RunStatus.FAILED, [*_tool_entries(job, author, outcome), notice], [failed])


def _handed_over(entries: list[Entry], author: Actor, reason: str, note: str) -> Effect:
    facts = [Fact(author, "conversation.handed_over", {"reason": reason})]
    handoff = handoff_entry(author, reason, note)
    return Effect(RunStatus.DONE, [*entries, handoff], facts, {"owner": Owner.QUEUE})


def _exhausted(job: Job, entries: list[Entry], author: Actor, outcome: Outcome, draft: str) -> Effect:
    """A limit stopped the run: the customer is told something useful, and gets a person where the release says so."""
    why = STOPPED.get(outcome.reason, COULD_NOT)
    stopped = Fact(author, "run.stopped", {"run": job.run, "limit": outcome.reason})
    data = {"run": draft, "reason": outcome.reason}
    if not job.turn.limits.hand_over:
        notice = Entry(EventType.NOTICE, author, why + ASK_AGAIN, data)
        return Effect(RunStatus.FAILED, [*entries, notice], [stopped])
    notice = Entry(EventType.NOTICE, author, why + PERSON_NEXT, data)
    note = f"The assistant came to its limit of {outcome.reason}."
    handed = _handed_over([*entries, notice], author, f"limit_{outcome.reason}", note)
    return Effect(handed.status, handed.entries, [stopped, *handed.facts], handed.changes)


def _tool_entries(job: Job, author: Actor, outcome: Outcome) -> Iterator[Entry]:
    """The calls of this part of the run, each once: those before an approval are in the log already."""
    for step in outcome.steps:
        if step.kind == "tool" and step.number > job.turn.said and step.name not in UNLOGGED:
            yield Entry(EventType.TOOL, author, step.name, _tool_data(job, step))


def _tool_data(job: Job, step: Step) -> dict[str, Any]:
    return {"key": f"{job.run}:{step.number}", "is_error": step.is_error, "code": step.detail}
