"""The console's page of what happens after a chat."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from escalation.after.queries import wishes_of
from tests.factories import Person

SignIn = Callable[[Person], Client]
PAGE = "admin:escalation_aftercare_changelist"
WISHES = {"idle_hours": "12", "patience_minutes": "30", "asks_rating": "on"}


def test_a_manager_says_what_happens_when_it_falls_silent(
    ana: Person, zoe: Person, signed_in: SignIn
) -> None:
    page = signed_in(ana)
    assert "24" in page.get(reverse(PAGE)).content.decode()

    assert page.post(reverse(PAGE), WISHES).status_code == 302

    found = wishes_of(ana.tenant.pk)
    assert (found.idle_hours, found.patience_minutes, found.asks_rating, found.sends_transcripts) == (
        12, 30, True, False,
    )  # fmt: skip
    assert wishes_of(zoe.tenant.pk).idle_hours == 24


def test_what_is_out_of_range_is_said_in_place_and_an_agent_may_only_look(
    ana: Person, ben: Person, signed_in: SignIn
) -> None:
    refused = signed_in(ana).post(reverse(PAGE), {**WISHES, "idle_hours": "0"})

    assert refused.status_code == 200
    assert "Nothing was saved yet" in refused.content.decode()
    assert signed_in(ben).post(reverse(PAGE), WISHES).status_code == 403
    assert wishes_of(ana.tenant.pk).idle_hours == 24
