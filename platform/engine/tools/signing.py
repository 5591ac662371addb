"""OAuth of a tenant's MCP servers over time: begun in the console, kept sealed, refreshed by whoever calls.

Invariant: tokens are in a sealed secret and nowhere else; what waits for a browser opens only for the member who
began it, at the connection it was begun for; of all processes one at a time spends a refresh token.
"""

from __future__ import annotations

import asyncio
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from core import shared_state
from core.actors import Actor, system
from core.offload import in_database
from core.sealing import SealBroken, seal, unseal
from core.shared_state import OutOfReach, Script
from engine.tools import mcp
from engine.tools.mcp import oauth
from engine.tools.mcp.oauth_finding import client_of
from engine.tools.mcp.oauth_values import Begun, OAuthClient, OAuthFailed, OAuthForged, Tokens
from engine.tools.models import Connection
from engine.tools.values import Policy
from tenants.models import secret_place
from tenants.queries import NoSuchSecret, secret_value
from tenants.services import set_secret

LEASE_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_RELEASE = Script(
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
)


def secret_name(connection_id: int) -> str:
    """The name of the secret that holds a connection's tokens."""
    return f"oauth-connection-{connection_id}"


@dataclass(frozen=True, slots=True)
class ConnectionTokens:
    """The `TokenStore` of a connection."""

    tenant_id: int
    connection_id: int

    async def load(self) -> Tokens | None:
        try:
            text = await in_database(secret_value)(self.tenant_id, secret_name(self.connection_id))
        except NoSuchSecret:
            return None
        return Tokens.from_text(text)

    async def save(self, tokens: Tokens, actor: Actor | None = None) -> None:
        await in_database(set_secret)(
            tenant_id=self.tenant_id,
            name=secret_name(self.connection_id),
            value=tokens.to_text(),
            actor=actor or system("tools"),
        )

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """While Redis is out of reach nobody waits: two may refresh at once then, and `oauth.fresh` sorts that out."""
        place, mark = f"tools:oauth:{self.tenant_id}:{self.connection_id}", token_hex(8)
        await _take(place, mark)
        try:
            yield
        finally:
            with suppress(OutOfReach):
                await shared_state.installation.run(_RELEASE, (place,), (mark,))


async def perform(
    target: mcp.McpTarget,
    policy: Policy,
    arguments: Mapping[str, Any],
    *,
    key: str,
    hosts: Collection[str],
    seconds: float | None = None,
) -> mcp.McpAnswer:
    """`mcp.perform`, with tokens that are fresh; once more with new ones when the server refuses these.

    Raises:
        ToolError: as `mcp.perform`, and ConnectionLost where a manager has to sign in again.
    """
    signed = await sign(target, hosts=hosts)
    try:
        return await mcp.perform(signed, policy, arguments, key=key, hosts=hosts, seconds=seconds)
    except mcp.ToolUnauthorised as error:
        if target.auth.kind != "oauth" or error.effect != "none":
            raise
    again = await sign(target, hosts=hosts, spent=signed.auth.token)
    return await mcp.perform(again, policy, arguments, key=key, hosts=hosts, seconds=seconds)


async def sign(target: mcp.McpTarget, *, hosts: Collection[str], spent: str = "") -> mcp.McpTarget:
    """The target with a token that can be called with; unchanged where it needs none of OAuth.

    Args:
        spent: an access token that the server has refused.

    Raises:
        ConnectionLost, ToolError
    """
    if target.auth.kind != "oauth":
        return target
    store = ConnectionTokens(target.tenant_id, target.connection_id)
    tokens = await oauth.fresh(store, hosts=hosts, spent=spent)
    return replace(target, auth=mcp.McpAuth("bearer", tokens.access_token))


async def begin(
    connection: Connection, redirect_uri: str, *, member: str, hosts: Collection[str]
) -> tuple[str, str]:
    """Where to send the browser, and a sealed text to keep in its session until it comes back.

    Args:
        member: who begins, such as a public id; only the same member can finish.

    Raises:
        OAuthFailed, ToolError: with a message for people.
    """
    client = await in_database(_agreed_client)(connection)
    url, begun = await oauth.begin(connection.base_url, redirect_uri, hosts=hosts, client=client)
    sealed = seal(begun.to_text(), _place(connection, member))
    return url, urlsafe_b64encode(sealed).decode()


async def finish(
    connection: Connection,
    sealed: str,
    query: Mapping[str, str],
    *,
    member: str,
    actor: Actor,
    hosts: Collection[str],
) -> None:
    """Takes the tokens for what the browser came back with, and keeps them.

    Args:
        query: of the address it came back to.

    Raises:
        OAuthForged: it does not belong to what was begun.
        OAuthFailed, ToolError: the other side said no, or nothing.
    """
    try:
        begun = Begun.from_text(unseal(urlsafe_b64decode(sealed), _place(connection, member)))
    except (SealBroken, ValueError) as error:
        raise OAuthForged from error
    state, issuer = query.get("state", ""), query.get("iss")
    oauth.check_return(begun, state=state, issuer=issuer)
    if not query.get("code"):
        raise OAuthFailed("The sign-in was not completed on the other side.")
    tokens = await oauth.finish(begun, code=query["code"], state=state, issuer=issuer, hosts=hosts)
    await ConnectionTokens(connection.tenant_id, connection.pk).save(tokens, actor)


async def connect_without_person(connection: Connection, *, actor: Actor, hosts: Collection[str]) -> None:
    """Tokens by client credentials, for a connection whose `oauth` holds `client_id` and whose secret is the client's.

    Raises:
        OAuthFailed, ToolError
    """
    client = await in_database(_agreed_client)(connection)
    if client is None:
        raise OAuthFailed("Enter the client id and the client secret that the other side gave you.")
    tokens = await oauth.client_credentials(connection.base_url, client, hosts=hosts)
    await ConnectionTokens(connection.tenant_id, connection.pk).save(tokens, actor)


def _agreed_client(connection: Connection) -> OAuthClient | None:
    """Who we are there, where that was agreed and entered: `{"client_id": ..., "method": ...}`, both texts."""
    client_id = str(connection.oauth.get("client_id", ""))
    if not client_id:
        return None
    secret = connection.secret
    value = unseal(secret.sealed, secret_place(connection.tenant_id, secret.name)) if secret else ""
    usual = "client_secret_basic" if value else "none"
    return client_of(client_id, value, str(connection.oauth.get("method") or usual))


def _place(connection: Connection, member: str) -> str:
    return f"tools.signing:{connection.tenant_id}:{connection.pk}:{member}"


async def _take(place: str, mark: str) -> None:
    until = time.monotonic() + LEASE_SECONDS
    while time.monotonic() < until:
        try:
            taken = await shared_state.installation.ask(
                lambda client: client.set(place, mark, nx=True, px=int(LEASE_SECONDS * 1000))
            )
        except OutOfReach:
            return
        if taken:
            return
        await asyncio.sleep(_LOOK_SECONDS)
