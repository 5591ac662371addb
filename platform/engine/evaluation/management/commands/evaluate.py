"""`manage.py evaluate KIND …`: measures the engine on files of examples."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

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
TELL_AFTER = 5.0
"""Seconds between two words about how far it is."""
INTERRUPTED = 130


class Command(BaseCommand):
    help = "Measures the engine on JSON-lines files of examples. See docs/guardrails/evaluate.md, docs/knowledge.md."

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
            kind.add_argument("--tenant", help="short name of a tenant: judge by its own policy")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["kind"] == "retrieval":
                self._retrieval(options)
            else:
                self._labelled(options)
        except OSError as error:
            raise CommandError(
                f"{error.filename}: {error.strerror}" if error.filename else str(error)
            ) from error
        except SwitchboardError as error:
            raise CommandError(error.message) from error
        except KeyboardInterrupt as stopped:
            raise CommandError(
                "Stopped. What was written so far is not complete.", returncode=INTERRUPTED
            ) from stopped

    def _retrieval(self, options: dict[str, Any]) -> None:
        documents = retrieval.read_documents(options["documents"])
        queries = retrieval.read_queries(options["queries"])
        if not documents or not queries:
            raise CommandError("There must be at least one document and one query.")
        with _open(options["out"], options["documents"], options["queries"]) as out:
            rankings = retrieval.evaluate(documents, queries, self.stderr.write)
            for ranking in rankings:
                out.write(json.dumps({"query_id": ranking.query.id, "ranked": ranking.ranked}) + "\n")
        score = retrieval.score(rankings)
        self.stdout.write(
            f"queries with an answer {score.queries}  hit@1 {score.hit_1:.3f}  "
            f"hit@5 {score.hit_5:.3f}  MRR {score.mrr:.3f}"
        )

    def _labelled(self, options: dict[str, Any]) -> None:
        kind, path, target = options["kind"], options["file"], options["out"]
        with path.open("rb") as lines:
            rows = list(labelled.read_rows(lines, path.name))
        if not rows:
            raise CommandError(f"{path.name} holds no row.")
        policy = _policy(options["tenant"])
        judged = []
        # Opened before the work: what cannot be written is said at once, not after half an hour.
        with _open(target, path) if target else nullcontext() as out:
            for one in self._telling(labelled.judge(kind, rows, policy), len(rows)):
                judged.append(one)
                if out:
                    out.write(json.dumps(one.plain(kind), ensure_ascii=False) + "\n")
        for line in report(kind, judged):
            self.stdout.write(line)

    def _telling(self, judged: Iterable[Judged], rows: int) -> Iterator[Judged]:
        told = time.monotonic()
        for number, one in enumerate(judged, 1):
            yield one
            if time.monotonic() - told >= TELL_AFTER:
                told = time.monotonic()
                self.stderr.write(f"judged {number} of {rows} texts")


def report(kind: str, judged: Sequence[Judged]) -> Iterator[str]:
    """The figures as lines of a table, and what they come to."""
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
    yield from _whole(kind, judged)


def _whole(kind: str, judged: Sequence[Judged]) -> Iterator[str]:
    whole, labels = labelled.summary(kind, judged), "/".join(sorted(labelled.harmful_labels(kind)))
    if whole.harmful:
        yield f"found {whole.found} of {whole.harmful} labelled {labels}: {whole.recall:.1f} %"
    if whole.harmless:
        yield f"flagged {whole.alarms} of {whole.harmless} others: {whole.alarm_rate:.1f} %"
    if whole.personal:
        yield f"masked {whole.covered} of {whole.personal} personal characters: {whole.masked:.1f} %"
    if whole.area is not None:
        yield f"AUC {whole.area:.3f}"


def _open(target: Path, *sources: Path) -> IO[str]:
    """A file to be written; never one of those that are read."""
    if target.exists() and any(target.samefile(source) for source in sources):
        raise CommandError(f"{target} is what is read: name another file to be written.")
    return target.open("w", encoding="utf-8")


def _policy(slug: str | None) -> GuardPolicy | None:
    if slug is None:
        return None
    tenant = tenant_by_slug(slug)
    release = releases.current(tenant.pk)
    return policy_for(tenant.pk, release.pk, release.guardrails)
