"""Appends to a conversation's log.

Invariant: `seq` has no gap and no double. Whoever appends holds the conversation's row lock, so the next number is
known; the rows, the new head and the audit lines go in one statement, in the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from audit.services import rendered
from conversations import hands
from core import sql
from core.actors import Actor
from core.errors import NotFound
from core.scope import require_tenant_id


class NoSuchConversation(NotFound):
    code = "no_such_conversation"
    default_message = "There is no such conversation."


@dataclass(slots=True)
class Head:
    """A conversation's row, locked by the transaction that read it."""

    id: int
    public_id: uuid.UUID
    tenant_id: int
    customer_id: int
    release_id: int
    owner: str
    owner_version: int
    agent_id: int | None
    episode: int
    last_seq: int
    customer_seq: int
    answered_seq: int
    language: str = ""
    moods: list[float] = field(default_factory=list)
    signals: dict[str, Any] = field(default_factory=dict)
    guidance: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to be appended."""

    type: str
    author: Actor
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class LogEvent:
    """An event of the log."""

    seq: int
    type: str
    author_kind: str
    author_id: str
    author_name: str
    text: str
    data: dict[str, Any]
    client_id: str | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A message as a prompt needs it."""

    seq: int
    author_kind: str
    author_name: str
    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """An audit line that belongs to an append."""

    actor: Actor
    action: str
    data: dict[str, Any] | None = None


_HEAD = (
    "id, public_id, tenant_id, customer_id, release_id, owner, owner_version, agent_id, episode, last_seq, "
    "customer_seq, answered_seq, language, moods, signals, guidance"
)
HEAD_OF_C = ", ".join(f"c.{name}" for name in _HEAD.split(", "))
"""The columns of a head for a statement that locks the row itself, as `c`; `head_of` reads them."""
_SELECT = f"SELECT {_HEAD} FROM conversations_conversation WHERE tenant_id = %s AND "  # noqa: S608 — fixed column names
CUT = "cut:"
"""What the client id of an answer begins with that was cut off: see `conversations.cutting`."""
SAID = (
    f"SELECT seq, author_kind, author_name, text, coalesce(left(client_id, 4) = '{CUT}', false) "  # noqa: S608
    "FROM conversations_event "
    "WHERE tenant_id = %s AND conversation_id = %s AND type = 'message' ORDER BY seq DESC LIMIT %s"
)
JSON_COLUMNS = frozenset({"signals", "guidance"})
_FIRST_ANSWER = (
    ", f AS (UPDATE conversations_episode SET first_answer_at = %s WHERE tenant_id = %s AND conversation_id = %s "
    "AND number = %s AND first_answer_at IS NULL)"
)
EVENT_COLUMNS = "seq, type, author_kind, author_id, author_name, text, data, client_id, created_at"


def lock(pk: int) -> Head:
    """Reads and locks a conversation of the tenant in scope.

    Raises:
        NoSuchConversation: not there, or another tenant's.
    """
    return _head("id = %s FOR NO KEY UPDATE", pk)


def peek(pk: int) -> Head:
    """Reads a conversation of the tenant in scope without locking it; not for writing.

    Raises:
        NoSuchConversation: not there, or another tenant's.
    """
    return _head("id = %s", pk)


def _head(condition: str, value: Any) -> Head:
    row = sql.row(_SELECT + condition, [require_tenant_id(), value])
    if row is None:
        raise NoSuchConversation
    return head_of(row)


def head_of(row: Sequence[Any]) -> Head:
    """A head from the columns `HEAD_OF_C`, of a row that the caller's statement has locked."""
    *plain, signals, guidance = row
    return Head(*[*plain, _json(signals), _loaded(guidance)])


def append(
    head: Head, entries: Sequence[Entry], *, facts: Sequence[Fact] = (), now: dt.datetime, **changes: Any
) -> list[LogEvent]:
    """Appends entries and sets `changes` on the conversation, updating `head` alike.

    Args:
        head: from `lock`, in this transaction.
        entries: at least one.
        facts: audit lines about this conversation.
        now: the moment of all of it.
        changes: columns of the conversation; the log's head moves by itself.

    Raises:
        django.db.IntegrityError: a client id that the log has already.
    """
    events = [
        LogEvent(head.last_seq + place, e.type, *_author(e.author), e.text, e.data, e.client_id, now)
        for place, e in enumerate(entries, start=1)
    ]
    changes |= {"last_seq": events[-1].seq, "updated_at": now}
    values: list[Any] = []
    for event in events:
        values += _event_values(head, event)
    for fact in facts:
        values += rendered(
            actor=fact.actor, action=fact.action, target=f"conversation:{head.public_id}", data=fact.data
        )
    answers = any(one.type == "message" and one.author_kind == "ai" for one in events)
    if answers:
        values += [now, head.tenant_id, head.id, head.episode]
    values += [*(_column(name, value) for name, value in changes.items()), head.tenant_id, head.id]
    sql.run(_statement(len(events), len(facts), tuple(changes), answers), values)
    before, agent_before = head.owner, head.agent_id
    for name, value in changes.items():
        if name != "updated_at":
            setattr(head, name, value)
    hands.tell(hands.Moment(head, before, agent_before, events, now))
    return events


