"""The operations of an OpenAPI document as tools a manager may choose from.

Invariant: every operation is in the result; one that cannot be called says why in `unsupported`, and what was left
out of one that can be is in `notes`. Nothing but `DocumentInvalid` is raised, whatever the document holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.errors import Invalid
from engine.tools.openapi import inputs, servers
from engine.tools.openapi.document import Document, DocumentInvalid, Unsupported, parse
from engine.tools.openapi.schemas import Unfolding
from engine.tools.rules import check_schema
from engine.tools.values import Risk

MOST_OPERATIONS = 500
MOST_DESCRIPTION = 2000
MOST_URL = 1000
_MOST_RESPONSES = 100
_METHODS = ("get", "head", "post", "put", "patch", "delete")
_UNUSED_METHODS = ("options", "trace")
_RISKS = {"get": Risk.READ, "head": Risk.READ, "delete": Risk.IRREVERSIBLE}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Args:
        name: fit for a tool, and once in the document.
        url: template as `http.target.HttpTarget` wants it; empty when unsupported.
        parameters: JSON Schema of an object.
        result_schema: of the first 2xx answer in JSON; None: not described.
        unsupported: why it cannot be a tool; empty: it can.
        notes: what was left out.
    """

    name: str
    description: str
    method: str
    path: str
    risk: Risk
    url: str = ""
    parameters: Mapping[str, Any] | None = None
    result_schema: Mapping[str, Any] | None = None
    unsupported: str = ""
    notes: tuple[str, ...] = ()


def read(document: bytes | str, *, base_url: str = "") -> tuple[Operation, ...]:
    """All operations, in the document's order.

    Args:
        document: OpenAPI 3.0 or 3.1 in JSON, 2 MB at most.
        base_url: against which a relative server address is taken, such as the document's own.

    Raises:
        DocumentInvalid: it cannot be read as a whole.
    """
    parsed = parse(document)
    taken: set[str] = set()
    found: list[Operation] = []
    for path, item, method, operation in _operations(parsed):
        if len(found) == MOST_OPERATIONS:
            raise DocumentInvalid(f"The document has more than {MOST_OPERATIONS} operations.")
        name = _name(operation, method, path, taken)
        found.append(_operation(parsed, _Place(path, item, method, operation, name), base_url))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    item: Mapping[str, Any]
    method: str
    operation: Mapping[str, Any]
    name: str


def _operations(document: Document) -> Iterator[tuple[str, dict[str, Any], str, dict[str, Any]]]:
    for path, item in document.root["paths"].items():
        try:
            item = document.follow(item)[0]
        except Unsupported as error:
            raise DocumentInvalid(f"The path {path[:100]} cannot be read. {error}") from error
        if not isinstance(item, dict):
            continue
        for method in (*_METHODS, *_UNUSED_METHODS):
            if isinstance(item.get(method), dict):
                yield path, item, method, item[method]


def _operation(document: Document, place: _Place, base_url: str) -> Operation:
    method, operation = place.method, place.operation
    known = Operation(
        place.name, _description(operation), method.upper(), place.path[:MOST_URL], _risk(method, operation)
    )
    try:
        if method in _UNUSED_METHODS:
            raise Unsupported(f"{method.upper()} is not a method for tools.")
        base = servers.base_of(document, place.item, operation, base_url)
        taken = inputs.read_inputs(document, place.path, place.item, operation, method)
        url = base + taken.path
        if len(url) > MOST_URL:
            raise Unsupported(f"Its address is longer than {MOST_URL} characters.")
        check_schema(taken.schema, "Arguments")
    except (Unsupported, Invalid) as error:
        return replace(known, unsupported=str(error))
    result, notes = _result(document, operation)
    return replace(
        known, url=url, parameters=taken.schema, result_schema=result, notes=(*taken.notes, *notes)
    )


def _result(document: Document, operation: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """The schema of the first 2xx answer in JSON, or a note why there is none."""
    responses = operation.get("responses")
    try:
        if not isinstance(responses, dict) or len(responses) > _MOST_RESPONSES:
            return None, ()
        for status in sorted(responses):
            if not re.fullmatch(r"2([0-9]{2}|XX)", status, re.IGNORECASE):
                continue
            node = inputs.json_schema_of(document, document.follow(responses[status])[0])
            if not isinstance(node, dict) or not node:
                return None, ()
            schema = Unfolding(document, "response").schema(node)
            if schema and schema is not True:
                check_schema(schema, "Result", of_object=False)
                return schema, ()
            return None, ()
    except (Unsupported, Invalid) as error:
        return None, (f"Results are not checked. {error}",)
    return None, ()


def _description(operation: Mapping[str, Any]) -> str:
    parts = [operation.get("summary"), operation.get("description")]
    texts = [part[:MOST_DESCRIPTION].strip() for part in parts if isinstance(part, str) and part.strip()]
    return "\n\n".join(dict.fromkeys(texts))[:MOST_DESCRIPTION]


def _risk(method: str, operation: Mapping[str, Any]) -> Risk:
    own = operation.get("x-risk")
    if isinstance(own, str) and own in {risk.value for risk in Risk}:
        return Risk(own)
    return _RISKS.get(method, Risk.WRITE)


def _name(operation: Mapping[str, Any], method: str, path: str, taken: set[str]) -> str:
    own = operation.get("operationId")
    wanted = own if isinstance(own, str) and own else f"{method}_{path.strip('/')}"
    plain = re.sub(r"[^a-zA-Z0-9_-]+", "_", wanted[:200]).strip("_")[:64] or "operation"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain[: 64 - len(str(number)) - 1]}_{number}"
    taken.add(name)
    return name
