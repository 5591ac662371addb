"""The one statement that searches a tenant's knowledge by words and by meaning.

Invariant: every table it reads is bound to the tenant in the statement itself, and it runs under row level
security; what it costs depends on that tenant's size only, and of that not on how common a question's words are.

Ranking: 0.7 x cosine of the vectors + 0.3 x the share of the question's words, weighted by rarity (BM25's inverse
document frequency, Robertson and Zaragoza 2009) and by field, that stand in the passage. Both lie between 0 and 1
whatever the corpus, so their sum keeps how sure each is (convex combination, Bruch et al. 2023), which reciprocal
ranks throw away, and serves as the floor. Measured: docs/knowledge.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from engine.knowledge.indexing import literal, tenant_mark

Row = tuple[int, UUID, int, str, str, str, str, str, str, float]
"""tenant, document's public id, ordinal, name, title, url, heading, question, text, score"""

_LEXICAL_SHARE = 0.3
_POOL = 50
# Rare words choose whom to rank, common ones only help to rank: beyond this many chunks a word is common.
_CANDIDATES = 300
_MOST_CANDIDATES = 300
_MOST_WORDS = 24

# A plan made for the average tenant reads everybody's vectors where one tenant is large: plan for the one asking.
PLAN_FOR_THIS_TENANT = "SET LOCAL plan_cache_mode = force_custom_plan"
STATEMENT = """
WITH found AS (
    SELECT n.language, w.lexeme, coalesce(t.chunks, 0) AS chunks,
           ln(1 + (n.chunks - coalesce(t.chunks, 0) + 0.5) / (coalesce(t.chunks, 0) + 0.5))::float8 AS idf,
           (''''||replace(replace(w.lexeme, '\\', '\\\\'), '''', '''''')||'''')::tsquery AS query
    FROM knowledge_term n
    CROSS JOIN unnest(tsvector_to_array(to_tsvector(n.language::regconfig, %(query)s::text))) AS w(lexeme)
    LEFT JOIN knowledge_term t
      ON t.tenant_id = %(tenant)s::bigint AND t.lexeme = w.lexeme AND t.language = n.language
    WHERE n.tenant_id = %(tenant)s::bigint AND n.lexeme = '' AND n.chunks > 0
    ORDER BY 3 LIMIT %(most_words)s::bigint
), words AS MATERIALIZED (
    SELECT language, query, chunks, idf / sum(idf) OVER (PARTITION BY language) AS share,
           sum(chunks) OVER (ORDER BY chunks, language, lexeme) AS reach
    FROM found
), wanted AS (
    SELECT %(mark)s::text::tsquery && string_agg(query::text, ' | ')::tsquery AS query
    FROM words WHERE chunks > 0 AND (reach <= %(candidates)s::bigint OR reach = chunks)
), near AS (
    SELECT chunk_id AS id FROM knowledge_vector
    WHERE tenant_id = %(tenant)s::bigint AND model = %(model)s::text AND %(model)s::text <> ''
    ORDER BY embedding <#> (SELECT %(vector)s::text::halfvec) LIMIT %(pool)s::bigint
), worded AS (
    SELECT c.id FROM (
        SELECT id, language, search FROM knowledge_chunk
        WHERE tenant_id = %(tenant)s::bigint AND search @@ (SELECT query FROM wanted) LIMIT %(most_candidates)s::bigint
    ) AS c
    ORDER BY (
        SELECT sum(w.share * least(1, 1.6449 * ts_rank('{0,0.7,0.85,1}', c.search, w.query)))
        FROM words w WHERE w.language = c.language
    ) DESC LIMIT %(pool)s::bigint
), scored AS MATERIALIZED (
    SELECT c.tenant_id, c.document_id, c.id, c.ordinal, c.heading, c.question, c.text,
           %(share)s::float8 * coalesce((
               SELECT sum(w.share * least(1, 1.6449 * ts_rank('{0,0.7,0.85,1}', c.search, w.query)))
               FROM words w WHERE w.language = c.language
           ), 0) + (1 - %(share)s::float8) * coalesce((
               SELECT -(v.embedding <#> (SELECT %(vector)s::text::halfvec)) FROM knowledge_vector v
               WHERE v.tenant_id = %(tenant)s::bigint AND v.chunk_id = c.id AND v.model = %(model)s::text
           ), 0) AS score
    FROM knowledge_chunk c
    WHERE c.tenant_id = %(tenant)s::bigint AND c.id IN (SELECT id FROM near UNION SELECT id FROM worded)
), best AS MATERIALIZED (
    SELECT * FROM scored WHERE score >= %(floor)s::float8 ORDER BY score DESC, id LIMIT %(k)s::bigint
)
SELECT b.tenant_id, d.public_id, b.ordinal, d.name, d.title, d.url, b.heading, b.question, b.text, b.score
FROM best b JOIN knowledge_document d ON d.tenant_id = %(tenant)s::bigint AND d.id = b.document_id
ORDER BY b.score DESC, b.id
"""
_ALLOWED = """allowed AS MATERIALIZED (
    SELECT c.id FROM knowledge_source s
    JOIN knowledge_document d ON d.tenant_id = %(tenant)s::bigint AND d.source_id = s.id AND d.is_current
    JOIN knowledge_chunk c ON c.tenant_id = %(tenant)s::bigint AND c.document_id = d.id
    WHERE s.tenant_id = %(tenant)s::bigint AND s.name = ANY(%(sources)s::text[])
), near AS ("""
OF_SOURCES = (
    STATEMENT.replace("near AS (", _ALLOWED, 1)
    .replace(
        "AND model = %(model)s::text AND",
        "AND model = %(model)s::text AND chunk_id IN (SELECT id FROM allowed) AND",
        1,
    )
    .replace("AND search @@", "AND id IN (SELECT id FROM allowed) AND search @@", 1)
)
"""As STATEMENT, for some sources only: what they do not hold takes no place among the nearest."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is looked for: words and, unless words alone decide, their vector in the space called `model`."""

    words: str
    model: str = ""
    vector: NDArray[np.float32] | None = None


def parameters(tenant_id: int, question: Question, *, k: int, floor: float) -> dict[str, Any]:
    """What STATEMENT is run with."""
    by_meaning = question.vector is not None
    return {
        "tenant": tenant_id,
        "query": question.words,
        "model": question.model if by_meaning else "",
        "vector": literal(question.vector) if question.vector is not None else None,
        "share": _LEXICAL_SHARE if by_meaning else 1.0,
        "mark": f"'{tenant_mark(tenant_id)}'",
        "floor": floor,
        "k": k,
        "pool": max(_POOL, k),
        "candidates": _CANDIDATES,
        "most_candidates": _MOST_CANDIDATES,
        "most_words": _MOST_WORDS,
    }


def rank(
    tenant_id: int, question: Question, *, k: int, floor: float, sources: Sequence[str] | None = None
) -> list[Row]:
    """At most `k` rows of at least `floor`, best first. Call inside the tenant's scope.

    Args:
        sources: names of those that are searched; all where None.
    """
    asked = parameters(tenant_id, question, k=k, floor=floor)
    statement = STATEMENT
    if sources is not None:
        statement, asked = OF_SOURCES, asked | {"sources": list(sources)}
    with connection.cursor() as cursor:
        cursor.execute(PLAN_FOR_THIS_TENANT)
        cursor.execute(statement, asked)
        return cursor.fetchall()
