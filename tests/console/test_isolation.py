"""Zoe walks the whole console with ana's ids: nothing of ana's is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations import services as conversations
from core.scope import tenant_scope
from engine.knowledge import services as knowledge
from engine.knowledge.services import Upload
from engine.releases.services import start_draft
from tenants import services
from tenants.models import ApiKey
from tenants.roles import Role
from tests import factories
from tests.desk_story import furnish_desk
from tests.factories import Person
from tests.purse import spend
from tests.story import ask_for_a_yes, be_on_guard
from tests.toolbox import furnish

SignIn = Callable[[Person], Client]
MODELS = sorted(model._meta.label_lower for model in admin.site._registry)
SECRET = "Anastasia-only-words"


def url(label: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


@pytest.fixture(scope="module")
def furnished() -> Person:
    """Ana with something in every table the console shows; nobody changes it."""
    ana = factories.a_person("ana", factories.a_tenant("Ana"), Role.OWNER)
    visit = factories.a_visit(ana.tenant)
    factories.a_message(visit, SECRET)
    with tenant_scope(ana.tenant.pk):
        conversations.Customer.objects.filter(tenant=ana.tenant).update(name=SECRET)
    services.issue_api_key(tenant=ana.tenant, name=SECRET, scopes=["knowledge:read"], actor=ana.actor)
    source = knowledge.ensure_source(tenant_id=ana.tenant.pk, name=SECRET)
    upload = Upload(f"{SECRET}.md", f"# {SECRET}\n\nWords.")
    knowledge.keep_for_later(tenant_id=ana.tenant.pk, actor=ana.actor, source=source, upload=upload)
    furnish(ana, visit, SECRET)
    ask_for_a_yes(factories.a_visit(ana.tenant), SECRET)
    spend(ana, SECRET)
    be_on_guard(ana, SECRET)
    start_draft(tenant_id=ana.tenant.pk, name=SECRET, actor=ana.actor)
    furnish_desk(ana, visit, SECRET)
    services.connect_provider(
        tenant_id=ana.tenant.pk, name=SECRET, base_url="https://m.example/v1", api_key="k", model="m",
        actor=ana.actor,
    )  # fmt: skip
    conversations.request_person(
        tenant_id=ana.tenant.pk,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        now=timezone.now(),
    )
    return ana


def rows_of(person: Person, label: str) -> list[int]:
    model = next(one for one in admin.site._registry if one._meta.label_lower == label)
    with tenant_scope(person.tenant.pk):
        return list(model._default_manager.filter(tenant=person.tenant).values_list("pk", flat=True))


@pytest.mark.parametrize("label", MODELS)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_an_object_of_another_tenant_is_not_there(
    furnished: Person, zoe: Person, signed_in: SignIn, label: str, page: str
) -> None:
    theirs = rows_of(furnished, label)

    answers = [signed_in(zoe).get(url(label, page, pk)) for pk in theirs[:3]]

    assert answers
    # Where nobody may delete anything, the right is asked for before the object.
    assert {answer.status_code for answer in answers} <= ({403, 404} if page == "delete" else {404})
    assert not any(SECRET in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("label", MODELS)
def test_a_list_shows_ones_own_only(furnished: Person, zoe: Person, signed_in: SignIn, label: str) -> None:
    theirs = rows_of(furnished, label)

    page = signed_in(zoe).get(url(label, "changelist"), {"q": SECRET})
    whole = signed_in(zoe).get(url(label, "changelist"))

    assert theirs
    assert SECRET not in whole.content.decode()
    assert furnished.user.email not in whole.content.decode()
    # One page stands where others have a list: it shows no row but one's own.
    lists = [answer.context["cl"].result_list for answer in (page, whole) if "cl" in answer.context]
    assert lists or label in {"escalation.aftercare", "guardrails.policy", "matrix.handoverrules"}
    assert {row.pk for rows in lists for row in rows}.isdisjoint(theirs)


@pytest.mark.parametrize("label", ["tenants.domain", "tenants.apikey", "knowledge.document"])
def test_an_object_of_another_tenant_cannot_be_removed(
    furnished: Person, zoe: Person, signed_in: SignIn, label: str
) -> None:
    before = rows_of(furnished, label)

    answers = [signed_in(zoe).post(url(label, "delete", pk), {"post": "yes"}) for pk in before]

    assert {answer.status_code for answer in answers} == {404}
    assert rows_of(furnished, label) == before
    with tenant_scope(furnished.tenant.pk):
        assert not ApiKey.objects.filter(tenant=furnished.tenant, revoked_at__isnull=False).exists()


def test_a_document_cannot_be_put_into_another_tenants_source(
    furnished: Person, zoe: Person, signed_in: SignIn
) -> None:
    source = rows_of(furnished, "knowledge.source")[0]
    form = signed_in(zoe).get(url("knowledge.document", "add"))

    answer = signed_in(zoe).post(url("knowledge.document", "add"), {"source": source, "title": "Mine"})

    assert SECRET not in form.content.decode()
    assert "source" in answer.context["adminform"].form.errors
    assert len(rows_of(furnished, "knowledge.document")) == 1


def test_a_superuser_is_a_member_like_any_other(furnished: Person, zoe: Person, signed_in: SignIn) -> None:
    zoe.user.is_superuser = zoe.user.is_staff = True
    zoe.user.save()

    page = signed_in(zoe).get(url("conversations.conversation", "changelist"))
    theirs = rows_of(furnished, "conversations.conversation")[0]

    assert SECRET not in page.content.decode()
    assert signed_in(zoe).get(url("conversations.conversation", "change", theirs)).status_code == 404


def test_strangers_are_sent_to_the_sign_in_page(furnished: Person) -> None:
    for label in MODELS:
        answer = Client().get(url(label, "changelist"))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_tables_of_nobody_are_not_in_the_console() -> None:
    assert all(hasattr(model, "tenant_id") for model in admin.site._registry)
    assert "auth.group" not in MODELS
