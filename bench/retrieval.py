"""Retrieval at 100,000 chunks over 100 tenants, and at 50,000 of one: times, recall, the price of row level security.

Invariant: what is timed is the product's own statement (`engine.knowledge.ranking.STATEMENT`) on the product's own
tables, filled under row level security. Both sides of a ratio alternate in one loop: the application's role against
the tables' owner, who for that time is not bound by the policies and has only the statement's explicit filter.
Run it on a throw-away database.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from engine.knowledge.indexing import literal, tenant_mark
from engine.knowledge.ranking import PLAN_FOR_THIS_TENANT, STATEMENT, Question, parameters

SMALL_TENANTS = 100
SMALL_CHUNKS = 1_000
LARGE_CHUNKS = 50_000
DIMS = 384
MODEL = "bench"
_WORDS_A_CHUNK = 90
_VOCABULARY = 20_000
_QUERIES = 60
_ROUNDS = 3
_BATCH = 1_000
_K = 5
# Those that point before those that are pointed at.
_TABLES = ("knowledge_term", "knowledge_vector", "knowledge_chunk", "knowledge_document", "knowledge_source")
_NEW_SOURCE = (
    "INSERT INTO knowledge_source (tenant_id, public_id, name, kind, url, language, created_at) "
    "VALUES (%s, gen_random_uuid(), 'bench', 'seed', '', 'english', now()) RETURNING id"
)
_NEW_DOCUMENT = (
    "INSERT INTO knowledge_document (tenant_id, public_id, source_id, name, title, url, version, content_hash, kind, "
    "size, text, status, error, is_current, uploaded_by, created_at) VALUES (%s, gen_random_uuid(), %s, 'bench', "
    "'Bench', '', 1, '', 'text', 1, '', 'ready', '', true, 'bench', now()) RETURNING id"
)
_NEW_CHUNKS = (
    "INSERT INTO knowledge_chunk (tenant_id, document_id, ordinal, heading, question, text, language, search) "
    "SELECT %s, %s, %s + p.ordinal, '', '', p.text, 'english', setweight(to_tsvector('english', p.text), 'C') "
    "|| array_to_tsvector(ARRAY[%s::text]) FROM unnest(%s::text[]) WITH ORDINALITY AS p(text, ordinal) "
    "RETURNING ordinal, id"
)
_NEW_VECTORS = (
    "INSERT INTO knowledge_vector (tenant_id, chunk_id, model, embedding) SELECT %s, v.chunk_id, %s, "
    "v.embedding::halfvec FROM unnest(%s::bigint[], %s::text[]) AS v(chunk_id, embedding)"
)
_NEW_TERMS = (
    "INSERT INTO knowledge_term (tenant_id, language, lexeme, chunks) "
    "SELECT c.tenant_id, c.language, w.lexeme, count(*) FROM knowledge_chunk c, "
    "unnest(array_append(tsvector_to_array(c.search), '')) AS w(lexeme) "
    "WHERE c.tenant_id = %s AND w.lexeme <> %s GROUP BY 1, 2, 3"
)
_BY_WORDS = """
SELECT id FROM knowledge_chunk
WHERE tenant_id = %(tenant)s::bigint AND search @@ (SELECT %(words)s::text::tsquery)
"""
_BY_KEY = "SELECT text FROM knowledge_chunk WHERE tenant_id = %(tenant)s::bigint AND id = %(chunk)s::bigint"
_BY_MEANING = """
SELECT chunk_id FROM knowledge_vector WHERE tenant_id = %(tenant)s::bigint AND model = %(model)s::text
ORDER BY embedding <#> (SELECT %(vector)s::text::halfvec) LIMIT 5
"""
Connection = psycopg.Connection[Any]
Times = tuple[list[float], list[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """One tenant's chunk ids and their vectors, row by row."""

    ids: list[int]
    vectors: NDArray[np.float32]


