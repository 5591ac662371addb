"""Adding, replacing, queueing and removing documents."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from pytest_django import Settings

from audit.models import AuditEvent
from core.errors import Unavailable
from core.scope import tenant_scope
from engine.knowledge import intake, queries, services, tasks
from engine.knowledge.extract.errors import DocumentEncrypted, DocumentTooComplex
from engine.knowledge.models import Chunk, Document, Source, Status, Term, Vector
from engine.knowledge.services import Upload
from tests.engine.knowledge import files
from tests.factories import SETUP, Person
from tests.servers import CeleryWorker


@pytest.fixture
def source(ana: Person) -> Source:
    return services.ensure_source(tenant_id=ana.tenant.pk, name="Help pages")


def _add(source: Source, name: str, data: bytes | str) -> Document:
    return services.add_document(
        tenant_id=source.tenant_id, actor=SETUP, source=source, upload=Upload(name, data)
    )


def _found(source: Source, query: str) -> list[str]:
    return [passage.text for passage in queries.search(source.tenant_id, query)]


def _rows(source: Source) -> dict[str, int]:
    with tenant_scope(source.tenant_id):
        return {
            model.__name__: model._default_manager.filter(tenant_id=source.tenant_id).count()
            for model in (Document, Chunk, Vector, Term)
        }


def _actions(source: Source) -> list[str]:
    with tenant_scope(source.tenant_id):
        events = AuditEvent.objects.filter(
            tenant_id=source.tenant_id, action__startswith="knowledge.document_"
        )
        return list(events.order_by("id").values_list("action", flat=True))


def test_a_new_version_takes_the_place_of_the_old_one(source: Source) -> None:
    old = _add(source, "returns.md", "# Returns\n\nYou may return goods within 14 days.")
    new = _add(source, "returns.md", "# Returns\n\nYou may return goods within 30 days.")

    assert _found(source, "how long may I return goods") == ["You may return goods within 30 days."]
    assert (old.version, new.version) == (1, 2)
    kept = {d.version: (d.is_current, d.text) for d in map(_whole, queries.list_documents(source.tenant_id))}
    assert kept[1] == (False, "Returns\nYou may return goods within 14 days.")
    assert kept[2][0] is True


def _whole(document: Document) -> Document:
    return queries.get_document(document.tenant_id, document.public_id)


def test_the_same_content_again_changes_nothing(source: Source) -> None:
    first = _add(source, "returns.md", "# Returns\n\nWithin 30 days.")
    before = _rows(source)

    again = _add(source, "returns.md", "# Returns\n\nWithin 30 days.")

    assert again.public_id == first.public_id
    assert _rows(source) == before
    assert _actions(source) == ["knowledge.document_added"]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [(files.a_zip_bomb(), DocumentTooComplex), (files.a_pdf("x", password="y"), DocumentEncrypted)],
)
def test_a_refused_file_leaves_nothing_behind(source: Source, data: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        _add(source, "a.docx", data)

    assert set(_rows(source).values()) == {0}
    assert _actions(source) == []


def test_a_document_without_a_name_is_refused(source: Source) -> None:
    with pytest.raises(services.NameMissing):
        _add(source, " \n", "text")


def test_a_removed_document_is_gone_with_all_its_versions(source: Source) -> None:
    _add(source, "returns.md", "Goods go back within 14 days.")
    last = _add(source, "returns.md", "Goods go back within 30 days.")

    services.delete_document(tenant_id=source.tenant_id, actor=SETUP, public_id=last.public_id)

    assert _found(source, "how long may goods go back") == []
    assert set(_rows(source).values()) == {0}
    assert _actions(source)[-1] == "knowledge.document_removed"


def test_another_tenants_document_does_not_exist(source: Source, zoe: Person) -> None:
    document = _add(source, "returns.md", "Goods go back within 30 days.")

    for public_id in (document.public_id, uuid4()):
        with pytest.raises(queries.DocumentNotFound):
            services.delete_document(tenant_id=zoe.tenant.pk, actor=SETUP, public_id=public_id)
    with pytest.raises(queries.SourceNotFound):
        queries.get_source(zoe.tenant.pk, source.public_id)
    assert queries.list_documents(zoe.tenant.pk) == []
    assert _found(source, "how long may goods go back")


def _wait(source: Source, name: str, data: bytes) -> Document:
    return services.keep_for_later(
        tenant_id=source.tenant_id, actor=SETUP, source=source, upload=Upload(name, data)
    )


def _bytes_kept(document: Document) -> bytes | None:
    with tenant_scope(document.tenant_id):
        kept = Document.objects.get(tenant_id=document.tenant_id, pk=document.pk).waiting_bytes
    return None if kept is None else bytes(kept)


def _read(document: Document) -> Document:
    tasks.read_document.apply(kwargs={"tenant_id": document.tenant_id, "document_id": document.pk})
    return _whole(document)


def test_a_waiting_document_is_searched_once_it_is_read(source: Source) -> None:
    document = _wait(source, "returns.md", b"Goods go back within 30 days.")
    assert _found(source, "how long may goods go back") == []

    read = _read(document)
    again = _read(document)

    assert (read.status, read.is_current, again.version) == (Status.READY, True, 1)
    assert _found(source, "how long may goods go back") == ["Goods go back within 30 days."]
    assert _actions(source) == ["knowledge.document_added"]


def test_a_waiting_document_that_is_refused_keeps_the_reason_only(source: Source) -> None:
    document = _wait(source, "a.docx", files.a_zip_bomb())

    read = _read(document)

    assert (read.status, read.error) == (Status.FAILED, "document_too_complex")
    assert _bytes_kept(document) is None
    assert _rows(source) == {"Document": 1, "Chunk": 0, "Vector": 0, "Term": 0}


def test_an_older_version_read_late_does_not_come_back(source: Source) -> None:
    older = _wait(source, "returns.md", b"Goods go back within 14 days.")
    newer = _wait(source, "returns.md", b"Goods go back within 30 days.")

    _read(newer)
    late = _read(older)

    assert (late.status, late.is_current) == (Status.READY, False)
    assert _found(source, "how long may goods go back") == ["Goods go back within 30 days."]


def test_a_waiting_document_keeps_its_bytes_while_the_embedder_is_away(
    source: Source, settings: Settings
) -> None:
    document = _wait(source, "returns.md", b"Goods go back within 30 days.")
    settings.EMBEDDING_BASE_URL, settings.EMBEDDING_DIMS = "http://127.0.0.1:1/v1", 4

    with pytest.raises(Unavailable):
        services.read_waiting(tenant_id=source.tenant_id, document_id=document.pk, actor=SETUP)

    assert _whole(document).status == Status.PENDING
    assert _bytes_kept(document) == b"Goods go back within 30 days."


def test_a_queued_document_is_read_by_a_worker(source: Source, celery_worker_process: CeleryWorker) -> None:
    upload = Upload("returns.md", b"Goods go back within 30 days.")

    document = intake.queue_document(tenant_id=source.tenant_id, actor=SETUP, source=source, upload=upload)

    assert document.status == Status.PENDING
    deadline = time.monotonic() + 60
    while _whole(document).status == Status.PENDING and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _found(source, "how long may goods go back") == ["Goods go back within 30 days."]
