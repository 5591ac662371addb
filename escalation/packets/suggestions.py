"""What a person's answers teach: suggested when a conversation is resolved, and added to the knowledge by a yes."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial

from celery import current_app
from django.db import transaction

from conversations.hands import Moment
from conversations.models import Owner
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.scope import tenant_scope
from core.shared_state import installation
from engine.knowledge import services as knowledge
from escalation.models import Suggestion, SuggestionStatus
from escalation.packets import queries, services
from escalation.packets.learning import MOST_ANSWER, MOST_QUESTION, Lesson, lesson_of

TASK = "escalation.learn"
SECONDS_TO_START = 3600
SOURCE = "Answers of the team"


class SuggestionDecided(Conflict):
    code = "suggestion_decided"
    default_message = "Somebody has decided about this suggestion already."


class BadSuggestion(Invalid):
    code = "bad_suggestion"
    default_message = f"A question has 1 to {MOST_QUESTION} characters, an answer 1 to {MOST_ANSWER}."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a manager makes of a suggestion: yes or no, with the texts as they are to be known."""

    accept: bool
    question: str = ""
    answer: str = ""


def hear(moment: Moment) -> None:
    """What `conversations.hands` calls: a conversation that a person resolved is looked at after commit."""
    if moment.changed_hands and moment.head.owner == Owner.CLOSED and moment.before == Owner.AGENT:
        transaction.on_commit(partial(_ask_for, moment.head.tenant_id, moment.head.id), robust=True)


def learn(tenant_id: int, conversation_id: int) -> bool:
    """Suggests what a conversation teaches, once; whether it teaches anything."""
    lesson = lesson_of(queries.spoken(tenant_id, conversation_id))
    return lesson is not None and services.suggest(tenant_id, conversation_id, lesson)


def decide(
    *, tenant_id: int, public_id: str | uuid.UUID, verdict: Verdict, actor: Actor, now: dt.datetime
) -> Suggestion:
    """Adds a suggestion to the knowledge, or dismisses it.

    Raises:
        escalation.packets.queries.NoSuchSuggestion, SuggestionDecided, BadSuggestion
        core.errors.SwitchboardError: what adding a document raises.
    """
    row = queries.get_suggestion(tenant_id, public_id)
    if row.status != SuggestionStatus.PENDING:
        raise SuggestionDecided
    lesson = _final(row, verdict)
    with tenant_scope(tenant_id):  # only the suggestion's row is held while the answer is encoded
        if not services.close_suggestion(row, accepted=verdict.accept, lesson=lesson, actor=actor, now=now):
            raise SuggestionDecided
        if verdict.accept:
            source = knowledge.ensure_source(tenant_id=tenant_id, name=SOURCE, actor=actor)
            text = f"# {lesson.question}\n\n{lesson.answer}\n"
            upload = knowledge.Upload(f"answer-{row.public_id}.md", text, title=lesson.question[:200])
            knowledge.add_document(tenant_id=tenant_id, actor=actor, source=source, upload=upload)
    return queries.get_suggestion(tenant_id, public_id)


def _final(row: Suggestion, verdict: Verdict) -> Lesson:
    question = " ".join((verdict.question or row.question).split())
    answer = (verdict.answer or row.answer).strip()
    if not (0 < len(question) <= MOST_QUESTION and 0 < len(answer) <= MOST_ANSWER):
        raise BadSuggestion
    return Lesson(question, row.tried, answer)


def _ask_for(tenant_id: int, conversation_id: int) -> None:
    if not installation.away:
        told = {"tenant_id": tenant_id, "conversation_id": conversation_id}
        current_app.send_task(TASK, kwargs=told, retry=False, expires=SECONDS_TO_START)
