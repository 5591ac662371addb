"""Money as values: nanos, prices, who spends, what is asked, held and billed.

Invariant: money is a whole number of nanos, a billionth of a US dollar, and is rounded up once, where tokens become
money. The database makes the same sum (`migrations/functions`); a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, Invalid

NANOS = 1_000_000_000
"""Nanos in a US dollar."""
PER = 1_000_000
"""Prices are for so many tokens."""
MARGIN_PERCENT = 10
"""How much more than the estimate of a prompt is held: the estimate counts bytes, not tokens."""
CHEAPER_AT = 900
"""Share of a limit, in thousandths, from which the cheaper of two models is taken."""
MOST = 10**15
"""No single amount is larger (a million dollars): a thousand of them still fit in 64 bits."""

Traffic = Literal["live", "evaluation", "preview"]
PREVIEW: Traffic = "preview"
"""What people try in the playground; its budget counts over a day."""
APART = ("evaluation", PREVIEW)
"""Traffic that is metered apart from live conversations, each under the feature of its own name."""


class Scope(TextChoices):
    """What a budget counts over. The narrow ones come first: they are named first in a refusal."""

    RUN = "run", _("One run")
    CONVERSATION = "conversation", _("One conversation")
    CUSTOMER_DAY = "customer_day", _("One customer a day")
    RELEASE = "release", _("One release a month")
    FEATURE = "feature", _("One feature a month")
    TENANT_DAY = "tenant_day", _("The organisation a day")
    TENANT_MONTH = "tenant_month", _("The organisation a month")


class Period(TextChoices):
    """What a budget of the whole installation counts over; both in UTC."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")


class UnknownScope(Invalid):
    code = "unknown_budget_scope"
    default_message = "There is no such kind of budget, or its subject does not fit: see docs/budgets.md."


class BadAmount(Invalid):
    code = "bad_amount"
    default_message = "An amount of money must be from 0 to 1,000,000 US dollars."


class AlreadyEnded(Conflict):
    code = "reservation_ended"
    default_message = (
        "This attempt of the step was settled, released or expired before. Use the next attempt."
    )


class PriceExists(Conflict):
    code = "price_exists"
    default_message = (
        "There is a price from that moment on already. Prices are not changed: choose a later moment."
    )


@dataclass(frozen=True, slots=True)
class Spender:
    """On whose account a call is made. `run` is the run's public id; a None counts under no budget of that scope."""

    tenant_id: int
    run: str
    conversation_id: int | None = None
    customer_id: int | None = None
    release: int | None = None
    feature: str = "chat"
    traffic: Traffic = "live"


@dataclass(frozen=True, slots=True)
class Prices:
    """Nanos for a million tokens: of the prompt, of the prompt's cached part, of the completion."""

    input: int
    cached: int
    output: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One call that might be made. `prompt_tokens` is the bare estimate; the margin is added here."""

    model: str
    provider: str
    prices: Prices
    prompt_tokens: int
    max_output_tokens: int

    @property
    def held_prompt_tokens(self) -> int:
        return -(-self.prompt_tokens * (100 + MARGIN_PERCENT) // 100)

    @property
    def amount(self) -> int:
        """Nanos to hold: the dearest that the call can become if the estimate is right within its margin."""
        dearest = max(self.prices.input, self.prices.cached)
        prices = Prices(dearest, dearest, self.prices.output)
        return cost(prices, prompt=self.held_prompt_tokens, completion=self.max_output_tokens)


@dataclass(frozen=True, slots=True)
class Hold:
    """Money held for one call.

    Attributes:
        id: of the reservation.
        amount: nanos.
        option: which of the asks was granted, from 0.
        prices: those of the granted ask, at which the call is settled.
        pressure: the fullest of the budgets before this call, in thousandths of its limit.
    """

    id: int
    amount: int
    option: int
    prices: Prices
    pressure: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """No budget for the call. `scope` is a `Scope`, or `installation`; the limit is in nanos."""

    scope: str
    limit_nanos: int
    pressure: int = 1000


@dataclass(frozen=True, slots=True)
class Bill:
    """What a call came to. `prompt_tokens` includes the cached ones; `estimated`: the provider did not count."""

    hold_id: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What was written for one bill, in nanos: `cost` = `charged` + `overrun`."""

    hold_id: int
    cost: int
    charged: int
    overrun: int


def cost(prices: Prices, *, prompt: int, completion: int, cached: int = 0) -> int:
    """Nanos of a call, rounded up. `cached` tokens are part of `prompt`."""
    fresh = prompt - cached
    return -(-(fresh * prices.input + cached * prices.cached + completion * prices.output) // PER)


def dollars(nanos: int) -> str:
    """`$1.25`, `$0.00015`: at least two places, and as many more as the amount has."""
    sign, rest = ("-" if nanos < 0 else ""), abs(nanos)
    places = f"{rest % NANOS:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}${rest // NANOS:,}.{places}"
