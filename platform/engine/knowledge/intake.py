"""The door for files too large to read while somebody waits."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from core.actors import Actor
from core.scope import tenant_scope
from engine.knowledge import services, tasks
from engine.knowledge.models import Document, Source, Status

# About as much as is read and encoded while a person looks on.
INLINE_BYTES = 64 * 1024


def queue_document(*, tenant_id: int, actor: Actor, source: Source, upload: services.Upload) -> Document:
    """Keeps a file and has a worker read it after commit; look at the document's `status` later.

    Raises:
        core.errors.SwitchboardError: the file has no name, no bytes or too many.
    """
    with tenant_scope(tenant_id):
        document = services.keep_for_later(tenant_id=tenant_id, actor=actor, source=source, upload=upload)
        if document.status == Status.PENDING:
            arguments = {"tenant_id": tenant_id, "document_id": document.pk}
            transaction.on_commit(partial(tasks.read_document.apply_async, kwargs=arguments))
    return document
