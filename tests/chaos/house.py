"""All processes of an installation, each of which can be taken away and brought back at the same address."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from embedded import Postgres, Valkey, bootstrap
from embedded.processes import free_port
from tests.chaos.counter import Counter, open_counter
from tests.servers import ROOT, CeleryBeat, CeleryWorker, Child, LiveServer

# A server that ends at once must have written what it said it had: the rest of what makes tests quick stays.
KEEPS_ITS_WORD = {"synchronous_commit": "on"}


@dataclass
class House:
    """The processes; `slug` and `key` are the tenant's."""

    postgres: Postgres
    valkey: Valkey
    model: Child
    web: LiveServer
    worker: CeleryWorker
    beat: CeleryBeat
    counter: Counter
    admin_url: str
    slug: str = ""
    key: str = ""

    def freeze_redis(self) -> None:
        """It keeps its connections, and answers nobody."""
        assert self.valkey.process is not None
        self.valkey.process.send_signal(signal.SIGSTOP)

    def thaw_redis(self) -> None:
        assert self.valkey.process is not None
        self.valkey.process.send_signal(signal.SIGCONT)

    def kill_redis(self) -> None:
        """All that was in it is gone."""
        assert self.valkey.process is not None
        self.valkey.process.kill()
        self.valkey.process.wait(10)

    def kill_postgres(self) -> None:
        self.postgres.stop(immediate=True)

    @property
    def children(self) -> list[Child]:
        return [self.model, self.web, self.worker, self.beat]


@contextmanager
def open_house(folder: Path, **settings: str) -> Iterator[House]:
    """Starts everything in `folder`, which any user must be able to pass through.

    Args:
        settings: environment of the web server, the worker and beat.
    """
    postgres = Postgres(folder / "postgres", throw_away=True, options=KEEPS_ITS_WORD)
    valkey = Valkey(folder / "valkey", throw_away=True)
    house: House | None = None
    with open_counter() as counter:
        try:
            house = _build(folder, postgres, valkey, counter, settings)
            _furnish(house)
            for child in house.children:
                child.launch()
            for child in house.children:
                child.wait()
            yield house
        finally:
            for child in reversed(house.children if house else []):
                child.stop()
            if valkey.process is not None:
                valkey.process.kill()
                valkey.process.wait(10)
            with suppress(Exception):
                postgres.stop(immediate=True)


def _build(
    folder: Path, postgres: Postgres, valkey: Valkey, counter: Counter, settings: dict[str, str]
) -> House:
    postgres.start()
    valkey.start()
    made = bootstrap(postgres.admin_url, "chaos", secrets.token_urlsafe(16), secrets.token_urlsafe(16))
    port = free_port()
    env = {
        "SWITCHBOARD_ENV": "test",
        "DATABASE_URL": made.app_url,
        "DATABASE_OWNER_URL": made.owner_url,
        "REDIS_URL": valkey.url,
        "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
        "OPENAI_API_KEY": "simulated",
        "OPENAI_MODEL": "simulated",
        "UNKNOWN_MODEL_PRICE": "0.15,0.60",
        "TOOLS_ALLOW_LOOPBACK": "yes",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        **settings,
    }
    model = Child(
        ["manage.py", "model_simulator", "--port", str(port)],
        folder / "model.log",
        ready="listening on",
        extra=env,
    )
    return House(
        postgres,
        valkey,
        model,
        LiveServer(folder / "web.log", **env),
        CeleryWorker(folder / "worker.log", **env),
        CeleryBeat(folder / "beat.log", **env),
        counter,
        postgres.admin_url.rpartition("/")[0] + "/chaos",
    )


def _furnish(house: House) -> None:
    env = os.environ | house.web.extra
    _step(["manage.py", "migrate", "--database", "owner", "--verbosity", "0"], env)
    made = json.loads(_step(["-m", "tests.chaos.seed", house.counter.address], env).splitlines()[-1])
    house.slug, house.key = made["slug"], made["key"]


def _step(arguments: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert not done.returncode, f"{arguments}:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
    return done.stdout
