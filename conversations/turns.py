"""Makes the input of an answer: the prompt from the release and the log, and the model that will answer."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.utils import timezone

from conversations import deciding, guards, guidance, routes, summaries, verification_tools
from conversations.deciding import Matter
from conversations.guards import Guard
from conversations.journal import Head, Said
from conversations.questions import Known, Question
from core.scope import require_tenant_id
from engine.agent.routing import Signals
from engine.agent.values import Step, Turn
from engine.budgets.values import Hold, Traffic
from engine.gateway.protocol import Message
from engine.gateway.routes import Route
from engine.releases import prompting
from engine.releases import queries as releases
from engine.releases.models import Release
from engine.releases.prompting import Facts
from engine.releases.queries import limits_of
from engine.tools import catalogue
from engine.tools.values import Audience, Offer, Risk

HISTORY_MESSAGES = 40
HISTORY_CHARACTERS = 24_000
_RELEASES_KEPT = 512


@dataclass(frozen=True, slots=True)
class Job:
    """A run that was begun, and all it takes to answer without looking at the database again.

    Args:
        routes: the models that may answer, the first choice first; none: stored answers only.
        offers: the tools of the turn, with what they may do; hosts: that tools may call.
        choice: which model was chosen and why, for the record.
        crashes: how many processes have died over this run.
        cheap: the way to the release's cheap model, for when money runs short.
        hold: money held for the first model call; refused: which budget had none.
        opened: how the step after those that are done stands, "started" or "waiting", if it has a row.
        question: what is asked, where answers to it may be repeated; known: an answer that was given to it before;
            nearby: answers to questions that perhaps ask the same.
        guard: the guardrails of this attempt; matter: what it decides by whether a person takes over.
        sources: names of the knowledge that is searched; None: all.
        traffic: on whose account its models are asked.
    """

    tenant_id: int
    conversation_id: int
    run_id: int
    run: str
    attempt: int
    owner_version: int
    upto_seq: int
    turn: Turn
    routes: tuple[Route, ...]
    assistant: str
    customer: Asker
    release: int
    offers: tuple[Offer, ...] = ()
    hosts: tuple[str, ...] = ()
    choice: str = ""
    crashes: int = 0
    opened: str = ""
    cheap: Route | None = None
    hold: Hold | None = None
    refused: str = ""
    question: Question | None = None
    known: Known | None = None
    nearby: tuple[Known, ...] = ()
    guard: Guard | None = None
    matter: Matter | None = None
    tenant_name: str = ""
    sources: tuple[str, ...] | None = None
    traffic: Traffic = "live"

    @property
    def language(self) -> str:
        """What the customer writes in; empty where that is not sure."""
        return self.guard.language if self.guard else ""

    @property
    def draft(self) -> str:
        """Names this attempt's draft to clients: another attempt starts the text anew."""
        return f"{self.run}.{self.attempt}"


@dataclass(frozen=True, slots=True)
class Asker:
    """The customer of a run, as far as permissions need to know, and what is known of her personal data."""

    id: int
    identity: str = "anonymous"
    segments: tuple[str, ...] = ()
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """A run's row: its number, public id, attempt, and the `seq` up to which it answers.

    The rest is what an earlier attempt has left: the prompt it sent, the steps it has committed and how the next one
    stands, and the number of the last step whose words are in the log. `masks` are the conversation's, sealed.
    """

    run_id: int
    run: str
    attempt: int
    upto_seq: int
    customer: Asker
    crashes: int = 0
    said: int = 0
    prompt: tuple[Message, ...] = ()
    done: tuple[Step, ...] = ()
    opened: str = ""
    masks: bytes = field(default=b"", repr=False)
    checks: list[dict[str, Any]] = field(default_factory=list)


_releases: OrderedDict[tuple[int, int], tuple[Release, str]] = OrderedDict()


def release_of(release_id: int) -> tuple[Release, str]:
    """A release of the tenant in scope and the tenant's name. Releases never change, so they are kept."""
    key = (require_tenant_id(), release_id)
    found = _releases.get(key)
    if found is None:
        release = releases.get(*key)
        found = _releases[key] = (release, release.tenant.name)
        if len(_releases) > _RELEASES_KEPT:
            _releases.popitem(last=False)
    return found


