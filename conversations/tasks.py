"""What workers do for conversations."""

from __future__ import annotations

import asyncio

import structlog
from asgiref.sync import async_to_sync
from celery import shared_task
from django.db import IntegrityError
from django.utils import timezone

from audit.services import record
from conversations import answering, approvals, code_mail, condensing, runs, summaries, verification
from conversations.code_mail import CodeNotSent
from conversations.journal import NoSuchConversation
from conversations.live import LiveAnswer
from conversations.turns import Job
from core.actors import system
from core.scope import tenant_scope
from engine.agent.values import Outcome
from tenants.queries import active_tenants

log = structlog.get_logger(__name__)
TOGETHER = 10


@shared_task(name="conversations.take_up_dead_runs", ignore_result=True)
def take_up_dead_runs() -> int:
    """Finishes runs whose process is gone, tenant by tenant, and says how many. Safe to run any number of times.

    Approvals that nobody gave in time are ended on the way.
    """
    taken = 0
    for tenant in active_tenants():
        approvals.expire(tenant_id=tenant.pk, now=timezone.now())
        taken += finish_all(tenant.pk)
    return taken


@shared_task(name="conversations.go_on", ignore_result=True)
def go_on(tenant_id: int) -> int:
    """Goes on with a tenant's runs that an approval has made ready, and says how many."""
    return finish_all(tenant_id)


@shared_task(
    name=verification.TASK,
    ignore_result=True,
    autoretry_for=(CodeNotSent,),
    max_retries=3,
    default_retry_delay=10,
)
def send_code(tenant_id: int, code_id: int) -> bool:
    """Sends a customer the one-time code that was asked for, unless that was done; says whether it did."""
    return code_mail.send(tenant_id, code_id, now=timezone.now())


@shared_task(name=summaries.TASK, ignore_result=True)
def summarise(tenant_id: int, conversation_id: int) -> bool:
    """Sums up the older messages of a conversation, if there are enough of them; says whether it did."""
    try:
        return condensing.condense(tenant_id, conversation_id)
    except NoSuchConversation:
        return False


def finish_all(tenant_id: int) -> int:
    """Takes up and finishes what runs of a tenant there are to be taken up, some at a time; how many.

    A process that died may leave a hundred: one after the other, the last would wait for all the others' models.
    """
    taken = 0
    while jobs := _some(tenant_id):
        taken += len(jobs)
        async_to_sync(_finish_together)(jobs)
    return taken


def _some(tenant_id: int) -> list[Job]:
    jobs: list[Job] = []
    while len(jobs) < TOGETHER and (job := take_up(tenant_id)) is not None:
        jobs.append(job)
    return jobs


def take_up(tenant_id: int) -> Job | None:
    """Takes over one dead or ready run of a tenant."""
    try:
        with tenant_scope(tenant_id):
            job = runs.take_up(now=timezone.now())
            if job is not None:
                record(
                    actor=system("worker"),
                    action="run.taken_up",
                    target=f"run:{job.run}",
                    data={"attempt": job.attempt},
                )
    except IntegrityError:  # another run of the conversation began meanwhile: this one's turn comes
        return None
    return job


async def _finish_together(jobs: list[Job]) -> None:
    ended = await asyncio.gather(*(_finish(job) for job in jobs), return_exceptions=True)
    for failed in ended:
        if failed is not None:
            raise failed


async def _finish(job: Job) -> None:
    live = LiveAnswer(job)
    if job.crashes <= runs.MOST_CRASHES:
        await answering.in_background(job, live)
        return
    log.error("run_given_up", run=job.run, crashes=job.crashes)
    await answering.give_up(job, live, Outcome("failed", reason="too_many_attempts", steps=job.turn.done))
