"""How a conversation changes hands, and how a person writes into it: in one transaction, told after commit.

Invariant: a change of hands moves `owner_version`, so that an answer begun before it can't be posted after it; what
the customer has read of an answer that was being written is kept, see `cutting`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from conversations import cutting, events, journal, runs
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import Owner


def change_hands(
    head: Head, entries: Sequence[Entry], facts: Sequence[Fact], *, now: dt.datetime, **changes: Any
) -> list[LogEvent]:
    """Posts a change of owner under the next version; the answer that was being written is cut off.

    Args:
        head: from `journal.lock`, in this transaction.
        entries: what is said about it; facts: what the ledger says; the first one's actor has dropped the answer.
        changes: columns of the conversation.
    """
    # Who waits for a person has no answer in flight: it was dropped or ended when she was passed on.
    dropped = None if head.owner == Owner.QUEUE else runs.drop(head, now=now)
    before, noted = [], list(facts)
    if dropped:
        cut = cutting.cut_entry(head, dropped)
        before = [cut] if cut else []
        told = {"run": dropped, "kept": bool(cut)}
        noted.insert(0, Fact(facts[0].actor, "conversation.answer_dropped", told))
    return post(head, [*before, *entries], noted, now=now, owner_version=head.owner_version + 1, **changes)


def post(
    head: Head, entries: Sequence[Entry], facts: Sequence[Fact], *, now: dt.datetime, **changes: Any
) -> list[LogEvent]:
    """Appends entries, and publishes them after commit."""
    posted = journal.append(head, entries, facts=facts, now=now, **changes)
    transaction.on_commit(partial(events.publish, head.tenant_id, head.id, posted))
    return posted
