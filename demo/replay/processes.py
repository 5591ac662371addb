"""The platform's processes and the shop's, as children that can be killed and brought back.

Invariant: they end with the command, however that ends. They are started from the main thread only: the kernel ends a
child with the thread that started it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import Unavailable
from demo.children import python
from demo.environment import ROOT
from demo.launch import web
from embedded.processes import dies_with_parent, free_port, spawn, stop, tail

START_SECONDS = 90.0
STOP_SECONDS = 1.0
"""Nothing of theirs is needed any more."""


class ChildNotUp(Unavailable):
    code = "replay_child_not_up"


class Child:
    """A process that says when it is ready; its output is in the file `log`."""

    def __init__(
        self, name: str, command: Sequence[str], ready: str, env: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.said: re.Match[str] | None = None
        self.kills = 0
        self._command, self._ready, self._env = list(command), re.compile(ready), dict(env)
        self._process: subprocess.Popen[bytes] | None = None
        self._from = 0
        self._deadline = 0.0

    def begin(self) -> None:
        """Starts it and does not wait."""
        self.said = None
        self._from = self.log.stat().st_size if self.log.exists() else 0
        self._deadline = time.monotonic() + START_SECONDS
        command = [*dies_with_parent(signal.SIGKILL), *self._command]
        with self.log.open("ab") as output:
            self._process = spawn(command, output=output, env=os.environ | self._env, cwd=ROOT)

    def wait(self) -> None:
        """
        Raises:
            ChildNotUp: it ended, or takes too long.
        """
        while not self.is_up():
            time.sleep(0.03)

    def is_up(self) -> bool:
        """Whether it has said that it is ready.

        Raises:
            ChildNotUp: it ended, or takes too long.
        """
        if self.said is None:
            self.said = self._ready.search(self.log.read_text(errors="replace"), self._from)
        if self._process is None or self._process.poll() is not None or self._is_late():
            raise ChildNotUp(f"{self.name} is not up: {tail(self.log, 5)}")
        return self.said is not None

    def kill(self) -> None:
        """The way of power cuts; then it is started again."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        self.kills += 1
        self.begin()

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, timeout=STOP_SECONDS)

    def _is_late(self) -> bool:
        return self.said is None and time.monotonic() > self._deadline


def web_server(env: Mapping[str, str], folder: Path) -> tuple[Child, str]:
    """The web server, and its address without the scheme."""
    port = free_port()
    own = dict(env) | {"PUBLIC_URL": f"http://127.0.0.1:{port}"}
    child = Child("web", web("config.asgi:application", port), r"Uvicorn running on", own, folder)
    return child, f"127.0.0.1:{port}"


def celery(name: str, env: Mapping[str, str], folder: Path) -> Child:
    """`worker` or `beat`."""
    run = {
        "worker": (["--pool=threads", "--concurrency=4", "--without-mingle"], r" ready\."),
        "beat": (
            ["--scheduler", "django_celery_beat.schedulers:DatabaseScheduler", "--pidfile="],
            r"beat: Starting",
        ),
    }
    options, ready = run[name]
    command = python("-m", "celery", "-A", "config.celery", name, *options, "--loglevel=INFO")
    return Child(name, command, ready, env, folder)


def shop(name: str, token: str, data: Path | None, folder: Path) -> Child:
    """A back office with its levers; `said[1]` is its address."""
    given = ["--data", str(data.resolve())] if data else []
    command = python("manage.py", "demo_shop", "--control", "--port", "0", *given)
    ready = r"demo shop listening on (http://127\.0\.0\.1:\d+)"
    # Not on the command line, where every process of the machine could read it.
    return Child(f"shop-{name}", command, ready, {"SHOP_TOKEN": token}, folder)
