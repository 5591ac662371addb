"""The cast and its world. Every call makes fresh rows: a test's tenants are its isolation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.utils import timezone

from conversations import intake, services, visits
from conversations.frames import Hello
from conversations.turns import Job
from conversations.visits import Visit
from core.actors import Actor, system
from engine.guardrails.services import set_policy
from engine.releases.services import Configuration, publish
from tenants.models import Member, Tenant, User
from tenants.requests import actor_of
from tenants.roles import Role
from tenants.services import add_member, allow_domain, create_tenant

PASSWORD = "correct horse battery"
SETUP = system("tests")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a tenant's team."""

    tenant: Tenant
    user: User
    member: Member

    @property
    def actor(self) -> Actor:
        return actor_of(self.user)


def a_tenant(name: str = "Tenant", configuration: Configuration | None = None) -> Tenant:
    """A tenant with a release, whose chat may be embedded by https://<slug>.example."""
    tenant = create_tenant(slug=f"{name.lower()}-{secrets.token_hex(5)}", name=name, actor=SETUP)
    publish(tenant_id=tenant.pk, configuration=configuration or Configuration(), actor=SETUP)
    # Customers of tests tell the simulated model what to do, which is what an attack is.
    set_policy(tenant_id=tenant.pk, settings={"rules": {"injection": {"monitor": True}}}, actor=SETUP)
    allow_domain(tenant_id=tenant.pk, origin=f"https://{tenant.slug}.example", actor=SETUP)
    return tenant


def a_person(name: str, tenant: Tenant, role: Role) -> Person:
    user = User.objects.create_user(f"{name}-{secrets.token_hex(5)}@example.com", PASSWORD, name=name.title())
    return Person(tenant, user, add_member(tenant_id=tenant.pk, user=user, role=role, actor=SETUP))


def a_visit(tenant: Tenant, hello: Hello | None = None) -> Visit:
    """An anonymous customer who has opened the chat."""
    return visits.welcome(tenant_id=tenant.pk, hello=hello or Hello(), now=timezone.now())


def a_message(visit: Visit, text: str = "Where is my order?", client_id: str = "") -> intake.Accepted:
    return intake.receive_message(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        text=text,
        client_id=client_id or secrets.token_hex(8),
        now=timezone.now(),
    )


def a_job(visit: Visit, text: str = "Where is my order?") -> Job:
    """A message, and the run it began."""
    job = a_message(visit, text).job
    assert job is not None
    return job


def claim(visit: Visit, person: Person) -> None:
    services.claim(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        agent=person.user,
        actor=person.actor,
        now=timezone.now(),
    )
