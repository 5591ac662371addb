"""What the database has about a replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversations.journal import NoSuchConversation
from conversations.models import Event, Run, Step
from conversations.queries import get_conversation
from core.scope import tenant_scope
from engine.budgets.models import Usage


@dataclass(frozen=True, slots=True)
class Told:
    """A conversation as the database has it: its events, its runs, and their steps, each in order."""

    events: tuple[Event, ...]
    runs: tuple[Run, ...]
    steps: tuple[Step, ...]


def told(tenant_id: int, conversation: str) -> Told:
    """
    Raises:
        conversations.journal.NoSuchConversation
    """
    pk = get_conversation(tenant_id, conversation).pk
    with tenant_scope(tenant_id):
        runs = Run.objects.filter(tenant_id=tenant_id, conversation_id=pk).order_by("id")
        events = Event.objects.filter(tenant_id=tenant_id, conversation_id=pk).order_by("seq")
        steps = Step.objects.filter(tenant_id=tenant_id, run__conversation_id=pk).select_related("run")
        return Told(tuple(events), tuple(runs), tuple(steps.order_by("run_id", "number")))


def attempt_in_flight(tenant_id: int) -> int:
    """The attempt of the tenant's newest run in flight: 1 is the web server's, later ones a worker's; 0: none."""
    with tenant_scope(tenant_id):
        rows = Run.objects.filter(tenant_id=tenant_id, status="running").order_by("-id")
        return int(rows.values_list("attempt", flat=True).first() or 0)


def usage(tenant_id: int) -> list[dict[str, Any]]:
    """The ledger of a tenant."""
    names = ("run", "step", "reservation", "prompt_tokens", "completion_tokens", "estimated", "lost")
    with tenant_scope(tenant_id):
        return list(Usage.objects.filter(tenant_id=tenant_id).order_by("id").values(*names))


def model_steps(tenant_id: int) -> list[dict[str, Any]]:
    """The tenant's model steps that are done, with their run's public id."""
    with tenant_scope(tenant_id):
        rows = Step.objects.filter(tenant_id=tenant_id, kind="model", status="done")
        names = ("run__public_id", "number", "prompt_tokens", "completion_tokens", "is_error", "data")
        return list(rows.order_by("id").values(*names))


def counts(tenant_id: int) -> dict[str, int]:
    """How many runs, steps and events the tenant has."""
    with tenant_scope(tenant_id):
        found = {kind: kind.objects.filter(tenant_id=tenant_id).count() for kind in (Run, Step, Event)}
    return {f"{kind.__name__.lower()}s": number for kind, number in found.items()}


def is_visible(tenant_id: int, conversation: str) -> bool:
    """Whether a tenant can see a conversation."""
    try:
        return bool(get_conversation(tenant_id, conversation))
    except NoSuchConversation:
        return False


def events_holding(tenant_id: int, words: str) -> int:
    """How many events that a tenant can see hold these words, whoever they are said to belong to."""
    with tenant_scope(tenant_id):
        return Event.objects.filter(text__contains=words).count()
