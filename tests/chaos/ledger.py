"""What must hold when all is over, read from the database by its superuser: past every wall, as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from tests.chaos.counter import Counter
from tests.chaos.customers import Record
from tests.chaos.load import Load

UNFINISHED = """
    SELECT id, status FROM conversations_run WHERE status IN ('running', 'ready')
"""
GAPS = """
    SELECT conversation_id, count(*), min(seq), max(seq) FROM conversations_event
    GROUP BY conversation_id HAVING min(seq) <> 1 OR max(seq) <> count(*)
"""
HEADS = """
    SELECT c.id, c.last_seq, e.last FROM conversations_conversation c
    LEFT JOIN (SELECT conversation_id, max(seq) last FROM conversations_event GROUP BY 1) e
    ON e.conversation_id = c.id WHERE c.last_seq <> coalesce(e.last, 0)
"""
UNANSWERED = """
    SELECT id, owner, customer_seq, answered_seq FROM conversations_conversation
    WHERE owner = 'ai' AND answered_seq < customer_seq
"""
TWICE_ANSWERED = """
    SELECT conversation_id, data->>'run', count(*) FROM conversations_event
    WHERE author_kind = 'ai' AND type = 'message' GROUP BY 1, 2 HAVING count(*) > 1
"""
SHARED_ANSWERS = """
    SELECT conversation_id, answer_seq, count(*) FROM conversations_run WHERE answer_seq IS NOT NULL
    GROUP BY 1, 2 HAVING count(*) > 1
"""
SAME_QUESTION = """
    SELECT conversation_id, upto_seq, count(*) FROM conversations_run WHERE status IN ('done', 'failed')
    GROUP BY 1, 2 HAVING count(*) > 1
"""
HELD_TOO_LONG = """
    SELECT id, run, step FROM budgets_reservation WHERE state = 'held' AND expires_at < now() - interval '60 s'
"""
PURSES = """
    SELECT p.id, p.reserved_nanos, held FROM budgets_purse p LEFT JOIN LATERAL (
        SELECT sum(amount_nanos) held FROM budgets_reservation r
        WHERE r.state = 'held' AND p.id = ANY (r.purses)) r ON true
    WHERE p.reserved_nanos <> coalesce(held, 0)
"""
UNBILLED = """
    SELECT r.public_id FROM conversations_run r WHERE r.level = 'model' AND r.status = 'done'
    AND NOT EXISTS (SELECT FROM budgets_usage u WHERE u.run = r.public_id::text)
"""
NOTHING = {
    "runs left unfinished": UNFINISHED,
    "gaps in the log": GAPS,
    "heads that are not the log's": HEADS,
    "messages without an answer": UNANSWERED,
    "runs that answered twice": TWICE_ANSWERED,
    "answers of two runs": SHARED_ANSWERS,
    "questions that two runs answered": SAME_QUESTION,
    "money held beyond its lease": HELD_TOO_LONG,
    "purses that hold what nobody asked for": PURSES,
    "answers that nobody paid for": UNBILLED,
}
LOG = """
    SELECT c.public_id::text, e.seq, e.type, e.author_kind, e.text, e.client_id
    FROM conversations_event e JOIN conversations_conversation c ON c.id = e.conversation_id ORDER BY 1, 2
"""
Row = tuple[Any, ...]


def faults(url: str, load: Load, counter: Counter) -> list[str]:
    """Everything that is not as it must be, in words."""
    with psycopg.connect(url, connect_timeout=20) as connection:
        found = [
            f"{name}: {rows[:5]}" for name, query in NOTHING.items() if (rows := _rows(connection, query))
        ]
        log: dict[str, list[Row]] = {}
        for conversation, *row in _rows(connection, LOG):
            log.setdefault(conversation, []).append(tuple(row))
    found += load.record.wrong
    found += _not_once(load.record, log)
    found += _shown_otherwise(load.record, log)
    found += _onlookers_behind(load, log)
    found += [
        f"{mark} was booked {len(keys)} times" for mark, keys in counter.booked().items() if len(keys) > 1
    ]
    return found


def heads(url: str) -> dict[str, int]:
    """By conversation: the last seq of its log."""
    with psycopg.connect(url, connect_timeout=20) as connection:
        return dict(_rows(connection, "SELECT public_id::text, last_seq FROM conversations_conversation"))


def _rows(connection: psycopg.Connection[Row], query: str) -> list[Row]:
    return connection.execute(query).fetchall()


def _not_once(record: Record, log: dict[str, list[Row]]) -> Iterator[str]:
    """Every message that was acknowledged stands in its log once, at its place; every other one at most once."""
    for message in record.messages:
        seqs = [row[0] for row in log.get(message.conversation, []) if row[3] == message.text]
        if message.acked_at and seqs != [message.seq]:
            yield f"{message.mark} was acknowledged at {message.seq} and stands at {seqs}"
        if len(seqs) > 1:
            yield f"{message.mark} stands {len(seqs)} times"


def _shown_otherwise(record: Record, log: dict[str, list[Row]]) -> Iterator[str]:
    """What a customer was shown is what the log says."""
    for name, conversations in record.shown.items():
        for conversation, frames in conversations.items():
            written = {row[0]: row for row in log.get(conversation, [])}
            for seq, frame in frames.items():
                if seq not in written:
                    yield f"{name} was shown {seq} of {conversation}, which is not there"
                elif frame["kind"] != "hidden" and frame["text"] != written[seq][3]:
                    yield f"{name} was shown {frame['text']!r} for {written[seq][3]!r}"


def _onlookers_behind(load: Load, log: dict[str, list[Row]]) -> Iterator[str]:
    for onlooker in load.onlookers:
        last = log[onlooker.line.conversation][-1][0]
        if onlooker.line.seq != last:
            yield f"{onlooker.line.name} saw {onlooker.line.seq} of {last} events"
