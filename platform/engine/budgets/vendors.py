"""The price list of the `genai-prices` package as quotes, offline: its bundled data, never its updater.

Invariant: a model without a price for its input is left out, never taken for free. Where the price depends on the
length of the prompt the base tier is taken; where it depends on the date, what holds on the day
of loading; a price for cached tokens that is not given is that of the input.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from engine.budgets.prices import Quote, nanos_of
from engine.budgets.values import Prices

PACKAGE = "genai-prices"


def source() -> str:
    """Where the quotes come from, with its version."""
    return f"{PACKAGE} {version(PACKAGE)}"


def quotes(now: dt.datetime) -> Iterator[Quote]:
    """A quote for every model with a price, under its name and the other exact names it is known by."""
    # Thirty thousand lines of data: read by the command that loads prices, and by nothing that serves.
    from genai_prices.data import providers

    for provider in providers:
        told: set[str] = set()
        for model in provider.models:
            prices = _prices(model.get_prices(now))
            if prices is None:
                continue
            for name in dict.fromkeys([model.id, *_exact_names(model.match)]):
                if name not in told and len(name) <= 160:
                    told.add(name)
                    yield Quote(provider.id, name, prices)


def _prices(price: Any) -> Prices | None:
    taken = _base(getattr(price, "input_mtok", None))
    if taken is None:
        return None
    cached, given = (_base(getattr(price, name, None)) for name in ("cache_read_mtok", "output_mtok"))
    # Embeddings have no output.
    return Prices(taken, taken if cached is None else cached, given or 0)


def _base(price: Any) -> int | None:
    """Nanos for a million tokens; of prices in tiers the base."""
    if price is None:
        return None
    return nanos_of(price if isinstance(price, Decimal) else price.base)


def _exact_names(match: Any) -> list[str]:
    """Names that a rule of the list compares whole; patterns are left out, since prices are not guessed."""
    if hasattr(match, "equals"):
        return [match.equals]
    return [name for one in getattr(match, "or_", ()) for name in _exact_names(one)]
