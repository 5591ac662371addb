"""Conversations that are over, and a clock that is given."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from audit.models import AuditEvent
from conversations import answering, journal
from conversations.models import Episode, Event
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.agent.values import Outcome
from escalation.models import Handoff
from tests.escalation.desk.posts import does
from tests.factories import Person, a_job, a_visit


def answered(visit: Visit, text: str = "Where is my order?", answer: str = "It ships today.") -> None:
    """The customer asks, the assistant answers."""
    job = a_job(visit, text)
    answering.commit(job, Outcome("answered", answer), level="model", draft=f"{job.run}.1")


def resolved(person: Person, *, visit: Visit | None = None) -> Visit:
    """A conversation that a person took, answered and resolved."""
    visit = visit or a_visit(person.tenant)
    answered(visit)
    does(person, "claim", visit)
    does(person, "reply", visit, text="I looked: it ships today.")
    does(person, "resolve", visit, disposition="Answered")
    return visit


def episode_of(visit: Visit, number: int = 1) -> Episode:
    with tenant_scope(visit.tenant_id):
        return Episode.objects.get(conversation_id=visit.conversation_id, number=number)


def handoff_of(visit: Visit) -> Handoff:
    with tenant_scope(visit.tenant_id):
        return Handoff.objects.filter(conversation_id=visit.conversation_id).latest("id")


def owner_of(visit: Visit) -> str:
    with tenant_scope(visit.tenant_id):
        return journal.peek(visit.conversation_id).owner


def log_of(visit: Visit) -> list[Event]:
    with tenant_scope(visit.tenant_id):
        return list(Event.objects.filter(conversation_id=visit.conversation_id).order_by("seq"))


def audited(visit: Visit, action: str) -> list[Any]:
    """What the ledger says of it, about this conversation."""
    with tenant_scope(visit.tenant_id):
        rows = AuditEvent.objects.filter(tenant_id=visit.tenant_id, action=action)
        return [row.data for row in rows.filter(target=f"conversation:{visit.conversation}").order_by("id")]


def in_hours(hours: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=hours)
