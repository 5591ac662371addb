"""`manage.py evaluate KIND …`: measures the engine on files of examples."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import SwitchboardError
from engine.evaluation import retrieval


class Command(BaseCommand):
    help = "Measures the engine on JSON-lines files of examples."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        kind = kinds.add_parser("retrieval", help="rank documents for questions; prints hit@1, hit@5 and MRR")
        kind.add_argument("documents", type=Path, help="doc_id, text; optional title, question")
        kind.add_argument("queries", type=Path, help="query_id, query; optional relevant: [doc_id …]")
        kind.add_argument("--out", type=Path, required=True, help="written: query_id, ranked: [doc_id …]")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            {"retrieval": self._retrieval}[options["kind"]](options)
        except (SwitchboardError, OSError) as error:
            raise CommandError(str(error)) from error

    def _retrieval(self, options: dict[str, Any]) -> None:
        documents = retrieval.read_documents(options["documents"])
        queries = retrieval.read_queries(options["queries"])
        if not documents or not queries:
            raise CommandError("There must be at least one document and one query.")
        rankings = retrieval.evaluate(documents, queries, self.stderr.write)
        with options["out"].open("w", encoding="utf-8") as out:
            for ranking in rankings:
                out.write(json.dumps({"query_id": ranking.query.id, "ranked": ranking.ranked}) + "\n")
        score = retrieval.score(rankings)
        self.stdout.write(
            f"queries with an answer {score.queries}  hit@1 {score.hit_1:.3f}  "
            f"hit@5 {score.hit_5:.3f}  MRR {score.mrr:.3f}"
        )
