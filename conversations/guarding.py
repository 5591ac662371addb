"""Stands before the answering: screens what the customer wrote, and makes the prompt fit to be sent.

Invariant: no model is asked before the customer's words were judged by the policy of her tenant and release; what a
model is sent holds placeholders for the personal data that the policy names. A run that is taken up goes on with the
prompt that was sent before, and is not judged again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

import numpy as np

from conversations import outside_guards
from conversations.guards import Guard
from conversations.outside_guards import Case
from conversations.turns import Job
from core.sealing import fingerprint
from engine.agent.values import Outcome
from engine.gateway.minilm import DIMS, bundled
from engine.gateway.protocol import Message
from engine.guardrails import languages, screening
from engine.guardrails.languages.phrases import phrase
from engine.guardrails.linear import Floats
from engine.guardrails.normalise import normalise
from engine.guardrails.output.leak import canary_line, make_canary
from engine.guardrails.screening import SEVERITY, Screening, Subject, Verdict
from engine.guardrails.values import Action, Stage

LEVEL = "guard"
INLINE_CHARACTERS = 1200
"""Longer texts are judged in a thread: what takes milliseconds must not hold up other sockets."""
MOODS_KEPT = 20
_NOTHING = np.zeros(DIMS, np.float32)
PLACEHOLDERS = (
    "Words in angle brackets such as <email_1> stand for personal data that you do not see. Use them as they are, in "
    "answers and in calls; the real values are put in afterwards. Never guess what they stand for."
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job fit to be answered, or how its run ends without anybody being asked."""

    job: Job
    outcome: Outcome | None = None


async def prepare(job: Job) -> Prepared:
    """Screens what the customer wrote and masks the prompt."""
    guard = job.guard
    if guard is None or guard.is_resumed:
        return Prepared(job)
    guard.language = languages.follow(guard.language, guard.burst)
    screened = await _screened(guard)
    guard.moods = (*guard.moods, round(screened.mood, 3))[-MOODS_KEPT:]
    messages = _masked(job, guard, screened)
    services = [service for service in guard.services if Stage.INPUT in service.stages]
    if services:
        # The services get what a model would get: no personal data that the policy masks.
        said = "\n".join(message.text for message in _burst(messages))
        case = Case(job.tenant_id, Stage.INPUT, said, job.hosts)
        verdicts = await outside_guards.ask_all(services, case, guard.policy)
        screened = _with(screened, verdicts)
    guard.screening = screened
    acted = (one for one in screened.verdicts if one.action is not Action.ALLOW or one.failed)
    guard.note(Stage.INPUT, tuple(verdict.plain() for verdict in acted))
    prepared = replace(job, turn=replace(job.turn, messages=messages))
    return Prepared(prepared, _ending(job, guard, screened))


async def _screened(guard: Guard) -> Screening:
    """Judges here what takes a millisecond, and in a thread what is long or leaves its meaning open."""
    if sum(map(len, guard.burst)) <= INLINE_CHARACTERS:
        later = _Later()
        subject = Subject(guard.burst, guard.placeholders.known, later)
        screened = screening.screen(subject, guard.policy)
        if not later.is_asked:
            return screened
    subject = Subject(guard.burst, guard.placeholders.known, _embed)
    return await asyncio.to_thread(screening.screen, subject, guard.policy)


class _Later:
    """Stands in for the sentence encoder where there is no time for it, and notes that it was asked for."""

    def __init__(self) -> None:
        self.is_asked = False

    def __call__(self, text: str) -> Floats:
        self.is_asked = True
        return _NOTHING


def _masked(job: Job, guard: Guard, screened: Screening) -> tuple[Message, ...]:
    """The prompt as it is sent."""
    masks = guard.policy.masks
    rewrites = any(v.check == "characters" and v.action is Action.REWRITE for v in screened.verdicts)
    first, *rest = job.turn.messages
    asked_from = len(rest) - len(guard.burst)
    told = [
        _told(message, guard, masks=masks, plain=rewrites and at >= asked_from)
        for at, message in enumerate(rest)
    ]
    return (_system(first, guard, job), *told)


def _told(message: Message, guard: Guard, *, masks: bool, plain: bool) -> Message:
    text = normalise(message.text).text if plain else message.text
    if masks and message.role in ("user", "assistant"):
        text = guard.placeholders.masked(text, own=True)
    return message if text == message.text else replace(message, text=text)


def _system(message: Message, guard: Guard, job: Job) -> Message:
    parts = [_without_name(message.text, guard)]
    if guard.language:
        parts.append(f"The customer writes in the language with the code “{guard.language}”. Answer in it.")
    if guard.placeholders.masks.entries:
        parts.append(PLACEHOLDERS)
    if guard.policy.rule("leak").on:
        parts.append(canary_line(canary_of(job)))
    return replace(message, text="\n\n".join(parts))


def _without_name(text: str, guard: Guard) -> str:
    """Instructions that name the customer do so by her placeholder, where names are masked."""
    if not (guard.called and guard.policy.masks):
        return text
    return text.replace(guard.called, guard.placeholders.masked(guard.called, own=True))


@lru_cache(maxsize=1024)
def _canary(tenant_id: int, release: int) -> str:
    return make_canary(fingerprint(f"{tenant_id}:{release}", "canary"))


def canary_of(job: Job) -> str:
    """A word that no answer has: one a release, so that prompts begin alike and a provider's cache holds."""
    return _canary(job.tenant_id, job.release)


def _with(screened: Screening, verdicts: list[Verdict]) -> Screening:
    every = (*screened.verdicts, *verdicts)
    decided = max(every, key=lambda one: SEVERITY.index(one.action))
    return replace(screened, verdicts=every, action=decided.action, decided=decided)


def _ending(job: Job, guard: Guard, screened: Screening) -> Outcome | None:
    """How the run ends because of what the customer wrote; None when it may be answered."""
    decided = screened.decided
    if decided is None or SEVERITY.index(screened.action) < SEVERITY.index(Action.REPLY):
        return None
    reason = f"guard_{decided.check.replace(':', '_')}"
    if screened.action is Action.BLOCK:
        return Outcome("withheld", reason=reason)
    if screened.action is Action.REPLY:
        key = "message_too_long" if decided.check == "size" else "blocked_input"
        return Outcome(
            "answered", phrase(key, guard.language, tenant=job.tenant_name), reason=reason, note=LEVEL
        )
    if decided.check == "person":
        return Outcome("handed_over", reason="asked")
    if decided.check == "self_harm":
        return Outcome("handed_over", phrase("self_harm_support", guard.language), reason="self_harm")
    return Outcome("handed_over", reason=reason, note=f"The check “{decided.check}” asked for a person.")


def _embed(text: str) -> Floats:
    vector: Floats = bundled().embed([text])[0]
    return vector


def _burst(messages: tuple[Message, ...]) -> list[Message]:
    return list(takewhile(lambda message: message.role == "user", reversed(messages)))[::-1]
