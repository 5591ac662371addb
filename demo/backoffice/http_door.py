"""The door for HTTP tools: `POST /operations/<name>` and the document that describes it."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import Invalid
from demo.backoffice.office import BackOffice
from demo.backoffice.openapi import document
from demo.backoffice.problems import problem


class BodyNotJson(Invalid):
    code = "body_not_json"
    default_message = "The body must be one JSON object with the arguments"


def routes(office: BackOffice, *, with_token: bool) -> list[Route]:
    async def describe(request: Request) -> Response:
        return JSONResponse(document(str(request.base_url).rstrip("/"), with_token=with_token))

    async def operate(request: Request) -> Response:
        arguments = json_body(await request.body())
        name, key = request.path_params["name"], request.headers.get("Idempotency-Key")
        answer = office.call(name, arguments, key)
        headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
        if answer.refused:
            return problem(422, answer.detail, answer.code, headers)
        return Response(f'{{"result": {answer.result}}}', 200, headers, media_type="application/json")

    return [
        Route("/openapi.json", describe),
        Route("/operations/{name}", operate, methods=["POST"]),
    ]


def json_body(raw: bytes) -> dict[str, Any]:
    """Raises BodyNotJson for anything but a JSON object."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise BodyNotJson from None
    if not isinstance(body, dict):
        raise BodyNotJson
    return body
