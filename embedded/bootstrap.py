"""Roles, database and extension: what must exist before the first migration.

Invariant: the application's role owns nothing, is no superuser, cannot bypass row level security, cannot
create anything and cannot TRUNCATE (which row level security does not cover). Safe to run at every start.
"""

from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedded.processes import EmbeddedError

OWNER = "switchboard_owner"
APP = "switchboard_app"
NO_POWERS = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
CONNECT_TIMEOUT = 10

# The GIN condition of a full-text search may only run before the tenant policy if `@@` is declared leakproof:
# without it a tenant of 50,000 passages searches fifty times slower.
LEAKPROOF = "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF"
NOT_LEAKPROOF = (
    "the given database user is no superuser, so ts_match_vq stays not leakproof: full-text search is slow "
    f"for tenants with very many passages. A superuser can run once: {LEAKPROOF}"
)
NO_EXTENSION = "the database has no pgvector: let a superuser run CREATE EXTENSION vector in it"


class BootstrapFailed(EmbeddedError):
    """The administrator's URL does not allow what is needed; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Databases:
    """Where migrations go (`owner_url`) and where everything else goes (`app_url`)."""

    owner_url: str
    app_url: str
    warnings: tuple[str, ...] = ()


def bootstrap(admin_dsn: str, database: str, owner_password: str, app_password: str) -> Databases:
    """Make roles, database, extension and grants if they lack, and set both passwords.

    `admin_dsn` is a URL of a superuser, or of a role that may create roles and databases.
    Raises BootstrapFailed.
    """
    try:
        warnings = _bootstrap(admin_dsn, database, owner_password, app_password)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BootstrapFailed(f"the database could not be prepared: {reason}") from error
    return Databases(
        owner_url=role_url(admin_dsn, OWNER, owner_password, database),
        app_url=role_url(admin_dsn, APP, app_password, database),
        warnings=warnings,
    )


def role_url(dsn: str, role: str, password: str, database: str) -> str:
    """The same server as `dsn`, as another role on another database."""
    parts = conninfo_to_dict(dsn)
    host, port = str(parts.pop("host", "") or "127.0.0.1"), parts.pop("port", None)
    for name in ("user", "password", "dbname", "passfile"):
        parts.pop(name, None)
    address = quote(host, safe="") if host.startswith("/") else f"[{host}]" if ":" in host else host
    options = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in sorted(parts.items()))
    login = f"{quote(role, safe='')}:{quote(password, safe='')}"
    url = f"postgresql://{login}@{address}{f':{port}' if port else ''}/{quote(database, safe='')}"
    return f"{url}?{options}" if options else url


def is_superuser(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def has_extension(url: str) -> bool:
    """Whether pgvector is in this database. Raises psycopg.Error when it cannot be reached."""
    with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'").fetchone())


def _bootstrap(admin_dsn: str, database: str, owner_password: str, app_password: str) -> tuple[str, ...]:
    with _connect(admin_dsn) as admin:
        superuser = is_superuser(admin)
        _ensure_role(admin, OWNER, f"{NO_POWERS} CREATEDB", owner_password)
        _ensure_role(admin, APP, f"{NO_POWERS} NOCREATEDB", app_password)
        if not superuser:
            # Who creates a role may grant it, but does not act as it before that.
            admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
        _ensure_database(admin, database)
    if superuser:
        # Later databases (those of a test run) inherit from template1.
        with _connect(admin_dsn, "template1") as template:
            _add_extension(template, superuser=True)
    with _connect(admin_dsn, database) as connection:
        _add_extension(connection, superuser=superuser)
        _grant(connection, database)
    return () if superuser else (NOT_LEAKPROOF,)


def _connect(admin_dsn: str, database: str | None = None) -> psycopg.Connection:
    dsn = make_conninfo(admin_dsn, dbname=database) if database else admin_dsn
    return psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT)


def _ensure_role(connection: psycopg.Connection, role: str, powers: str, password: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    # Hashed here, so that the password itself reaches no server log.
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("{verb} ROLE {role} WITH {powers} PASSWORD {hashed}").format(
            verb=sql.SQL("ALTER" if found else "CREATE"),
            role=sql.Identifier(role),
            powers=sql.SQL(_changed_powers(connection, role, powers) if found else powers),
            hashed=sql.Literal(hashed),
        )
    )


def _changed_powers(connection: psycopg.Connection, role: str, powers: str) -> str:
    """An administrator who is no superuser may not even repeat NOSUPERUSER: the role is checked instead."""
    if is_superuser(connection):
        return powers
    risky = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    if risky and risky[0]:
        raise BootstrapFailed(
            f"the role {role} exists and may bypass row level security: take that away first"
        )
    return "LOGIN"


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
        )


def _add_extension(connection: psycopg.Connection, *, superuser: bool) -> None:
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except psycopg.errors.UndefinedFile as error:
        raise BootstrapFailed(
            "this PostgreSQL server has no pgvector: install it there, then start again"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise BootstrapFailed(NO_EXTENSION) from error
    if superuser:
        connection.execute(LEAKPROOF)


def _grant(connection: psycopg.Connection, database: str) -> None:
    names = {"owner": sql.Identifier(OWNER), "app": sql.Identifier(APP), "db": sql.Identifier(database)}
    for statement in (
        "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {db} TO {app}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(**names))
