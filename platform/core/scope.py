"""The first wall between tenants: which tenant the running code acts for.

Invariant: a query on a tenant-owned table runs inside `tenant_scope` or raises; a scope is one transaction that
carries its tenant to PostgreSQL (`set_config(…, is_local => true)`), so row level security, the second wall,
sees the same tenant. A scope never switches tenants while nested and leaves no trace behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from core import statements
from core.errors import SwitchboardError

_current: ContextVar[int | None] = ContextVar("switchboard_tenant", default=None)
_SET = "SELECT set_config('app.tenant_id', %s, true)"
_SET_USER = "SELECT set_config('app.user_id', %s, true)"


class NoTenantInScope(SwitchboardError):
    code = "no_tenant_in_scope"
    default_message = "A tenant's table was queried outside tenant_scope()."


class TenantSwitchRefused(SwitchboardError):
    code = "tenant_switch_refused"
    default_message = "A scope of one tenant cannot be opened inside another tenant's."


def current_tenant_id() -> int | None:
    """The tenant in scope, or None."""
    return _current.get()


def require_tenant_id() -> int:
    """The tenant in scope.

    Raises:
        NoTenantInScope: there is none.
    """
    tenant_id = _current.get()
    if tenant_id is None:
        raise NoTenantInScope
    return tenant_id


@contextmanager
def tenant_scope(tenant_id: int) -> Iterator[None]:
    """Act for one tenant, in one transaction; joins an outer scope of the same tenant.

    Raises:
        TenantSwitchRefused: a scope of another tenant is open.
    """
    outer = _current.get()
    if outer is not None and outer != tenant_id:
        raise TenantSwitchRefused
    with transaction.atomic(savepoint=outer is None):
        if outer is not None:
            yield
            return
        nested_in_foreign_transaction = len(connection.savepoint_ids) > 0
        token = _current.set(tenant_id)
        try:
            if nested_in_foreign_transaction:
                _execute(_SET, str(tenant_id))
            else:
                _begin(tenant_id)
            yield
        finally:
            _current.reset(token)
            statements.forget()
            # The setting outlives a released savepoint: take it back where an outer transaction goes on.
            if nested_in_foreign_transaction and not connection.needs_rollback:
                _execute(_SET, "")


@contextmanager
def user_scope(user_id: int) -> Iterator[None]:
    """Let a person see her own memberships across tenants, before a tenant is chosen. Read only by policy."""
    with transaction.atomic():
        _execute(_SET_USER, str(user_id))
        with _unguarded():
            yield
        if not connection.needs_rollback:
            _execute(_SET_USER, "")


_guard_off: ContextVar[bool] = ContextVar("switchboard_guard_off", default=False)


@contextmanager
def _unguarded() -> Iterator[None]:
    token = _guard_off.set(True)
    try:
        yield
    finally:
        _guard_off.reset(token)


def _begin(tenant_id: int) -> None:
    """Has the transaction begin and its tenant named in one trip with the first statement inside."""
    statements.forget()
    statements.put("BEGIN")
    statements.put(_SET, [str(tenant_id)])


def _execute(sql: str, value: str) -> None:
    statements.send()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(sql, [value])


@cache
def tenant_tables() -> frozenset[str]:
    """Names of all tenant-owned tables."""
    from core.models import TenantOwned

    return frozenset(m._meta.db_table for m in apps.get_models() if issubclass(m, TenantOwned))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(sorted(map(re.escape, tenant_tables()))) + r")\b")


def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Database execute wrapper that refuses unscoped queries on tenant-owned tables.

    Row level security would answer such a query with nothing; an empty result hides the mistake, so it is an error.
    The owner's connection (migrations) is not guarded: FORCE row level security still holds there.
    """
    if _current.get() is None and not _guard_off.get() and context["connection"].alias == "default":
        found = _pattern().search(sql)
        if found:
            raise NoTenantInScope(f"{found.group()} was queried outside tenant_scope().")
    if context["connection"].alias == "default":
        statements.send()
    return execute(sql, params, many, context)
