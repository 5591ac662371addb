"""Counting against a limit in the database, where Redis counts otherwise.

Invariant: a limit holds over a sliding window, estimated from two fixed ones: the current count, and that of the window
before by the part of it that still reaches into the last `seconds`. Who asks holds a lock of the limit's name until the
transaction ends, so no two take the last place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

# A limit that nobody asks for any more leaves its last rows behind this long.
_KEPT_SECONDS = 40 * 86400
_COLUMNS = """
    SELECT coalesce(sum(calls * weight), 0)::float8, coalesce(sum(amount * weight), 0)::float8,
        coalesce(sum(calls * weight) FILTER (WHERE sharer = %(sharer)s), 0)::float8,
        coalesce(sum(amount * weight) FILTER (WHERE sharer = %(sharer)s), 0)::float8,
        count(DISTINCT sharer) FILTER (WHERE sharer <> %(sharer)s)
    FROM (
        SELECT sharer, calls, amount, CASE starts WHEN %(starts)s THEN 1.0 ELSE %(rest)s END AS weight
        FROM core_windowcount WHERE name = %(name)s AND starts IN (%(starts)s, %(before)s)
    ) AS counted
"""
_ADD = """
    INSERT INTO core_windowcount (name, sharer, starts, calls, amount) VALUES (%s, %s, %s, %s, greatest(%s, 0))
    ON CONFLICT (name, sharer, starts) DO UPDATE SET calls = core_windowcount.calls + excluded.calls,
        amount = greatest(core_windowcount.amount + %s, 0)
"""
_CLEAR = "DELETE FROM core_windowcount WHERE (name = %s AND starts < %s) OR starts < %s"


@dataclass(frozen=True, slots=True)
class Window:
    """A limit's window around a moment. Times in whole seconds."""

    name: str
    now: float
    seconds: int = 60

    @property
    def starts(self) -> int:
        return int(self.now // self.seconds) * self.seconds

    @property
    def rest(self) -> float:
        """The part of the window before that still counts, from 0 to 1."""
        return 1.0 - (self.now - self.starts) / self.seconds


@dataclass(frozen=True, slots=True)
class Used:
    """What was taken within the window: by all, by one, and how many others took anything."""

    calls: float
    amount: float
    own_calls: float
    own_amount: float
    others: int


def used(window: Window, sharer: str = "") -> Used:
    """Counts, and keeps everybody else from taking until the transaction that is open ends.

    Raises:
        django.db.transaction.TransactionManagementError: outside a transaction.
    """
    values: dict[str, str | int | float] = {
        "name": window.name,
        "sharer": sharer,
        "starts": window.starts,
        "before": window.starts - window.seconds,
        "rest": window.rest,
    }
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a count without a transaction protects nothing")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"window {window.name}"])
        cursor.execute(_COLUMNS, values)
        return Used(*cursor.fetchone())


def add(window: Window, sharer: str = "", *, calls: int = 0, amount: int = 0) -> None:
    """Adds to the window's counts, or takes back what was too much of `amount`."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [window.name, sharer, window.starts, calls, amount, amount])
        if calls:
            cursor.execute(
                _CLEAR, [window.name, window.starts - window.seconds, window.starts - _KEPT_SECONDS]
            )


def mark(text: str) -> str:
    """What stands for a tenant or a key in a count: the same everywhere, and nothing to read back."""
    secret = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return hashlib.blake2b(text.encode(), key=secret, digest_size=8).hexdigest()
