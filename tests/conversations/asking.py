"""A customer asks for a refund, and a person of the team is asked for a yes."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from conversations import approvals, tasks
from conversations.approvals import Decision
from conversations.models import Approval, Run, Step
from conversations.turns import Job
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.tools.values import Policy, Risk
from tests.conversations.outside import run_of
from tests.factories import Person

ASK_FIRST = Policy(risk=Risk.IRREVERSIBLE, requires_approval=True)
ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {"order": {"type": "integer"}},
    "required": ["order"],
    "additionalProperties": False,
}
REFUND = """[[simulate: tool name=refund arguments='{"order": 1}']] Give me my money back"""
TWICE = """[[simulate: tool name=refund,refund arguments='{"order": 1}']] Both of them"""
Ask = Callable[..., tuple[Visit, Job, Approval]]


def pending_of(job: Job) -> Approval:
    with tenant_scope(job.tenant_id):
        return Approval.objects.get(tenant_id=job.tenant_id, run_id=job.run_id, status="pending")


def status_of(approval: Approval) -> str:
    with tenant_scope(approval.tenant_id):
        return Approval.objects.get(tenant_id=approval.tenant_id, pk=approval.pk).status


def decide(
    approval: Approval,
    person: Person,
    verdict: Any = "approve",
    *,
    now: dt.datetime | None = None,
    **more: Any,
) -> Approval:
    return approvals.decide(
        tenant_id=person.tenant.pk,
        public_id=approval.public_id,
        decision=Decision(verdict, **more),
        actor=person.actor,
        now=now or timezone.now(),
    )


def result_of(job: Job) -> Step:
    """The tool's step."""
    with tenant_scope(job.tenant_id):
        return Step.objects.get(tenant_id=job.tenant_id, run_id=job.run_id, kind="tool")


def goes_on(job: Job) -> Run:
    """The run once it is done; a worker of another test of this process may have been quicker."""
    tasks.finish_all(job.tenant_id)
    deadline = time.monotonic() + 30
    while (run := run_of(job)).status in {"ready", "running"} and time.monotonic() < deadline:
        time.sleep(0.05)
    return run


def lapse(job: Job) -> None:
    """The run's lease runs out."""
    with tenant_scope(job.tenant_id):
        rows = Run.objects.filter(tenant_id=job.tenant_id, pk=job.run_id)
        rows.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