def measure(dsn_owner: str, dsn_app: str) -> dict[str, Any]:
    """Fills the database, measures, and takes everything out again; about two minutes on two cores.

    Args:
        dsn_owner: a migrated throw-away database, as the owner of its tables.
        dsn_app: the same, as the application's role.

    Returns:
        `search`: p50 and p95 in ms without the query's embedding, by size of tenant; `recall`; `queries`: for each hot
        query the p50 in ms with row level security, with the explicit filter alone, and their `ratio`.

    Raises:
        AssertionError: the vector search missed a neighbour that exact search in numpy finds.
    """
    rng, words = np.random.default_rng(7), _Words(random.Random(7))
    with (
        psycopg.connect(dsn_owner, autocommit=True) as owner,
        psycopg.connect(dsn_app, autocommit=True) as app,
    ):
        sizes = _tenants(owner)
        try:
            corpora = {tenant: _fill(app, tenant, size, words, rng) for tenant, size in sizes.items()}
            for table in _TABLES:
                owner.execute(f"VACUUM ANALYZE {table}")
            return _figures(owner, app, corpora, words)
        finally:
            _empty(owner, app, list(sizes))


class _Words:
    """Text with word frequencies as language has them (Zipf)."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        letters = "bcdfghjklmnprstvz"
        self._all = [
            "".join(chance.choice(letters) + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))
            + "k"
            for _ in range(_VOCABULARY)
        ]
        self._weights = np.cumsum(1.0 / np.arange(1, _VOCABULARY + 1)).tolist()

    def text(self, count: int) -> str:
        return " ".join(self._chance.choices(self._all, cum_weights=self._weights, k=count))

    def query(self) -> str:
        """Two rather rare words, two common ones and one in between."""
        places = (self._chance.randrange(500, 5000), self._chance.randrange(500, 5000), 40, 4)
        return " ".join([*(self._all[place] for place in places), self._chance.choice(self._all[50:500])])


def _tenants(owner: Connection) -> dict[int, int]:
    """Tenant ids -> how many chunks each gets; the last is the large one."""
    insert = (
        "INSERT INTO tenants_tenant (public_id, slug, name, is_active, created_at) "
        "VALUES (gen_random_uuid(), 'bench-' || gen_random_uuid(), 'bench', true, now()) RETURNING id"
    )
    sizes = [SMALL_CHUNKS] * SMALL_TENANTS + [LARGE_CHUNKS]
    return {int(_one(owner, insert, [])): size for size in sizes}


def _one(connection: Connection, statement: str, values: list[Any]) -> Any:
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def _scope(connection: Connection, tenant: int) -> Iterator[None]:
    with connection.transaction():
        connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant)])
        yield


def _fill(app: Connection, tenant: int, size: int, words: _Words, rng: np.random.Generator) -> Corpus:
    vectors = rng.standard_normal((size, DIMS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids: list[int] = []
    with _scope(app, tenant):
        source = _one(app, _NEW_SOURCE, [tenant])
        document = _one(app, _NEW_DOCUMENT, [tenant, source])
        for start in range(0, size, _BATCH):
            batch = vectors[start : start + _BATCH]
            texts = [words.text(_WORDS_A_CHUNK) for _ in batch]
            rows = app.execute(_NEW_CHUNKS, [tenant, document, start, tenant_mark(tenant), texts]).fetchall()
            added = [row[1] for row in sorted(rows)]
            app.execute(_NEW_VECTORS, [tenant, MODEL, added, [literal(vector) for vector in batch]])
            ids += added
        app.execute(_NEW_TERMS, [tenant, tenant_mark(tenant)])
    # As stored: halfvec rounds to float16, and exact search must look at the same numbers.
    return Corpus(ids, vectors.astype(np.float16).astype(np.float32))


def _figures(owner: Connection, app: Connection, corpora: dict[int, Corpus], words: _Words) -> dict[str, Any]:
    *small, large = corpora
    rng = np.random.default_rng(11)
    asked = [_Asked(tenant, corpora[tenant], words, rng) for tenant in small[:_QUERIES]]
    asked_large = [_Asked(large, corpora[large], words, rng) for _ in range(_QUERIES // 3)]
    recall = statistics.mean(_recall(app, one, corpora[one.tenant]) for one in asked + asked_large)
    assert recall == 1.0, f"recall {recall}"
    hot = {
        f"search, {SMALL_CHUNKS} chunks": (STATEMENT, asked),
        f"search, {LARGE_CHUNKS} chunks": (STATEMENT, asked_large),
        f"words, {SMALL_CHUNKS} chunks": (_BY_WORDS, asked),
        f"words, {LARGE_CHUNKS} chunks": (_BY_WORDS, asked_large),
        f"vectors, {SMALL_CHUNKS} chunks": (_BY_MEANING, asked),
        f"one chunk by key, {LARGE_CHUNKS} chunks": (_BY_KEY, asked_large),
    }
    with _policies_off_for_owner(owner):
        times = {name: _compare(owner, app, *query) for name, query in hot.items()}
    return {
        "chunks": sum(len(corpus.ids) for corpus in corpora.values()),
        "recall": recall,
        "search": {
            name: _spread(with_policy) for name, (with_policy, _) in times.items() if "search" in name
        },
        "queries": {name: _ratio(*both) for name, both in times.items()},
    }


class _Asked:
    """One question to one tenant, as parameters of every hot query."""

    def __init__(self, tenant: int, corpus: Corpus, words: _Words, rng: np.random.Generator) -> None:
        self.tenant = tenant
        noise = rng.standard_normal(DIMS).astype(np.float32) * np.float32(0.03)
        near = corpus.vectors[rng.integers(len(corpus.ids))] + noise
        self.vector = near / np.linalg.norm(near)
        text = words.query()
        question = Question(text, MODEL, self.vector)
        self.params = parameters(tenant, question, k=_K, floor=0.25) | {
            "words": f"'{tenant_mark(tenant)}' & ({' | '.join(text.split()[:3])})",
            "chunk": corpus.ids[int(rng.integers(len(corpus.ids)))],
        }


def _recall(app: Connection, asked: _Asked, corpus: Corpus) -> float:
    """The share of the five exact neighbours that the vector search finds."""
    exact = np.argsort(-(corpus.vectors @ asked.vector.astype(np.float16).astype(np.float32)))[:_K]
    with _scope(app, asked.tenant):
        found = {row[0] for row in app.execute(_BY_MEANING, asked.params)}
    return len(found & {corpus.ids[at] for at in exact}) / _K


@contextmanager
def _policies_off_for_owner(owner: Connection) -> Iterator[None]:
    try:
        for table in _TABLES:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield
    finally:
        for table in _TABLES:
            owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _compare(owner: Connection, app: Connection, statement: str, asked: list[_Asked]) -> Times:
    """Milliseconds of each question, (with policies, with the explicit filter alone); the first round warms up."""
    times: Times = ([], [])
    for round_number in range(_ROUNDS + 1):
        for one in asked:
            for side, connection in enumerate((app, owner)):
                with _scope(connection, one.tenant):
                    start = time.perf_counter()
                    if statement is STATEMENT:
                        connection.execute(PLAN_FOR_THIS_TENANT)
                    connection.execute(statement, one.params).fetchall()
                    spent = (time.perf_counter() - start) * 1000
                if round_number:
                    times[side].append(spent)
    return times


def _spread(times: list[float]) -> dict[str, float]:
    return {"p50_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[-1]}


def _ratio(with_policy: list[float], explicit: list[float]) -> dict[str, float]:
    policy, plain = statistics.median(with_policy), statistics.median(explicit)
    return {"rls_ms": policy, "explicit_ms": plain, "ratio": policy / plain}


def _empty(owner: Connection, app: Connection, tenants: list[int]) -> None:
    for tenant in tenants:
        with _scope(app, tenant):
            for table in _TABLES:
                app.execute(f"DELETE FROM {table} WHERE tenant_id = %s", [tenant])
    owner.execute("DELETE FROM tenants_tenant WHERE id = ANY(%s)", [tenants])
