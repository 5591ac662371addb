"""Every list of the console: it filters or searches, it is exported, and neither shows anything of another tenant."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from conversations.models import Customer
from core import exports
from core.exports import safe
from core.scope import tenant_scope
from tenants.roles import Right, Role, may
from tests import factories
from tests.console.test_isolation import SECRET, furnished
from tests.console.test_rights import actions
from tests.factories import Person, a_person

SignIn = Callable[[Person], Client]
LISTS = sorted(
    model._meta.label_lower
    for model, one in admin.site._registry.items()
    if getattr(one, "exportable", False)
)
PAGES = sorted(model._meta.label_lower for model in admin.site._registry)
ONE_PAGE = {"escalation.aftercare", "guardrails.policy", "matrix.handoverrules"}
__all__ = ["furnished"]


def url(label: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def admin_of(label: str) -> Any:
    return next(one for model, one in admin.site._registry.items() if model._meta.label_lower == label)


def table(reply: Any) -> list[list[str]]:
    with warnings.catch_warnings():  # in production an asynchronous server reads it as it comes
        warnings.simplefilter("ignore")
        text = b"".join(reply).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_every_page_is_a_list_that_is_exported_or_one_page_of_settings() -> None:
    assert set(PAGES) - set(LISTS) == ONE_PAGE


@pytest.mark.parametrize("label", LISTS)
def test_a_list_filters_or_searches_and_is_exported(
    furnished: Person, zoe: Person, signed_in: SignIn, label: str
) -> None:
    one = admin_of(label)
    page = signed_in(furnished).get(url(label, "changelist")).content.decode()

    hers = table(signed_in(furnished).get(url(label, "export")))
    theirs = table(signed_in(zoe).get(url(label, "export")))

    assert one.search_fields or one.list_filter
    assert url(label, "export") in page
    assert len(hers) > 1
    assert {len(row) for row in hers} == {len(one.list_display)}
    assert SECRET not in str(theirs)
    assert furnished.user.email not in str(theirs)
    assert "export.made" in actions(furnished)


@pytest.mark.parametrize("label", PAGES)
def test_a_role_without_the_right_gets_neither_the_page_nor_the_file(
    ana: Person, signed_in: SignIn, label: str
) -> None:
    one = admin_of(label)
    roles = [role for role in Role if one.read_right not in rights(role)]
    pages = [url(label, "changelist")] + ([url(label, "export")] if label in LISTS else [])

    for role in roles:
        client = signed_in(a_person("pat", ana.tenant, role))
        assert {client.get(page).status_code for page in pages} == {403}


@pytest.mark.parametrize("label", PAGES)
def test_forms_answer_403_for_an_agent_who_may_not_write(ben: Person, signed_in: SignIn, label: str) -> None:
    one, client = admin_of(label), signed_in(ben)
    if one.write_right and one.write_right in rights(Role.AGENT):
        pytest.skip("an agent may write here")
    if label in ONE_PAGE:
        assert client.post(url(label, "changelist"), {"x": "y"}).status_code == 403
        return

    statuses = {client.get(url(label, "add")).status_code, client.post(url(label, "add"), {}).status_code}

    assert statuses == {403}


@pytest.mark.parametrize("label", LISTS)
def test_autocomplete_and_history_show_nothing_of_another_tenant(
    furnished: Person, zoe: Person, signed_in: SignIn, label: str
) -> None:
    client = signed_in(zoe)
    named = [field for field in admin_of(label).model._meta.fields if field.is_relation]
    for field in named:
        asked = {
            "app_label": label.split(".")[0], "model_name": label.split(".")[1], "field_name": field.name,
            "term": SECRET,
        }  # fmt: skip
        answer = client.get(reverse("admin:autocomplete"), asked)
        assert answer.status_code in {403, 404} or SECRET not in answer.content.decode()
    with tenant_scope(furnished.tenant.pk):
        model = admin_of(label).model
        row = model._default_manager.filter(tenant=furnished.tenant).values_list("pk", flat=True).first()
    assert client.get(url(label, "history", row)).status_code == 404


def rights(role: Role) -> set[str]:
    return {str(right) for right in Right if may(role, right)}


def test_an_export_keeps_the_filter_and_the_search(ana: Person, signed_in: SignIn) -> None:
    for name, identity in (("Jo Winter", "claimed"), ("Jo Summer", "anonymous"), ("Max Rain", "claimed")):
        factories.a_visit(ana.tenant)
        with tenant_scope(ana.tenant.pk):
            newest = (
                Customer.objects.filter(tenant=ana.tenant).order_by("-id").values_list("pk", flat=True)[0]
            )
            Customer.objects.filter(pk=newest).update(name=name, identity=identity)

    page = url("conversations.customer", "export")
    found = table(signed_in(ana).get(page, {"q": "Jo", "identity__exact": "claimed"}))
    wrong = signed_in(ana).get(page, {"no_such_filter": "1"})

    assert len(found) == 2
    assert "Jo Winter" in found[1]
    assert wrong.status_code == 302


def test_nothing_in_a_file_is_a_formula(ana: Person, signed_in: SignIn) -> None:
    factories.a_visit(ana.tenant)
    with tenant_scope(ana.tenant.pk):
        Customer.objects.filter(tenant=ana.tenant).update(name='=HYPERLINK("https://evil.example")')

    rows = table(signed_in(ana).get(url("conversations.customer", "export")))

    assert any(cell.startswith("'=HYPERLINK") for cell in rows[1])
    assert [safe(cell) for cell in (" =1", "\uff0bx", "-1", -1, "", "a=b", "\tx")] == [
        "' =1", "'\uff0bx", "'-1", "-1", "", "a=b", "'\tx",
    ]  # fmt: skip


def test_a_long_list_is_written_page_by_page_and_a_longer_one_refused(
    ana: Person, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        factories.a_visit(ana.tenant)
    page = url("conversations.customer", "export")
    monkeypatch.setattr(exports, "PAGE", 2)
    whole = table(signed_in(ana).get(page))
    monkeypatch.setattr(exports, "MOST_ROWS", 4)

    refused = signed_in(ana).get(page)

    assert len(whole) == 6
    assert refused.status_code == 422
    assert "Filter it first" in refused.content.decode()
