"""Who a customer says she is, and how far that can be believed.

Two kinds of token, both short JWTs signed with HMAC-SHA256:
the tenant's own server signs its users (`signed`), we sign a visitor's browser so that it finds its way back
(`anonymous`). Neither ever opens another tenant: each is bound to one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings

from core.errors import NotAuthorised
from tenants import queries

MOST_LIFETIME = dt.timedelta(hours=24)
VISITOR_LIFETIME = dt.timedelta(days=30)
_VISITOR = "visitor"
_LEEWAY = 30


class BadToken(NotAuthorised):
    code = "bad_token"
    default_message = "The identity token is not valid here. Ask your site for a new one."


class ExpiredToken(BadToken):
    code = "expired_token"
    default_message = "The identity token has expired. Ask your site for a new one."


@dataclass(frozen=True, slots=True)
class SignedIdentity:
    """A user of the tenant's own, vouched for by the tenant's server."""

    external_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that was here before."""

    customer: str


def read_token(tenant_id: int, token: str, *, now: dt.datetime) -> SignedIdentity | Visitor:
    """What a token proves.

    Raises:
        BadToken: malformed, forged, signed for another tenant, or living longer than a day.
        ExpiredToken: was good once.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        if kid == _VISITOR:
            return _visitor(tenant_id, jwt.decode(token, _visitor_secret(), **_options("sub", "exp", "ten")))
        return _signed(_decode_signed(tenant_id, token, kid), now)
    except jwt.ExpiredSignatureError as error:
        raise ExpiredToken from error
    except (jwt.InvalidTokenError, UnicodeError, ValueError, TypeError) as error:
        raise BadToken from error


def sign_visitor(tenant_id: int, customer: str, *, now: dt.datetime) -> str:
    """A token with which an anonymous visitor comes back as the same customer."""
    claims = {"sub": customer, "ten": tenant_id, "exp": now + VISITOR_LIFETIME}
    return jwt.encode(claims, _visitor_secret(), algorithm="HS256", headers={"kid": _VISITOR})


def _options(*required: str) -> dict[str, Any]:
    return {
        "algorithms": ["HS256"],
        "leeway": _LEEWAY,
        "options": {"require": list(required), "verify_aud": False},
    }


def _visitor_secret() -> str:
    return hashlib.sha256(b"switchboard-visitor-v1:" + settings.SECRET_KEY.encode()).hexdigest()


def _visitor(tenant_id: int, claims: dict[str, Any]) -> Visitor:
    if claims["ten"] != tenant_id:
        raise BadToken
    return Visitor(str(claims["sub"]))


def _decode_signed(tenant_id: int, token: str, kid: str | None) -> dict[str, Any]:
    secrets = queries.live_identity_secrets(tenant_id)
    candidates = [secrets[kid]] if kid in secrets else ([] if kid else list(secrets.values()))
    error: jwt.InvalidTokenError = jwt.InvalidSignatureError()
    for secret in candidates:
        try:
            return dict(jwt.decode(token, secret, **_options("sub", "exp")))
        except jwt.InvalidSignatureError as failed:
            error = failed
    raise error


def _signed(claims: dict[str, Any], now: dt.datetime) -> SignedIdentity:
    external_id = claims["sub"]
    if not isinstance(external_id, str) or not 0 < len(external_id) <= 200:
        raise BadToken
    if claims["exp"] - now.timestamp() > MOST_LIFETIME.total_seconds() + _LEEWAY:
        raise BadToken("The identity token lives longer than a day. Sign shorter ones.")
    return SignedIdentity(
        external_id, str(claims.get("name") or "")[:120], str(claims.get("email") or "")[:254]
    )
