"""Slow reading of documents, in a worker."""

from __future__ import annotations

from celery import Task, shared_task

from core.actors import system
from core.errors import Unavailable
from engine.knowledge import services

_RETRIES = 5
_PAUSE = 30


@shared_task(bind=True, name="knowledge.read_document", max_retries=_RETRIES)
def read_document(self: Task, *, tenant_id: int, document_id: int) -> None:
    """Reads one waiting document; tried again while the embedder is out of reach, then given up."""
    try:
        services.read_waiting(tenant_id=tenant_id, document_id=document_id, actor=system("worker"))
    except Unavailable as error:
        if self.request.retries >= _RETRIES:
            services.refuse_waiting(tenant_id=tenant_id, document_id=document_id, error=error)
            return
        raise self.retry(countdown=_PAUSE * 2**self.request.retries, exc=error) from error
