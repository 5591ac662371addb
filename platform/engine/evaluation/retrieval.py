"""How well knowledge is found: ranks known documents for known questions.

Invariant: the scratch tenant lives in one transaction that is always rolled back, so nothing of a measurement
outlives it, not even when the process is killed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from core.actors import system
from core.errors import Invalid
from core.scope import tenant_scope
from engine.knowledge import queries, services
from engine.knowledge.extract.sections import Extracted, Section, clean, one_line
from tenants.services import create_tenant

DEPTH = 20
_CHUNKS_A_DOCUMENT = 5
_BATCH = 64
_ACTOR = system("evaluate")

Progress = Callable[[str], None]


class BadLine(Invalid):
    code = "evaluation_bad_line"
    default_message = "A line of the file is not what it should be."


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the ids of the documents that answer it (none where only the ranking is wanted)."""

    id: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question, best first, each document once."""

    query: Query
    ranked: tuple[str, ...]

    def place(self) -> int | None:
        """The place of the first relevant document, from 1."""
        return next((at for at, found in enumerate(self.ranked, 1) if found in self.query.relevant), None)


@dataclass(frozen=True, slots=True)
class Score:
    """Over the questions with an answer: shares in 0 to 1, and the mean of 1 / place (0 where not found)."""

    queries: int
    hit_1: float
    hit_5: float
    mrr: float


def read_documents(path: Path) -> list[tuple[str, Extracted]]:
    """Documents of a JSON-lines file: `doc_id`, `text`, and if there are any `title` and `question`.

    Raises:
        BadLine: naming file, line and fault.
    """
    found: dict[str, Extracted] = {}
    for where, row in _rows(path):
        doc_id = _text(where, row, "doc_id")
        if doc_id in found:
            raise BadLine(f"{where}: doc_id {doc_id!r} was there before.")
        text = clean(_text(where, row, "text"))
        if not text:
            raise BadLine(f"{where}: text must be a text.")
        section = Section(text, question=_unbroken(_text(where, row, "question", "")))
        found[doc_id] = Extracted("text", one_line(_text(where, row, "title", "")), (section,))
    return list(found.items())


def read_queries(path: Path) -> list[Query]:
    """Questions of a JSON-lines file: `query_id`, `query`, and if known `relevant`, a list of document ids.

    Raises:
        BadLine: naming file, line and fault.
    """
    found = []
    for where, row in _rows(path):
        relevant = row.get("relevant", [])
        if not isinstance(relevant, list) or not all(isinstance(one, str) for one in relevant):
            raise BadLine(f"{where}: relevant must be a list of document ids.")
        found.append(Query(_text(where, row, "query_id"), _text(where, row, "query"), frozenset(relevant)))
    return found


def evaluate(
    documents: Sequence[tuple[str, Extracted]], asked: Sequence[Query], progress: Progress
) -> list[Ranking]:
    """Indexes documents into a scratch tenant and ranks them for each question, without the relevance floor.

    Raises:
        core.errors.Unavailable: the embedder fails.
    """
    prepared = []
    for start in range(0, len(documents), _BATCH):
        prepared += services.prepare([document for _, document in documents[start : start + _BATCH]])
        progress(f"encoded {len(prepared)} of {len(documents)} documents")
    with transaction.atomic():
        tenant = create_tenant(slug=f"scratch-{secrets.token_hex(8)}", name="Scratch", actor=_ACTOR)
        with tenant_scope(tenant.pk):
            source = services.ensure_source(tenant_id=tenant.pk, name="evaluation")
            # Numbers, not the file's ids: those may be longer or stranger than a document's name.
            numbered = [(str(number), one) for number, one in enumerate(prepared)]
            services.add_prepared(source=source, actor=_ACTOR, prepared=numbered)
            progress(f"indexed {len(documents)} documents, asking {len(asked)} questions")
            rankings = [Ranking(query, _rank(tenant.pk, query.text, documents)) for query in asked]
        transaction.set_rollback(True)
    return rankings


def score(rankings: Iterable[Ranking]) -> Score:
    """Hit rates and mean reciprocal rank over the questions that have an answer."""
    places = [ranking.place() for ranking in rankings if ranking.query.relevant]
    count = max(len(places), 1)
    return Score(
        queries=len(places),
        hit_1=sum(place == 1 for place in places) / count,
        hit_5=sum(place is not None and place <= 5 for place in places) / count,
        mrr=sum(1 / place for place in places if place) / count,
    )


def _unbroken(text: str) -> str:
    return " ".join(clean(text).split())


def _rank(tenant_id: int, text: str, documents: Sequence[tuple[str, Extracted]]) -> tuple[str, ...]:
    found = queries.search(tenant_id, text, k=DEPTH * _CHUNKS_A_DOCUMENT, floor=-1.0)
    return tuple(dict.fromkeys(documents[int(passage.name)][0] for passage in found))[:DEPTH]


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{path.name} line {number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadLine(f"{where}: not JSON in UTF-8.") from error
            if not isinstance(row, dict):
                raise BadLine(f"{where}: not a JSON object.")
            yield where, row


def _text(where: str, row: dict[str, Any], name: str, default: str | None = None) -> str:
    value = row.get(name, default)
    value = default if value is None else value
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise BadLine(f"{where}: {name} must be a text{'' if default is None else ' or missing'}.")
    return value