def build(head: Head, begun: Begun, said: list[Said]) -> Job:
    """The job of answering a conversation up to a `seq`; within the tenant's scope.

    Args:
        said: the last messages of the log, in order.
    """
    release, tenant_name = release_of(head.release_id)
    in_turn = _in_turn(said, head, begun.upto_seq)
    system = guidance.told(_system(release, tenant_name, head, begun.customer), head)
    messages = begun.prompt or (system, *_told(head, in_turn))
    offers = offers_for(release, head.tenant_id, begun.customer)
    ways, choice = routes.choose(head.tenant_id, release, signals_of(messages, offers))
    turn = Turn(
        run=begun.run,
        model=ways[0].model if ways else release.model,
        messages=messages,
        tools=tuple(offer.spec for offer in offers),
        limits=limits_of(release),
        max_tokens=release.max_tokens,
        temperature=release.temperature,
        done=begun.done,
        said=begun.said,
    )
    return Job(
        tenant_id=head.tenant_id,
        conversation_id=head.id,
        run_id=begun.run_id,
        run=begun.run,
        attempt=begun.attempt,
        owner_version=head.owner_version,
        upto_seq=begun.upto_seq,
        turn=turn,
        routes=ways,
        assistant=release.assistant_name,
        customer=begun.customer,
        release=release.number,
        offers=offers,
        hosts=catalogue.hosts(head.tenant_id),
        choice=choice,
        crashes=begun.crashes,
        opened=begun.opened,
        cheap=routes.cheaper(head.tenant_id, release),
        guard=guards.for_turn(head, release, begun, messages) if settings.GUARDRAILS else None,
        matter=deciding.for_turn(head, release, begun, messages),
        tenant_name=tenant_name,
        sources=None if release.sources is None else tuple(release.sources),
    )


def offers_for(release: Release, tenant_id: int, customer: Asker) -> tuple[Offer, ...]:
    """The tools that a release offers to a customer."""
    audience = Audience(tenant_id, release.number, customer.identity, customer.segments)
    names = None if release.tools is None else (*release.tools, *verification_tools.NAMES)
    return verification_tools.where_needed(catalogue.offers(audience, names))


def signals_of(messages: tuple[Message, ...], offers: tuple[Offer, ...]) -> Signals:
    """What a model is chosen by."""
    burst = takewhile(lambda message: message.role == "user", reversed(messages))
    return Signals(
        text="\n".join(message.text for message in burst),
        messages=len(messages) - 1,
        can_act=any(offer.policy.risk is not Risk.READ for offer in offers),
    )


def system_message(release: Release, facts: Facts) -> Message:
    """The instructions of a release, for the customer whom it answers."""
    return Message("system", prompting.system_text(release, facts))


def _system(release: Release, tenant_name: str, head: Head, customer: Asker) -> Message:
    facts = Facts(release.assistant_name, tenant_name, timezone.now().date(), customer.name, head.language)
    return system_message(release, facts)


def _in_turn(said: list[Said], head: Head, upto_seq: int) -> list[Said]:
    """What was said, the messages to be answered last: the answer to an earlier one may stand after them in the log."""
    waiting = [one for one in said if one.author_kind == "customer" and one.seq > head.answered_seq]
    if len(waiting) == 1 and waiting[0] is said[-1]:
        return said
    return [one for one in said if one not in waiting] + [one for one in waiting if one.seq <= upto_seq]


def _told(head: Head, said: list[Said]) -> list[Message]:
    """The log as the model sees it, with a summary, if there is one, in the place of the older messages."""
    earlier = summaries.earlier(head.id) if len(said) > summaries.AFTER else None
    if earlier is None:
        return _history(said)
    history = _history([one for one in said if not earlier.replaces(one, head.answered_seq)])
    if all(message.role == "user" for message in history):  # the summary would pass for something said now
        return _history(said)
    return [earlier.message, *history]


def _history(said: list[Said]) -> list[Message]:
    """The log as the model sees it: the newest messages within the limit of characters."""
    kept: list[Message] = []
    room = HISTORY_CHARACTERS
    for one in reversed(said):
        room -= len(one.text)
        if room < 0 and kept:
            break
        kept.append(_message(one))
    return kept[::-1]


def _message(said: Said) -> Message:
    if said.author_kind == "customer":
        return Message("user", said.text)
    if said.author_kind == "agent":
        name = said.author_name or "A colleague"
        return Message("assistant", f"({name}, a person of the team, wrote:) {said.text}")
    return Message("assistant", guidance.cut_off(said.text) if said.is_cut else said.text)
