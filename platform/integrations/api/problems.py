"""Every error below /api/ in one shape: problem+json (RFC 9457), translated once.

`type` is about:blank, so `title` is the status's name; what a program looks at is `code`.
"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults
from rest_framework import exceptions

from core.errors import Forbidden, Invalid, NotFound, SwitchboardError, Unavailable
from integrations.api.parsing import BodyTooLarge

log = structlog.get_logger(__name__)
PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="Switchboard"'


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    default_message = "The database is out of reach for the moment. Nothing was changed; try again shortly."


class BadRequest(Invalid):
    code = "bad_request"


def problem(
    status: int, code: str, detail: str, *, retry_after: float | None = None, errors: Any = None
) -> JsonResponse:
    """A problem as an answer.

    Args:
        retry_after: seconds; also as a header, in whole seconds.
        errors: field -> list of {code, message}.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if retry_after is not None:
        body["retry_after"] = retry_after
    if errors is not None:
        body["errors"] = errors
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if retry_after is not None:
        answer["Retry-After"] = str(max(1, math.ceil(retry_after)))
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = CHALLENGE
    answer["Cache-Control"] = "no-store"
    return answer


def as_problem(error: Exception, context: dict[str, Any]) -> JsonResponse:
    """Django REST framework's exception handler."""
    match error:
        case exceptions.ValidationError():
            detail = "Some fields are missing or wrong. See 'errors'."
            return problem(400, "invalid_fields", detail, errors=_fields(error.get_full_details()))
        case exceptions.APIException():
            return _of_framework(error)
        case _:
            return _of_house(_translated(error))


def _of_framework(error: exceptions.APIException) -> JsonResponse:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    return problem(
        error.status_code, code, str(error.detail), retry_after=getattr(error, "wait", None) or None
    )


def _of_house(error: SwitchboardError) -> JsonResponse:
    errors = getattr(error, "errors", None)
    return problem(error.status, error.code, error.message, retry_after=error.retry_after, errors=errors)


def _translated(error: Exception) -> SwitchboardError:
    match error:
        case SwitchboardError():
            if error.status >= 500 and not isinstance(error, Unavailable):
                log.error("request_failed", code=error.code, exc_info=error)
                return SwitchboardError()
            return error
        case Http404():
            return NotFound()
        case DjangoPermissionDenied():
            return Forbidden()
        case RequestDataTooBig():
            return BodyTooLarge()
        case SuspiciousOperation():
            return BadRequest()
        case OperationalError() | InterfaceError():
            log.warning("database_error", error=type(error).__name__)
            return DatabaseUnavailable(retry_after=5)
        case _:
            log.error("request_failed", exc_info=error)
            return SwitchboardError()


def _fields(details: Any, name: str = "") -> dict[str, list[dict[str, str]]]:
    """The framework's nested details as dotted field names."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return {name or "body": [{"code": str(details["code"]), "message": str(details["message"])}]}
    pairs = details.items() if isinstance(details, dict) else [("", inner) for inner in details]
    found: dict[str, list[dict[str, str]]] = {}
    for key, inner in pairs:
        key = "" if key == "non_field_errors" else str(key)
        for field, problems in _fields(inner, ".".join(part for part in (name, key) if part)).items():
            found.setdefault(field, []).extend(problems)
    return found


def page_bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's own 400, as a problem below /api/."""
    if request.path.startswith(PREFIX):
        return _of_house(_translated(exception))
    return defaults.bad_request(request, exception)


def page_forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        return _of_house(Forbidden())
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        return _of_house(NotFound())
    return defaults.page_not_found(request, exception)


def page_failed(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        return _of_house(SwitchboardError())
    return defaults.server_error(request)
