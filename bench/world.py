"""What every side of a run shares: throw-away PostgreSQL and Valkey, one database, one model simulator, and the
servers, each with one worker.

Invariant: everything started here ends with the run, however it ends; on Linux the kernel sees to it when the run is
killed. The servers' core is theirs alone.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import machine
from bench.machine import BenchFailed
from embedded import Postgres, Valkey, bootstrap
from embedded.processes import command_line, dies_with_parent, free_port, spawn, stop, tail

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "switchboard-bench-"
START_SECONDS = 60.0
STEP_SECONDS = 180.0
TABLE = "CREATE TABLE bench_turn (id bigserial PRIMARY KEY, author text NOT NULL, text text NOT NULL)"
UVICORN = (
    "--host", "127.0.0.1", "--ws", "websockets-sansio", "--loop", "uvloop", "--http", "httptools",
    "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3",
)  # fmt: skip
# A bench knocks harder than a customer may.
NO_LIMITS = dict.fromkeys(("CHAT_FRAMES_PER_SECOND", "CHAT_FRAMES_BURST", "CHAT_SOCKETS_PER_IP"), "100000000")


@dataclass(frozen=True, slots=True)
class World:
    """`env` is what all servers read; `server_core` is where the measured one runs; logs go to `folder`."""

    env: Mapping[str, str]
    server_core: set[int]
    folder: Path


@dataclass(frozen=True, slots=True)
class Server:
    """How one side is started: an ASGI application under uvicorn."""

    name: str
    application: str
    lifespan: str = "off"


@dataclass(frozen=True, slots=True)
class Running:
    pid: int
    port: int


@contextmanager
def a_world() -> Iterator[World]:
    """Starts what the servers need. Raises BenchFailed or embedded.EmbeddedError."""
    server_core, rest = machine.cores()
    with ExitStack() as stack:
        _remove_abandoned()
        prefix = f"{FOLDER}{os.getpid()}-"
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        # The user `nobody` must reach the data inside, where the server cannot run in a namespace of its own.
        place.chmod(0o711)
        # Before anything starts: children inherit it.
        stack.enter_context(machine.pinned(rest))
        env = os.environ | _stores(place, stack) | NO_LIMITS
        _step(["manage.py", "migrate", "--database", "owner", "--verbosity", "0"], env)
        with psycopg.connect(env["DATABASE_OWNER_URL"], connect_timeout=10) as connection:
            connection.execute(TABLE)
        yield World(env | _model(place, env, stack), server_core, place)


@contextmanager
def serving(world: World, server: Server) -> Iterator[Running]:
    """Runs a server alone on its core. Raises BenchFailed when it does not come up there."""
    port, log = free_port(), world.folder / f"{server.name}.log"
    command = [
        "-m", "uvicorn", server.application, "--app-dir", "platform", "--port", str(port),
        "--lifespan", server.lifespan, *UVICORN,
    ]  # fmt: skip
    with ExitStack() as stack:
        with machine.pinned(world.server_core):
            pid = _child(command, world.env, log, stack)
        _wait(lambda: machine.sockets(pid, port, machine.LISTEN) > 0, pid, log)
        machine.check_pinned(pid, world.server_core)
        yield Running(pid, port)


def run_step(world: World, arguments: Sequence[str], *, seconds: float = STEP_SECONDS) -> str:
    """Runs a Python program of ours to its end; gives its output. Raises BenchFailed with the end of its errors."""
    return _step(arguments, world.env, seconds)


def _remove_abandoned() -> None:
    """Folders of runs that were killed: their servers ended with them, their files did not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        owner = folder.name.removeprefix(FOLDER).split("-")[0]
        if owner.isdigit() and not command_line(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _stores(place: Path, stack: ExitStack) -> dict[str, str]:
    postgres, valkey = (
        Postgres(place / "postgres", throw_away=True),
        Valkey(place / "valkey", throw_away=True),
    )
    stack.callback(postgres.stop, immediate=True)
    postgres.start()
    stack.callback(valkey.stop)
    valkey.start()
    made = bootstrap(postgres.admin_url, "bench", secrets.token_urlsafe(16), secrets.token_urlsafe(16))
    return {
        "SWITCHBOARD_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "MASTER_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": made.app_url,
        "DATABASE_OWNER_URL": made.owner_url,
        "REDIS_URL": valkey.url,
        "UNKNOWN_MODEL_PRICE": "0.15,0.60",
        "TOOLS_ALLOW_LOOPBACK": "yes",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


def _model(place: Path, env: Mapping[str, str], stack: ExitStack) -> dict[str, str]:
    """The product's own model simulator. `sim:plain` answers at once, whatever tools are on offer."""
    log = place / "model.log"
    pid = _child(["manage.py", "model_simulator", "--port", "0", "--tokens", "20"], env, log, stack)
    ready = re.compile(r"listening on (http://\S+)")
    _wait(lambda: ready.search(log.read_text()) is not None, pid, log)
    found = ready.search(log.read_text())
    assert found is not None
    return {"OPENAI_BASE_URL": f"{found[1]}/v1", "OPENAI_API_KEY": "bench", "OPENAI_MODEL": "sim:plain"}


def _child(arguments: Sequence[str], env: Mapping[str, str], log: Path, stack: ExitStack) -> int:
    with log.open("ab") as output:
        command = [*dies_with_parent(signal.SIGTERM), sys.executable, *arguments]
        process = spawn(command, output=output, env=env, cwd=ROOT)
    stack.callback(stop, process)
    return process.pid


def _wait(ready: Callable[[], bool], pid: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if ready():
                return
        except OSError:
            break
        time.sleep(0.05)
    raise BenchFailed(f"process {pid} does not come up: {tail(log)}")


def _step(arguments: Sequence[str], env: Mapping[str, str], seconds: float = STEP_SECONDS) -> str:
    command = [*dies_with_parent(signal.SIGTERM), sys.executable, *arguments]
    name = " ".join(arguments[:2])
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired as error:
        raise BenchFailed(f"{name} took longer than {seconds:g} s") from error
    if done.returncode:
        raise BenchFailed(f"{name} failed: {' | '.join(done.stderr.strip().splitlines()[-3:])}")
    return done.stdout
