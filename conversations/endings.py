"""What the end of a run does to the log: entries, audit lines, changes of the conversation, the run's status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from conversations import deciding
from conversations.handoffs import handoff_entry
from conversations.journal import Entry, Fact
from conversations.models import EventType, Owner, RunStatus
from conversations.turns import Job
from core.actors import Actor
from engine.agent.values import Outcome, Step
from engine.guardrails.languages.phrases import phrase

STOPPED = {
    "steps": "limit_steps",
    "tool_calls": "limit_steps",
    "identical_calls": "limit_circles",
    "alternations": "limit_circles",
    "no_progress": "limit_no_progress",
    "seconds": "limit_time",
    "tokens": "limit_length",
    "cents": "limit_length",
}
"""What the customer is told at each limit, by the keys of `languages.phrases`."""
ASKS_FOR_PERSON = "asks_for_person"
ASKS = {"asks": "person"}
"""What the data of an event says that asks whether she wants a person: a client may show two buttons."""
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
    if outcome.reason == ASKS_FOR_PERSON:
        data |= ASKS
    if job.known is not None:
        data |= {"cached": True, "known": job.known.run}
    said = [Entry(EventType.MESSAGE, author, outcome.text, data)] if outcome.text.strip() else []
    entries = [*_tool_entries(job, author, outcome), *said]
    effect = _effect(job, outcome, entries, draft)
    answered = outcome.kind in ("answered", "withheld")
    facts = [Fact(author, "conversation.answered", {"run": job.run, "level": level})] if answered else []
    return replace(effect, facts=[*_guarded(job, author), *facts, *effect.facts])


def _effect(job: Job, outcome: Outcome, entries: list[Entry], draft: str) -> Effect:
    author = assistant(job)
    if passed := deciding.passes_on(job, outcome):
        return _passed_on(job, outcome, entries, passed)
    match outcome.kind:
        case "answered":
            return Effect(RunStatus.DONE, [*entries, *_question(job, draft)])
        case "withheld":
            return Effect(RunStatus.DONE, [*entries, _notice(job, draft, "output_withheld", outcome.reason)])
        case "waiting":
            told = phrase("waiting_for_approval", job.language)
            notice = Entry(EventType.NOTICE, author, told, {"run": draft, "waiting": outcome.reason})
            asked = Fact(author, "run.waiting", {"run": job.run, "approval": outcome.reason})
            return Effect(RunStatus.WAITING, [*entries, notice], [asked])
        case "handed_over":
            return _handed_over(job, entries, outcome.reason, outcome.note)
        case "exhausted":
            return _exhausted(job, entries, outcome, draft)
        case _:
            notice = _notice(job, draft, "could_not_answer", outcome.reason)
            failed = Fact(author, "run.failed", {"run": job.run, "reason": outcome.reason})
            return Effect(RunStatus.FAILED, [*_tool_entries(job, author, outcome), notice], [failed])


def _passed_on(job: Job, outcome: Outcome, entries: list[Entry], why: tuple[str, str]) -> Effect:
    """What was answered stays and a person comes after it; where nothing was, the hand-off says all there is."""
    failed = outcome.kind == "failed"
    told = [*_tool_entries(job, assistant(job), outcome)] if failed else entries
    handed = _handed_over(job, told, *why)
    fact = Fact(assistant(job), "run.failed", {"run": job.run, "reason": outcome.reason})
    status = RunStatus.FAILED if failed else RunStatus.DONE
    return replace(handed, status=status, facts=[*([fact] if failed else []), *handed.facts])


def _question(job: Job, draft: str) -> Iterator[Entry]:
    """Whether she wants a person, after an answer that a person should see."""
    if job.matter is not None and job.matter.asks:
        notice = _notice(job, draft, job.matter.asks, "confirm")
        yield replace(notice, data=notice.data | ASKS)


def _notice(job: Job, draft: str, key: str, reason: str, *more: str) -> Entry:
    told = " ".join(phrase(one, job.language) for one in (key, *more))
    return Entry(EventType.NOTICE, assistant(job), told, {"run": draft, "reason": reason})


def _guarded(job: Job, author: Actor) -> list[Fact]:
    """What the guardrails did in this run, for the ledger."""
    acted = job.guard.acted if job.guard else []
    return [Fact(author, "guardrail.acted", {"run": job.run, **one}) for one in acted]


def _handed_over(job: Job, entries: list[Entry], reason: str, note: str) -> Effect:
    author = assistant(job)
    facts = [Fact(author, "conversation.handed_over", {"reason": reason})]
    handoff = handoff_entry(author, reason, note, language=job.language, about=deciding.about(job))
    return Effect(RunStatus.DONE, [*entries, handoff], facts, {"owner": Owner.QUEUE})


def _exhausted(job: Job, entries: list[Entry], outcome: Outcome, draft: str) -> Effect:
    """A limit stopped the run: the customer is told something useful, and gets a person where the release says so."""
    why = STOPPED.get(outcome.reason, "could_not_answer")
    stopped = Fact(assistant(job), "run.stopped", {"run": job.run, "limit": outcome.reason})
    if not job.turn.limits.hand_over:
        notice = _notice(job, draft, why, outcome.reason, "ask_again")
        return Effect(RunStatus.FAILED, [*entries, notice], [stopped])
    notice = _notice(job, draft, why, outcome.reason, "person_next")
    note = f"The assistant came to its limit of {outcome.reason}."
    handed = _handed_over(job, [*entries, notice], f"limit_{outcome.reason}", note)
    return Effect(handed.status, handed.entries, [stopped, *handed.facts], handed.changes)


def _tool_entries(job: Job, author: Actor, outcome: Outcome) -> Iterator[Entry]:
    """The calls of this part of the run, each once: those before an approval are in the log already."""
    for step in outcome.steps:
        if step.kind == "tool" and step.number > job.turn.said and step.name not in UNLOGGED:
            yield Entry(EventType.TOOL, author, step.name, _tool_data(job, step))


def _tool_data(job: Job, step: Step) -> dict[str, Any]:
    return {"key": f"{job.run}:{step.number}", "is_error": step.is_error, "code": step.detail}
