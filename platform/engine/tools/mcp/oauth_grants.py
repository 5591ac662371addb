"""The token endpoint of an authorization server.

Invariant: what comes back goes into a header only if it can be nothing else than a token, and a refusal is told by
its code alone. Sources: RFC 6749 (sections 2.3.1, 4 to 6), RFC 6750 (bearer tokens), RFC 8707 (resource).
"""

from __future__ import annotations

import math
import re
from base64 import b64encode
from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from engine.tools.errors import ToolBroken, ToolBusy
from engine.tools.mcp.oauth_finding import exchange, read_json
from engine.tools.mcp.oauth_values import ConnectionLost, Grantor, OAuthClient, OAuthFailed, Tokens

_ERROR = re.compile(r"[a-z_]{1,40}")
_MOST_TOKEN = 16_384


async def ask_tokens(
    grantor: Grantor,
    client: OAuthClient,
    form: dict[str, str],
    hosts: Collection[str],
    *,
    lost: type[OAuthFailed] = OAuthFailed,
) -> dict[str, Any]:
    """What the token endpoint gives for a grant.

    Args:
        form: the grant's own fields.
        lost: what to raise when it does not take the grant or the client.
    """
    headers = {"accept": "application/json"}
    form = form | {"resource": grantor.resource}
    if client.method == "client_secret_basic":
        pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = client.client_id
    if client.method == "client_secret_post":
        form["client_secret"] = client.client_secret
    status, body = await exchange("POST", grantor.token_endpoint, hosts=hosts, data=form, headers=headers)
    if status in (429, 503):
        raise ToolBusy("The authorization server is busy just now.")
    if status >= 500:
        raise ToolBroken("The authorization server is out of order.")
    told = read_json(body)
    if status != 200:
        raise _refusal(told, lost)
    return told


def _refusal(told: dict[str, Any], lost: type[OAuthFailed]) -> OAuthFailed:
    """Its reason by its code alone: the words around it may repeat what was sent."""
    code = str(told.get("error", ""))
    if code in ("invalid_grant", "invalid_client", "unauthorized_client"):
        return lost() if lost is ConnectionLost else OAuthFailed(f"The authorization server refused: {code}.")
    return OAuthFailed(f"The authorization server refused{f': {code}' if _ERROR.fullmatch(code) else ''}.")


def taken(
    told: dict[str, Any], grantor: Grantor, client: OAuthClient, now: float, *, is_own: bool = False
) -> Tokens:
    """The tokens of an answer.

    Args:
        now: seconds since the epoch.
        is_own: they are for the client itself, which needs no refresh token for new ones.

    Raises:
        OAuthFailed: there is none in it that may go into a header.
    """
    access, again = told.get("access_token"), told.get("refresh_token") or ""
    if not _is_token(access) or (again and not _is_token(again)):
        raise OAuthFailed("The authorization server gave no token that can be used.")
    if str(told.get("token_type", "bearer")).lower() != "bearer":
        raise OAuthFailed("The authorization server gave a kind of token that is not supported.")
    return Tokens(
        access_token=str(access),
        grantor=grantor,
        client=client,
        refresh_token="" if is_own else str(again),
        expires_at=_expiry(told.get("expires_in"), now),
        grant="client_credentials" if is_own else "authorization_code",
    )


def _is_token(value: object) -> bool:
    """RFC 6750: visible ASCII; anything else could end a header and begin another."""
    return isinstance(value, str) and re.fullmatch(rf"[!-~]{{1,{_MOST_TOKEN}}}", value) is not None


def _expiry(seconds: object, now: float) -> float | None:
    try:
        length = float(seconds)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return now + length if math.isfinite(length) and length > 0 else None
