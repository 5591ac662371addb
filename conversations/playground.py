"""Answers somebody of the team as a draft or a release would answer a customer, without a conversation.

Invariant: the same guardrails, rules of handing over, loop, models and tools as for customers, and nothing of it in
conversations, memory or reports. What changes something is called only where the person asks for it, and never what
would need a yes, or what works on a conversation. Money is held before a model is asked and settled after, as traffic
of its own (`preview`), under a budget of its own. Nothing is kept but the ledger's line: the talk so far comes with
each question.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit.services import record
from conversations import deciding, guarding, money, routes, timeline, turns
from conversations.book import Opening, Page, RunBook
from conversations.calling import RunTools, untraced
from conversations.deciding import Matter
from conversations.guards import Guard
from conversations.ladder import climb_down
from conversations.live import LiveAnswer
from conversations.money import Bill
from conversations.placeholders import Placeholders
from conversations.taints import Material, Origins
from conversations.timeline import StepLine
from conversations.turns import Asker, Job
from core.actors import Actor
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent.taint import Done, Said, TaintVerdict
from engine.agent.values import Outcome, Stage, ToolResult, Turn
from engine.budgets.services import ensure_preview
from engine.budgets.values import PREVIEW, Hold
from engine.gateway.protocol import Message, ToolCall
from engine.guardrails import policies
from engine.guardrails.personal import Known as KnownPerson
from engine.matrix.queries import rules_of
from engine.matrix.rules import merged as merged_matrix
from engine.releases import prompting
from engine.releases.models import Release
from engine.releases.prompting import Facts
from engine.releases.queries import limits_of
from engine.tools import catalogue, permissions, registry
from engine.tools.values import Audience, Offer, Risk

MOST_SECONDS = 120.0
"""A page waits for the answer, whatever the release allows."""
MOST_EXCHANGES = 20
MOST_RESULT = 4000
REHEARSAL = json.dumps({
    "status": "not_called",
    "note": "This is a rehearsal, so the call was not made. Go on as if it had been carried out.",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Persona:
    """The customer that somebody plays. `identity` is one of `engine.tools.values.IDENTITIES`."""

    name: str = ""
    identity: str = "anonymous"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, with what tools told."""

    text: str
    answer: str
    done: tuple[tuple[str, str, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Play:
    """A question to a draft or a release.

    Args:
        subject: `draft:…` or `release:…`, for the ledger; release: the configuration, saved or not.
        talk: what was said before, the oldest first; memory: what the rules of handing over remember of it.
        calls: call what changes something, too.
    """

    tenant_id: int
    tenant_name: str
    subject: str
    release: Release
    text: str
    actor: Actor
    talk: tuple[Exchange, ...] = ()
    persona: Persona = field(default_factory=Persona)
    memory: dict[str, Any] = field(default_factory=dict)
    calls: bool = False


@dataclass(frozen=True, slots=True)
class WouldCall:
    """A call that was not made, and why: "rehearsal", "approval" or "conversation"."""

    name: str
    arguments: str
    why: str


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it.

    Attributes:
        text: as the customer would read it; level: who answered; checks: verdicts about the question.
        cents: of all calls, those that failed included; rule: by which a person would take over.
    """

    outcome: Outcome
    text: str
    level: str
    choice: str
    steps: tuple[StepLine, ...]
    would: tuple[WouldCall, ...]
    checks: Sequence[dict[str, Any]]
    seconds: float
    cents: float
    rule: str
    exchange: Exchange
    memory: dict[str, Any]


async def ask(play: Play) -> Played:
    """Answers; what it costs is held and settled whatever becomes of it."""
    job = await in_database(job_of)(play)
    began, would = time.monotonic(), list[WouldCall]()
    prepared = deciding.before(await guarding.prepare(job))
    book = PlayBook(prepared.job, actor=play.actor)
    live = Silent(prepared.job)
    try:
        tools = partial(PlayTools, play=play, would=would)
        answered = await climb_down(prepared, live, book, tools=tools)
    finally:
        await asyncio.shield(book.close())
    deciding.after(prepared.job, answered.outcome)
    outcome = _as_it_goes_on(prepared.job, answered.outcome)
    played = Played(
        outcome=outcome,
        text=outcome.text,
        level=answered.level,
        choice=prepared.job.choice,
        steps=timeline.lines_of(outcome.steps, now=timezone.now()),
        would=tuple(would),
        checks=_checks(prepared.job),
        seconds=time.monotonic() - began,
        cents=book.cents,
        rule=_rule(prepared.job),
        exchange=_exchange(play, outcome),
        memory=prepared.job.matter.memory if prepared.job.matter else {},
    )
    await in_database(_note)(play, played)
    return played


def _as_it_goes_on(job: Job, outcome: Outcome) -> Outcome:
    """How a run ended, with what the rules of handing over make of it."""
    passed = deciding.passes_on(job, outcome)
    return replace(outcome, kind="handed_over", reason=passed[0], note=passed[1]) if passed else outcome


def job_of(play: Play) -> Job:
    """The job of answering; there is no run, conversation or customer behind it."""
    ensure_preview(tenant_id=play.tenant_id, actor=play.actor)
    with tenant_scope(play.tenant_id):
        customer = Asker(0, play.persona.identity, (), prompting.name_line(play.persona.name))
        messages = _messages(play, customer)
        offers = turns.offers_for(play.release, play.tenant_id, customer)
        ways, choice = routes.choose(play.tenant_id, play.release, turns.signals_of(messages, offers))
        limits = limits_of(play.release)
        run = str(uuid.uuid4())
        turn = Turn(
            run=run,
            model=ways[0].model if ways else play.release.model,
            messages=messages,
            tools=tuple(offer.spec for offer in offers),
            limits=replace(limits, seconds=min(limits.seconds, MOST_SECONDS)),
            max_tokens=play.release.max_tokens,
            temperature=play.release.temperature,
        )
        return Job(
            tenant_id=play.tenant_id,
            conversation_id=0,
            run_id=0,
            run=run,
            attempt=1,
            owner_version=0,
            upto_seq=0,
            turn=turn,
            routes=ways,
            assistant=play.release.assistant_name,
            customer=customer,
            release=play.release.number,
            offers=offers,
            hosts=catalogue.hosts(play.tenant_id),
            choice=choice,
            cheap=routes.cheaper(play.tenant_id, play.release),
            guard=_guard(play, customer) if settings.GUARDRAILS else None,
            matter=_matter(play),
            tenant_name=play.tenant_name,
            sources=None if play.release.sources is None else tuple(play.release.sources),
            traffic=PREVIEW,
        )


def _messages(play: Play, customer: Asker) -> tuple[Message, ...]:
    facts = Facts(play.release.assistant_name, play.tenant_name, timezone.now().date(), customer.name)
    before = [
        message
        for one in play.talk[-MOST_EXCHANGES:]
        for message in (Message("user", one.text), Message("assistant", one.answer))
        if message.text
    ]
    return (turns.system_message(play.release, facts), *before, Message("user", play.text))


def _guard(play: Play, customer: Asker) -> Guard:
    policy = policies.policy_of(play.tenant_id, play.release.guardrails)
    known = KnownPerson(names=(customer.name,) if customer.name else (), emails=())
    return Guard(
        policy=policy,
        services=policies.services_for(play.tenant_id),
        placeholders=Placeholders(policy.masked, known),
        language="",
        moods=(),
        burst=(play.text,),
        prompt=prompting.template_of(play.release),
        called=customer.name if prompting.uses_name(play.release) else "",
    )


def _matter(play: Play) -> Matter:
    matrix = merged_matrix(rules_of(play.tenant_id).settings, play.release.escalation)
    earlier = play.talk[-1].text if play.talk else ""
    return Matter(matrix, dict(play.memory), play.text, earlier)


class Silent(LiveAnswer):
    """A stream that nobody follows: the page shows the answer when it is there."""

    def _due(self) -> None: ...

    async def on_stage(self, stage: Stage) -> None: ...


@dataclass(slots=True)
class PlayBook(RunBook):
    """Pays, and notes calls that change something before they are made; keeps no rows of steps."""

    actor: Actor = field(default_factory=lambda: Actor("system", "playground"))
    cents: float = 0.0

    def bill(self, bill: Bill) -> None:
        self.cents += bill.cents
        self._bills.append(bill)

    async def _write(self, page: Page) -> Hold | None:
        try:
            return await in_database(_pay)(self.job, page, self.actor)
        except BaseException:
            self.put_back(page)
            raise


def _pay(job: Job, page: Page, actor: Actor) -> Hold | None:
    now = timezone.now()
    with tenant_scope(job.tenant_id):
        if page.opening is not None:
            told = {
                "tool": page.opening.call.name,
                "step": page.opening.number,
                "risk": page.opening.risk.value,
            }
            record(actor=actor, action="tool.called", target=f"playground:{job.run}", data=told)
        money.settle(job.tenant_id, page.bills, now=now)
        return money.hold(job, page.want, now=now) if page.want else None


@dataclass(frozen=True, slots=True)
class PlayTools(RunTools):
    """Makes calls that change nothing, and others only where that was asked for."""

    play: Play
    would: list[WouldCall]

    def __post_init__(self) -> None:
        object.__setattr__(self, "origins", PlayOrigins(self.job, self.book, play=self.play))

    async def _call(self, offer: Offer, call: ToolCall, number: int, first_citation: int) -> ToolResult:
        arguments = json.loads(call.arguments)
        registry.check_arguments(offer.spec.parameters, arguments)
        permissions.check(offer, await self._audience(offer))
        verdict = await self.origins.judge(offer, arguments)
        why = self._why_not(offer, verdict)
        if why:
            self.would.append(WouldCall(call.name, call.arguments, why))
            return ToolResult(REHEARSAL, code=why)
        if not verdict.allowed:
            return untraced(offer, verdict)
        await permissions.take_turn(self.job.tenant_id, offer)
        await self.book.open(Opening(number, call, offer.policy.risk))
        return await self._perform(offer, arguments, number, first_citation)

    def _why_not(self, offer: Offer, verdict: TaintVerdict) -> str:
        asks = offer.policy.requires_approval or (not verdict.allowed and offer.policy.tracing == "approve")
        if asks:
            return "approval"
        if offer.policy.risk is Risk.READ or not verdict.allowed:
            return ""
        if offer.kind == "builtin":
            return "conversation"
        return "" if self.play.calls else "rehearsal"

    async def _audience(self, offer: Offer) -> Audience:
        return Audience(self.job.tenant_id, self.job.release, self.job.customer.identity)


@dataclass(slots=True)
class PlayOrigins(Origins):
    """Knows who said what from the talk: there is no log."""

    play: Play | None = None

    async def _material(self) -> Material:
        assert self.play is not None
        talk = self.play.talk
        said = [part for one in talk for part in (Said("customer", one.text), Said("assistant", one.answer))]
        done = [
            Done(name, arguments, text, is_error)
            for one in talk
            for name, arguments, text, is_error in one.done
        ]
        name = self.job.customer.name
        return Material(
            (*said, Said("customer", self.play.text)), tuple(done), frozenset(), (name,) if name else ()
        )


def _checks(job: Job) -> list[dict[str, Any]]:
    return json.loads(job.guard.checks_json()) if job.guard else []


def _rule(job: Job) -> str:
    return job.matter.decision.rule if job.matter else ""


def _exchange(play: Play, outcome: Outcome) -> Exchange:
    done = tuple(
        (step.name, step.call.arguments[:MOST_RESULT], step.text[:MOST_RESULT], step.is_error)
        for step in outcome.steps
        if step.call is not None
    )
    return Exchange(play.text, outcome.text, done[:10])


def _note(play: Play, played: Played) -> None:
    usage = played.outcome.usage
    told = {
        "release": play.release.number,
        "outcome": played.outcome.kind,
        "tools": [line.name for line in played.steps if line.kind == "tool"][:50],
        "not_called": [one.name for one in played.would][:50],
        "calls": play.calls,
        "tokens": usage.prompt_tokens + usage.completion_tokens,
        "cents": round(played.cents, 6),
    }
    with tenant_scope(play.tenant_id):
        record(actor=play.actor, action="playground.asked", target=play.subject, data=told)
