"""Roles, database and extension, on a server given as an administrator's URL."""

import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from embedded import BootstrapFailed, Postgres, bootstrap
from embedded.bootstrap import role_url


@pytest.fixture(scope="module")
def server(cluster):
    postgres = Postgres(Path(tempfile.mkdtemp(dir=cluster.folder)), throw_away=True)
    postgres.start()
    yield postgres
    postgres.stop(immediate=True)


@pytest.fixture(scope="module")
def databases(server):
    return bootstrap(server.admin_url, "switchboard", "owner's: @/?", "app%word")


def ask(url: str, question: str) -> tuple:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row


def test_odd_passwords_get_in(databases):
    assert ask(databases.owner_url, "SELECT current_user") == ("switchboard_owner",)
    assert ask(databases.app_url, "SELECT current_user") == ("switchboard_app",)


def test_neither_role_is_superuser_or_bypasses_row_level_security(server, databases):
    found = ask(
        server.admin_url,
        "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole), count(*)"
        " FROM pg_roles WHERE rolname ~ '^switchboard_'",
    )

    assert found == (False, 2)


def test_the_owner_owns_the_database_and_the_app_does_not(server, databases):
    owner = ask(
        server.admin_url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'switchboard'"
    )

    assert owner == ("switchboard_owner",)


def test_the_app_may_read_and_write_new_tables_but_not_truncate_or_create(databases):
    with psycopg.connect(databases.owner_url, connect_timeout=10) as connection:
        connection.execute("CREATE TABLE notes (id bigserial PRIMARY KEY, body text)")

    with psycopg.connect(databases.app_url, connect_timeout=10, autocommit=True) as connection:
        connection.execute("INSERT INTO notes (body) VALUES ('one')")
        connection.execute("UPDATE notes SET body = 'two'")
        for forbidden in ("TRUNCATE notes", "CREATE TABLE mine (n int)", "DROP TABLE notes"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


def test_vectors_and_the_leakproof_mark_are_there_and_inherited(server, databases):
    with psycopg.connect(databases.owner_url, connect_timeout=10, autocommit=True) as connection:
        connection.execute("CREATE DATABASE later")
    later = role_url(databases.owner_url, "switchboard_owner", "owner's: @/?", "later")

    for url in (databases.app_url, later):
        assert ask(url, "SELECT '[1,2]'::vector <-> '[1,2]'::vector") == (0.0,)
        assert ask(url, "SELECT proleakproof FROM pg_proc WHERE proname = 'ts_match_vq'") == (True,)


def test_a_second_time_changes_passwords_and_breaks_nothing(server, databases):
    again = bootstrap(server.admin_url, "switchboard", "owner's: @/?", "another")

    assert ask(again.app_url, "SELECT current_user") == ("switchboard_app",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(databases.app_url, connect_timeout=10)
    bootstrap(server.admin_url, "switchboard", "owner's: @/?", "app%word")


def test_an_administrator_who_is_no_superuser_is_told_what_lacks(server):
    with psycopg.connect(server.admin_url, connect_timeout=10, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS rented")
        connection.execute("CREATE ROLE landlord LOGIN CREATEDB CREATEROLE PASSWORD 'l'")
        connection.execute("GRANT switchboard_owner, switchboard_app TO landlord WITH ADMIN OPTION")
    landlord = role_url(server.admin_url, "landlord", "l", "postgres")

    found = bootstrap(landlord, "rented", "owner's: @/?", "app%word")

    assert "LEAKPROOF" in found.warnings[0]
    assert ask(found.app_url, "SELECT current_user") == ("switchboard_app",)


@pytest.mark.parametrize("wrong", ["guessed", ""])
def test_a_wrong_password_is_one_line(server, wrong):
    with pytest.raises(BootstrapFailed) as failed:
        bootstrap(role_url(server.admin_url, "postgres", wrong, "postgres"), "switchboard", "a", "b")

    assert "\n" not in str(failed.value)
    assert "password" in str(failed.value)


def test_options_and_ipv6_survive_in_the_address():
    url = role_url(
        "postgresql://root@[::1]:6432/postgres?sslmode=require", "switchboard_app", "p", "switchboard"
    )

    assert conninfo_to_dict(url) == {
        "user": "switchboard_app",
        "password": "p",
        "host": "::1",
        "port": "6432",
        "dbname": "switchboard",
        "sslmode": "require",
    }
