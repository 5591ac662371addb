"""One model call beside a run: a summary, a packet, help for a person at the desk.

Invariant: money is held before the call under every budget that a run's would be, and settled after it, however it
ended; what the model reads holds placeholders for the personal data that the policy names, and what it wrote gets the
values back. No transaction is open meanwhile.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field, replace

import structlog
from django.conf import settings
from django.utils import timezone

from conversations import guards, journal, money, routes, steps, turns
from conversations.journal import Head
from conversations.money import Bill
from conversations.placeholders import Placeholders
from core.errors import Unavailable
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent.routing import Signals
from engine.budgets import services as budgets
from engine.budgets.prices import ModelNotPriced, price_of, provider_of
from engine.budgets.values import Ask, Hold, Refused, Spender
from engine.gateway import estimate
from engine.gateway.chain import ModelChain, Surroundings
from engine.gateway.errors import ModelError
from engine.gateway.protocol import Message, ModelRequest, Usage
from engine.gateway.routes import Route

log = structlog.get_logger(__name__)
SECONDS = 30.0


class NoModel(Unavailable):
    code = "no_model"
    default_message = "There is no model to ask. Connect a provider under Providers."


class NoMoneyLeft(Unavailable):
    code = "no_money_left"
    default_message = "A budget has not enough left for this. See Budgets."


class ModelSilent(Unavailable):
    code = "model_silent"
    default_message = "The model did not answer in time. Try again in a moment."


@dataclass(frozen=True, slots=True)
class SideCall:
    """What is to be asked, about one conversation.

    Args:
        feature: what its cost is booked under.
        told: the messages; personal data in them is hidden before they go out.
        tokens: most of the reply.
        cheap: the release's cheap model will do.
    """

    tenant_id: int
    conversation_id: int
    feature: str
    told: tuple[Message, ...]
    tokens: int
    cheap: bool = True


@dataclass(frozen=True, slots=True)
class SideReply:
    """What the model wrote, with the values in place, and which model it was; what it used."""

    text: str
    route: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class _Ready:
    head: Head
    route: Route
    request: ModelRequest
    held: Hold | None
    hidden: Placeholders | None


@dataclass(slots=True)
class OneCall:
    """Implements `engine.gateway.metering.Meter` for a single call, whose money is held already."""

    held: Hold | None
    usage: Usage = field(default_factory=Usage)

    async def hold(self, route: Route, request: ModelRequest) -> Hold | None:
        return self.held

    def bill(self, held: Hold | None, route: Route, usage: Usage) -> float:
        self.usage = self.usage + usage
        return 0.0


async def ask(call: SideCall) -> SideReply:
    """Asks a model once.

    Raises:
        NoModel, NoMoneyLeft, ModelSilent
        conversations.journal.NoSuchConversation
    """
    ready = await in_database(_made_ready)(call)
    meter = OneCall(ready.held)
    chain = ModelChain([ready.route], tenant_id=call.tenant_id, surroundings=Surroundings(meter=meter))
    try:
        async with asyncio.timeout(SECONDS):
            reply = await chain.complete(ready.request, _pass_over)
    except (ModelError, TimeoutError) as error:
        log.warning("side_call_failed", feature=call.feature, reason=getattr(error, "code", "too_long"))
        raise ModelSilent from error
    finally:
        if ready.held is not None:
            await in_database(_settle)(call.tenant_id, Bill(ready.held, meter.usage))
    text = steps.storable(reply.text).strip()
    return SideReply(ready.hidden.real(text) if ready.hidden else text, ready.route.name, meter.usage)


async def _pass_over(piece: str) -> None:
    """Nobody reads along."""


def _made_ready(call: SideCall) -> _Ready:
    with tenant_scope(call.tenant_id):
        head = journal.peek(call.conversation_id)
        release, _ = turns.release_of(head.release_id)
        route = route_for(head, cheap=call.cheap)
        if route is None:
            raise NoModel
        hidden = guards.placeholders_of(head, release)
        told = tuple(_hidden(message, hidden) for message in call.told)
        request = ModelRequest(route.model, told, max_tokens=call.tokens, key=f"{uuid.uuid4()}:1")
    return _Ready(head, route, request, _hold(head, release.number, call, route, request), hidden)


def route_for(head: Head, *, cheap: bool) -> Route | None:
    """The way to the model that is asked; within the tenant's scope."""
    release, _ = turns.release_of(head.release_id)
    ways, _ = routes.choose(head.tenant_id, release, Signals(""))
    first = ways[0] if ways else None
    return (routes.cheaper(head.tenant_id, release) or first) if cheap else first


def _hidden(message: Message, hidden: Placeholders | None) -> Message:
    if hidden is None or message.role == "system":
        return message
    return replace(message, text=hidden.masked(message.text, own=True))


def _hold(head: Head, release: int, call: SideCall, route: Route, request: ModelRequest) -> Hold | None:
    """Money for the call; None where calls are not metered."""
    if not settings.MODEL_METERING:
        return None
    now = timezone.now()
    provider = provider_of(route.config.base_url)
    try:
        prices = price_of(head.tenant_id, provider, route.model, now)
    except ModelNotPriced as error:
        log.warning("side_call_not_made", feature=call.feature, reason=error.code)
        raise NoModel(error.message) from error
    asked = Ask(route.model, provider, prices, estimate.prompt_tokens(request), call.tokens)
    spender = Spender(
        head.tenant_id,
        request.key.partition(":")[0],
        conversation_id=head.id,
        customer_id=head.customer_id,
        release=release,
        feature=call.feature,
    )
    held = budgets.reserve(spender, [asked], step=1, attempt=1, now=now, lease_seconds=money.LEASE_SECONDS)
    if isinstance(held, Refused):
        log.info("side_call_not_made", feature=call.feature, reason="money_spent", scope=held.scope)
        raise NoMoneyLeft
    return held


def _settle(tenant_id: int, bill: Bill) -> None:
    with tenant_scope(tenant_id):
        money.settle(tenant_id, [bill], now=timezone.now())
