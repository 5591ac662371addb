"""An authorization server for tests: metadata, registration, consent at once, codes with PKCE, rotating refresh."""

from __future__ import annotations

import hashlib
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from urllib.parse import unquote, urlencode

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from engine.tools.mcp import McpAuth, McpTarget
from engine.tools.mcp.oauth_values import Tokens
from tests.engine.tools.mcp.servers import Shop

BACK = "https://support.example/console/tools/back"


@dataclass
class Authority:
    """`url` is known once it is hosted. What a test changes: `says`, over the metadata; `issuer`, in the redirect."""

    url: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    lifetime: int = 3600
    clients: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refreshing: dict[str, str] = field(default_factory=dict)
    """Refresh token -> client."""
    given: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/oauth-authorization-server", self._metadata),
                Route("/register", self._register, methods=["POST"]),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _metadata(self, _: Request) -> Response:
        about = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?theme=dark",
            "token_endpoint": f"{self.url}/token",
            "registration_endpoint": f"{self.url}/register",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "scopes_supported": ["orders", "offline_access"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(about | self.says)

    async def _register(self, request: Request) -> Response:
        about = await request.json()
        told = about | {"client_id": token_urlsafe(8), "client_secret": token_urlsafe(8)}
        self.clients[told["client_id"]] = told
        return JSONResponse(told, status_code=201)

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["redirect_uri"] in self.clients[asked["client_id"]]["redirect_uris"]
        assert asked["code_challenge_method"] == "S256"
        assert asked["theme"] == "dark"
        code = token_urlsafe(8)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer or self.url}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        self.asked.append(form)
        pair = b64decode(request.headers.get("authorization", "Basic ").split(" ")[1]).decode()
        client, _, secret = (unquote(part) for part in pair.partition(":"))
        if self.clients.get(client, {}).get("client_secret") != secret:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if not self._is_granted(form, client):
            return JSONResponse({"error": "invalid_grant", "error_description": str(form)}, status_code=400)
        return JSONResponse(self._give(client, form["grant_type"] != "client_credentials"))

    def _is_granted(self, form: dict[str, str], client: str) -> bool:
        if form["grant_type"] == "refresh_token":
            return self.refreshing.pop(form["refresh_token"], "") == client
        if form["grant_type"] == "client_credentials":
            return True
        asked = self.codes.pop(form["code"], None)
        digest = (
            urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        same = ("redirect_uri", "resource")
        return (
            asked is not None
            and asked["client_id"] == client
            and asked["code_challenge"] == digest
            and all(asked[name] == form[name] for name in same)
        )

    def _give(self, client: str, refreshable: bool) -> dict[str, Any]:
        access, again = f"acc-{token_urlsafe(8)}", f"ref-{token_urlsafe(8)}"
        self.given.add(access)
        told: dict[str, Any] = {"access_token": access, "token_type": "bearer", "expires_in": self.lifetime}
        if refreshable:
            self.refreshing[again] = client
            told["refresh_token"] = again
        return told


@dataclass
class Place:
    """A shop behind OAuth, and who gives its tokens."""

    authority: Authority
    shop: Shop
    says: dict[str, Any] = field(default_factory=dict)
    """Over the shop's own document."""
    url: str = ""
    hosts: tuple[str, ...] = ()

    def target(self, tokens: Tokens) -> McpTarget:
        auth = McpAuth("bearer", tokens.access_token)
        return McpTarget(self.url, tenant_id=1, connection_id=1, tool="lookup_order", auth=auth)

    async def describe(self, _: Request) -> Response:
        return JSONResponse({"resource": self.url, "authorization_servers": [self.authority.url]} | self.says)


async def browse(url: str) -> dict[str, str]:
    """A browser whose user says yes; gives the query it comes back with."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        response = await browser.get(url)
    assert response.headers["location"].startswith(f"{BACK}?")
    return dict(httpx2.URL(response.headers["location"]).params)
