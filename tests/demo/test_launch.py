"""`make demo` itself: the whole product started once, refused twice, stopped without a trace."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from embedded.processes import free_port, port_is_free

ROOT = Path(__file__).resolve().parent.parent.parent
EMPTY = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "MASTER_KEY", "DATABASE_POOL")
READY = "Ctrl-C stops everything."


def three_free_ports() -> int:
    """A free port whose next ones, the shop's and its back office's, are free too."""
    return next(
        port
        for port in iter(free_port, 0)
        if port < 65_534 and port_is_free(port + 1) and port_is_free(port + 2)
    )


class Launcher:
    def __init__(self, var: Path, port: int) -> None:
        self.log = var.parent / f"launch-{port}-{time.monotonic_ns()}.log"
        settings = {"PORT": str(port), "SWITCHBOARD_VAR": str(var), "DEMO_DATA": "no"} | dict.fromkeys(
            EMPTY, ""
        )
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo.launch"],
                cwd=ROOT,
                env=os.environ | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        for _ in range(1200):
            if READY in self.said():
                return
            assert self.process.poll() is None, self.said()[-3000:]
            time.sleep(0.1)
        raise AssertionError(self.said()[-3000:])

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(processes, timeout=15)
    return [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status


@pytest.fixture
def launch():
    started: list[Launcher] = []

    def start(var: Path, port: int) -> Launcher:
        started.append(Launcher(var, port))
        return started[-1]

    yield start
    for launcher in started:
        if launcher.process.poll() is None:
            launcher.process.send_signal(signal.SIGINT)
            launcher.process.wait(60)


def test_it_serves_refuses_a_second_one_and_leaves_no_process(passable_folder, launch):
    passable_folder.chmod(0o711)
    var, port = passable_folder / "var", three_free_ports()
    first = launch(var, port)
    first.wait_until_ready()
    assert get(f"http://127.0.0.1:{port}/accounts/login/") == 200
    assert get(f"http://127.0.0.1:{port + 1}/static/demo/shop.css") == 200
    assert (var / "secrets.json").stat().st_mode & 0o077 == 0

    second = launch(var, three_free_ports())
    assert second.process.wait(30) == 1
    assert second.said().startswith("make demo: the demo runs already")
    assert second.said().count("\n") == 1

    family = first.descendants()
    assert len(family) >= 6
    first.process.send_signal(signal.SIGINT)

    assert first.process.wait(60) == 0
    assert still_there(family) == []
