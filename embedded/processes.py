"""Child processes that never outlive the one who started them."""

import errno
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO


class EmbeddedError(Exception):
    """A server could not be started or reached; the text is one line that says what to do."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago: whoever binds it must be ready to try another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now (a port in TIME_WAIT counts as free).

    Raises OSError when the port may not be bound for another reason than being taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def kept_secret(path: Path) -> str:
    """The secret in this file, made on first use; only the owner may read it."""
    if not path.exists() or not path.stat().st_size:
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text().strip()


def spawn(
    argv: Sequence[str],
    *,
    output: int | IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child outside the terminal's process group, so that Ctrl-C reaches only the parent."""
    return subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=env,
        cwd=cwd,
        start_new_session=True,
    )


@cache
def dies_with_parent(death_signal: signal.Signals) -> list[str]:
    """What to put before a command so that the kernel sends it this signal if its parent is killed.

    Empty where that is not to be had (it needs Linux and util-linux). It must come after anything that
    changes the user. Start such a child from the main thread: the kernel watches the thread, not the process.
    """
    tool = shutil.which("setpriv")
    return [tool, "--pdeathsig", death_signal.name.removeprefix("SIG")] if tool else []


def stop(
    process: subprocess.Popen[bytes], first: signal.Signals = signal.SIGTERM, timeout: float = 10.0
) -> None:
    """Ask, wait `timeout` seconds, then kill. Does nothing when the child has ended already."""
    if process.poll() is not None:
        return
    process.send_signal(first)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def end_leftover(pid: int, mark: str, ask: signal.Signals, timeout: float = 10.0) -> None:
    """End the process `pid` that a killed run left behind, if its command line holds `mark`.

    Another program may have been given the number since: without the mark it is left alone.
    """
    deadline = time.monotonic() + timeout
    sent: signal.Signals | None = None
    while mark in command_line(pid):
        late = time.monotonic() > deadline
        wanted = signal.SIGKILL if late else ask
        if wanted is not sent:
            with suppress(ProcessLookupError):
                os.kill(pid, wanted)
            sent = wanted
        if time.monotonic() > deadline + 5:
            raise EmbeddedError(f"process {pid} of an earlier run does not end: kill it, then start again")
        time.sleep(0.05)


def command_line(pid: int) -> str:
    """The command line of a running process; empty when there is none (a zombie has none)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(
        ["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False, timeout=10
    )
    return listed.stdout.strip()


def tail(path: Path, lines: int = 3) -> str:
    """The end of a log file in one line, for an error message."""
    try:
        return " | ".join(path.read_text(errors="replace").strip().splitlines()[-lines:])
    except OSError:
        return ""
