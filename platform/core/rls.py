"""The second wall between tenants, in PostgreSQL itself.

Invariant: a table named by `IsolateTenant` has row level security enabled and FORCED (its owner is bound too),
and foreign keys between such tables carry the tenant. Without `app.tenant_id` a SELECT sees nothing and an
INSERT fails. The setting is read in a sub-select so that the planner evaluates it once a statement, not once a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.migrations.operations.base import Operation

TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::bigint)"
USER = "(SELECT nullif(current_setting('app.user_id', true), '')::bigint)"


class IsolateTenant(Operation):
    """Raise both walls around one table.

    Args:
        table: database name of a tenant-owned table that exists by now.
        references: column -> referenced tenant-owned table, one composite foreign key each.
        insert_only: rows can be added and read, never changed or removed, by anybody.
        own_rows: column holding a user id; that user may read (only read) such rows before a tenant is chosen.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self,
        table: str,
        references: Mapping[str, str] | None = None,
        *,
        insert_only: bool = False,
        own_rows: str = "",
    ) -> None:
        self.table = table
        self.references = dict(references or {})
        self.insert_only = insert_only
        self.own_rows = own_rows

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        options = {"references": self.references, "insert_only": self.insert_only, "own_rows": self.own_rows}
        return self.__class__.__qualname__, [self.table], {k: v for k, v in options.items() if v}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is in Django's model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.statements():
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.reverse_statements():
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Isolate tenants in {self.table}"

    def statements(self) -> list[str]:
        """The SQL, in order."""
        table = self.table
        lines = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})",
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_key UNIQUE (tenant_id, id)",
        ]
        if self.own_rows:
            lines.append(f"CREATE POLICY own ON {table} FOR SELECT USING ({self.own_rows} = {USER})")
        lines += [
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_tenant_fk FOREIGN KEY (tenant_id, {column}) "
            f"REFERENCES {target} (tenant_id, id)"
            for column, target in self.references.items()
        ]
        return lines + (self._protection() if self.insert_only else [])

    def _protection(self) -> list[str]:
        table = self.table
        return [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is insert-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege'; "
            "END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
            f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN "
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM switchboard_app; END IF; END $$",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC",
        ]

    def reverse_statements(self) -> list[str]:
        """Takes the walls down; only the table's own removal should follow."""
        table = self.table
        lines = [
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_tenant_fk" for column in self.references
        ]
        lines += [
            f"DROP POLICY IF EXISTS own ON {table}",
            f"DROP POLICY tenant ON {table}",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_key CASCADE",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]
        if self.insert_only:
            lines.append(f"DROP FUNCTION {table}_refuse() CASCADE")
        return lines
