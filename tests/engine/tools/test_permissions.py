"""Who may have a tool called, and how often."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core import shared_state
from engine.gateway.protocol import ToolSpec
from engine.tools import permissions
from engine.tools.errors import ToolBusy
from engine.tools.permissions import ToolNotAllowed, VerificationNeeded
from engine.tools.values import Audience, Offer, Policy
from tests.factories import Person


def an_offer(**policy: Any) -> Offer:
    return Offer(ToolSpec("refund", "Refunds.", {"type": "object"}), Policy(**policy), "http")


@pytest.mark.parametrize("policy", [{"segments": ("vip",)}, {"releases": (7,)}])
def test_another_segment_or_release_is_not_allowed(policy: dict[str, Any]) -> None:
    with pytest.raises(ToolNotAllowed):
        permissions.check(an_offer(**policy), Audience(1, 3, segments=("trade",)))


@pytest.mark.parametrize("identity", ["anonymous", "claimed", "signed", "stepped_up"])
@pytest.mark.parametrize("needed", ["anonymous", "claimed", "signed", "stepped_up"])
def test_a_customer_has_to_be_known_as_well_as_the_tool_wants(needed: str, identity: str) -> None:
    order = ["anonymous", "claimed", "signed", "stepped_up"]
    audience = Audience(1, 1, identity)

    if order.index(identity) >= order.index(needed):
        permissions.check(an_offer(identity=needed), audience)
    else:
        with pytest.raises(VerificationNeeded, match="Nothing was done"):
            permissions.check(an_offer(identity=needed), audience)


def test_a_refusal_tells_the_model_what_to_ask_the_customer() -> None:
    with pytest.raises(VerificationNeeded, match="one-time code"):
        permissions.check(an_offer(requires_verification=True), Audience(1, 1, "signed"))
    with pytest.raises(VerificationNeeded, match="sign in"):
        permissions.check(an_offer(identity="signed"), Audience(1, 1))


async def used(tenant_id: int, offer: Offer, calls: int) -> list[str]:
    async def one() -> str:
        try:
            await permissions.take_turn(tenant_id, offer)
        except ToolBusy as error:
            return "busy" if 0 < (error.retry_after or 0) <= 60 else "nonsense"
        return "taken"

    return sorted(await asyncio.gather(*(one() for _ in range(calls))))


@pytest.fixture
def a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands in the middle of a minute, so that none passes between two calls."""
    monkeypatch.setattr(permissions, "now", lambda: 1_800_000_030.0)


@pytest.mark.usefixtures("a_minute")
async def test_a_minutes_calls_are_counted_over_all_of_a_tenants(ana: Person, zoe: Person) -> None:
    offer = an_offer(calls_per_minute=3)

    assert await used(ana.tenant.pk, offer, 5) == ["busy", "busy", "taken", "taken", "taken"]
    assert await used(zoe.tenant.pk, offer, 1) == ["taken"]
    assert await used(ana.tenant.pk, an_offer(), 20) == ["taken"] * 20


@pytest.mark.usefixtures("a_minute")
async def test_without_redis_the_database_counts(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = shared_state.SharedState("redis://127.0.0.1:1/0")
    monkeypatch.setattr(permissions, "installation", gone)

    assert await used(ana.tenant.pk, an_offer(calls_per_minute=3), 5) == ["busy", "busy"] + ["taken"] * 3


@pytest.mark.usefixtures("a_minute")
async def test_the_next_minute_begins_at_nought(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "installation", shared_state.SharedState("redis://127.0.0.1:1/0"))
    await used(ana.tenant.pk, an_offer(calls_per_minute=1), 2)
    monkeypatch.setattr(permissions, "now", lambda: 1_800_000_090.0)

    assert await used(ana.tenant.pk, an_offer(calls_per_minute=1), 2) == ["busy", "taken"]
