"""Secrets: they go in and do not come out, except to the calls that need them."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import AuditEvent
from core.scope import tenant_scope
from core.sealing import SealBroken
from tenants import queries, services
from tenants.models import Secret
from tests.factories import Person

VALUE = "tok_5tq8-3kd9-zzzz"


def a_secret(person: Person, name: str = "Shop token", value: str = VALUE) -> Secret:
    return services.set_secret(tenant_id=person.tenant.pk, name=name, value=value, actor=person.actor)


def test_a_value_is_sealed_and_opens_under_its_name(ana: Person) -> None:
    secret = a_secret(ana)

    assert VALUE.encode() not in bytes(secret.sealed)
    assert secret.ending == "zzzz"
    assert queries.secret_value(ana.tenant.pk, "Shop token") == VALUE


def test_the_same_name_again_replaces_the_value_and_both_are_on_the_ledger(ana: Person) -> None:
    first = a_secret(ana)
    second = a_secret(ana, value="another-value-1234")

    assert first.pk == second.pk
    assert second.rotated_at > first.rotated_at
    assert queries.secret_value(ana.tenant.pk, "Shop token") == "another-value-1234"
    with tenant_scope(ana.tenant.pk):
        lines = AuditEvent.objects.filter(tenant=ana.tenant, action="secret.set").order_by("id")
        assert [line.data for line in lines] == [{"new": True}, {"new": False}]
        assert not any(VALUE in f"{line.data}{line.target}" for line in lines)


def test_a_short_value_shows_nothing_of_itself(ana: Person) -> None:
    assert a_secret(ana, value="1234").ending == ""


def test_another_tenant_has_no_such_secret(ana: Person, zoe: Person) -> None:
    a_secret(ana)

    with pytest.raises(queries.NoSuchSecret):
        queries.secret_value(zoe.tenant.pk, "Shop token")


def test_a_value_does_not_open_under_another_name(ana: Person) -> None:
    secret = a_secret(ana)
    with tenant_scope(ana.tenant.pk):
        Secret.objects.filter(tenant=ana.tenant, pk=secret.pk).update(name="Other")

    with pytest.raises(SealBroken):
        queries.secret_value(ana.tenant.pk, "Other")


def test_a_secret_is_removed(ana: Person) -> None:
    secret = a_secret(ana)
    services.remove_secret(tenant_id=ana.tenant.pk, secret=secret, actor=ana.actor)
    services.remove_secret(tenant_id=ana.tenant.pk, secret=secret, actor=ana.actor)

    with pytest.raises(queries.NoSuchSecret):
        queries.secret_value(ana.tenant.pk, "Shop token")
    with tenant_scope(ana.tenant.pk):
        assert AuditEvent.objects.filter(tenant=ana.tenant, action="secret.removed").count() == 1


@pytest.mark.parametrize(("name", "value"), [("", VALUE), ("x" * 81, VALUE), ("a", ""), ("a", "x" * 8193)])
def test_a_secret_without_a_name_or_value_is_refused(ana: Person, name: str, value: str) -> None:
    with pytest.raises(services.BadSecret):
        a_secret(ana, name, value)


def test_the_console_takes_a_value_and_never_shows_it(ana: Person) -> None:
    client = Client()
    client.force_login(ana.user)

    added = client.post("/console/tenants/secret/add/", {"name": "Shop token", "value": VALUE})
    with tenant_scope(ana.tenant.pk):
        secret = Secret.objects.get(tenant=ana.tenant)
    pages = [
        client.get("/console/tenants/secret/"),
        client.get(f"/console/tenants/secret/{secret.pk}/change/"),
        client.post("/console/tenants/secret/add/", {"name": "", "value": VALUE}),
    ]

    assert added.status_code == 302
    assert queries.secret_value(ana.tenant.pk, "Shop token") == VALUE
    assert all(page.status_code == 200 and VALUE not in page.content.decode() for page in pages)
    assert "…zzzz" in pages[0].content.decode()
