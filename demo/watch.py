"""Keeping the embedded servers up, and knowing when the web servers are."""

import socket
import time
from collections.abc import Sequence

from demo.children import ChildKeepsDying, Family, say
from embedded import EmbeddedError, Postgres, Valkey

LISTEN_SECONDS = 90.0


class Watched:
    """An embedded server that is started again at the same address when it dies."""

    def __init__(self, name: str, server: Postgres | Valkey) -> None:
        self.name = name
        self.server = server

    def look_after(self) -> None:
        """Raises EmbeddedError when the server is gone for good."""
        if self.server.process is None or self.server.process.poll() is None:
            return
        say(f"demo   | {self.name} ended unexpectedly: starting it again")
        port = self.server.port
        self.server.start()
        if self.server.port != port:
            raise EmbeddedError(f"{self.name} lost its port {port} to another program: start the demo again")


def wait_until_listening(ports: Sequence[int], family: Family) -> None:
    """Raises ChildKeepsDying when one of them does not come up."""
    deadline = time.monotonic() + LISTEN_SECONDS
    waiting = list(ports)
    while waiting:
        family.look_after()
        waiting = [port for port in waiting if not _listens(port)]
        if waiting and time.monotonic() > deadline:
            raise ChildKeepsDying(
                f"nothing listens on port {waiting[0]} after {LISTEN_SECONDS:.0f} s: see above"
            )
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
