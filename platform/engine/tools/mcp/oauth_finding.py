"""Which authorization server speaks for an MCP server, and how we become known to it.

Invariant: every address that a document names is held against the tenant's hosts before anything is sent there, a
document counts only for the server that it names itself, and without PKCE nothing is begun.
Sources: RFC 9728 (protected resource), RFC 8414 (authorization server), RFC 7591 (registration), and the
authorization chapter of the MCP specification of 2025-11-25.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from mcp.client.auth.utils import (
    build_oauth_authorization_server_metadata_discovery_urls,
    build_protected_resource_metadata_discovery_urls,
    extract_field_from_www_auth,
    extract_scope_from_www_auth,
    get_client_metadata_scopes,
    issuers_match,
)
from mcp.shared.auth import OAuthClientInformationFull, OAuthMetadata, ProtectedResourceMetadata
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url
from pydantic import BaseModel, ValidationError

from engine.tools import guarded
from engine.tools.addresses import check_url
from engine.tools.errors import ToolBroken, ToolRefused, ToolResultInvalid, ToolUnreachable
from engine.tools.mcp.oauth_values import AuthMethod, Grantor, OAuthClient, OAuthFailed

SECONDS = 10.0
MOST_BYTES = 64 * 1024
_METHODS: tuple[AuthMethod, ...] = ("none", "client_secret_basic", "client_secret_post")
_GRANTS = ["authorization_code", "refresh_token"]
_PROBE = {"jsonrpc": "2.0", "id": "probe", "method": "ping"}
_Model = TypeVar("_Model", bound=BaseModel)


async def find_grantor(server_url: str, *, hosts: Collection[str]) -> Grantor:
    """Asks an MCP server, and then its authorization server.

    Raises:
        OAuthFailed: it names none, or one that cannot be trusted.
        ToolError: an address is not allowed or does not answer.
    """
    refusal = await _probe(server_url, hosts)
    named = extract_field_from_www_auth(refusal, "resource_metadata")
    resource = await _resource(server_url, named, hosts)
    issuer = str(resource.authorization_servers[0]) if resource else _origin(server_url)
    found = await _metadata(issuer, server_url, resource is not None, hosts)
    if "S256" not in (found.code_challenge_methods_supported or ()):
        raise OAuthFailed(
            "The authorization server does not offer PKCE with S256, without which it is not safe."
        )
    scope = get_client_metadata_scopes(extract_scope_from_www_auth(refusal), resource, found, _GRANTS)
    return _grantor(found, resource, server_url, scope or "", hosts)


async def register(grantor: Grantor, redirect_uri: str, *, hosts: Collection[str]) -> OAuthClient:
    """Becomes a client of an authorization server that lets anybody register.

    Raises:
        OAuthFailed: it does not, or answers in a way that is of no use.
    """
    if not grantor.registration_endpoint:
        raise OAuthFailed(
            "The authorization server takes no registrations. Enter the client id that it gave you."
        )
    wanted = next((method for method in _METHODS if method in grantor.methods), "client_secret_basic")
    about = {
        "client_name": "Switchboard",
        "redirect_uris": [redirect_uri],
        "grant_types": _GRANTS,
        "response_types": ["code"],
        "application_type": "web",
        "token_endpoint_auth_method": wanted,
    }
    if grantor.scope:
        about["scope"] = grantor.scope
    status, body = await exchange("POST", grantor.registration_endpoint, hosts=hosts, json=about)
    if status not in (200, 201):
        raise OAuthFailed("The authorization server refused to register us.")
    told = _parsed(OAuthClientInformationFull, body)
    if told is None:
        raise OAuthFailed("The authorization server's registration could not be read.")
    return client_of(told.client_id, told.client_secret or "", told.token_endpoint_auth_method or wanted)


def client_of(client_id: str, client_secret: str, method: str) -> OAuthClient:
    """
    Raises:
        OAuthFailed: the client is to show itself in a way that we do not know.
    """
    known = next((one for one in _METHODS if one == method), None)
    if known is None or (known != "none" and not client_secret):
        raise OAuthFailed(
            "The authorization server wants a way of sign-in for clients that is not supported."
        )
    return OAuthClient(client_id, client_secret, known)


async def exchange(method: str, url: str, *, hosts: Collection[str], **content: Any) -> tuple[int, bytes]:
    """One guarded request: status and body.

    Raises:
        ToolError: not allowed, not reached, redirected, too large.
    """
    response, body = await _sent(method, url, hosts, content)
    return response.status_code, body


def read_json(body: bytes) -> dict[str, Any]:
    """An object, or an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


