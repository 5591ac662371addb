"""What workers do for conversations."""

from __future__ import annotations

import structlog
from asgiref.sync import async_to_sync
from celery import shared_task
from django.utils import timezone

from audit.services import record
from conversations import answering, runs
from conversations.live import LiveAnswer
from conversations.turns import Job
from core.actors import system
from core.scope import tenant_scope
from engine.agent.values import Outcome
from tenants.queries import active_tenants

log = structlog.get_logger(__name__)


@shared_task(name="conversations.take_up_dead_runs", ignore_result=True)
def take_up_dead_runs() -> int:
    """Finishes runs whose process is gone, tenant by tenant, and says how many. Safe to run any number of times."""
    taken = 0
    for tenant in active_tenants():
        while (job := take_up(tenant.pk)) is not None:
            taken += 1
            async_to_sync(_finish)(job)
    return taken


def take_up(tenant_id: int) -> Job | None:
    """Takes over one dead run of a tenant."""
    with tenant_scope(tenant_id):
        job = runs.take_up(now=timezone.now())
        if job is not None:
            record(
                actor=system("worker"),
                action="run.taken_up",
                target=f"run:{job.run}",
                data={"attempt": job.attempt},
            )
    return job


async def _finish(job: Job) -> None:
    live = LiveAnswer(job)
    if job.attempt <= runs.MOST_ATTEMPTS:
        await answering.in_background(job, live)
        return
    log.error("run_given_up", run=job.run, attempts=job.attempt)
    await answering.give_up(job, live, Outcome("failed", reason="too_many_attempts"))