def _column(name: str, value: Any) -> Any:
    return json.dumps(value) if name in JSON_COLUMNS else value


def _author(author: Actor) -> tuple[str, str, str]:
    kind = {"member": "agent", "api_key": "agent"}.get(author.kind, author.kind)
    return kind, author.id[:64], author.name[:120]


def _event_values(head: Head, event: LogEvent) -> list[Any]:
    return [
        head.tenant_id,
        head.id,
        event.seq,
        event.type,
        event.author_kind,
        event.author_id,
        event.author_name,
        event.text,
        json.dumps(event.data),
        event.client_id,
        event.created_at,
    ]


@lru_cache(maxsize=128)
def _statement(events: int, facts: int, changes: tuple[str, ...], answers: bool = False) -> str:
    """One statement for everything an append writes; only fixed names are formatted in."""
    event_rows = ", ".join([f"({', '.join(['%s'] * 11)})"] * events)
    parts = [
        f"WITH e AS (INSERT INTO conversations_event (tenant_id, conversation_id, {EVENT_COLUMNS}) "  # noqa: S608
        f"VALUES {event_rows})"
    ]
    if facts:
        fact_rows = ", ".join([f"({', '.join(['%s'] * 9)})"] * facts)
        parts.append(
            ", a AS (INSERT INTO audit_auditevent "  # noqa: S608
            f"(public_id, tenant_id, at, actor, action, target, origin, data, digest) VALUES {fact_rows})"
        )
    if answers:
        parts.append(_FIRST_ANSWER)
    settings = ", ".join(f"{name} = %s" for name in changes)
    parts.append(f" UPDATE conversations_conversation SET {settings} WHERE tenant_id = %s AND id = %s")  # noqa: S608
    return "".join(parts)


def read(conversation_id: int, *, after: int, upto: int | None = None, limit: int = 200) -> list[LogEvent]:
    """The log after a cursor, in order, within the tenant in scope.

    Args:
        after: the last `seq` the reader has.
        upto: the last `seq` wanted; None for the head.
        limit: most rows.
    """
    return list(
        _rows("seq > %s AND seq <= %s ORDER BY seq LIMIT %s", conversation_id, after, _upto(upto), limit)
    )


def latest(conversation_id: int, *, limit: int) -> list[LogEvent]:
    """The last `limit` events, in order, within the tenant in scope."""
    return list(_rows("true ORDER BY seq DESC LIMIT %s", conversation_id, limit))[::-1]


def said(conversation_id: int, *, limit: int) -> list[Said]:
    """The last messages, in order, with no more of each than a prompt needs."""
    found = sql.rows(SAID, [require_tenant_id(), conversation_id, limit])
    return [Said(*row) for row in reversed(found)]


def by_client_id(conversation_id: int, client_id: str) -> LogEvent | None:
    """The event a client sent under this id, if it did."""
    return next(iter(_rows("client_id = %s LIMIT 1", conversation_id, client_id)), None)


def _upto(upto: int | None) -> int:
    return 2**31 - 1 if upto is None else upto


def _rows(condition: str, conversation_id: int, *values: Any) -> Iterable[LogEvent]:
    found = sql.rows(
        f"SELECT {EVENT_COLUMNS} FROM conversations_event "  # noqa: S608 — conditions are constants above
        f"WHERE tenant_id = %s AND conversation_id = %s AND {condition}",
        [require_tenant_id(), conversation_id, *values],
    )
    for row in found:
        seq, kind, author_kind, author_id, author_name, text, data, client_id, created_at = row
        author = (author_kind, author_id, author_name)
        yield LogEvent(seq, kind, *author, text, _json(data), client_id, created_at)


def _json(value: Any) -> dict[str, Any]:
    return dict(_loaded(value))


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value
