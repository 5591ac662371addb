"""How an HTTP tool is reached, and the request that a call's arguments make of it.

Invariant: an argument can fill a place in the path or query and become a value in the query or body; it can't
change the host, leave its segment of the path, or add a header.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, unquote

from engine.tools.addresses import MOST_URL
from engine.tools.errors import ToolError

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.-]{0,63})\}")
MOST_REQUEST_BYTES = 512 * 1024
_IN_QUERY = frozenset({"GET", "HEAD", "DELETE"})
_METHODS = _IN_QUERY | {"POST", "PUT", "PATCH"}
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,8000}")
_RESERVED = frozenset(
    {
        "accept-encoding", "connection", "content-length", "expect", "host", "idempotency-key", "keep-alive",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Headers = tuple[tuple[str, str], ...]


class TargetInvalid(ToolError):
    """The tool is set up wrongly: nothing was sent."""

    code = "tool_target_invalid"
    default_message = "The tool is not set up properly. A manager has to check the tool's settings."


class ArgumentRefused(ToolError):
    """An argument that cannot be put into the request: nothing was sent."""

    code = "tool_argument_refused"
    default_message = "An argument cannot be sent to the tool as it is. Change it."


@dataclass(frozen=True, slots=True)
class Auth:
    """How the platform signs in at the tool's server. `name`: the header's, or the user's for `basic`."""

    kind: Literal["none", "bearer", "header", "basic"] = "none"
    name: str = ""
    secret: str = field(default="", repr=False)

    def headers(self) -> Headers:
        match self.kind:
            case "bearer":
                return (("Authorization", f"Bearer {self.secret}"),)
            case "header":
                return ((self.name, self.secret),)
            case "basic":
                pair = base64.b64encode(f"{self.name}:{self.secret}".encode()).decode()
                return (("Authorization", f"Basic {pair}"),)
        return ()


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """Where a tool's calls go.

    Args:
        method: GET, HEAD, DELETE (arguments in the query) or POST, PUT, PATCH (in a JSON object).
        url: absolute and percent-encoded; `{name}` in the path takes the argument of that name, and so does a
            query's `key={name}`, which is left out when the argument is.
        headers: sent with every call.
        result_path: JSON pointer to the part of the answer that is the result; empty: all of it.
    """

    method: str
    url: str
    headers: Headers = field(default=(), repr=False)
    auth: Auth = Auth()
    result_path: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to be sent; `body` is None where there is none."""

    method: str
    url: str
    headers: Headers = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


def outgoing(target: HttpTarget, arguments: Mapping[str, Any], *, key: str, extra: Headers = ()) -> Outgoing:
    """The request for a call.

    Args:
        key: sent as `Idempotency-Key`; the same for every attempt at the same call.
        extra: headers of this call alone.

    Raises:
        TargetInvalid, ArgumentRefused
    """
    method = target.method.upper()
    if method not in _METHODS:
        raise TargetInvalid(f"A tool cannot be called with {method[:20]}.")
    url, rest = fill(target.url, arguments)
    headers = ("Accept", "application/json"), ("Idempotency-Key", key), *target.headers, *extra
    _check_headers(headers[2:])
    signed = _checked((*headers, *target.auth.headers()))
    if method in _IN_QUERY:
        return Outgoing(method, _bounded(_with_query(url, _pairs(rest))), signed)
    body = _json(rest)
    return Outgoing(method, _bounded(url), (*signed, ("Content-Type", "application/json")), body)


def fill(template: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The template with its places filled, and the arguments that have no place in it.

    Raises:
        TargetInvalid: a placeholder outside the path and the query's values.
        ArgumentRefused: missing in the path, of the wrong kind, or it would leave its segment.
    """
    whole, _, query = template.partition("?")
    scheme, slashes, after = whole.partition("://")
    authority, slash, path = after.partition("/")
    if not slashes or "{" in f"{scheme}{authority}" or "}" in f"{scheme}{authority}":
        raise TargetInvalid("The tool's URL has to name its host in full.")
    filled = PLACEHOLDER.sub(lambda place: _segment(place[1], arguments), path)
    if filled != path and _climbs(filled):
        raise ArgumentRefused("An argument would lead to another address. Change it.")
    pairs = [pair for part in query.split("&") if part for pair in _query_part(part, arguments)]
    used = set(PLACEHOLDER.findall(template))
    rest = {name: value for name, value in arguments.items() if name not in used}
    return _with_query(f"{scheme}://{authority}{slash}{filled}", pairs), rest


def _segment(name: str, arguments: Mapping[str, Any]) -> str:
    value = arguments.get(name)
    values = value if isinstance(value, list) else [value]
    texts = [_scalar(name, one) for one in values]
    if not texts or not all(texts):
        raise ArgumentRefused(f"The argument {name} is missing or empty.")
    if any(_CONTROL.search(text) or _climbs(text) for text in texts):
        raise ArgumentRefused(f"The argument {name} holds characters that cannot be part of an address.")
    return ",".join(_quoted(text) for text in texts)


def _climbs(path: str) -> bool:
    """Whether a server that unpacks the path once, twice or three times may see `.` or `..` as a segment."""
    for _ in range(4):
        if any(part.partition(";")[0] in {".", ".."} for part in re.split(r"[/\\]", path)):
            return True
        path = unquote(path)
    return False


def _query_part(part: str, arguments: Mapping[str, Any]) -> list[str]:
    key, _, value = part.partition("=")
    place = PLACEHOLDER.fullmatch(value)
    if place:
        return _named(key, arguments.get(place[1]))
    if PLACEHOLDER.search(part):
        raise TargetInvalid("A placeholder in the tool's query has to be a whole value.")
    return [part]


def _pairs(arguments: Mapping[str, Any]) -> list[str]:
    return [pair for name, value in arguments.items() for pair in _named(_quoted(name), value)]


def _named(key: str, value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [f"{key}={_quoted(_scalar(key, one))}" for one in values if one is not None]


def _scalar(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
    return _json(value).decode()


def _quoted(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError as error:
        raise ArgumentRefused("An argument holds half a character.") from error


def _json(value: Any) -> bytes:
    try:
        body = json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise ArgumentRefused("An argument cannot be written as JSON.") from error
    if len(body) > MOST_REQUEST_BYTES:
        raise ArgumentRefused("The arguments are too large.")
    return body


def _with_query(url: str, pairs: list[str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(pairs)}" if pairs else url


def _bounded(url: str) -> str:
    if len(url) > MOST_URL:
        raise ArgumentRefused("The arguments are too long for an address.")
    return url


def _checked(headers: Headers) -> Headers:
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise TargetInvalid("A header of the tool is not valid.")
    return headers


def _check_headers(headers: Headers) -> None:
    for name, _ in headers:
        if name.lower() in _RESERVED:
            raise TargetInvalid(f"A tool may not set the header {name}.")
