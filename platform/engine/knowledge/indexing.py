"""Makes a document searchable, and unsearchable again.

Invariant: chunks, vectors and word counts change together, under one lock a tenant, so counts never drift and
two writers never wait for each other crosswise. Encoding (`prepare`) comes before, outside every transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from engine.knowledge.chunking import Piece, pieces
from engine.knowledge.embedding import Embedder
from engine.knowledge.extract.sections import Extracted

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('knowledge', %s::bigint))"
_INSERT_CHUNKS = """
INSERT INTO knowledge_chunk (tenant_id, document_id, ordinal, heading, question, text, language, search)
SELECT %(tenant)s::bigint, %(document)s::bigint, p.ordinal, p.heading, p.question, p.text, %(language)s::text,
       setweight(to_tsvector(%(language)s::text::regconfig, p.question), 'A')
    || setweight(to_tsvector(%(language)s::text::regconfig, %(title)s::text || ' ' || p.heading), 'B')
    || setweight(to_tsvector(%(language)s::text::regconfig, p.text), 'C')
    || array_to_tsvector(ARRAY[%(mark)s::text])
FROM unnest(%(headings)s::text[], %(questions)s::text[], %(texts)s::text[])
     WITH ORDINALITY AS p(heading, question, text, ordinal)
RETURNING ordinal, id
"""
_INSERT_VECTORS = """
INSERT INTO knowledge_vector (tenant_id, chunk_id, model, embedding)
SELECT %s::bigint, v.chunk_id, %s::text, v.embedding::halfvec
FROM unnest(%s::bigint[], %s::text[]) AS v(chunk_id, embedding)
"""
_COUNTED = """
WITH counted AS (
    SELECT c.language, w.lexeme, count(*) AS chunks
    FROM knowledge_chunk c, unnest(array_append(tsvector_to_array(c.search), '')) AS w(lexeme)
    WHERE c.tenant_id = %(tenant)s::bigint AND c.document_id = %(document)s::bigint AND w.lexeme <> %(mark)s::text
    GROUP BY 1, 2
)
"""
_ADD_COUNTS = (
    _COUNTED
    + """
INSERT INTO knowledge_term AS t (tenant_id, language, lexeme, chunks)
SELECT %(tenant)s::bigint, language, lexeme, chunks FROM counted
ON CONFLICT (tenant_id, lexeme, language) DO UPDATE SET chunks = t.chunks + excluded.chunks
"""
)
_TAKE_COUNTS = (
    _COUNTED
    + """
UPDATE knowledge_term AS t SET chunks = t.chunks - counted.chunks FROM counted
WHERE t.tenant_id = %(tenant)s::bigint AND t.language = counted.language AND t.lexeme = counted.lexeme
"""
)
_DROP_UNUSED = "DELETE FROM knowledge_term WHERE tenant_id = %(tenant)s::bigint AND chunks <= 0"
_DROP_VECTORS = """
DELETE FROM knowledge_vector v USING knowledge_chunk c
WHERE c.tenant_id = %(tenant)s::bigint AND c.document_id = %(document)s::bigint
  AND v.tenant_id = c.tenant_id AND v.chunk_id = c.id
"""
_REVISE = (
    "INSERT INTO knowledge_revision AS r (tenant_id, number) VALUES (%s, 1) "
    "ON CONFLICT (tenant_id) DO UPDATE SET number = r.number + 1"
)
_DROP_CHUNKS = (
    "DELETE FROM knowledge_chunk WHERE tenant_id = %(tenant)s::bigint AND document_id = %(document)s::bigint"
)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A document ready to be indexed; `vectors` has one row a piece, or no columns where there is no embedder."""

    extracted: Extracted
    pieces: tuple[Piece, ...]
    model: str
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a prepared document goes. `language` is a PostgreSQL text search configuration."""

    tenant_id: int
    document_id: int
    language: str
    title: str = ""

    def params(self) -> dict[str, Any]:
        return {
            "tenant": self.tenant_id,
            "document": self.document_id,
            "language": self.language,
            "title": self.title,
            "mark": tenant_mark(self.tenant_id),
        }


def tenant_mark(tenant_id: int) -> str:
    """The lexeme that stands in every chunk of a tenant and comes out of no text."""
    return f"#{tenant_id}"


def prepare(documents: Sequence[Extracted], embedder: Embedder | None) -> list[Prepared]:
    """Chunks documents and encodes all their pieces in one go.

    Raises:
        core.errors.Unavailable: the embedder fails.
    """
    cut = [tuple(pieces(document.sections)) for document in documents]
    vectors = _encode(
        [(d.title, piece) for d, parts in zip(documents, cut, strict=True) for piece in parts], embedder
    )
    ready, at = [], 0
    for document, parts in zip(documents, cut, strict=True):
        own = vectors[at : at + len(parts)]
        ready.append(Prepared(document, parts, embedder.name if embedder else "", own))
        at += len(parts)
    return ready


def _encode(titled: Sequence[tuple[str, Piece]], embedder: Embedder | None) -> NDArray[np.float32]:
    """One vector a piece. Of a question and its answer: the mean of the question's and of both together.

    Customers' questions resemble questions more than answers; the mean found more than either alone.
    """
    if embedder is None:
        return np.zeros((len(titled), 0), dtype=np.float32)
    questions = [number for number, (_, piece) in enumerate(titled) if piece.question]
    wholes = embedder.embed([_whole(title, piece) for title, piece in titled])
    if questions:
        wholes[questions] += embedder.embed([titled[number][1].question for number in questions])
        wholes /= np.maximum(np.linalg.norm(wholes, axis=1, keepdims=True), np.float32(1e-12))
    return wholes


def _whole(title: str, piece: Piece) -> str:
    context = piece.question or " › ".join(part for part in (title, piece.heading) if part)
    return f"{context}\n{piece.text}" if context else piece.text


def lock(tenant_id: int) -> None:
    """Waits for the tenant's other index writers; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [tenant_id])


def write(target: Target, prepared: Prepared) -> None:
    """Adds a document's chunks, vectors and word counts; call `lock` before."""
    parts = prepared.pieces
    params = target.params() | {
        "headings": [piece.heading for piece in parts],
        "questions": [piece.question for piece in parts],
        "texts": [piece.text for piece in parts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_CHUNKS, params)
        ids = [chunk_id for _, chunk_id in sorted(cursor.fetchall())]
        if prepared.model:
            literals = [literal(vector) for vector in prepared.vectors]
            cursor.execute(_INSERT_VECTORS, [target.tenant_id, prepared.model, ids, literals])
        cursor.execute(_ADD_COUNTS, params)
    revise(target.tenant_id)


def remove(target: Target) -> None:
    """Takes a document out of the index; call `lock` before."""
    with connection.cursor() as cursor:
        for statement in (_TAKE_COUNTS, _DROP_UNUSED, _DROP_VECTORS, _DROP_CHUNKS):
            cursor.execute(statement, target.params())
    revise(target.tenant_id)


def revise(tenant_id: int) -> None:
    """Counts a change of what a search may find; call `lock` before."""
    with connection.cursor() as cursor:
        cursor.execute(_REVISE, [tenant_id])


def literal(vector: NDArray[np.float32]) -> str:
    """A vector as PostgreSQL reads it; halfvec keeps three to four digits."""
    return "[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]"
