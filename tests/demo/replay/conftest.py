from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from embedded import Valkey
from tests.cluster import Cluster
from tests.servers import ROOT

SECONDS = 300


@dataclass(frozen=True, slots=True)
class Done:
    """How a replay ended; `report` is empty where there is none."""

    code: int
    said: str
    report: dict[str, Any]


Replay = Callable[..., Done]


@pytest.fixture(scope="package")
def own_redis(cluster: Cluster) -> Iterator[str]:
    """A broker that no other test's worker listens to: it would take up runs whose shop it may not call."""
    valkey = Valkey(Path(tempfile.mkdtemp(dir=cluster.folder)) / "valkey", throw_away=True)
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest.fixture
def replay(own_redis: str, tmp_path: Path) -> Replay:
    """`replay(file, *options)`: the command, as a process of its own on this run's database."""

    def run(*arguments: object) -> Done:
        report = tmp_path / "report.json"
        told = ["--json", str(report), "--logs", str(tmp_path / "logs")]
        done = subprocess.run(
            [sys.executable, "manage.py", "replay_tasks", *map(str, arguments), *told],
            env=os.environ | {"REDIS_URL": own_redis, "LOG_LEVEL": "WARNING"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        found = json.loads(report.read_text()) if report.exists() else {}
        return Done(done.returncode, done.stdout + done.stderr, found)

    return run
