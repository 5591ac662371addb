import threading
import uuid

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from core import sql, statements
from core.scope import NoTenantInScope, tenant_scope
from tenants.models import Member
from tests.factories import Person, a_visit

NAME = "UPDATE conversations_customer SET name = %s WHERE tenant_id = %s"
NAMES = "SELECT name FROM conversations_customer WHERE tenant_id = %s"


def rename(person: Person, *names: object) -> None:
    with tenant_scope(person.tenant.pk), sql.together():
        for name in names:
            sql.run(NAME, [name, person.tenant.pk])


def test_values_come_back_as_they_went(ana: Person) -> None:
    given = [7, "Ünï %", None, True, uuid.uuid4(), timezone.now(), 1.5, [1, 2]]
    types = ("bigint", "text", "text", "boolean", "uuid", "timestamptz", "float8", "bigint[]")

    with tenant_scope(ana.tenant.pk):
        found = sql.row("SELECT " + ", ".join(f"%s::{name}" for name in types) + ", '%%'", given)

    assert found == (*given, "%")


def test_statements_together_are_answered_in_order_and_see_each_other(ana: Person) -> None:
    a_visit(ana.tenant)

    with tenant_scope(ana.tenant.pk):
        with sql.together():
            first = sql.run(NAME, ["Ana", ana.tenant.pk])
            named = sql.run(NAMES, [ana.tenant.pk])
            nobody = sql.run(NAME, ["Zoe", 0])
        assert (first.rowcount, named.fetchall(), nobody.rowcount) == (1, [("Ana",)], 0)


def test_an_answer_asked_for_early_is_there(ana: Person) -> None:
    a_visit(ana.tenant)

    with tenant_scope(ana.tenant.pk), sql.together():
        sql.run(NAME, ["Ana", ana.tenant.pk])

        assert sql.rows(NAMES, [ana.tenant.pk]) == [("Ana",)]


def test_the_frameworks_own_queries_see_what_waits(ana: Person) -> None:
    a_visit(ana.tenant)

    with tenant_scope(ana.tenant.pk), sql.together():
        sql.run(NAME, ["Ana", ana.tenant.pk])
        with connection.cursor() as cursor:
            cursor.execute(NAMES, [ana.tenant.pk])

            assert cursor.fetchone() == ("Ana",)
        assert Member.objects.count() == 1


def test_the_first_error_among_statements_is_raised_and_all_is_undone(ana: Person) -> None:
    a_visit(ana.tenant)

    with pytest.raises(IntegrityError):
        rename(ana, "Ana", None, "Zoe")

    with tenant_scope(ana.tenant.pk):
        assert ("Ana",) not in sql.rows(NAMES, [ana.tenant.pk])


def test_a_statement_stays_usable_after_errors_and_rollbacks(ana: Person) -> None:
    a_visit(ana.tenant)
    for _ in range(3):
        with tenant_scope(ana.tenant.pk):
            assert len(sql.rows(NAMES, [ana.tenant.pk])) == 1
            with pytest.raises(ProgrammingError), transaction.atomic():
                sql.run("SELECT no_such_column", [])
            assert len(sql.rows(NAMES, [ana.tenant.pk])) == 1
        with pytest.raises(IntegrityError):
            rename(ana, "Ana", None)


def test_a_zero_byte_is_refused_and_never_cuts_a_text(ana: Person) -> None:
    with pytest.raises(DataError), tenant_scope(ana.tenant.pk):
        sql.row("SELECT %s::text", ["half\x00lost"])


def test_nothing_is_run_outside_a_scope(ana: Person) -> None:
    with pytest.raises(NoTenantInScope):
        sql.run(NAMES, [ana.tenant.pk])


def test_a_scope_that_asked_nothing_leaves_nothing_waiting(ana: Person) -> None:
    with tenant_scope(ana.tenant.pk):
        pass
    with pytest.raises(ProgrammingError):
        rename(ana, "Ana", object())

    statements.send()

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        assert not cursor.fetchone()[0]


def test_other_threads_run_while_statements_are_waited_for(ana: Person) -> None:
    ticks, over = [], threading.Event()

    def tick() -> None:
        while not over.wait(0.01):
            ticks.append(1)

    beside = threading.Thread(target=tick)
    beside.start()
    try:
        with tenant_scope(ana.tenant.pk), sql.together():
            sql.run("SELECT pg_sleep(%s)", [0.5])
            sql.run("SELECT pg_sleep(%s)", [0.5])
    finally:
        over.set()
        beside.join()

    assert len(ticks) > 3
