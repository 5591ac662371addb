"""Plain SQL on the connection in use, for the few paths where the framework's cursor is most of the cost.

Invariant: runs only inside `core.scope.tenant_scope` (checked), in its transaction; errors are Django's.
Statements are fixed texts, so the server keeps them prepared.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from core import statements
from core.scope import require_tenant_id
from core.statements import Answer


class _Here(threading.local):
    together = 0


_here = _Here()


def run(statement: str, values: Sequence[Any]) -> Answer:
    """Executes one statement.

    Args:
        statement: with `%s` for each value, `%%` for a percent sign.

    Raises:
        core.scope.NoTenantInScope: outside a tenant scope.
        django.db.Error: what the database refused.
    """
    require_tenant_id()
    answer = statements.put(statement, values)
    if not _here.together:
        statements.send()
    return answer


def rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a query. Raises as `run`."""
    return run(statement, values).fetchall()


def row(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row of a query, or None. Raises as `run`."""
    return run(statement, values).fetchone()


@contextmanager
def together() -> Iterator[None]:
    """Sends what is run inside in one go, at the end or once an answer is asked for.

    Raises:
        django.db.Error: what the database refused, of any statement inside.
    """
    _here.together += 1
    try:
        yield
    finally:
        _here.together -= 1
    if not _here.together:
        statements.send()
