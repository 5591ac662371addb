"""Real processes for tests: the web server, the model simulator, the worker."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from embedded.processes import dies_with_parent, free_port, spawn, stop

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 60.0


class Child:
    """A process of ours that says when it is ready; its output is in the file `log`."""

    def __init__(self, arguments: Sequence[str], log: Path, *, ready: str, extra: dict[str, str]) -> None:
        self.arguments = list(arguments)
        self.log = log
        self.ready = re.compile(ready)
        self.extra = extra
        self.before = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.said: re.Match[str] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Returns when it is ready; fails with the end of its output when it ends before or hangs."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Starts it without waiting: several come up side by side."""
        self.before = self.log.stat().st_size if self.log.exists() else 0
        command = [*dies_with_parent(signal.SIGTERM), sys.executable, *self.arguments]
        with self.log.open("ab") as output:
            self.process = spawn(command, output=output, env=os.environ | self.extra, cwd=ROOT)

    def wait(self) -> None:
        """Returns when it is ready; fails as `start` does."""
        assert self.process is not None
        deadline = time.monotonic() + START_TIMEOUT
        while not self._is_ready(self.before):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{self.arguments} is not up:\n{self.output()[self.before :][-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)

    def restart(self) -> None:
        """The polite way: asked to end, then started again at the same address."""
        self.stop()
        self.start()

    def kill9(self) -> None:
        """The way of power cuts: gone at once, no clean-up. `start()` brings it back."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def _is_ready(self, before: int) -> bool:
        self.said = self.ready.search(self.output(), before)
        return self.said is not None


class LiveServer(Child):
    """The web server as `make demo` runs it, against this worker's database and Valkey."""

    def __init__(self, log: Path, **extra: str) -> None:
        self.port = free_port()
        arguments = [
            "-m", "uvicorn", "config.asgi:application", "--app-dir", "platform", "--host", "127.0.0.1",
            "--port", str(self.port), "--ws", "websockets-sansio", "--lifespan", "off", "--loop", "uvloop",
            "--http", "httptools", "--timeout-graceful-shutdown", "3",
        ]  # fmt: skip
        super().__init__(arguments, log, ready=r"Uvicorn running on", extra={"PUBLIC_URL": self.url} | extra)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"


class ModelSimulator(Child):
    """`manage.py model_simulator`; `url` is what OPENAI_BASE_URL wants."""

    def __init__(self, log: Path) -> None:
        ready = r"listening on (http://127\.0\.0\.1:\d+)"
        super().__init__(["manage.py", "model_simulator", "--port", "0"], log, ready=ready, extra={})

    @property
    def address(self) -> str:
        assert self.said is not None
        return self.said[1]

    @property
    def url(self) -> str:
        return f"{self.address}/v1"


class CeleryWorker(Child):
    def __init__(self, log: Path, **extra: str) -> None:
        arguments = ["-m", "celery", "-A", "config.celery", "worker", "--pool=threads", "--concurrency=2"]
        super().__init__([*arguments, "--loglevel=INFO"], log, ready=r" ready\.", extra=extra)


class CeleryBeat(Child):
    """The clock of the sweeps, with the schedule in the database as `make demo` runs it."""

    def __init__(self, log: Path, **extra: str) -> None:
        scheduler = "django_celery_beat.schedulers:DatabaseScheduler"
        arguments = ["-m", "celery", "-A", "config.celery", "beat", "--scheduler", scheduler, "--pidfile="]
        super().__init__([*arguments, "--loglevel=INFO"], log, ready=r"beat: Starting", extra=extra)
