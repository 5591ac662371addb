"""The service put together, and served until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from core.errors import SwitchboardError
from demo.backoffice import control, http_door
from demo.backoffice.faults import Faults
from demo.backoffice.faulty import MCP_PATH, Faulty
from demo.backoffice.gate import Gate
from demo.backoffice.mcp_door import McpDoor
from demo.backoffice.office import BackOffice
from demo.backoffice.problems import answer_error, answer_http_error

STOPPING_SECONDS = 2


@dataclass(frozen=True)
class Wanted:
    """How to run: `data` None is the invented shop, an empty `token` asks for none."""

    data: Path | None = None
    token: str = ""
    control: bool = False


def application(wanted: Wanted) -> ASGIApp:
    """Raises DataUnusable."""
    office = BackOffice(wanted.data, journal=wanted.control)
    mcp, faults = McpDoor(office), Faults()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with mcp.manager.run():
            yield

    routes = [
        Route("/healthz", _healthz),
        *http_door.routes(office, with_token=bool(wanted.token)),
        Route(MCP_PATH, mcp),
        *(control.routes(office, faults) if wanted.control else ()),
    ]
    handlers = {SwitchboardError: answer_error, HTTPException: answer_http_error}
    app: ASGIApp = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    return Gate(Faulty(app, faults) if wanted.control else app, wanted.token)


def serve(wanted: Wanted, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM, and returns.

    Args:
        port: 0 takes a free one.
        on_ready: told the address, `http://host:port`, once calls are taken.

    Raises:
        DataUnusable; OSError: the address cannot be taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The MCP library tells of every call, and uvicorn of every connection we cut on purpose.
    logging.getLogger("mcp").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_not_a_cut)
    with socket.create_server((host, port), family=family, backlog=1024) as listening:
        shown = f"[{host}]" if ":" in host else host
        server = server_for(wanted, lambda: on_ready(f"http://{shown}:{listening.getsockname()[1]}"))
        # uvicorn raises the signal once more after its orderly end; that must not end us by it.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[listening])


def server_for(wanted: Wanted, on_ready: Callable[[], None]) -> uvicorn.Server:
    """A server that still needs its listening socket. Raises DataUnusable."""
    config = uvicorn.Config(
        application(wanted),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
    return _Server(config, on_ready)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_ready()


def _not_a_cut(record: logging.LogRecord) -> bool:
    return "without completing response" not in record.getMessage()


async def _healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})
