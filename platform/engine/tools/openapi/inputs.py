"""What an operation takes, merged into one object: the path's and the query's parameters and the JSON body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

from engine.tools.openapi.document import Document, Unsupported
from engine.tools.openapi.schemas import Unfolding

_WITHOUT_BODY = frozenset({"get", "head", "delete"})
_SENT_BY_US = frozenset({"accept", "content-type", "authorization", "idempotency-key", "user-agent"})
_COMBINING = (
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "$ref",
    "dependentSchemas",
    "propertyNames",
)
_OF_OBJECT = ("title", "description", "type", "properties", "required", "additionalProperties")
_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_MOST_PARAMETERS = 100
_MOST_KINDS = 50


@dataclass(slots=True)
class Inputs:
    """`path`: the template below the server's address, its query included."""

    path: str
    schema: dict[str, Any]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    where: str
    required: bool
    schema: Any
    problem: str = ""


def read_inputs(
    document: Document, path: str, item: Mapping[str, Any], operation: Mapping[str, Any], method: str
) -> Inputs:
    """
    Raises:
        Unsupported: something required that cannot be sent.
    """
    unfolding = Unfolding(document, "request")
    parameters, notes = _usable(_parameters(unfolding, item, operation))
    body = _body(unfolding, operation, method, notes)
    schema: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    if body is None:
        schema["additionalProperties"] = False
    elif not parameters and body.get("type") == "object":
        return Inputs(_path(path, {}), body, notes)
    else:
        schema |= _flat(body)
    return _merged(path, parameters, schema, notes, in_query=method in _WITHOUT_BODY)


def json_schema_of(document: Document, holder: Any) -> Any:
    """The schema of a request's or an answer's content in JSON; None: it has no such content.

    Raises:
        Unsupported
    """
    content = holder.get("content") if isinstance(holder, dict) else None
    for kind, media in islice(content.items(), _MOST_KINDS) if isinstance(content, dict) else ():
        if re.fullmatch(r"application/([\w.+-]+\+)?json", kind.partition(";")[0].strip().lower()):
            media = document.follow(media)[0]
            return media.get("schema", {}) if isinstance(media, dict) else {}
    return None


def _merged(
    path: str, parameters: list[_Parameter], schema: dict[str, Any], notes: list[str], *, in_query: bool
) -> Inputs:
    properties, required = schema["properties"], schema["required"]
    places: dict[str, str] = {}
    query: list[str] = []
    for parameter in parameters:
        argument = _argument(parameter, properties)
        properties[argument] = parameter.schema
        if parameter.required:
            required.append(argument)
        if parameter.where == "path":
            places[parameter.name] = argument
        elif not in_query or argument != parameter.name:
            query.append(f"{quote(parameter.name, safe='')}={{{argument}}}")
    if not required:
        del schema["required"]
    template = _path(path, places)
    return Inputs(f"{template}?{'&'.join(query)}" if query else template, schema, notes)


def _path(path: str, places: Mapping[str, str]) -> str:
    if not path.startswith("/"):
        raise Unsupported("Its path does not begin with a slash.")
    parts = []
    for part in re.split(r"(\{[^{}]*\})", path):
        name = part[1:-1]
        if part.startswith("{") and part.endswith("}"):
            if name not in places:
                raise Unsupported(f"Its path has a place, {name[:60]}, that no parameter fills.")
            parts.append(f"{{{places[name]}}}")
        else:
            parts.append(quote(part, safe="/%!$&'()*+,;=:@~"))
    return "".join(parts)


