"""One story that leaves a row of a tenant's in every tenant-owned table, for the sweeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.utils import timezone

from conversations import answering
from conversations.visits import Visit
from core.models import TenantOwned
from core.scope import tenant_scope
from engine.agent.values import Outcome
from engine.knowledge import services as knowledge
from engine.knowledge.models import Document
from integrations.idempotency import services as idempotency
from tenants.models import ApiKey
from tenants.roles import Scope
from tenants.services import connect_provider, issue_api_key
from tests.factories import Person, a_job, a_visit
from tests.toolbox import furnish

MARK = "Zanzibar-7431"
"""A string that stands in whatever of the story could be shown to somebody."""


@dataclass(frozen=True, slots=True)
class Story:
    """What was left behind."""

    person: Person
    visit: Visit
    document: Document
    key: ApiKey
    key_value: str
    connection: int


def tell(person: Person, mark: str = MARK) -> Story:
    """Plays the story for a person's tenant; `mark` stands in what could be shown."""
    visit = a_visit(person.tenant)
    job = a_job(visit, f"Where is {mark}?")
    answering.commit(job, Outcome("answered", f"{mark} is here."), level="model", draft="d")
    tenant_id = person.tenant.pk
    connect_provider(
        tenant_id=tenant_id,
        name=mark,
        base_url="http://127.0.0.1:9/v1",
        api_key="secret",
        model="m",
        actor=person.actor,
    )
    source = knowledge.ensure_source(tenant_id=tenant_id, name=mark)
    page = f"# {mark}\n\nThe parcel called {mark} is stored in the blue shelf of the depot."
    document = knowledge.add_document(
        tenant_id=tenant_id, actor=person.actor, source=source, upload=knowledge.Upload("page.md", page)
    )
    key, value = issue_api_key(tenant=person.tenant, name=mark, scopes=Scope.values, actor=person.actor)
    request = idempotency.Named(tenant_id, key.pk, MARK, b"digest")
    idempotency.begin(request=request, now=timezone.now())
    toolbox = furnish(person, visit, mark)
    return Story(person, visit, document, key, value, toolbox.connection.pk)


def tenant_owned() -> list[type[TenantOwned]]:
    """Every tenant-owned model there is."""
    return [model for model in apps.get_models() if issubclass(model, TenantOwned)]


def rows_of(tenant_id: int, model: type[TenantOwned]) -> list[int]:
    """Primary keys of a tenant's rows."""
    with tenant_scope(tenant_id):
        return list(model._default_manager.values_list("pk", flat=True))
