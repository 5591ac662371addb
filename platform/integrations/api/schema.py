"""How the API describes itself: the key, the errors and the headers that every operation has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from integrations.api.serializers import ProblemSerializer

PROBLEM = "application/problem+json"
Method = TypeVar("Method", bound=Callable[..., Any])
ALWAYS = (401, 403, 406, 429, 500, 503)
NAMED = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description=(
        "Names the request, so that it may be sent again: for 24 hours the same request gets the first one's answer "
        "(with `Idempotency-Replayed: true`), another request under this name gets 422 `idempotency_key_reused`, and "
        "while the first is in work 409 `idempotency_in_flight` with Retry-After. 1 to 255 visible ASCII characters."
    ),
    pattern=r"^[\x21-\x7e]{1,255}$",
)


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The key, as a bearer token."""

    target_class = "integrations.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of your organisation, made in the console.",
        }


@dataclass(frozen=True, slots=True)
class Described:
    """What the document says about a room's method.

    Args:
        answers: status, or (status, media type) -> serializer or response.
        problems: statuses of errors besides those that every operation may give.
        named: honours Idempotency-Key.
        id: the operation's name, where the address does not give a good one.
    """

    summary: str
    answers: dict[Any, Any]
    request: Any = None
    query: Any = None
    problems: Sequence[int] = ()
    example: dict[str, Any] | None = None
    description: str = ""
    named: bool = False
    id: str | None = None

    def __call__(self, method: Method) -> Method:
        statuses = {*ALWAYS, *self.problems, *((400, 409, 413, 415, 422) if self.named else ())}
        errors = {(status, PROBLEM): _problem(status) for status in sorted(statuses)}
        kinds = list(self.request) if isinstance(self.request, dict) else []
        kind = kinds[0] if len(kinds) == 1 else "application/json"
        example = OpenApiExample("Example", value=self.example, request_only=True, media_type=kind)
        shown = [example] if self.example else []
        documented: Method = extend_schema(
            operation_id=self.id,
            summary=self.summary,
            description=self.description or None,
            request=self.request,
            parameters=[*([self.query] if self.query else []), *([NAMED] if self.named else [])],
            responses=self.answers | errors,
            examples=shown,
        )(method)
        return documented


def _problem(status: int) -> OpenApiResponse:
    named = HTTPStatus(status)
    example = {
        "type": "about:blank",
        "title": named.phrase,
        "status": status,
        "detail": "What was wrong, and what to do about it.",
        "code": named.phrase.lower().replace(" ", "_"),
    }
    return OpenApiResponse(ProblemSerializer, named.phrase, [OpenApiExample(named.phrase, value=example)])
