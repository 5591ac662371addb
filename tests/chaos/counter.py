"""The server behind the tool `book`: it counts what it did for whom, under which key."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Counter:
    """`keys`: by mark, every key that a call came with, repeats included."""

    keys: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    address: str = ""

    def booked(self) -> dict[str, set[str]]:
        """What was done: one effect for each key."""
        return {mark: set(keys) for mark, keys in list(self.keys.items())}


@contextmanager
def open_counter() -> Iterator[Counter]:
    """A counter on loopback, in threads of this process."""
    counter = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if not body:  # the caller was killed on the way
                return
            counter.keys[json.loads(body)["mark"]].append(self.headers["Idempotency-Key"])
            told = b'{"booked": true}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    counter.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield counter
    finally:
        server.shutdown()
        server.server_close()
