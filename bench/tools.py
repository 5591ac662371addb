"""What a tool's call costs beyond the HTTP request itself: checks, keys, steps written down, results bounded.

Invariant: both sides call the same server in turn, over connections that are open already; ours goes the whole way of
a run (`conversations.calling`), against a database that keeps its steps. Run as a program (`python -m bench.tools`) it
measures and writes JSON.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

from bench.machine import pinned
from bench.report import Goal
from bench.world import World, run_step

CALLS = 300
WARM = 30
MOST_SECONDS = 120.0
RESULT = json.dumps(
    {"status": "delivered", "items": [{"id": n, "name": f"Item {n}"} for n in range(10)]}
).encode()


def measured(world: World) -> dict[str, Any]:
    """The figures, taken on the server's core. Raises BenchFailed."""
    with pinned(world.server_core):
        figures: dict[str, Any] = json.loads(run_step(world, ["-m", "bench.tools"], seconds=MOST_SECONDS))
    return figures


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """How much longer a call takes than the bare request, at the median of the pairs."""
    return [
        Goal(
            f"a tool's call, {kind}: beyond the bare request, p50",
            figures[kind]["overhead_p50_ms"],
            3.0,
            unit=" ms",
        )
        for kind in ("read", "write")
    ]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about tools."""
    head = f"  {'':<28}{'bare ms':>10} {'ours ms':>10} {'beyond, p50':>12} {'p95':>8}"
    lines = [
        f"  {kind:<28}{one['bare_p50_ms']:>10.3f} {one['ours_p50_ms']:>10.3f} {one['overhead_p50_ms']:>12.3f} "
        f"{one['overhead_p95_ms']:>8.3f}"
        for kind, one in figures.items()
    ]
    return "\n".join([f"A tool's call over HTTP, {CALLS} pairs", head, *lines])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(RESULT)))
        self.end_headers()
        self.wfile.write(RESULT)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _serve(ready: Connection) -> None:
    """In a process of its own: a thread of ours would take turns with ours at the interpreter's lock."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    ready.send(server.server_port)
    server.serve_forever()


@contextmanager
def _server() -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join(10)


def main() -> None:
    import django

    django.setup()
    from bench.tool_calls import a_run_with_tools

    with _server() as address:
        run = a_run_with_tools(address)
        json.dump(asyncio.run(_pairs(address, run)), sys.stdout)


async def _pairs(address: str, run: Any) -> dict[str, dict[str, float]]:
    import httpx2

    found = {}
    async with httpx2.AsyncClient(trust_env=False) as client:

        async def bare() -> None:
            answer = await client.post(f"{address}/read", json={"order": "W1"})
            answer.raise_for_status()

        for kind in ("read", "write"):
            found[kind] = await _compared(bare, partial(run.call, kind))
    return found


async def _compared(
    bare: Callable[[], Awaitable[None]], ours: Callable[[], Awaitable[None]]
) -> dict[str, float]:
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    for number in range(WARM + CALLS):
        sides = [("bare", bare), ("ours", ours)]
        for name, side in sides if number % 2 else reversed(sides):
            began = time.perf_counter()
            await side()
            times[name].append((time.perf_counter() - began) * 1000)
    bares, our = times["bare"][WARM:], times["ours"][WARM:]
    beyond = [one - other for one, other in zip(our, bares, strict=True)]
    return {
        "bare_p50_ms": statistics.median(bares),
        "ours_p50_ms": statistics.median(our),
        "overhead_p50_ms": statistics.median(beyond),
        "overhead_p95_ms": statistics.quantiles(beyond, n=20)[-1],
    }


if __name__ == "__main__":
    main()
