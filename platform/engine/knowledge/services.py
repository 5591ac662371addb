"""Writes of knowledge: each verb owns its transaction and leaves an audit line.

Invariant: a file is read and encoded before a transaction begins; then its new version replaces the old one in one
step, so a search sees either, never both or neither. A refused file leaves nothing behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection
from django.db.models import Max

from audit.services import record
from core.actors import Actor, system
from core.errors import Invalid, SwitchboardError, Unavailable
from core.scope import tenant_scope
from engine.knowledge import indexing
from engine.knowledge.embedding import get_embedder
from engine.knowledge.extract.errors import DocumentEmpty, DocumentTooLarge
from engine.knowledge.extract.sandbox import extract
from engine.knowledge.extract.sections import MAX_BYTES, Extracted, one_line
from engine.knowledge.models import Document, Source, SourceKind, Status
from engine.knowledge.queries import get_document

_THE_PLATFORM = system("knowledge")


class LanguageUnknown(Invalid):
    code = "language_unknown"
    default_message = (
        "PostgreSQL has no text search configuration of that name. Try english, german or simple."
    )


class NameMissing(Invalid):
    code = "document_name_missing"
    default_message = "A document needs a name."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in. Text is taken as a file of its UTF-8 bytes.

    Args:
        name: within its source the same name means a new version of the same document.
        data: at most 20 MB.
        title: goes before the title found inside.
        url: where a reader finds it.
    """

    name: str
    data: bytes | str
    title: str = ""
    url: str = ""

    def checked(self) -> Upload:
        """The same with clean names and bytes.

        Raises:
            NameMissing, DocumentEmpty, DocumentTooLarge
        """
        name = one_line(self.name)
        if not name:
            raise NameMissing
        data = self.data.encode() if isinstance(self.data, str) else self.data
        if not data:
            raise DocumentEmpty
        if len(data) > MAX_BYTES:
            raise DocumentTooLarge
        return Upload(name, data, one_line(self.title), self.url[:500])

    @property
    def bytes(self) -> bytes:
        return self.data.encode() if isinstance(self.data, str) else self.data

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that makes a version, in hexadecimal."""
        named = "\x00".join((self.name, self.title, self.url)).encode()
        return hashlib.sha256(named + b"\x00" + self.bytes).hexdigest()


def ensure_source(
    *,
    tenant_id: int,
    name: str,
    kind: SourceKind = SourceKind.UPLOAD,
    url: str = "",
    language: str = "english",
    actor: Actor = _THE_PLATFORM,
) -> Source:
    """The source of that name, made if need be.

    Raises:
        LanguageUnknown: no such text search configuration.
    """
    with tenant_scope(tenant_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_ts_config WHERE cfgname = %s", [language])
            if cursor.fetchone() is None:
                raise LanguageUnknown
        defaults = {"kind": kind, "url": url, "language": language}
        source, made = Source.objects.get_or_create(tenant_id=tenant_id, name=name, defaults=defaults)
        if made:
            target, data = f"source:{source.public_id}", {"name": name, "kind": str(kind)}
            record(actor=actor, action="knowledge.source_added", target=target, data=data)
    return source


def add_document(*, tenant_id: int, actor: Actor, source: Source, upload: Upload) -> Document:
    """Reads a file, indexes it and makes it the current version; the same content again changes nothing.

    Takes up to a minute for a large file: encoding costs about 50 ms a chunk of 1,000 characters.

    Raises:
        core.errors.SwitchboardError: one of `extract.errors.REFUSALS`, NameMissing, or Unavailable.
    """
    upload = upload.checked()
    known = _current(tenant_id, source, upload)
    if known is not None:
        return known
    prepared = _prepare(upload)
    with tenant_scope(tenant_id):
        indexing.lock(tenant_id)
        known = _current(tenant_id, source, upload)
        if known is not None:
            return known
        document = _new_version(tenant_id, actor, source, upload)
        document.save()
        _publish(document, source, prepared, actor)
    return document


def keep_for_later(*, tenant_id: int, actor: Actor, source: Source, upload: Upload) -> Document:
    """Keeps a file's bytes until a worker calls `read_waiting`; see `intake.queue_document`.

    Raises:
        NameMissing, DocumentEmpty, DocumentTooLarge
    """
    upload = upload.checked()
    known = _current(tenant_id, source, upload)
    if known is not None:
        return known
    with tenant_scope(tenant_id):
        indexing.lock(tenant_id)
        document = _new_version(tenant_id, actor, source, upload)
        document.waiting_bytes = upload.bytes
        document.save()
    return document


def read_waiting(*, tenant_id: int, document_id: int, actor: Actor) -> None:
    """Reads and publishes a file that waits; a second call finds nothing to do.

    Raises:
        core.errors.Unavailable: try again later; the bytes are still there.
    """
    with tenant_scope(tenant_id):
        waiting = Document.objects.filter(tenant_id=tenant_id, id=document_id, status=Status.PENDING)
        document = waiting.select_related("source").first()
    if document is None:
        return
    upload = Upload(document.name, bytes(document.waiting_bytes or b""), document.title, document.url)
    try:
        prepared = _prepare(upload)
    except Unavailable:
        raise
    except SwitchboardError as error:
        refuse_waiting(tenant_id=tenant_id, document_id=document_id, error=error)
        return
    with tenant_scope(tenant_id):
        indexing.lock(tenant_id)
        if waiting.select_for_update().exists():
            _publish(document, document.source, prepared, actor)


def refuse_waiting(*, tenant_id: int, document_id: int, error: SwitchboardError) -> None:
    """Gives a waiting file up: its bytes go, the reason stays."""
    with tenant_scope(tenant_id):
        waiting = Document.objects.filter(tenant_id=tenant_id, id=document_id, status=Status.PENDING)
        waiting.update(status=Status.FAILED, error=error.code, waiting_bytes=None)


def delete_document(*, tenant_id: int, actor: Actor, public_id: UUID) -> None:
    """Removes a document: all its versions, with text and index.

    Raises:
        DocumentNotFound: there is none of that id in this tenant.
    """
    document = get_document(tenant_id, public_id)
    with tenant_scope(tenant_id):
        indexing.lock(tenant_id)
        versions = Document.objects.filter(
            tenant_id=tenant_id, source_id=document.source_id, name=document.name
        )
        for version in versions.filter(is_current=True):
            indexing.remove(_target(version, document.source.language))
        versions.delete()
        record(actor=actor, action="knowledge.document_removed", target=f"document:{public_id}")


def prepare(documents: Sequence[Extracted]) -> list[indexing.Prepared]:
    """Chunks and encodes documents whose text is known already; no database is touched.

    Raises:
        core.errors.Unavailable: the embedder fails.
    """
    return indexing.prepare(documents, get_embedder())


def missing(*, source: Source, actor: Actor, uploads: Sequence[Upload]) -> list[Upload]:
    """Those whose content is not in the source yet. One that is there and moved gets its new address, no more."""
    with tenant_scope(source.tenant_id):
        indexing.lock(source.tenant_id)
        there = Document.objects.filter(tenant_id=source.tenant_id, source_id=source.pk, is_current=True)
        known = {one.name: one for one in there.only("name", "url", "content_hash").select_for_update()}
        new, moved = [], []
        for upload in map(Upload.checked, uploads):
            document = known.get(upload.name)
            if document is not None and document.content_hash == upload.fingerprint:
                continue
            if document is None or replace(upload, url=document.url).fingerprint != document.content_hash:
                new.append(upload)
            else:
                document.url, document.content_hash = upload.url, upload.fingerprint
                moved.append(document)
        if moved:
            Document.objects.bulk_update(moved, ["url", "content_hash"])
            indexing.revise(source.tenant_id)
            target, data = f"source:{source.public_id}", {"documents": len(moved)}
            record(actor=actor, action="knowledge.documents_moved", target=target, data=data)
    return new


def add_prepared(
    *, source: Source, actor: Actor, prepared: Sequence[tuple[str | Upload, indexing.Prepared]]
) -> list[Document]:
    """Publishes many prepared documents, (name or the file it was, what `prepare` gave), in one transaction."""
    with tenant_scope(source.tenant_id):
        indexing.lock(source.tenant_id)
        added = []
        for given, one in prepared:
            upload = given if isinstance(given, Upload) else _of_text(given, one)
            document = _new_version(source.tenant_id, actor, source, upload.checked())
            document.save()
            _publish(document, source, one, actor)
            added.append(document)
    return added


def _of_text(name: str, prepared: indexing.Prepared) -> Upload:
    return Upload(name, "\n".join(section.text for section in prepared.extracted.sections))


def _prepare(upload: Upload) -> indexing.Prepared:
    extracted = extract(upload.bytes, upload.name)
    if upload.title:
        extracted = replace(extracted, title=upload.title)
    return prepare([extracted])[0]


def _current(tenant_id: int, source: Source, upload: Upload) -> Document | None:
    with tenant_scope(tenant_id):
        return Document.objects.filter(
            tenant_id=tenant_id,
            source_id=source.pk,
            name=upload.name,
            content_hash=upload.fingerprint,
            is_current=True,
        ).first()


def _new_version(tenant_id: int, actor: Actor, source: Source, upload: Upload) -> Document:
    versions = Document.objects.filter(tenant_id=tenant_id, source_id=source.pk, name=upload.name)
    return Document(
        tenant_id=tenant_id,
        source_id=source.pk,
        name=upload.name,
        title=upload.title,
        url=upload.url or source.url,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        content_hash=upload.fingerprint,
        size=len(upload.bytes),
        status=Status.PENDING,
        uploaded_by=str(actor)[:120],
    )


def _publish(document: Document, source: Source, prepared: indexing.Prepared, actor: Actor) -> None:
    """Makes a version ready and, unless a newer one is current already, the one that is searched."""
    extracted = prepared.extracted
    versions = Document.objects.filter(
        tenant_id=document.tenant_id, source_id=source.pk, name=document.name, is_current=True
    )
    newer = versions.filter(version__gt=document.version).exists()
    document.title = extracted.title
    document.kind = extracted.kind
    document.text = "\n\n".join(
        "\n".join(part for part in (*section.headings[-1:], section.question, section.text) if part)
        for section in extracted.sections
    )
    document.status = Status.READY
    document.waiting_bytes = None
    document.is_current = not newer
    if not newer:
        for old in versions:
            indexing.remove(_target(old, source.language))
        versions.update(is_current=False)
        indexing.write(_target(document, source.language), prepared)
    document.save()
    record(
        actor=actor,
        action="knowledge.document_added",
        target=f"document:{document.public_id}",
        data={"name": document.name, "version": document.version, "chunks": len(prepared.pieces)},
    )


def _target(document: Document, language: str) -> indexing.Target:
    return indexing.Target(document.tenant_id, document.pk, language, document.title)
