"""What workers do for the queue: every few seconds, for all tenants."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from escalation.after import mails
from escalation.after import sweeps as silence
from escalation.after.mails import TranscriptNotSent
from escalation.after.services import transcripts
from escalation.desk import searching
from escalation.figures import rolling
from escalation.packets import services as packets
from escalation.packets import suggestions
from escalation.queueing import sweeps
from tenants.queries import active_tenants

log = structlog.get_logger(__name__)


@shared_task(name="escalation.keep_queue", ignore_result=True)
def keep_queue() -> int:
    """Keeps all tenants' queues true to who is there and what the clock says; how much it did. Safe at any time."""
    done = 0
    for tenant in active_tenants():
        try:
            done += sweeps.sweep(tenant_id=tenant.pk, now=timezone.now())
        except DatabaseError as error:  # one tenant's trouble is not the others'
            log.warning("queue_not_swept", tenant=tenant.slug, error=type(error).__name__)
    return done


@shared_task(name="escalation.read_along", ignore_result=True)
def read_along() -> int:
    """Puts what was said into the search of all tenants; how many conversations. Safe at any time."""
    done = 0
    for tenant in active_tenants():
        try:
            while found := searching.catch_up(tenant.pk):
                done += found
        except DatabaseError as error:
            log.warning("words_not_read", tenant=tenant.slug, error=type(error).__name__)
    return done


@shared_task(name="escalation.look_after", ignore_result=True)
def look_after() -> int:
    """Ends what fell silent, for all tenants; how much. Safe at any time."""
    done = 0
    for tenant in active_tenants():
        try:
            done += silence.look_after(tenant_id=tenant.pk, now=timezone.now())
        except DatabaseError as error:
            log.warning("silence_not_swept", tenant=tenant.slug, error=type(error).__name__)
    return done


@shared_task(
    name=transcripts.TASK,
    ignore_result=True,
    autoretry_for=(TranscriptNotSent,),
    max_retries=3,
    default_retry_delay=10,
)
def send_transcript(tenant_id: int, transcript_id: int) -> bool:
    """Sends a copy of a conversation that was asked for, unless that was done; says whether it did."""
    return mails.send(tenant_id, transcript_id, now=timezone.now())


@shared_task(name="escalation.roll_up", ignore_result=True)
def roll_up() -> int:
    """Counts the figures of all tenants up to now; how many changed. Safe at any time."""
    changed = 0
    for tenant in active_tenants():
        try:
            changed += rolling.roll(tenant_id=tenant.pk, now=timezone.now())
        except DatabaseError as error:
            log.warning("figures_not_counted", tenant=tenant.slug, error=type(error).__name__)
    return changed


@shared_task(name=packets.TASK, ignore_result=True)
def write_packet(tenant_id: int, conversation_id: int) -> bool:
    """Puts together what a person is told of a conversation, with a model's words where there is one."""
    return packets.make(tenant_id, conversation_id)


@shared_task(name=suggestions.TASK, ignore_result=True)
def learn(tenant_id: int, conversation_id: int) -> bool:
    """Suggests as knowledge what a person answered otherwise than the assistant had tried."""
    return suggestions.learn(tenant_id, conversation_id)
