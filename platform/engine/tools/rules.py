"""What a tool's definition must be, held against it before anything is stored.

Invariant: a schema that passes is bounded in size and depth, refers to nothing outside itself and holds no pattern
whose matching can take exponential time (a repetition inside a repetition), so that checking arguments against it
is cheap whatever a model or a server writes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from core.errors import Invalid
from engine.tools.addresses import check_url, plain_host
from engine.tools.errors import AddressRefused
from engine.tools.http.target import PLACEHOLDER
from engine.tools.values import TAINTS, Policy

MOST_BYTES = 32 * 1024
MOST_DEPTH = 24
MOST_PATTERN = 256
MOST_REPETITIONS = 8
MOST_DESCRIPTION = 4000
_SECONDS, _BYTES, _CACHE = (1, 60), (256, 262_144), (0, 86_400)
_PLAIN_TYPES = {"string", "integer", "number", "boolean"}


class BadSchema(Invalid):
    code = "bad_tool_schema"
    default_message = "The JSON Schema cannot be used."


class BadTool(Invalid):
    code = "bad_tool"
    default_message = "The tool cannot be set up like this."


class BadHost(Invalid):
    code = "bad_host"
    default_message = (
        "A host looks like api.shop.example, api.shop.example:8443 or .shop.example for all below it."
    )


def fingerprint(description: str, parameters: Mapping[str, Any], result_schema: Any = None) -> str:
    """The SHA-256, in hex, of what a model is told about a tool, in canonical JSON."""
    told = {"description": description, "parameters": parameters, "result_schema": result_schema}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_schema(schema: Any, what: str, *, of_object: bool = True) -> None:
    """Holds a JSON Schema (draft 2020-12) against the bounds.

    Args:
        what: the field's name, for the sentence.
        of_object: it has to describe an object, as arguments are.

    Raises:
        BadSchema: saying what is wrong and where.
    """
    if not isinstance(schema, dict):
        raise BadSchema(
            f'{what}: a JSON Schema is an object such as {{"type": "object", "properties": {{}}}}.'
        )
    if len(json.dumps(schema).encode()) > MOST_BYTES:
        raise BadSchema(f"{what}: larger than {MOST_BYTES // 1024} KB. Describe less.")
    _check_depth(schema, what)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "/".join(str(part) for part in error.absolute_path) or "the top"
        raise BadSchema(f"{what}: at {where}: {error.message[:200]}") from error
    if of_object and schema.get("type") != "object":
        raise BadSchema(f'{what}: has to have "type": "object" at its top, because arguments have names.')
    for key, value in _pairs(schema):
        _check_reference(key, value, schema, what)
        _check_patterns(key, value, what)


def check_policy(policy: Policy) -> None:
    """
    Raises:
        BadTool: a number out of its range, or a memory for what writes.
    """
    ranges = (
        ("Timeout", policy.timeout_seconds, _SECONDS, "seconds"),
        ("Largest result", policy.result_bytes, _BYTES, "bytes"),
        ("Answer from memory", policy.cache_seconds, _CACHE, "seconds"),
        ("Calls per minute", policy.calls_per_minute, (0, 100_000), "calls"),
    )
    for name, value, (least, most), unit in ranges:
        if not least <= value <= most:
            raise BadTool(f"{name}: from {least} to {most} {unit}.")
    if policy.cache_seconds and policy.risk != "read":
        raise BadTool("Answer from memory: only for tools that do nothing but read; set it to 0.")


def check_taint(policy: Policy, parameters: Mapping[str, Any] | None = None) -> None:
    """
    Args:
        parameters: the schema of the arguments, where what the model may word itself has to be one of them.

    Raises:
        BadTool: unknown words, or names of arguments that there are not.
    """
    if policy.taint not in TAINTS:
        raise BadTool
    known = (parameters or {}).get("properties")
    if not isinstance(known, Mapping) or (parameters or {}).get("additionalProperties") is not False:
        return
    for name in policy.free_arguments:
        if name.split(".")[0] not in known:
            raise BadTool(f"The assistant's own words: {name} is not one of the tool's arguments.")


def normal_host(host: str) -> str:
    """A host, `host:port` or `.example.com` in its one spelling.

    Raises:
        BadHost
    """
    host = host.strip().lower()
    below, rest = host.startswith("."), host.removeprefix(".")
    name, colon, port = rest.rpartition(":")
    if not colon or (name.count(":") and not name.endswith("]")):
        name, port = rest, ""
    if port and not (port.isdecimal() and 1 <= int(port) <= 65_535):
        raise BadHost
    try:
        plain = plain_host(f"[{name}]" if ":" in name and not name.startswith("[") else name)
    except AddressRefused as error:
        raise BadHost from error
    if below and "." not in plain:
        raise BadHost("A whole top-level domain is too much. Name a domain below it, such as .shop.example.")
    shown = f"[{plain}]" if ":" in plain else plain
    return f"{'.' if below else ''}{shown}{f':{int(port)}' if port else ''}"


def check_base(base_url: str, hosts: Collection[str]) -> str:
    """A connection's address, without spaces around it.

    Raises:
        BadTool: no https, or not one of the tenant's hosts.
    """
    base = base_url.strip()
    try:
        check_url(base, hosts=hosts)
    except AddressRefused as error:
        raise BadTool(f"Address: {error.message} Managers add hosts under Allowed hosts.") from error
    return base


def full_template(base_url: str, template: str) -> str:
    """A tool's URL template, made absolute.

    Args:
        template: below `base_url`, such as `/orders/{order_id}`, or absolute at the same host.

    Raises:
        BadTool: it leads to another host than the connection, or a placeholder stands outside the path and query.
    """
    template = template.strip()
    whole = template if "://" in template else f"{base_url.rstrip('/')}/{template.lstrip('/')}"
    ours, theirs = urlsplit(base_url), urlsplit(whole)
    if (ours.scheme, ours.netloc.lower()) != (theirs.scheme, theirs.netloc.lower()):
        raise BadTool(
            "URL template: it has to lead to the connection's own host, because the sign-in goes along."
        )
    rest = PLACEHOLDER.sub("x", whole)
    if "{" in rest or "}" in rest or re.search(r"[^!-~]", rest) or "#" in rest:
        raise BadTool("URL template: write placeholders like {order_id}, without spaces or other characters.")
    return whole


def check_placeholders(template: str, parameters: Mapping[str, Any]) -> None:
    """
    Raises:
        BadTool: a placeholder in the path is no required, plain argument.
    """
    properties = parameters.get("properties") or {}
    path, _, query = template.partition("?")
    in_path = set(PLACEHOLDER.findall(path))
    for part in query.split("&"):
        if "{" in part and not PLACEHOLDER.fullmatch(part.partition("=")[2]):
            raise BadTool("URL template: in the query a placeholder stands alone, as in ?size={size}.")
    for name in PLACEHOLDER.findall(template):
        if name not in properties:
            raise BadTool(f"URL template: {{{name}}} is not one of the tool's arguments.")
        if name in in_path and name not in (parameters.get("required") or []):
            raise BadTool(f'URL template: {{{name}}} is part of the address, so list it under "required".')


def check_result_path(path: str) -> None:
    """
    Raises:
        BadTool: no JSON pointer (RFC 6901).
    """
    if path and not re.fullmatch(r"(/([^/~]|~[01])*)+", path):
        raise BadTool(
            "Result path: starts with a slash, such as /data/items. Leave it empty for the whole answer."
        )


def _pairs(schema: Any) -> Iterator[tuple[str, Any]]:
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one.items()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _check_depth(schema: Any, what: str) -> None:
    waiting = [(schema, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise BadSchema(f"{what}: nested deeper than {MOST_DEPTH} levels.")
        children = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting += [(child, depth + 1) for child in children]


def _check_reference(key: str, value: Any, schema: Any, what: str) -> None:
    if key not in {"$ref", "$dynamicRef"} or not isinstance(value, str):
        return
    if not value.startswith("#/"):
        raise BadSchema(f"{what}: $ref may only point into the schema itself, such as #/$defs/address.")
    place = schema
    for part in value[2:].split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, dict) or part not in place:
            raise BadSchema(f"{what}: $ref points at {value[:100]}, which is not there.")
        place = place[part]


def _check_patterns(key: str, value: Any, what: str) -> None:
    patterns: list[Any] = [value] if key == "pattern" else []
    if key == "patternProperties" and isinstance(value, dict):
        patterns = list(value)
    for pattern in patterns:
        if isinstance(pattern, str):
            check_pattern(pattern, what)


def check_pattern(pattern: str, what: str) -> None:
    """
    Raises:
        BadSchema: too long, no regular expression, or one that can take exponential time.
    """
    if len(pattern) > MOST_PATTERN:
        raise BadSchema(f"{what}: a pattern is longer than {MOST_PATTERN} characters.")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadSchema(f"{what}: the pattern {pattern[:60]} is no regular expression.") from error
    if _nests_repetitions(pattern):
        raise BadSchema(f"{what}: the pattern {pattern[:60]} repeats a repetition, which can take forever.")


def _nests_repetitions(pattern: str) -> bool:
    """Whether a group that is repeated holds a repetition or a choice; by the text, so rather too strict.

    Source: the star-height test against catastrophic backtracking.
    """
    text = re.sub(r"\\.", "x", pattern)
    text = re.sub(r"\[\^?\]?[^\]]*\]", "x", text)
    if len(re.findall(r"[*+]|\{\d*,\d*\}", text)) > MOST_REPETITIONS:
        return True
    repeated = re.compile(r"\((?:\?[:=!<P][^()]*?)?([^()]*)\)([*+]|\{\d+,?\d*\})?")
    while match := repeated.search(text):
        holds = bool(re.search(r"[*+|]|\{\d*,\d*\}", match[1]))
        if holds and match[2]:
            return True
        text = text[: match.start()] + ("x+" if holds else "x") + text[match.end() :]
    return False
