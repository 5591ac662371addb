"""One small question to a model provider, so that a manager sees whether it answers.

Invariant: money is held and settled as for any other call, no transaction is open meanwhile, and what a provider says
of an error is never shown: it may quote the key.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import record
from conversations import money, steps
from conversations.money import Bill
from conversations.side_calls import NoMoneyLeft
from core.actors import Actor
from core.errors import SwitchboardError, Unavailable
from core.offload import in_database
from core.scope import tenant_scope
from engine.budgets import services as budgets
from engine.budgets.prices import ModelNotPriced, price_of, provider_of
from engine.budgets.values import Ask, Hold, Refused, Spender
from engine.gateway import estimate
from engine.gateway.client import ChatCompletions
from engine.gateway.config import Deadlines, ProviderConfig
from engine.gateway.errors import ModelError
from engine.gateway.protocol import Message, ModelRequest, Usage
from engine.gateway.routes import Route
from engine.tools import addresses
from tenants.queries import provider_accounts
from tenants.services import NoSuchProvider

SECONDS = 15.0
MOST_TOKENS = 16
FEATURE = "provider_test"
QUESTION = "Answer with the one word: ready"
_WORDS = {
    "tool_address_refused": _(
        "The address leads into a private network, which may not be called from here. Use a public address."
    ),
    "tool_unreachable": _("The host's name is not known. Check how the address is spelled."),
    "model_refused": _("The provider refused the key, or the key may not use this model. Replace the key."),
    "model_bad_request": _("The provider knows the key and not the request: check the model's name and the address."),
    "model_unreachable": _("Nobody answers at this address. Check it, and whether the provider is up."),
    "model_rate_limited": _("The account is asked too often just now. Wait a minute, or lower the limits here."),
    "model_malformed": _("Somebody answers, but does not speak Chat Completions. Does the address end in /v1?"),
    "model_server_error": _("The provider itself has a problem (a 5xx answer). Try again in a while."),
}  # fmt: skip


class NoPrice(Unavailable):
    code = "model_not_priced"
    default_message = "No price is known for this model, so calls would be refused. Set one under Prices."


@dataclass(frozen=True, slots=True)
class Tried:
    """How it went. `problem` says what to do; empty: it answered with `text`."""

    seconds: float
    text: str = ""
    tokens: int = 0
    problem: str = ""
    code: str = ""


async def try_provider(*, tenant_id: int, provider_id: int, actor: Actor) -> Tried:
    """Asks the provider's own model once.

    Raises:
        tenants.services.NoSuchProvider
    """
    route = await in_database(_route)(tenant_id, provider_id)
    begun = time.monotonic()
    try:
        tried = await _asked(tenant_id, route, begun)
    except SwitchboardError as error:
        tried = Tried(time.monotonic() - begun, problem=_in_words(error), code=error.code)
    await in_database(_noted)(tenant_id, route, tried, actor)
    return tried


async def _asked(tenant_id: int, route: Route, begun: float) -> Tried:
    url = urlsplit(route.config.base_url)
    await addresses.resolve(url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    key = f"{uuid.uuid4()}:1"
    request = ModelRequest(route.model, (Message("user", QUESTION),), max_tokens=MOST_TOKENS, key=key)
    held = await in_database(_held)(tenant_id, route, request)
    usage = Usage()
    try:
        reply = await ChatCompletions(route.config, total=SECONDS).complete(request, _pass_over)
        usage = reply.usage
    except ModelError as error:
        usage = error.usage
        raise
    finally:
        if held is not None:
            await in_database(_settle)(tenant_id, Bill(held, usage))
    text = steps.storable(reply.text).strip()[:200]
    return Tried(time.monotonic() - begun, text, usage.prompt_tokens + usage.completion_tokens)


async def _pass_over(piece: str) -> None:
    """Nobody reads along."""


def _route(tenant_id: int, provider_id: int) -> Route:
    row, key = next((one for one in provider_accounts(tenant_id) if one[0].pk == provider_id), (None, ""))
    if row is None:
        raise NoSuchProvider
    deadlines = Deadlines(first_token=SECONDS, total=SECONDS)
    config = ProviderConfig(row.base_url, key, deadlines, retries=0, trust_env=settings.MODEL_TRUST_ENV)
    return Route(f"{row.name}/{row.model}", config, row.model)


def _held(tenant_id: int, route: Route, request: ModelRequest) -> Hold | None:
    """Money for the call; None where calls are not metered."""
    if not settings.MODEL_METERING:
        return None
    now, provider = timezone.now(), provider_of(route.config.base_url)
    with tenant_scope(tenant_id):
        try:
            prices = price_of(tenant_id, provider, route.model, now)
        except ModelNotPriced as error:
            raise NoPrice from error
        asked = Ask(route.model, provider, prices, estimate.prompt_tokens(request), MOST_TOKENS)
        spender = Spender(tenant_id, request.key.partition(":")[0], feature=FEATURE)
        held = budgets.reserve(
            spender, [asked], step=1, attempt=1, now=now, lease_seconds=money.LEASE_SECONDS
        )
    if isinstance(held, Refused):
        raise NoMoneyLeft
    return held


def _settle(tenant_id: int, bill: Bill) -> None:
    with tenant_scope(tenant_id):
        money.settle(tenant_id, [bill], now=timezone.now())


def _noted(tenant_id: int, route: Route, tried: Tried, actor: Actor) -> None:
    name = route.name.removesuffix(f"/{route.model}")
    with tenant_scope(tenant_id):
        data = {"model": route.model, "answered": not tried.problem, "code": tried.code}
        record(actor=actor, action="provider.tried", target=f"provider:{name}", data=data)


def _in_words(error: SwitchboardError) -> str:
    if error.code.startswith("model_timeout"):
        return str(_("No answer within %(seconds)d seconds. Check the address, or try again.")) % {
            "seconds": SECONDS
        }
    said = str(_WORDS.get(error.code, error.message))
    detail = getattr(error, "detail", "")
    return f"{said} ({detail})" if detail else said
