"""Model providers in the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.scope import tenant_scope
from engine.budgets.models import Usage
from tenants.models import ProviderAccount
from tenants.queries import provider_accounts
from tests.console.filling import filled_in
from tests.console.test_rights import actions
from tests.factories import Person
from tests.servers import ModelSimulator

SignIn = Callable[[Person], Client]
PAGE = "/console/tenants/provideraccount/"
KEY = "sk-never-shown-again"


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True


def typed(**more: Any) -> dict[str, Any]:
    usual = {
        "name": "main", "base_url": "https://models.example/v1", "model": "gpt-4o-mini", "api_key": KEY,
        "requests_per_minute": "0", "tokens_per_minute": "0",
    }  # fmt: skip
    return usual | more


def accounts(person: Person) -> dict[str, ProviderAccount]:
    with tenant_scope(person.tenant.pk):
        return {row.name: row for row in ProviderAccount.objects.filter(tenant=person.tenant)}


def test_a_provider_is_connected_changed_and_its_key_never_shown(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)
    client.post(f"{PAGE}add/", typed())
    client.post(f"{PAGE}add/", typed(name="spare"))
    main = accounts(ana)["main"]
    page = f"{PAGE}{main.pk}/change/"
    shown = client.get(page)

    kept = client.post(page, filled_in(shown, model="gpt-4o"))
    key_kept = provider_accounts(ana.tenant.pk)[0][1]
    client.post(page, filled_in(shown, api_key="sk-another"))

    assert kept.status_code == 302, kept.context["form"].errors
    assert KEY not in shown.content.decode()
    assert key_kept == KEY
    assert provider_accounts(ana.tenant.pk)[0][1] == "sk-another"
    assert {name: row.is_default for name, row in accounts(ana).items()} == {"main": True, "spare": False}
    assert actions(ana) == [*["provider.connected"] * 2, *["provider.changed"] * 2]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"base_url": "http://models.example/v1"}, "base_url", "https"),
        ({"base_url": "https://169.254.169.254/v1"}, "base_url", "private network"),
        ({"base_url": "https://[fd00::1]/v1"}, "base_url", "private network"),
        ({"base_url": "nonsense"}, "base_url", "host"),
        ({"model": ""}, "model", "required"),
        ({"api_key": ""}, "api_key", "required"),
        ({"requests_per_minute": "-1"}, "requests_per_minute", "0"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    ana: Person, signed_in: SignIn, wrong: dict[str, str], field: str, said: str
) -> None:
    reply = signed_in(ana).post(f"{PAGE}add/", typed(**wrong))

    assert said in str(reply.context["form"].errors[field])
    assert accounts(ana) == {}


def test_the_default_goes_last_and_a_name_is_taken_once(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)
    client.post(f"{PAGE}add/", typed())
    again = client.post(f"{PAGE}add/", typed())
    client.post(f"{PAGE}add/", typed(name="spare"))
    rows = accounts(ana)

    refused = client.post(f"{PAGE}{rows['main'].pk}/delete/", {"post": "yes"}, follow=True)
    client.post(f"{PAGE}{rows['spare'].pk}/delete/", {"post": "yes"})
    client.post(f"{PAGE}{rows['main'].pk}/delete/", {"post": "yes"})

    assert "already" in str(again.context["form"].errors["name"])
    assert "asked first" in refused.content.decode()
    assert accounts(ana) == {}


def test_a_provider_is_tried_and_the_call_is_paid_for(
    ana: Person, signed_in: SignIn, model_simulator: ModelSimulator
) -> None:
    client = signed_in(ana)
    client.post(f"{PAGE}add/", typed(base_url=model_simulator.url, model="simulated"))
    account = accounts(ana)["main"]

    page = client.post(f"/console/provider/{account.pk}/try/").content.decode()

    assert "It answers" in page
    with tenant_scope(ana.tenant.pk):
        assert Usage.objects.get(tenant=ana.tenant).feature == "provider_test"
    assert actions(ana)[-1] == "provider.tried"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9/v1", "Nobody answers"),
        ("https://no-such-host.invalid/v1", "host&#x27;s name is not known"),
    ],
)
def test_what_goes_wrong_is_said_in_words(ana: Person, signed_in: SignIn, address: str, said: str) -> None:
    client = signed_in(ana)
    client.post(f"{PAGE}add/", typed(base_url=address, model="simulated"))

    page = client.post(f"/console/provider/{accounts(ana)['main'].pk}/try/").content.decode()

    assert said in page
    assert KEY not in page


def test_who_may_not_write_tries_nothing_and_strangers_find_nothing(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn
) -> None:
    signed_in(ana).post(f"{PAGE}add/", typed())
    pk = accounts(ana)["main"].pk

    assert signed_in(ben).get(f"{PAGE}{pk}/change/").status_code == 200
    assert signed_in(ben).post(f"{PAGE}{pk}/change/", typed()).status_code == 403
    signed_in(ben).post(f"/console/provider/{pk}/try/")
    assert signed_in(zoe).get(f"{PAGE}{pk}/change/").status_code == 404
    assert signed_in(zoe).post(f"/console/provider/{pk}/try/").status_code == 404
    assert "provider.tried" not in actions(ben)
