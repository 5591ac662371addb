"""Whether what the environment names is really there: ports, folder, database, Redis, model.

Each check touches the outside once, with a deadline, and says in one line what to do.
"""

import os
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import redis

from demo.environment import Wanted, WrongValue, name_of
from embedded.bootstrap import NO_EXTENSION, has_extension
from embedded.processes import port_is_free

REACH_SECONDS = 5
DEFAULT_MODELS = "https://api.openai.com/v1"


def check_ports(wanted: Wanted) -> None:
    """Raises WrongValue when one of the three ports cannot be listened on."""
    for port, what in (
        (wanted.port, "the platform"),
        (wanted.shop_port, "the demo shop page, PORT + 1"),
        (wanted.office_port, "the demo shop's back office, PORT + 2"),
    ):
        try:
            free = port_is_free(port)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WrongValue(
                f"port {port} cannot be used ({reason}): choose another, e.g. PORT=8000"
            ) from error
        if not free:
            raise WrongValue(
                f"port {port} ({what}) is busy: stop what listens there, or choose another, e.g. "
                f"PORT={port + 10} make demo"
            )


def check_writable(var: Path) -> None:
    """Raises WrongValue when the data folder cannot be made or written."""
    probe = var / f".probe-{os.getpid()}"
    try:
        var.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise WrongValue(
            f"{var} cannot be written ({reason}): give yourself the right, "
            "or set SWITCHBOARD_VAR to another folder"
        ) from error


def check_redis(url: str) -> None:
    """Raises WrongValue when the given server does not answer."""
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=REACH_SECONDS, socket_timeout=REACH_SECONDS)
        with client:
            client.ping()
    except redis.AuthenticationError as error:
        raise WrongValue("REDIS_URL: the server refuses this password: correct it") from error
    except (redis.RedisError, OSError, ValueError) as error:
        raise WrongValue(
            f"REDIS_URL: no Redis answers there ({_first_line(error)}): start it, correct the value, "
            "or unset it to use the embedded one"
        ) from error


def database_is_administrators(url: str, name: str = "DATABASE_URL") -> bool:
    """Whether this role may make roles and databases. Raises WrongValue when it cannot be reached."""
    question = "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    return bool(_ask(url, question, name)[0])


def check_two_roles(wanted: Wanted) -> None:
    """For a server that is somebody else's: the application's role and the owner's role, made by hand.

    Raises WrongValue when they are one role, work on two databases, or could bypass row level security.
    """
    if not wanted.database_owner_url:
        raise WrongValue(
            "DATABASE_URL is a role that may not make roles: also set DATABASE_OWNER_URL (the role that owns "
            "the tables and migrates), or give an administrator's DATABASE_URL"
        )
    question = "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    app, unsafe = _ask(wanted.database_url, question, "DATABASE_URL")
    owner, _ = _ask(wanted.database_owner_url, question, "DATABASE_OWNER_URL")
    if unsafe:
        raise WrongValue(f"DATABASE_URL: {app} may bypass row level security: use a role without that power")
    if app == owner:
        raise WrongValue(
            "DATABASE_URL and DATABASE_OWNER_URL are the same role: the application must not own tables"
        )
    if name_of(wanted.database_url) != name_of(wanted.database_owner_url):
        raise WrongValue("DATABASE_URL and DATABASE_OWNER_URL name different databases: use one")
    if not has_extension(wanted.database_owner_url):
        raise WrongValue(f"DATABASE_URL: {NO_EXTENSION}")


def doubts_about_model(openai: dict[str, str]) -> str:
    """What is wrong with the model's address or key; empty when it answers, or when none is wanted.

    Not an error: without its model the demo answers from the help pages, as it does in an outage.
    """
    if not openai:
        return ""
    address = openai.get("OPENAI_BASE_URL", DEFAULT_MODELS).rstrip("/") + "/models"
    asked = urllib.request.Request(address)  # noqa: S310 (read() let only http and https through)
    asked.add_header("Authorization", f"Bearer {openai.get('OPENAI_API_KEY', '')}")
    try:
        urllib.request.urlopen(asked, timeout=REACH_SECONDS).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code in {401, 403}:
            return (
                f"{address} refuses OPENAI_API_KEY ({error.code}): correct it, answers are quotes until then"
            )
    except (OSError, ValueError) as error:
        return f"no model answers at {address} ({_first_line(error)}): answers are quotes until one does"
    return ""


def _ask(url: str, question: str, name: str) -> tuple[object, ...]:
    try:
        with psycopg.connect(url, connect_timeout=REACH_SECONDS) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.Error as error:
        raise WrongValue(
            f"{name}: the database does not let us in ({_first_line(error)}): start it, correct the "
            "value, or unset it to use the embedded one"
        ) from error
    return row or (None, None)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