def _argument(parameter: _Parameter, taken: Mapping[str, Any]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", parameter.name)[:64]
    name = plain if _ARGUMENT.fullmatch(plain) else f"_{plain}"[:64]
    if name in taken:
        name = f"{name[:50]}_in_{parameter.where}"
    number = 1
    while name in taken:
        number += 1
        name = f"{name[:58]}_{number}"
    return name


def _parameters(
    unfolding: Unfolding, item: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[_Parameter]:
    """The operation's parameters and those of its path that it does not override."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for holder in (item, operation):
        listed = holder.get("parameters")
        listed = listed if isinstance(listed, list) else []
        if len(listed) > _MOST_PARAMETERS:
            raise Unsupported(f"It has more than {_MOST_PARAMETERS} parameters.")
        for node in listed:
            parameter = unfolding.document.follow(node)[0]
            if not isinstance(parameter, dict):
                raise Unsupported("One of its parameters cannot be read.")
            found[_identity(parameter)] = parameter
    ordered = sorted(found.items(), key=lambda entry: entry[0][0] != "path")
    return [_parameter(unfolding, where, name, node) for (where, name), node in ordered]


def _identity(parameter: Mapping[str, Any]) -> tuple[str, str]:
    name, where = parameter.get("name"), parameter.get("in")
    if not isinstance(name, str) or not name or where not in ("path", "query", "header", "cookie"):
        raise Unsupported("One of its parameters cannot be read.")
    return where, name


def _parameter(unfolding: Unfolding, where: str, name: str, node: Mapping[str, Any]) -> _Parameter:
    required = where == "path" or node.get("required") is True
    if where in ("header", "cookie"):
        return _Parameter(name, where, required, None, f"is part of a {where}")
    if "content" in node:
        return _Parameter(name, where, required, None, "is written in a form of its own")
    schema = unfolding.schema(node.get("schema", {}))
    schema = {} if schema is True else schema
    if not isinstance(schema, dict):
        return _Parameter(name, where, required, None, "has no value that fits")
    if isinstance(node.get("description"), str) and "description" not in schema:
        schema = schema | {"description": node["description"][:1000]}
    return _Parameter(name, where, required, schema, _problem(where, node, schema))


def _problem(where: str, node: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Why a parameter cannot be written into an address as its document wants; see "Style Values" in OpenAPI."""
    usual = "simple" if where == "path" else "form"
    if node.get("style", usual) != usual or node.get("allowReserved") is True:
        return "is written in an unusual style"
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds or "properties" in schema:
        return "is an object"
    if where == "query" and "array" in kinds and node.get("explode", True) is not True:
        return "is a list in one piece"
    return ""


def _usable(parameters: list[_Parameter]) -> tuple[list[_Parameter], list[str]]:
    notes: list[str] = []
    for parameter in parameters:
        if not parameter.problem or (parameter.where == "header" and parameter.name.lower() in _SENT_BY_US):
            continue
        said = f"The parameter {parameter.name[:60]} {parameter.problem}"
        if parameter.required:
            raise Unsupported(f"{said}, which is not supported.")
        notes.append(f"{said} and was left out.")
    return [parameter for parameter in parameters if not parameter.problem], notes


def _body(
    unfolding: Unfolding, operation: Mapping[str, Any], method: str, notes: list[str]
) -> dict[str, Any] | None:
    if "requestBody" not in operation:
        return None
    body = unfolding.document.follow(operation["requestBody"])[0]
    if method in _WITHOUT_BODY:
        if isinstance(body, dict) and body.get("required") is True:
            raise Unsupported(f"It wants a body with {method.upper()}.")
        notes.append("The body was left out.")
        return None
    node = json_schema_of(unfolding.document, body)
    if node is None:
        raise Unsupported("Its body is not JSON.")
    schema = unfolding.schema(node)
    if not isinstance(schema, dict):
        raise Unsupported("Its body is not an object.")
    schema = _one_of_all(schema)
    if schema.get("type", "object") != "object" or ("type" not in schema and "properties" not in schema):
        raise Unsupported("Its body is not an object.")
    return schema | {"type": "object"}


def _one_of_all(schema: dict[str, Any]) -> dict[str, Any]:
    """A body put together with `allOf` of plain objects, as one object."""
    parts = schema.get("allOf")
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    own = {key: whole[key] for key in ("type", "properties", "required") if key in whole}
    if not isinstance(parts, list) or not all(_is_plain_object(part) for part in (*parts, own)):
        return schema
    properties: dict[str, Any] = {}
    required: list[Any] = []
    for part in (*parts, whole):
        properties |= part.get("properties", {})
        required += part.get("required", [])
    return whole | {"type": "object", "properties": properties, "required": list(dict.fromkeys(required))}


def _is_plain_object(schema: Any) -> bool:
    return (
        isinstance(schema, dict)
        and schema.get("type", "object") == "object"
        and isinstance(schema.get("properties", {}), dict)
        and _are_names(schema.get("required", []))
        and not set(schema) - {"type", "properties", "required", "description", "title"}
    )


def _are_names(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    """A body's schema with room for parameters beside its own properties."""
    properties, required = body.get("properties", {}), body.get("required", [])
    if not isinstance(properties, dict) or not _are_names(required):
        raise Unsupported("Its body's schema cannot be read.")
    if any(key in body for key in _COMBINING):
        raise Unsupported("Its body's schema has alternatives beside other parameters.")
    kept = {key: body[key] for key in _OF_OBJECT if key in body}
    return kept | {"properties": dict(properties), "required": list(required)}