async def _sent(
    method: str, url: str, hosts: Collection[str], content: Mapping[str, Any]
) -> tuple[httpx2.Response, bytes]:
    try:
        async with (
            asyncio.timeout(SECONDS),
            guarded.client(hosts=hosts, timeout=SECONDS, most_bytes=MOST_BYTES) as http,
            http.stream(method, url, **content) as response,
        ):
            return response, await response.aread()
    except (TimeoutError, httpx2.ConnectError, httpx2.TimeoutException) as error:
        raise ToolUnreachable("The authorization server cannot be reached just now.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ToolBroken("The authorization server's answer could not be read.") from error


async def _probe(server_url: str, hosts: Collection[str]) -> httpx2.Response:
    """What the server answers to a stranger."""
    headers = {"accept": "application/json, text/event-stream"}
    response, _ = await _sent("POST", server_url, hosts, {"json": _PROBE, "headers": headers})
    return response


async def _resource(
    server_url: str, named: str | None, hosts: Collection[str]
) -> ProtectedResourceMetadata | None:
    """The server's own word on who speaks for it; None: it says nothing, as servers of March 2025 did."""
    for url in build_protected_resource_metadata_discovery_urls(named, server_url):
        found = await _document(ProtectedResourceMetadata, url, hosts)
        if found is None:
            continue
        ours = resource_url_from_server_url(server_url)
        if not check_resource_allowed(requested_resource=ours, configured_resource=str(found.resource)):
            raise OAuthFailed("The tool's server describes another server than itself.")
        return found
    return None


async def _metadata(issuer: str, server_url: str, is_named: bool, hosts: Collection[str]) -> OAuthMetadata:
    for url in build_oauth_authorization_server_metadata_discovery_urls(
        issuer if is_named else None, server_url
    ):
        found = await _document(OAuthMetadata, url, hosts)
        if found is None:
            continue
        if not issuers_match(str(found.issuer), issuer):
            raise OAuthFailed(
                "The authorization server calls itself by another name than the tool's server does."
            )
        return found
    raise OAuthFailed("The tool's server does not say how to sign in by OAuth.")


async def _document(kind: type[_Model], url: str, hosts: Collection[str]) -> _Model | None:
    """
    Raises:
        AddressRefused, ToolUnreachable, ToolBroken
    """
    try:
        status, body = await exchange("GET", url, hosts=hosts, headers={"accept": "application/json"})
    except (ToolRefused, ToolResultInvalid):
        # a redirect or a whole page: what web sites answer where they have no such document
        return None
    if status >= 500:
        raise ToolBroken("The authorization server is out of order.")
    return _parsed(kind, body) if status == 200 else None


def _grantor(
    found: OAuthMetadata,
    resource: ProtectedResourceMetadata | None,
    server_url: str,
    scope: str,
    hosts: Collection[str],
) -> Grantor:
    registration = str(found.registration_endpoint or "")
    for url in filter(None, (str(found.authorization_endpoint), str(found.token_endpoint), registration)):
        check_url(url, hosts=hosts)
    return Grantor(
        issuer=str(found.issuer),
        authorization_endpoint=str(found.authorization_endpoint),
        token_endpoint=str(found.token_endpoint),
        resource=str(resource.resource) if resource else resource_url_from_server_url(server_url),
        registration_endpoint=registration,
        scope=scope[:2_000],
        methods=tuple(found.token_endpoint_auth_methods_supported or ("client_secret_basic",)),
        says_issuer=bool(found.authorization_response_iss_parameter_supported),
    )


def _parsed(kind: type[_Model], body: bytes) -> _Model | None:
    try:
        return kind.model_validate(read_json(body))
    except ValidationError:
        return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
