"""Answers that were given before, to whoever asks the same: no model is asked, and no money held.

Invariant: what is known belongs to one tenant and one release, was said to an anonymous customer's first message
from the knowledge alone, and is used for no other kind of turn; it is found only while the knowledge is what it was
when the run that said it began. A question that only resembles a known one must have the same telling words in the
same order besides: measured, vectors alone take "before it ships" for "after it ships" (docs/thrift.md).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import structlog

from audit.services import record
from conversations import questions, steps, turns
from conversations.journal import Head
from conversations.questions import Known
from conversations.turns import Job
from core import sql
from core.actors import Actor
from core.errors import Unavailable
from core.offload import in_database
from engine.agent.values import Citation, Outcome
from engine.knowledge.embedding import get_embedder, query_vectors

log = structlog.get_logger(__name__)
CLOSE = 0.95
"""Least cosine of two questions that one answer may serve."""
LIFE = dt.timedelta(days=7)
MOST_READ = 50
MOST_COMPARED = 3
MOST_REMOVED = 100
SAID_BY = frozenset({"model", "fallback_model"})
SOURCES = frozenset({"search_knowledge"})

# One trip: the knowledge's revision, which this turn's answer is kept under, and what is known of the same gist. What
# of that still holds is looked at here: a plan made without statistics would search by it, and read everything.
_RECALL = (
    "SELECT number, NULL::timestamptz, '', NULL::uuid, '', '', '', NULL::jsonb FROM knowledge_revision "
    "WHERE tenant_id = %s UNION ALL (SELECT revision, created_at, digest, run, question, level, text, citations "
    "FROM conversations_knownanswer WHERE tenant_id = %s AND release_id = %s AND gist = %s LIMIT %s)"
)
# An answer from other knowledge, or an old one, gives way; a good one stays, so that its feedback stays with it.
_KEEP = (
    "INSERT INTO conversations_knownanswer AS k (tenant_id, release_id, digest, gist, revision, run, question, "
    "text, citations, level, route, created_at, hits) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0) "
    "ON CONFLICT (tenant_id, release_id, digest) DO UPDATE SET revision = EXCLUDED.revision, run = EXCLUDED.run, "
    "question = EXCLUDED.question, text = EXCLUDED.text, citations = EXCLUDED.citations, level = EXCLUDED.level, "
    "route = EXCLUDED.route, created_at = EXCLUDED.created_at, hits = 0, last_hit_at = NULL "
    "WHERE k.revision < EXCLUDED.revision OR k.created_at < %s"
)
_TIDY = (
    "DELETE FROM conversations_knownanswer WHERE tenant_id = %s AND id IN (SELECT id FROM "
    "conversations_knownanswer WHERE tenant_id = %s AND created_at < %s ORDER BY created_at LIMIT %s "
    "FOR UPDATE SKIP LOCKED)"
)
# Nobody waits for a popular answer's row, so under a crowd some hits go uncounted.
_COUNT = (
    "UPDATE conversations_knownanswer SET hits = hits + 1, last_hit_at = %s WHERE tenant_id = %s AND id IN ("
    "SELECT id FROM conversations_knownanswer WHERE tenant_id = %s AND run = %s FOR NO KEY UPDATE SKIP LOCKED)"
)
_FORGET = "DELETE FROM conversations_knownanswer WHERE tenant_id = %s AND run = ANY(%s::uuid[]) RETURNING run"


def recall(head: Head, job: Job, *, now: dt.datetime) -> Job:
    """The job with what is known about its question; within the tenant's scope.

    Args:
        job: of a conversation's first message.
    """
    release, _ = turns.release_of(head.release_id)
    if not (job.routes and release.answer_cache and job.customer.identity == "anonymous"):
        return job
    tools = (offer.name for offer in job.offers)
    text = job.turn.messages[-1].text
    question = questions.question_of(text, release_id=head.release_id, tools=tools)
    if question is None:
        return job
    where = [head.tenant_id, head.tenant_id, question.release_id, question.gist, MOST_READ]
    found = sql.rows(_RECALL, where)
    revision = next((number for number, created_at, *_ in found if created_at is None), 0)
    holds = [row[2:] for row in found if row[0] == revision and row[1] and row[1] > now - LIFE]
    same = next((_known("exact", rest) for digest, *rest in holds if digest == question.digest), None)
    others = () if same else tuple(_known("semantic", rest) for _, *rest in holds[:MOST_COMPARED])
    return replace(job, question=replace(question, revision=revision), known=same, nearby=others)


async def resembling(job: Job) -> Known | None:
    """The answer to a question that asks the same in slightly other words, if there is one."""
    if not job.nearby:
        return None
    try:
        return await in_database(nearest, lane="long")(job)
    except Unavailable as error:
        log.warning("known_answers_not_compared", reason=error.code)
        return None


def nearest(job: Job) -> Known | None:
    """Of the answers nearby the one whose question is nearest. Encodes questions where that was not done before.

    Raises:
        core.errors.Unavailable: there are no vectors to be had now.
    """
    embedder = get_embedder()
    if embedder is None or job.question is None:
        return None
    asked = query_vectors.get(job.tenant_id, embedder, job.question.text)
    near = [
        (float(asked @ query_vectors.get(job.tenant_id, embedder, one.question)), one) for one in job.nearby
    ]
    cosine, found = max(near, key=lambda pair: pair[0])
    return found if cosine >= CLOSE else None


def _known(way: str, row: Iterable[Any]) -> Known:
    run, question, level, text, raw = row
    citations = json.loads(raw) if isinstance(raw, str | bytes) else raw
    return Known(str(run), way, question, level, text, tuple(Citation(**one) for one in citations))


def marked(job: Job, known: Known | None) -> Job:
    """The job as it ends when a known answer was repeated; unchanged otherwise."""
    return job if known is None else replace(job, known=known, choice=f"cached: {known.way}")


def note(job: Job, outcome: Outcome, level: str, *, now: dt.datetime) -> None:
    """Counts a repeated answer, keeps one that may be repeated; in the transaction that posts it."""
    if job.known is not None:
        sql.run(_COUNT, [now, job.tenant_id, job.tenant_id, job.known.run])
    elif job.question is not None and level in SAID_BY and may_be_repeated(job.question.text, outcome):
        keep(job, outcome, level, now=now)


def may_be_repeated(question: str, outcome: Outcome) -> bool:
    """Whether an answer came from the knowledge alone, cites it, is whole, and speaks of nobody."""
    tools = [step for step in outcome.steps if step.kind == "tool"]
    if outcome.kind != "answered" or outcome.note or not outcome.citations:
        return False
    if any(step.name not in SOURCES or step.is_error for step in tools):
        return False
    sources = [part for one in outcome.citations for part in (one.title, one.heading, one.quote)]
    return not questions.repeats_a_name(question, outcome.text, sources)


def keep(job: Job, outcome: Outcome, level: str, *, now: dt.datetime) -> None:
    """Keeps an answer for who asks the same, and removes some that are too old."""
    question = job.question
    assert question is not None
    route = next((step.route for step in reversed(outcome.steps) if step.route), "")
    citations = json.dumps(steps.clean([asdict(citation) for citation in outcome.citations]))
    values = [job.tenant_id, question.release_id, question.digest, question.gist, question.revision, job.run]
    values += [question.text, steps.storable(outcome.text), citations, level, route[:240], now]
    sql.run(_KEEP, [*values, now - LIFE])
    sql.run(_TIDY, [job.tenant_id, job.tenant_id, now - LIFE, MOST_REMOVED])


def forget(tenant_id: int, answer: dict[str, Any], *, actor: Actor) -> None:
    """Removes the answer that a customer was not helped by, so that nobody gets it again; within the tenant's scope.

    Args:
        answer: the data of the message she rated.
    """
    runs = [run for run in (str(answer.get("run", "")).partition(".")[0], answer.get("known")) if run]
    for (run,) in sql.rows(_FORGET, [tenant_id, runs]):
        record(actor=actor, action="known_answer.removed", target=f"run:{run}", data={"why": "feedback"})
