"""The embedded PostgreSQL cluster."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from embedded import Postgres


@pytest.fixture
def home(passable_folder):
    return passable_folder


@pytest.fixture
def postgres(home):
    server = Postgres(home, throw_away=True)
    server.start()
    yield server
    server.stop(immediate=True)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_it_starts_and_answers(postgres):
    assert str(ask(postgres.admin_url, "SHOW server_version")).startswith("18.")


def test_nobody_gets_in_without_the_password(postgres):
    wrong = make_conninfo(postgres.admin_url, password="guessed")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong, connect_timeout=10)


def test_it_listens_on_the_loopback_only(postgres):
    assert ask(postgres.admin_url, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(postgres.admin_url, "SHOW unix_socket_directories") == ""


def test_the_password_file_is_private(postgres, home):
    assert (home / "password").stat().st_mode & 0o077 == 0


def test_data_survives_a_restart(postgres):
    with psycopg.connect(postgres.admin_url, connect_timeout=10) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 41 AS n")
    postgres.stop()

    postgres.start()

    assert ask(postgres.admin_url, "SELECT n FROM kept") == 41


def test_data_survives_kill_9_of_the_server(home):
    lasting = Postgres(home)
    lasting.start()
    with psycopg.connect(lasting.admin_url, connect_timeout=10) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    assert lasting.process is not None
    lasting.process.kill()
    lasting.process.wait(10)
    assert (home / "data" / "postmaster.pid").exists()

    lasting.start()

    try:
        assert ask(lasting.admin_url, "SELECT n FROM kept") == 42
    finally:
        lasting.stop()


def test_a_server_that_a_killed_run_left_behind_is_ended(postgres, home):
    other = Postgres(home, throw_away=True)

    other.start()

    try:
        assert postgres.process.wait(10) is not None
        assert ask(other.admin_url, "SELECT 1") == 1
    finally:
        other.stop(immediate=True)


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(postgres, home):
    postgres.stop()
    (home / "data" / "postmaster.pid").write_text(f"1\n{Path('/nowhere')}\n0\n5432\n")

    postgres.start()

    assert ask(postgres.admin_url, "SELECT 1") == 1


def test_half_a_cluster_is_made_anew(home):
    (home / "data").mkdir()
    (home / "data" / "left.by.a.killed.initdb").write_text("")
    server = Postgres(home, throw_away=True)

    server.start()

    try:
        assert ask(server.admin_url, "SELECT 1") == 1
    finally:
        server.stop(immediate=True)
