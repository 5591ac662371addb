"""What a model costs at a moment.

Invariant: nothing is priced by guessing. The tenant's own price goes before the installation's, one that names the
provider before one for whoever offers the model, the newest in force before older ones; without any, the rule in
UNKNOWN_MODEL_PRICE decides: refuse, or a stated price.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from core.errors import Unavailable
from engine.budgets import queries
from engine.budgets.models import PriceFields
from engine.budgets.values import NANOS, Prices

KEPT_SECONDS = 60.0
_MOST_KEPT = 2000
_RULE = re.compile(r"(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)")
_VENDORS = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google",
    "api.mistral.ai": "mistral",
    "api.groq.com": "groq",
    "api.deepseek.com": "deepseek",
    "api.x.ai": "x-ai",
    "api.cohere.com": "cohere",
    "api.together.xyz": "together",
    "api.fireworks.ai": "fireworks",
    "openrouter.ai": "openrouter",
}
_kept: dict[tuple[int, str], tuple[float, list[PriceFields], list[PriceFields]]] = {}


class ModelNotPriced(Unavailable):
    code = "model_not_priced"
    default_message = (
        "This model has no price, so it cannot be used. Enter one in the console below Prices, or set "
        "UNKNOWN_MODEL_PRICE."
    )


@dataclass(frozen=True, slots=True)
class Quote:
    """A price as a list of prices gives it."""

    provider: str
    model: str
    prices: Prices


def price_of(tenant_id: int, provider: str, model: str, at: dt.datetime) -> Prices:
    """The prices of a model for a tenant at a moment. Kept in the process for `KEPT_SECONDS`.

    Args:
        provider: as `provider_of` names it.

    Raises:
        ModelNotPriced: there is no price and the rule is to refuse.
    """
    own, everybodys = _rows(tenant_id, model)
    for rows in (own, everybodys):
        for name in (provider, ""):
            found = next((row for row in rows if row.provider == name and row.effective_from <= at), None)
            if found is not None:
                return prices_in(found)
    rule = unknown_model_price(settings.UNKNOWN_MODEL_PRICE)
    if rule is None:
        raise ModelNotPriced(f"{ModelNotPriced.default_message} Model: {model}, provider: {provider}.")
    return rule


@lru_cache(maxsize=1024)
def provider_of(base_url: str) -> str:
    """The name under which the price list knows an endpoint, or its host and port."""
    url = urlsplit(base_url)
    return _VENDORS.get(url.hostname or "", url.netloc.rpartition("@")[2].lower())[:80]


@lru_cache(maxsize=16)
def unknown_model_price(rule: str) -> Prices | None:
    """What UNKNOWN_MODEL_PRICE says: None to refuse, or dollars for a million tokens in and out, as "0.15,0.60".

    Cached tokens cost what others do: nothing is known of a discount.
    """
    match = _RULE.fullmatch(rule)
    if match is None:
        return None
    taken, given = (nanos_of(Decimal(part)) for part in match.groups())
    return Prices(taken, taken, given)


def nanos_of(dollars: Decimal) -> int:
    """Whole nanos, rounded up."""
    return int((dollars * NANOS).to_integral_value(ROUND_CEILING))


def prices_in(row: PriceFields) -> Prices:
    return Prices(row.input_nanos, row.cached_nanos, row.output_nanos)


def forget_prices() -> None:
    """Drops what this process keeps; the others follow within `KEPT_SECONDS`."""
    _kept.clear()


def _rows(tenant_id: int, model: str) -> tuple[Iterable[PriceFields], Iterable[PriceFields]]:
    kept = _kept.get((tenant_id, model))
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1], kept[2]
    own: list[PriceFields] = [*queries.prices_of_tenant(tenant_id, model)]
    everybodys: list[PriceFields] = [*queries.prices_of_installation(model)]
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[tenant_id, model] = (time.monotonic() + KEPT_SECONDS, own, everybodys)
    return own, everybodys
