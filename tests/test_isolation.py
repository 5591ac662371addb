"""The sweeps: another tenant's ids open nothing, through any table, address, socket or task."""

from collections.abc import Callable

import pytest
from celery import current_app
from django.db import DatabaseError, IntegrityError, connection, connections

from core.models import TenantOwned
from core.scope import tenant_scope
from tenants.roles import Role
from tests.factories import Person, a_person, a_tenant
from tests.story import Story, rows_of, tell, tenant_owned

TABLES = tenant_owned()
MODELS = pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.db_table)


@pytest.fixture(scope="module")
def hers() -> Story:
    """The story of a tenant whose ids the others try."""
    return tell(a_person("ana", a_tenant("Ana"), Role.OWNER))


@MODELS
def test_the_story_leaves_a_row_in_every_table(hers: Story, model: type[TenantOwned]) -> None:
    assert rows_of(hers.person.tenant.pk, model)


@MODELS
def test_another_tenant_sees_changes_and_removes_none_of_her_rows(
    hers: Story, zoe: Person, model: type[TenantOwned]
) -> None:
    ids = rows_of(hers.person.tenant.pk, model)
    table = model._meta.db_table

    with tenant_scope(zoe.tenant.pk), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE id = ANY(%s)", [ids])
        assert cursor.fetchone() == (0,)
    for attack in (
        f"UPDATE {table} SET id = id WHERE id = ANY(%s)",
        f"DELETE FROM {table} WHERE id = ANY(%s)",
    ):
        assert _changed(zoe.tenant.pk, attack, ids) == 0
    assert rows_of(hers.person.tenant.pk, model) == ids


def _changed(tenant_id: int, statement: str, ids: list[int]) -> int:
    try:
        with tenant_scope(tenant_id), connection.cursor() as cursor:
            cursor.execute(statement, [ids])
            return cursor.rowcount
    except DatabaseError:  # insert-only tables refuse before they look
        return 0


@MODELS
def test_raw_sql_without_a_tenant_sees_nothing_and_adds_nothing(
    hers: Story, model: type[TenantOwned]
) -> None:
    table = model._meta.db_table
    connection.ensure_connection()
    raw = connection.connection

    assert raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    copied = ", ".join(f'"{field.column}"' for field in model._meta.fields if field.column != "id")
    with pytest.raises(Exception, match="row-level security"):
        raw.execute(f"INSERT INTO {table} ({copied}) SELECT {_literals(model, hers.person.tenant.pk)}")


def _literals(model: type[TenantOwned], tenant_id: int) -> str:
    """The tenant's id, and NULL for the rest: the policy is asked before any constraint."""
    columns = [field.column for field in model._meta.fields if field.column != "id"]
    return ", ".join(str(tenant_id) if column == "tenant_id" else "NULL" for column in columns)


@MODELS
def test_row_level_security_is_forced_and_carried_by_every_reference(model: type[TenantOwned]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone() == (True, True)
        cursor.execute(
            "SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
            "WHERE c.contype = 'f' AND c.conrelid = %s::regclass GROUP BY c.oid",
            [table],
        )
        keys = {tuple(row[0]) for row in cursor.fetchall()}

    for field in model._meta.fields:
        target = field.related_model
        if isinstance(target, type) and issubclass(target, TenantOwned):
            assert tuple(sorted([str(field.column), "tenant_id"])) in keys, (
                f"{table}.{field.column} can point across"
            )


def test_a_row_cannot_point_at_another_tenants_row(hers: Story, zoe: Person) -> None:
    theirs = tell(zoe)

    with pytest.raises(IntegrityError), tenant_scope(zoe.tenant.pk), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_event SET conversation_id = %s WHERE conversation_id = %s",
            [hers.visit.conversation_id, theirs.visit.conversation_id],
        )


def test_the_application_is_no_owner_no_superuser_and_cannot_pass_by_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)


@MODELS
def test_nobody_truncates_a_tenants_table(model: type[TenantOwned]) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        _truncate(model._meta.db_table)


def _truncate(table: str) -> None:
    with tenant_scope(1), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")


def test_the_owner_of_the_tables_is_bound_by_the_policies_too(hers: Story) -> None:
    with connections["owner"].cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            assert cursor.fetchone() == (0,), model


def test_every_table_with_a_tenant_is_under_the_walls() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE column_name = 'tenant_id' AND table_schema = 'public'"
        )
        assert {row[0] for row in cursor.fetchall()} == {model._meta.db_table for model in TABLES}


Arguments = Callable[[Story, int], dict[str, int]]
ATTACKED_TASKS: dict[str, Arguments] = {
    "budgets.expire_reservations": lambda story, tenant_id: {},
    "budgets.watch_spending": lambda story, tenant_id: {},
    "conversations.take_up_dead_runs": lambda story, tenant_id: {},
    "conversations.go_on": lambda story, tenant_id: {"tenant_id": tenant_id},
    "conversations.send_code": lambda story, tenant_id: {"tenant_id": tenant_id, "code_id": story.code},
    "conversations.summarise": lambda story, tenant_id: {
        "tenant_id": tenant_id,
        "conversation_id": story.visit.conversation_id,
    },
    "escalation.keep_queue": lambda story, tenant_id: {},
    "escalation.read_along": lambda story, tenant_id: {},
    "escalation.learn": lambda story, tenant_id: {
        "tenant_id": tenant_id,
        "conversation_id": story.visit.conversation_id,
    },
    "escalation.write_packet": lambda story, tenant_id: {
        "tenant_id": tenant_id,
        "conversation_id": story.visit.conversation_id,
    },
    "escalation.look_after": lambda story, tenant_id: {},
    "escalation.send_transcript": lambda story, tenant_id: {
        "tenant_id": tenant_id,
        "transcript_id": story.transcript,
    },
    "escalation.roll_up": lambda story, tenant_id: {},
    "integrations.sweep_idempotency": lambda story, tenant_id: {},
    "tools.look_at_server": lambda story, tenant_id: {
        "tenant_id": tenant_id,
        "connection_id": story.connection,
    },
    "tools.look_at_servers": lambda story, tenant_id: {},
    "knowledge.read_document": lambda story, tenant_id: {
        "tenant_id": tenant_id,
        "document_id": story.document.pk,
    },
}


def test_every_task_is_attacked() -> None:
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}

    assert ours == set(ATTACKED_TASKS)


@pytest.mark.parametrize("name", ATTACKED_TASKS)
def test_a_task_in_another_tenants_name_does_nothing_with_her_ids(
    hers: Story, zoe: Person, name: str
) -> None:
    current_app.loader.import_default_modules()
    before = _all_rows(hers.person.tenant.pk)

    current_app.tasks[name].apply(kwargs=ATTACKED_TASKS[name](hers, zoe.tenant.pk))

    assert _all_rows(hers.person.tenant.pk) == before


def _all_rows(tenant_id: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a tenant's, whole."""
    found = {}
    for model in TABLES:
        with tenant_scope(tenant_id), connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t ORDER BY id")
            found[model._meta.db_table] = cursor.fetchall()
    return found
