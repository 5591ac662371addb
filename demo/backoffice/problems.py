"""Every error of the service in one shape: problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import SwitchboardError

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str, code: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JSONResponse(body, status, headers, media_type=CONTENT_TYPE)


def from_error(error: SwitchboardError) -> JSONResponse:
    return problem(error.status, error.message, error.code)


async def answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SwitchboardError)
    return from_error(error)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Starlette's own: no such path, wrong method."""
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name.lower()
    return problem(error.status_code, error.detail, code, error.headers)
