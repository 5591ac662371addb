"""The shop served for tests: in a thread for most, as a process of its own for the command."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.backoffice.service import Wanted, server_for
from tests.servers import Child

START_SECONDS = 60


class DemoShop(Child):
    """`manage.py demo_shop`; `address` is where it listens."""

    def __init__(self, log: Path, *arguments: str, **extra: str) -> None:
        ready = r"demo shop listening on (http://127\.0\.0\.1:\d+)"
        super().__init__(["manage.py", "demo_shop", "--port", "0", *arguments], log, ready=ready, extra=extra)

    @property
    def address(self) -> str:
        assert self.said is not None
        return self.said[1]


@contextmanager
def served(wanted: Wanted) -> Iterator[str]:
    """The address of a shop that runs as long as the block."""
    ready = threading.Event()
    server = server_for(wanted, ready.set)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert ready.wait(START_SECONDS)
            yield address
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
