"""The real servers below a test run, started before Django reads its settings (a pytest plugin: see addopts).

One throw-away PostgreSQL cluster for the run, migrated once into a template; each worker clones the template
and has its own Valkey. Tests commit for real, as the application's role, under row level security.
"""

import atexit
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedded import EmbeddedError, Postgres, Valkey, bootstrap
from embedded.bootstrap import APP, OWNER, role_url
from embedded.processes import command_line

ROOT = Path(__file__).resolve().parent.parent
HANDED_ON = "SWITCHBOARD_TEST_CLUSTER"
TEMPLATE = "sb_template"
FOLDER = "switchboard-test-"
ONLY_ASKS = ("help", "version", "collectonly", "showfixtures", "markers")
NOWHERE = {
    "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a worker must know of the run's cluster."""

    admin_url: str
    owner_password: str
    app_password: str
    folder: str

    @property
    def admin_password(self) -> str:
        return str(conninfo_to_dict(self.admin_url)["password"])

    def owner_url(self, database: str) -> str:
        return role_url(self.admin_url, OWNER, self.owner_password, database)

    def app_url(self, database: str) -> str:
        return role_url(self.admin_url, APP, self.app_password, database)

    def environment(self, database: str) -> dict[str, str]:
        return {"DATABASE_URL": self.app_url(database), "DATABASE_OWNER_URL": self.owner_url(database)}


def known_cluster() -> Cluster:
    """The running cluster, as its starter handed it on."""
    return Cluster(**json.loads(os.environ[HANDED_ON]))


_endings: list[Callable[[], object]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Runs around pytest-django's own hook, which is where the settings are read."""
    options = early_config.known_args_namespace
    os.environ.update(_fixed_environment())
    if not any(getattr(options, name, False) for name in ONLY_ASKS):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            _start(parallel=bool(getattr(options, "numprocesses", None)))
        except BaseException:
            _end()
            raise
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _end()


def _fixed_environment() -> dict[str, str]:
    """Whatever the developer's shell or .env says, a test run sees the same."""
    return NOWHERE | {
        "SWITCHBOARD_ENV": "test",
        "SECRET_KEY": "for-tests-only-" + "s" * 40,
        "MASTER_KEY": "for-tests-only-" + "m" * 40,
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SHOP_URL": "http://127.0.0.1:8001",
        "DATABASE_OWNER_URL": "",
        "DATABASE_POOL": "4",
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "",
        "OPENAI_MODEL": "",
        "UNKNOWN_MODEL_PRICE": "0.15,0.60",
    }


def _start(*, parallel: bool) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    try:
        cluster = known_cluster() if worker else _start_cluster()
        os.environ[HANDED_ON] = json.dumps(asdict(cluster))
        if parallel and not worker:
            os.environ.update(cluster.environment(TEMPLATE))
        else:
            _start_worker(cluster, worker or "main")
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from error


def _start_cluster() -> Cluster:
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
    # Removed last: endings run in reverse order.
    _at_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    # The user `nobody` must reach the data inside, where the server cannot run in a namespace of its own.
    folder.chmod(0o711)
    postgres = Postgres(folder / "postgres", throw_away=True, options={"max_connections": "200"})
    _at_end(lambda: postgres.stop(immediate=True))
    postgres.start()
    owner_password, app_password = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    bootstrap(postgres.admin_url, TEMPLATE, owner_password, app_password)
    cluster = Cluster(postgres.admin_url, owner_password, app_password, str(folder))
    _migrate(cluster)
    return cluster


def _migrate(cluster: Cluster) -> None:
    """Once a run, in a process of its own, so that the template has no connection left when it is cloned."""
    environment = os.environ | cluster.environment(TEMPLATE) | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--database", "owner", "--verbosity", "0"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    if done.returncode:
        raise pytest.UsageError(f"the migrations do not run:\n{done.stderr[-3000:]}")


def _start_worker(cluster: Cluster, worker: str) -> None:
    database = f"sb_test_{worker}"
    names = {"db": sql.Identifier(database), "template": sql.Identifier(TEMPLATE)}
    with psycopg.connect(cluster.owner_url("postgres"), autocommit=True, connect_timeout=10) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {db} WITH (FORCE)").format(**names))
        connection.execute(sql.SQL("CREATE DATABASE {db} TEMPLATE {template}").format(**names))
    valkey = Valkey(Path(cluster.folder) / f"valkey-{worker}", throw_away=True)
    _at_end(valkey.stop)
    valkey.start()
    os.environ.update(cluster.environment(database) | {"REDIS_URL": valkey.url})


def _remove_abandoned() -> None:
    """Folders of runs that were killed: their servers ended with them, their files did not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with suppress(ValueError):
            if not command_line(int(folder.name.removeprefix(FOLDER).split("-")[0])):
                shutil.rmtree(folder, ignore_errors=True)


def _at_end(ending: Callable[[], object]) -> None:
    _endings.append(ending)


def _end() -> None:
    while _endings:
        with suppress(Exception):
            _endings.pop()()


atexit.register(_end)
