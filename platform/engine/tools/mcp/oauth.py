"""Signing in at MCP servers by OAuth 2.1, in steps that fit two requests of a browser.

Invariant: nothing waits between the steps; what they share is a value that the caller seals. A code is taken only
with the state it was asked for with, from the issuer it was asked of, and is of use only with the verifier.
Sources: OAuth 2.1 (draft), RFC 7636 (PKCE), RFC 8707 (resource), RFC 9207 (issuer), RFC 6749 section 6 (refresh).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection
from secrets import token_urlsafe
from urllib.parse import urlencode, urlsplit, urlunsplit

from engine.tools.mcp.oauth_finding import find_grantor, register
from engine.tools.mcp.oauth_grants import ask_tokens, taken
from engine.tools.mcp.oauth_values import (
    Begun,
    ConnectionLost,
    Grantor,
    OAuthClient,
    OAuthForged,
    Tokens,
    TokenStore,
)

MOST_SECONDS = 600.0
EARLY_SECONDS = 60.0


async def begin(
    server_url: str,
    redirect_uri: str,
    *,
    hosts: Collection[str],
    client: OAuthClient | None = None,
    now: Callable[[], float] = time.time,
) -> tuple[str, Begun]:
    """The address to send the browser to, and what has to be at hand, sealed, when it comes back.

    Args:
        redirect_uri: of our own, where the browser comes back to.
        client: who we are there, if that was agreed before; None: we register.

    Raises:
        OAuthFailed: the server offers no sign-in that can be used.
        ToolError: an address is not allowed or does not answer.
    """
    grantor = await find_grantor(server_url, hosts=hosts)
    known = client or await register(grantor, redirect_uri, hosts=hosts)
    begun = Begun(grantor, known, redirect_uri, token_urlsafe(32), token_urlsafe(64), now())
    return _authorize_url(begun), begun


async def finish(
    begun: Begun,
    *,
    code: str,
    state: str,
    issuer: str | None,
    hosts: Collection[str],
    now: Callable[[], float] = time.time,
) -> Tokens:
    """Takes the code that the browser brought for tokens.

    Args:
        state, issuer: the query's `state` and `iss`.

    Raises:
        OAuthForged: they do not belong to what was begun, or that is too long ago.
        OAuthFailed: the authorization server refuses the code.
    """
    check_return(begun, state=state, issuer=issuer, now=now)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun.redirect_uri,
        "code_verifier": begun.verifier,
    }
    told = await ask_tokens(begun.grantor, begun.client, form, hosts)
    return taken(told, begun.grantor, begun.client, now())


def check_return(
    begun: Begun, *, state: str, issuer: str | None, now: Callable[[], float] = time.time
) -> None:
    """Whether a browser's return belongs to what was begun; also before an `error` of the query is believed.

    Raises:
        OAuthForged
    """
    if not hmac.compare_digest(begun.state.encode(), state.encode()):
        raise OAuthForged
    if not 0 <= now() - begun.began_at <= MOST_SECONDS:
        raise OAuthForged
    if issuer is None and begun.grantor.says_issuer:
        raise OAuthForged
    if issuer is not None and issuer != begun.grantor.issuer:
        raise OAuthForged


async def client_credentials(
    server_url: str,
    client: OAuthClient,
    *,
    hosts: Collection[str],
    now: Callable[[], float] = time.time,
) -> Tokens:
    """Tokens of our own, without a person, where the authorization server was told to give them to this client.

    Raises:
        OAuthFailed, ToolError: as `begin`.
    """
    grantor = await find_grantor(server_url, hosts=hosts)
    return await _own_tokens(grantor, client, hosts, now)


async def refresh(tokens: Tokens, *, hosts: Collection[str], now: Callable[[], float] = time.time) -> Tokens:
    """New tokens for old ones, whose refresh token may be spent afterwards: save the new ones at once.

    Raises:
        ConnectionLost: the authorization server takes the old ones no longer, or there is nothing to refresh with.
        ToolError: it does not answer; the old ones still stand.
    """
    if tokens.grant == "client_credentials":
        return await _own_tokens(tokens.grantor, tokens.client, hosts, now)
    if not tokens.refresh_token:
        raise ConnectionLost
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    told = await ask_tokens(tokens.grantor, tokens.client, form, hosts, lost=ConnectionLost)
    return taken({"refresh_token": tokens.refresh_token} | told, tokens.grantor, tokens.client, now())


def is_fresh(tokens: Tokens, now: float) -> bool:
    """Whether they are good for a while yet; those that do not say how long are taken to be."""
    return tokens.expires_at is None or tokens.expires_at - EARLY_SECONDS > now


async def fresh(
    store: TokenStore,
    *,
    hosts: Collection[str],
    spent: str = "",
    now: Callable[[], float] = time.time,
) -> Tokens:
    """Tokens that can be called with, refreshed where needed, by one caller at a time.

    Args:
        spent: an access token that a server has refused; one that is not this one counts as new.

    Raises:
        ConnectionLost: there are none, or they cannot be refreshed.
    """
    tokens = await store.load()
    if tokens and tokens.access_token != spent and is_fresh(tokens, now()):
        return tokens
    async with store.alone():
        tokens = await store.load()
        if tokens is None:
            raise ConnectionLost
        if tokens.access_token == spent or not is_fresh(tokens, now()):
            return await _renewed(store, tokens, hosts, now)
        return tokens


async def _renewed(
    store: TokenStore, tokens: Tokens, hosts: Collection[str], now: Callable[[], float]
) -> Tokens:
    try:
        new = await refresh(tokens, hosts=hosts, now=now)
    except ConnectionLost:
        # somebody who could not be kept out may have been first
        theirs = await store.load()
        if theirs is None or theirs.access_token == tokens.access_token:
            raise
        return theirs
    await store.save(new)
    return new


def _authorize_url(begun: Begun) -> str:
    digest = hashlib.sha256(begun.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": begun.client.client_id,
        "redirect_uri": begun.redirect_uri,
        "state": begun.state,
        "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "resource": begun.grantor.resource,
    }
    if begun.grantor.scope:
        asked["scope"] = begun.grantor.scope
    parts = urlsplit(begun.grantor.authorization_endpoint)
    query = "&".join(filter(None, (parts.query, urlencode(asked))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


async def _own_tokens(
    grantor: Grantor, client: OAuthClient, hosts: Collection[str], now: Callable[[], float]
) -> Tokens:
    form = {"grant_type": "client_credentials"} | ({"scope": grantor.scope} if grantor.scope else {})
    told = await ask_tokens(grantor, client, form, hosts)
    return taken(told, grantor, client, now(), is_own=True)
