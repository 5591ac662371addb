"""What the rest of the house may read of a tenant's knowledge.

Invariant: a passage that leaves here was found under the tenant's own scope: the tenant stands in the statement,
row level security holds beneath it, and `authorise` looks once more. Nothing else can make a CitablePassage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from core.errors import NotFound, Unavailable
from core.scope import tenant_scope
from engine.knowledge import ranking
from engine.knowledge.embedding import get_embedder, query_vectors
from engine.knowledge.models import Chunk, Document, Source

MAX_QUERY = 1000
_FLOOR = 0.25
_FLOOR_BY_WORDS_ALONE = 0.3

_log = structlog.get_logger(__name__)
_made_here = object()


class DocumentNotFound(NotFound):
    code = "document_not_found"
    default_message = "There is no such document."


class SourceNotFound(NotFound):
    code = "source_not_found"
    default_message = "There is no such source."


class PassageOfAnotherTenant(NotFound):
    code = "passage_not_found"
    default_message = "There is no such passage."


@dataclass(frozen=True, slots=True)
class CitablePassage:
    """A passage the tenant may show and cite; `score` is 0 to 1, `document` the public id of its version.

    Raises:
        TypeError: made by anything but `authorise`.
    """

    document: UUID
    ordinal: int
    name: str
    title: str
    url: str
    heading: str
    question: str
    text: str
    score: float
    made_by: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.made_by is not _made_here:
            raise TypeError("Only engine.knowledge.queries.authorise() makes a CitablePassage.")

    @property
    def id(self) -> str:
        return f"{self.document}/{self.ordinal}"


def authorise(tenant_id: int, row: ranking.Row) -> CitablePassage:
    """Makes a passage citable, if it is the tenant's.

    Raises:
        PassageOfAnotherTenant: it is not, so both walls have fallen.
    """
    owner, document, ordinal, name, title, url, heading, question, text, score = row
    if owner != tenant_id:
        raise PassageOfAnotherTenant
    return CitablePassage(
        document, ordinal, name, title, url, heading, question, text, float(score), _made_here
    )


def search(
    tenant_id: int,
    query: str,
    *,
    k: int = 5,
    floor: float | None = None,
    sources: Sequence[str] | None = None,
) -> list[CitablePassage]:
    """The passages that answer a question best, best first; none where nothing fits.

    Encodes the question, about 10 ms with the bundled model, before it opens a transaction: call it off the event
    loop. Without an embedder, or while it is out of reach, words alone decide.

    Args:
        query: a question or some words; the first 1,000 characters count.
        k: most passages to return.
        floor: least score, 0 to 1; the measured one where None.
        sources: names of those that are searched; all where None.
    """
    question = _question(tenant_id, query[:MAX_QUERY].replace("\x00", " "))
    least = _FLOOR if question.model else _FLOOR_BY_WORDS_ALONE
    with tenant_scope(tenant_id):
        rows = ranking.rank(
            tenant_id, question, k=k, floor=least if floor is None else floor, sources=sources
        )
    return [authorise(tenant_id, row) for row in rows]


def _question(tenant_id: int, words: str) -> ranking.Question:
    try:
        embedder = get_embedder() if words.strip() else None
        if embedder is None:
            return ranking.Question(words)
        return ranking.Question(words, embedder.name, query_vectors.get(tenant_id, embedder, words))
    except Unavailable as error:
        _log.warning("knowledge.search_by_words_alone", reason=error.code)
        return ranking.Question(words)


def knows_meaning() -> bool:
    """Whether questions are compared by their meaning too; else words alone decide."""
    try:
        return get_embedder() is not None
    except Unavailable:
        return False


def list_sources(tenant_id: int) -> list[Source]:
    """All sources, by name."""
    with tenant_scope(tenant_id):
        return list(Source.objects.filter(tenant_id=tenant_id).order_by("name"))


def get_source(tenant_id: int, public_id: UUID) -> Source:
    """One source.

    Raises:
        SourceNotFound: there is none of that id in this tenant.
    """
    with tenant_scope(tenant_id):
        source = Source.objects.filter(tenant_id=tenant_id, public_id=public_id).first()
    if source is None:
        raise SourceNotFound
    return source


def list_documents(tenant_id: int, *, after: int = 0, limit: int = 100) -> list[Document]:
    """Versions of documents without their text, oldest first, of row number above `after`."""
    with tenant_scope(tenant_id):
        found = Document.objects.filter(tenant_id=tenant_id, id__gt=after).select_related("source")
        return list(found.defer("text", "waiting_bytes").order_by("id")[:limit])


def get_document(tenant_id: int, public_id: UUID) -> Document:
    """One version of a document, with its source.

    Raises:
        DocumentNotFound: there is none of that id in this tenant.
    """
    with tenant_scope(tenant_id):
        found = Document.objects.filter(tenant_id=tenant_id, public_id=public_id)
        document = found.select_related("source").defer("waiting_bytes").first()
    if document is None:
        raise DocumentNotFound
    return document


def places_of(tenant_id: int, documents: Sequence[UUID]) -> dict[UUID, Document]:
    """Documents by public id, each with its source and without its text."""
    with tenant_scope(tenant_id):
        found = Document.objects.filter(tenant_id=tenant_id, public_id__in=documents)
        rows = found.select_related("source").defer("text", "waiting_bytes")
        return {row.public_id: row for row in rows}


def chunks_of(document: Document, *, limit: int) -> list[Chunk]:
    """The pieces of a current document in order; none of one that is not searched."""
    with tenant_scope(document.tenant_id):
        found = Chunk.objects.filter(tenant_id=document.tenant_id, document_id=document.pk)
        return list(found.defer("search").order_by("ordinal")[:limit])
