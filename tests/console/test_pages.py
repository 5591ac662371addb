from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import Person

SignIn = Callable[[Person], Client]
MODELS = sorted(model._meta.label_lower for model in admin.site._registry)


def changelist(label: str) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


@pytest.mark.parametrize("label", MODELS)
def test_an_owner_reads_every_list(ana: Person, signed_in: SignIn, label: str) -> None:
    factories.a_message(factories.a_visit(ana.tenant))

    page = signed_in(ana).get(changelist(label))

    assert page.status_code == 200
    assert ana.tenant.name in page.content.decode()


def test_the_overview_names_the_tenant(ana: Person, signed_in: SignIn) -> None:
    page = signed_in(ana).get(reverse("admin:index"))

    assert page.status_code == 200
    assert ana.tenant.name in page.content.decode()


def test_keys_are_called_api_keys(ana: Person, signed_in: SignIn) -> None:
    page = signed_in(ana).get(changelist("tenants.apikey")).content.decode()

    assert "API key" in page
    assert "Api key" not in page
