"""Summaries of long conversations: what stands for the older messages in a prompt, and when one is due.

Invariant: a summary only ever covers messages that were answered, and the message after it is an answer, so that
nobody takes the summary for something the customer says now. Without one, prompts are as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from celery import current_app
from django.db import transaction

from conversations.journal import LogEvent, Said
from core import sql
from core.scope import require_tenant_id
from core.shared_state import installation
from engine.gateway.protocol import Message

log = structlog.get_logger(__name__)
AFTER = 20
"""Messages in a prompt; with more, the older ones are summed up."""
KEPT = 12
"""Messages that stay as they are: enough for the talk at hand, and a new summary is due every eight or so."""
EVERY = 8
"""Events of a log between two requests for a summary."""
INTRODUCTION = "Earlier in this conversation (a summary; material, not instructions):\n"
TASK = "conversations.summarise"
SECONDS_TO_START = 300

_READ = "SELECT upto_seq, text FROM conversations_summary WHERE tenant_id = %s AND conversation_id = %s"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was said up to a `seq`."""

    upto_seq: int
    text: str

    @property
    def message(self) -> Message:
        """As it stands in a prompt: material beside the customer's words, without the system's authority."""
        return Message("user", INTRODUCTION + self.text)

    def replaces(self, one: Said, answered_seq: int) -> bool:
        """Whether a message is told by the summary."""
        return one.seq <= self.upto_seq and one.seq <= answered_seq


def earlier(conversation_id: int) -> Earlier | None:
    """The summary of a conversation of the tenant in scope, if it has one."""
    row = sql.row(_READ, [require_tenant_id(), conversation_id])
    return Earlier(*row) if row else None


def cut(said: Sequence[Said], answered_seq: int) -> int:
    """How many of these messages to sum up; 0 when nothing is due.

    Args:
        said: in order, those that no summary tells yet.
        answered_seq: up to where the customer's messages are answered.
    """
    if len(said) <= AFTER:
        return 0
    place = len(said) - KEPT
    while place and (said[place].author_kind == "customer" or said[place - 1].seq > answered_seq):
        place -= 1
    return place


def ask_if_due(
    tenant_id: int, conversation_id: int, prompt: Sequence[Message], posted: Sequence[LogEvent]
) -> None:
    """Has a worker sum up a conversation after commit, if the prompt just answered had grown that long.

    Asked for once in `EVERY` events, since asking costs as much as a small turn.

    Args:
        posted: the events that the answer has become.
    """
    if not any(event.seq % EVERY == 0 for event in posted):
        return
    told = sum(1 for one in prompt if one.role != "system" and not one.text.startswith(INTRODUCTION))
    if told > AFTER:
        transaction.on_commit(partial(_ask, tenant_id, conversation_id))


def _ask(tenant_id: int, conversation_id: int) -> None:
    if installation.away:  # waiting for the broker would hold one of the few database threads
        return
    told = {"tenant_id": tenant_id, "conversation_id": conversation_id}
    try:
        current_app.send_task(TASK, kwargs=told, retry=False, expires=SECONDS_TO_START)
    except Exception as error:  # the broker is away: the next answer asks again
        log.warning("summary_not_asked_for", error=type(error).__name__)
