"""`manage.py evaluate KIND …`: measures the engine on files of examples."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import SwitchboardError
from engine.evaluation import labelled, retrieval
from engine.evaluation.labelled import Judged
from engine.guardrails.policies import policy_for
from engine.guardrails.policy import GuardPolicy
from engine.releases import queries as releases
from tenants.queries import tenant_by_slug

ABOUT = {
    "injection": "attempts to change what the assistant is told",
    "indirect_injection": "orders to the assistant in documents and results of tools",
    "handoff_request": "the plain wish for a person",
    "sentiment": "anger and despair",
    "content_safety": "harmful content",
    "pii": "personal data",
}


class Command(BaseCommand):
    help = "Measures the engine on JSON-lines files of examples."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        kind = kinds.add_parser("retrieval", help="rank documents for questions; prints hit@1, hit@5 and MRR")
        kind.add_argument("documents", type=Path, help="doc_id, text; optional title, question")
        kind.add_argument("queries", type=Path, help="query_id, query; optional relevant: [doc_id …]")
        kind.add_argument("--out", type=Path, required=True, help="written: query_id, ranked: [doc_id …]")
        for name, about in ABOUT.items():
            kind = kinds.add_parser(
                name, help=f"judge texts for {about}; prints figures per source and label"
            )
            kind.add_argument("file", type=Path, help="id, text; optional label, source, spans")
            kind.add_argument("--out", type=Path, help="written, a line a row: id and the verdict")
            kind.add_argument("--tenant", help="short name of a tenant: judge by its own policy's thresholds")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["kind"] == "retrieval":
                self._retrieval(options)
            else:
                self._labelled(options)
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

    def _labelled(self, options: dict[str, Any]) -> None:
        kind, path = options["kind"], options["file"]
        with path.open("rb") as lines:
            rows = list(labelled.read_rows(lines, path.name))
        if not rows:
            raise CommandError(f"{path.name} holds no row.")
        judged = list(labelled.judge(kind, rows, _policy(options["tenant"])))
        if options["out"]:
            with options["out"].open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(one.plain(kind), ensure_ascii=False) + "\n" for one in judged)
        for line in report(kind, judged):
            self.stdout.write(line)


def report(kind: str, judged: Sequence[Judged]) -> Iterator[str]:
    """The figures as lines of a table."""
    is_personal = kind == labelled.PII
    yield f"{'source':24} {'label':14} {'rows':>6} {'flagged':>8} {'%':>6}" + (
        "  masked %" if is_personal else "  mean"
    )
    for one in labelled.figures(judged):
        line = f"{one.source[:24]:24} {one.label[:14]:14} {one.rows:6} {one.flagged:8} {one.share:6.1f}"
        if not is_personal:
            yield f"{line}  {one.mean:.3f}"
        else:
            yield f"{line}  {one.masked:8.1f}" if one.personal else line
    area = labelled.auc(kind, judged)
    if area is not None:
        yield f"AUC {area:.3f}"


def _policy(slug: str | None) -> GuardPolicy | None:
    if slug is None:
        return None
    tenant = tenant_by_slug(slug)
    release = releases.current(tenant.pk)
    return policy_for(tenant.pk, release.pk, release.guardrails)
