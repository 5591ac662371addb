"""The demo's child processes: lines with a name before them, deaths told and mended, an end in order."""

import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from embedded.processes import dies_with_parent, spawn, stop

MAX_DEATHS = 5
CALM_SECONDS = 60.0


class ChildKeepsDying(Exception):
    """One line; the reason is in the child's own lines above it."""


def say(line: str) -> None:
    print(line, flush=True)


@dataclass
class Child:
    """One process that is wanted for as long as the demo runs."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0

    def start(self) -> None:
        """Call from the main thread only: the kernel ends the child with the thread that started it."""
        # Not SIGTERM: without its broker, which ends at the same time, a worker never gets to its polite end.
        command = [*dies_with_parent(signal.SIGKILL), *self.argv]
        self.process = spawn(command, output=subprocess.PIPE, env=self.env, cwd=self.cwd)
        assert self.process.stdout is not None
        threading.Thread(target=_pass_on, args=(self.name, self.process.stdout), daemon=True).start()

    def look_after(self, now: float) -> None:
        """Tell a death and start again, later each time. Raises ChildKeepsDying."""
        if self.process is not None and (code := self.process.poll()) is not None:
            self._died(code, now)
        elif self.process is None and now >= self.start_at:
            self.start()

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, timeout=10)
            self.process = None

    def _died(self, code: int, now: float) -> None:
        self.process = None
        self.deaths = [moment for moment in self.deaths if now - moment < CALM_SECONDS] + [now]
        if len(self.deaths) >= MAX_DEATHS:
            raise ChildKeepsDying(
                f"{self.name} ended {MAX_DEATHS} times within a minute (last with {_how(code)}): "
                "its own lines above say why"
            )
        wait = 2.0 ** (len(self.deaths) - 1)
        self.start_at = now + wait
        say(f"demo   | {self.name} ended with {_how(code)}: starting it again in {wait:.0f} s")


class Family:
    """All children, started in the given order and stopped in the reverse one."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)

    def start(self) -> None:
        for child in self.children:
            child.start()

    def look_after(self) -> None:
        for child in self.children:
            child.look_after(time.monotonic())

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()


def run_step(argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> str:
    """One preparing command: its stderr is shown as it comes, its stdout given back.

    Raises ChildKeepsDying when it fails, subprocess.TimeoutExpired after ten minutes.
    """
    with tempfile.TemporaryFile() as kept:
        process = subprocess.Popen(
            [*dies_with_parent(signal.SIGTERM), *argv],
            stdin=subprocess.DEVNULL,
            stdout=kept,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
        try:
            code = process.wait(600)
        finally:
            stop(process)
        if code:
            raise ChildKeepsDying(f"preparing the data failed with {_how(code)}: the lines above say why")
        kept.seek(0)
        return kept.read().decode(errors="replace")


def _pass_on(name: str, lines: IO[bytes]) -> None:
    with lines:
        for line in lines:
            say(f"{name:<6} | {line.decode(errors='replace').rstrip()}")


def _how(code: int) -> str:
    return f"code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
