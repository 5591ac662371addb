"""Fixtures every test may use. The servers themselves are started by tests/cluster.py.

There is no rollback and no truncation: a test makes its own fresh tenants and commits for real, so that
`on_commit`, row level security and other processes see what they would see in production.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.browsers import HOW_TO_GET_ONE, find_chromium
from tests.cluster import Cluster, known_cluster
from tests.servers import CeleryWorker, LiveServer, ModelSimulator

P = ParamSpec("P")
T = TypeVar("T")
LEFT_OUT = pytest.StashKey[int]()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Names bytes by their count where they cannot be read: what was packed a second later has another header,
    and the workers of one run must collect the same names."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return f"{len(val)}-bytes"
    return None


@pytest.fixture(scope="session", autouse=True)
def _database_open(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
    connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Nothing left to do: the worker's database is there already, migrated."""


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The run's PostgreSQL cluster, with its superuser: for tests of what the roles may do."""
    return known_cluster()


@pytest.fixture(scope="session")
def test_urls() -> tuple[str, str]:
    """This worker's database as (application role, owner role)."""
    return os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]


@pytest.fixture
def passable_folder(cluster: Cluster) -> Path:
    """Fresh, and below folders any user may pass through (`tmp_path` is not): in a container that runs tests
    as root, PostgreSQL runs as `nobody`."""
    return Path(tempfile.mkdtemp(dir=cluster.folder))


@pytest.fixture(scope="session")
def log_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def model_simulator(log_folder: Path) -> Iterator[ModelSimulator]:
    simulator = ModelSimulator(log_folder / "model_simulator.log")
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def live_server(log_folder: Path) -> Iterator[LiveServer]:
    """Without a model of its own: answers with stored answers unless a tenant brings a provider."""
    server = LiveServer(log_folder / "live_server.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _live_server_helper() -> None:
    """Takes the place of pytest-django's own, which empties every table after each test with a live server."""


@pytest.fixture(scope="session")
def live_server_with_model(log_folder: Path, model_simulator: ModelSimulator) -> Iterator[LiveServer]:
    server = LiveServer(log_folder / "live_server_with_model.log", **model_of(model_simulator))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def celery_worker_process(log_folder: Path) -> Iterator[CeleryWorker]:
    worker = CeleryWorker(log_folder / "celery_worker.log")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture(autouse=True)
def _servers_are_up(request: pytest.FixtureRequest) -> None:
    """A test may have killed a shared server: the next one that asks for it finds it running."""
    for name in ("model_simulator", "live_server", "live_server_with_model", "celery_worker_process"):
        if name in request.fixturenames:
            server = request.getfixturevalue(name)
            if server.process.poll() is not None:
                server.start()


def model_of(simulator: ModelSimulator) -> dict[str, str]:
    return {"OPENAI_BASE_URL": simulator.url, "OPENAI_API_KEY": "simulated", "OPENAI_MODEL": "simulated"}


@pytest.fixture(scope="session")
def chromium() -> Path:
    found = find_chromium()
    assert found is not None, HOW_TO_GET_ONE
    return found


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """Per module, not per session: while it is open its event loop counts as running in this thread,
    and asynchronous tests could not run beside it. Use `off_loop` for services that refuse a running loop."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def off_loop() -> Iterator[Callable[..., object]]:
    """`off_loop(function, *args, **kwargs)` runs in a thread without an event loop; gives the result."""
    with ThreadPoolExecutor(max_workers=1) as pool:

        def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            return pool.submit(_and_close, partial(function, *args, **kwargs)).result(60)

        yield run


def _and_close(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        connections.close_all()


def pytest_configure() -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1" and find_chromium() is None:
        raise pytest.UsageError(f"REQUIRE_BROWSER=1, but no Chromium is found. {HOW_TO_GET_ONE}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests are left out where there is no Chromium, and the run says so at its end."""
    wanting = [item for item in items if "chromium" in getattr(item, "fixturenames", ())]
    if not wanting or find_chromium() is not None:
        return
    config.stash[LEFT_OUT] = len(wanting)
    config.hook.pytest_deselected(items=wanting)
    items[:] = [item for item in items if item not in wanting]


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if find_chromium() is None and not getattr(config, "workerinput", None):
        terminalreporter.section("browser tests did not run")
        terminalreporter.write_line(f"No Chromium is found. {HOW_TO_GET_ONE}.")
