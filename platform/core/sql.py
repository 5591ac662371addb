"""Plain SQL on the connection in use, for the few paths where the framework's cursor is most of the cost.

Invariant: runs only inside `core.scope.tenant_scope` (checked), in its transaction; errors are Django's.
Statements are fixed texts, so the server keeps them prepared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from core.scope import require_tenant_id


def run(statement: str, values: Sequence[Any]) -> Any:
    """Executes one statement and gives its psycopg cursor.

    Args:
        statement: with `%s` for each value.

    Raises:
        core.scope.NoTenantInScope: outside a tenant scope.
        django.db.Error: what the database refused.
    """
    require_tenant_id()
    with connection.wrap_database_errors:
        return connection.connection.execute(statement, values)


def rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a query. Raises as `run`."""
    with connection.wrap_database_errors:
        found: list[tuple[Any, ...]] = run(statement, values).fetchall()
        return found


def row(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row of a query, or None. Raises as `run`."""
    with connection.wrap_database_errors:
        found: tuple[Any, ...] | None = run(statement, values).fetchone()
        return found


@contextmanager
def together() -> Iterator[None]:
    """Sends what is run inside without waiting for each answer, which is there at the end or once it is asked for.

    Raises:
        django.db.Error: what the database refused, of any statement inside.
    """
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
