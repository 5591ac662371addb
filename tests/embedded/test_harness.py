"""What every other test relies on: the roles behind this run's connections."""

import os
import socket

import pytest
from django.db import connection, connections
from pytest_socket import SocketConnectBlockedError


def ask(question: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()


def test_tests_run_as_the_role_that_cannot_bypass_row_level_security():
    powers = ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
        " FROM pg_roles WHERE rolname = current_user"
    )

    assert powers == ("switchboard_app", False, False, False, False)


def test_every_worker_has_a_database_of_its_own():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    assert ask("SELECT current_database()") == (f"sb_test_{worker}",)


def test_the_application_owns_no_table_and_may_truncate_none():
    mine = ask(
        "SELECT count(*), count(*) FILTER (WHERE tableowner = current_user), "
        "count(*) FILTER (WHERE has_table_privilege(format('%I.%I', schemaname, tablename), 'TRUNCATE')) "
        "FROM pg_tables WHERE schemaname = 'public'"
    )

    assert mine[0] > 10
    assert mine[1:] == (0, 0)


def test_the_application_cannot_make_tables():
    assert ask("SELECT has_schema_privilege('public', 'CREATE')") == (False,)


def test_migrations_go_to_another_role():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("switchboard_owner", False)


def test_outside_sockets_are_refused():
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outside.connect(("192.0.2.1", 80))
