"""What a model costs, when, for whom; and that nothing is priced by guessing."""

from __future__ import annotations

import datetime as dt
import secrets
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from engine.budgets import queries, services, vendors
from engine.budgets.prices import (
    ModelNotPriced,
    Quote,
    forget_prices,
    nanos_of,
    price_of,
    provider_of,
    unknown_model_price,
)
from engine.budgets.values import PriceExists, Prices
from tests.engine.budgets.spending import NOW
from tests.factories import Person

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _refused_when_unknown(settings: Any) -> None:
    settings.UNKNOWN_MODEL_PRICE = "refuse"
    forget_prices()


@pytest.fixture
def model() -> str:
    """A name that no other test prices."""
    return f"model-{secrets.token_hex(4)}"


def _load(model: str, nanos: int, moment: dt.datetime = NOW) -> int:
    quote = Quote("maker", model, Prices(nanos, nanos, nanos))
    return services.add_prices([quote], source="a-list 1.0", effective_from=moment)


def test_the_newest_price_in_force_counts_and_older_moments_keep_theirs(ana: Person, model: str) -> None:
    added = [_load(model, 5, NOW), _load(model, 5, NOW + DAY), _load(model, 7, NOW + 2 * DAY)]

    found = [price_of(ana.tenant.pk, "maker", model, NOW + days * DAY).input for days in (0, 1, 2, 3)]

    assert added == [1, 0, 1]
    assert found == [5, 5, 7, 7]
    with pytest.raises(ModelNotPriced):
        price_of(ana.tenant.pk, "maker", model, NOW - DAY)


def test_a_tenants_own_price_goes_before_and_is_hers_alone(ana: Person, zoe: Person, model: str) -> None:
    _load(model, 5)
    own: dict[str, Any] = {
        "tenant_id": ana.tenant.pk,
        "provider": "",
        "model": model,
        "actor": ana.actor,
        "effective_from": NOW,
    }

    services.override_price(prices=Prices(1, 2, 3), **own)

    assert price_of(ana.tenant.pk, "maker", model, NOW) == Prices(1, 2, 3)
    assert price_of(zoe.tenant.pk, "maker", model, NOW) == Prices(5, 5, 5)
    with pytest.raises(PriceExists):
        services.override_price(prices=Prices(9, 9, 9), **own)


def test_another_providers_price_is_not_taken_for_this_ones(ana: Person, model: str) -> None:
    _load(model, 5)

    with pytest.raises(ModelNotPriced, match=model):
        price_of(ana.tenant.pk, "somebody", model, NOW)


def test_a_model_without_a_price_costs_what_the_rule_says(ana: Person, settings: Any) -> None:
    settings.UNKNOWN_MODEL_PRICE = "0.15,0.60"

    assert price_of(ana.tenant.pk, "maker", "unheard-of", NOW) == Prices(
        150_000_000, 150_000_000, 600_000_000
    )
    assert unknown_model_price("refuse") is None


def test_the_bundled_list_is_loaded_offline_and_only_once() -> None:
    said = [StringIO(), StringIO()]

    for out in said:
        call_command("load_prices", stdout=out)

    assert said[1].getvalue().startswith("0 of ")
    [mini] = [
        row for row in queries.prices_of_installation("gpt-4o-mini-2024-07-18") if row.provider == "openai"
    ]
    assert (mini.input_nanos, mini.cached_nanos, mini.output_nanos) == (150_000_000, 75_000_000, 600_000_000)
    assert mini.source == vendors.source()
    assert mini in queries.search_prices("openai gpt-4o-mini-2024-07-18")


def test_tiers_are_taken_at_their_base_and_no_price_is_no_price() -> None:
    found = {(quote.provider, quote.model): quote.prices for quote in vendors.quotes(NOW)}

    assert len(found) > 1000
    assert all(prices.input >= 0 and prices.output >= 0 for prices in found.values())
    # Part of a subscription, without a rate of its own.
    assert ("github-copilot", "gpt-4o-mini") not in found


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "openai"), ("http://user:word@Models.example:8080/v1", "models.example:8080"),
        ("http://127.0.0.1:9/v1", "127.0.0.1:9"),
    ],
)  # fmt: skip
def test_an_endpoint_is_known_by_its_vendor_or_its_host(url: str, name: str) -> None:
    assert provider_of(url) == name


def test_dollars_become_whole_nanos_rounded_up() -> None:
    assert [nanos_of(Decimal(text)) for text in ("0.15", "0.0000000001", "3")] == [
        150_000_000,
        1,
        3_000_000_000,
    ]
