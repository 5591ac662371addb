"""The OpenAPI document: one POST an operation, so that importing it makes one tool an operation."""

from __future__ import annotations

from typing import Any

from demo.backoffice.operations import OPERATIONS, Operation

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The reason in words."},
        "code": {"type": "string", "description": "The reason for programs; it does not change."},
    },
}
REFUSALS = {
    "400": "The body is no JSON object, or its arguments do not fit.",
    "409": "The Idempotency-Key belongs to another call.",
    "422": "The shop refuses; `detail` says why.",
    "429": "Too many calls; Retry-After says when to come back.",
}


def document(base_url: str, *, with_token: bool) -> dict[str, Any]:
    """OpenAPI 3.1.

    Args:
        base_url: where the service was asked for the document, without a slash at the end.
        with_token: whether calls need a bearer token.
    """
    content: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Demo shop, back office",
            "version": "1.0.0",
            "description": "Customers, orders and products of an invented shop. Every operation takes an "
            "Idempotency-Key header: the same key and arguments have one effect and one answer. `x-risk` "
            "says what a call can do: read, write (a second call can undo it) or irreversible.",
        },
        "servers": [{"url": base_url}],
        "paths": {
            f"/operations/{operation.name}": {"post": _post(operation)} for operation in OPERATIONS.values()
        },
        "components": {"schemas": {"Problem": PROBLEM}},
    }
    if with_token:
        content["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        content["security"] = [{"bearer": []}]
    return content


def _post(operation: Operation) -> dict[str, Any]:
    refusals = {status: _refusal(text) for status, text in REFUSALS.items()}
    result = {"type": "object", "required": ["result"], "properties": {"result": {"type": operation.returns}}}
    return {
        "operationId": operation.name,
        "description": operation.description,
        "x-risk": operation.risk,
        "x-idempotency-key": True,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": operation.parameters}},
        },
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": result}}},
            **refusals,
        },
    }


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
