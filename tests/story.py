"""One story that leaves a row of a tenant's in every tenant-owned table, for the sweeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.utils import timezone

from conversations import answering, approvals, condensing, journal, known, queries, verification
from conversations.book import Page
from conversations.models import Approval, Mask, VerificationCode
from conversations.questions import Question
from conversations.services import find_or_make_customer
from conversations.summaries import Earlier
from conversations.turns import Job
from conversations.verification import Asked
from conversations.visits import Visit
from core.models import TenantOwned
from core.scope import tenant_scope
from engine.agent.values import Citation, Outcome, Step
from engine.gateway.protocol import ToolCall, ToolSpec
from engine.guardrails import services as guardrails
from engine.guardrails.models import GuardService
from engine.knowledge import services as knowledge
from engine.knowledge.models import Document
from engine.releases import queries as releases
from engine.releases.services import start_draft
from engine.tools.values import Offer, Policy
from escalation.models import Transcript
from integrations.idempotency import services as idempotency
from tenants.identity import SignedIdentity
from tenants.models import ApiKey
from tenants.roles import Scope
from tenants.services import connect_provider, issue_api_key
from tests.desk_story import furnish_desk
from tests.factories import Person, a_job, a_visit
from tests.purse import spend
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
    approval: Approval
    code: int
    transcript: int


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
    spend(person, mark)
    request = idempotency.Named(tenant_id, key.pk, MARK, b"digest")
    idempotency.begin(request=request, now=timezone.now())
    toolbox = furnish(person, visit, mark)
    asked = ask_for_a_yes(visit, mark)
    remember(visit, job, mark)
    be_on_guard(person, mark)
    furnish_desk(person, visit, mark)
    start_draft(tenant_id=tenant_id, name=mark, actor=person.actor)
    return Story(
        person,
        visit,
        document,
        key,
        value,
        toolbox.connection.pk,
        asked,
        a_code_on_its_way(person, mark),
        rows_of(tenant_id, Transcript)[0],
    )


def ask_for_a_yes(visit: Visit, mark: str) -> Approval:
    """A run that has taken a step and waits for a person, with its run and conversation."""
    job = a_job(visit, f"Please throw {mark} away.")
    offer = Offer(ToolSpec("throw_away", f"Throws {mark} away.", {}), Policy(requires_approval=True), "http")
    call = ToolCall("call-1", offer.name, f'{{"name": "{mark}"}}')
    thought = Step("model", "simulated", 0.1, number=1, text=f"I throw {mark} away.", calls=(call,))
    with tenant_scope(visit.tenant_id):
        asked = approvals.ask(job, 2, call, offer, now=timezone.now())
    waiting = Outcome("waiting", reason=asked, steps=(thought,))
    answering.commit(job, waiting, level="model", draft="d", rest=Page((thought,)))
    return queries.get_approval(visit.tenant_id, asked)


def a_code_on_its_way(person: Person, mark: str) -> int:
    """A customer who is to prove who she is; the code's row."""
    tenant_id = person.tenant.pk
    who = SignedIdentity(mark, mark, f"{mark.lower()}@example.com")
    customer = find_or_make_customer(tenant_id=tenant_id, identity=who)
    verification.ask_for_code(Asked(tenant_id, customer.pk, f"{mark}:1"), now=timezone.now())
    with tenant_scope(tenant_id):
        return VerificationCode.objects.get(tenant_id=tenant_id).pk


def remember(visit: Visit, job: Job, mark: str) -> None:
    """An answer that may be given again, and what a conversation was about."""
    tenant_id = visit.tenant_id
    release = releases.current(tenant_id)
    question = Question(f"Where is {mark}?", f"{0:064}", f"{0:064}", release.pk)
    said = Outcome("answered", f"{mark} is here [1].", (Citation(1, "p/1", mark, "", mark),))
    with tenant_scope(tenant_id):
        known.keep(replace(job, question=question), said, "model", now=timezone.now())
        head = journal.peek(visit.conversation_id)
        Mask.objects.create(
            tenant_id=tenant_id, conversation_id=head.id, sealed=b"", updated_at=timezone.now()
        )
    condensing.keep(head, Earlier(1, f"She looks for {mark}."), "simulated/m")


def be_on_guard(person: Person, mark: str) -> None:
    """A policy of the tenant's own, and a guard service."""
    own: dict[str, Any] = {"tenant_id": person.tenant.pk, "actor": person.actor}
    guardrails.set_policy(settings={"competitors": [mark]}, **own)
    service = GuardService(name="own-guard", url=f"https://{mark.lower()}.example/judge", stages=["input"])
    guardrails.save_service(service=service, **own)


def tenant_owned() -> list[type[TenantOwned]]:
    """Every tenant-owned model there is."""
    return [model for model in apps.get_models() if issubclass(model, TenantOwned)]


def rows_of(tenant_id: int, model: type[TenantOwned]) -> list[int]:
    """Primary keys of a tenant's rows."""
    with tenant_scope(tenant_id):
        return list(model._default_manager.values_list("pk", flat=True))
