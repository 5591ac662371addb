"""Levers for tests and replays: the state, the journal, a fresh start, and faults. Only with `--control`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.backoffice.faults import Faults
from demo.backoffice.http_door import json_body
from demo.backoffice.office import BackOffice


def routes(office: BackOffice, faults: Faults) -> list[Route]:
    async def state(request: Request) -> Response:
        return JSONResponse({"digest": office.digest()})

    async def full_state(request: Request) -> Response:
        return JSONResponse(office.content())

    async def reset(request: Request) -> Response:
        office.reset()
        return JSONResponse({"digest": office.digest()})

    async def log(request: Request) -> Response:
        return JSONResponse({"calls": office.calls()})

    async def set_faults(request: Request) -> Response:
        faults.set(json_body(await request.body()))
        return JSONResponse({"given": faults.given()})

    async def given_faults(request: Request) -> Response:
        return JSONResponse({"given": faults.given()})

    return [
        Route("/state", state),
        Route("/state/full", full_state),
        Route("/reset", reset, methods=["POST"]),
        Route("/log", log),
        Route("/faults", set_faults, methods=["POST"]),
        Route("/faults", given_faults, methods=["GET"]),
    ]
