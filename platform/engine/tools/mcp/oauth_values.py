"""What is kept of a server's OAuth: plain values that are sealed as text.

Invariant: no secret is part of a repr; tokens carry all that refreshing them needs, so that nothing is looked up
again at a server that may have changed its mind.
"""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from engine.tools.errors import ToolRefused

AuthMethod = Literal["none", "client_secret_basic", "client_secret_post"]


class OAuthFailed(ToolRefused):
    """The server cannot be connected by OAuth; the message says why."""

    code = "tool_oauth_failed"
    default_message = "The tool's server could not be connected."


class OAuthForged(OAuthFailed):
    """What came back from the browser does not belong to what was begun."""

    code = "tool_oauth_forged"
    default_message = "This sign-in was not begun here, or too long ago. Begin again."


class ConnectionLost(OAuthFailed):
    """The authorization server takes the refresh token no longer."""

    code = "tool_connection_lost"
    default_message = "The connection to the tool's server has ended. A manager has to connect it again."


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who we are to an authorization server."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    method: AuthMethod = "none"


@dataclass(frozen=True, slots=True)
class Grantor:
    """The authorization server of an MCP server, as found. `resource` is what its tokens are for (RFC 8707)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    resource: str
    registration_endpoint: str = ""
    scope: str = ""
    methods: tuple[str, ...] = ()
    says_issuer: bool = False
    """Whether its answers through the browser name it (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that waits for the browser to come back. To be sealed: `verifier` and `client` are secrets."""

    grantor: Grantor
    client: OAuthClient
    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    began_at: float

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Begun:
        return _read(cls, json.loads(text))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What calls are made with. To be sealed.

    Args:
        expires_at: seconds since the epoch; None: not said.
    """

    access_token: str = field(repr=False)
    grantor: Grantor
    client: OAuthClient
    refresh_token: str = field(default="", repr=False)
    expires_at: float | None = None
    grant: Literal["authorization_code", "client_credentials"] = "authorization_code"

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Tokens:
        return _read(cls, json.loads(text))


class TokenStore(Protocol):
    """Where the tokens of one connection are kept, sealed."""

    async def load(self) -> Tokens | None: ...

    async def save(self, tokens: Tokens) -> None: ...

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Held by one caller at a time, over all processes: a refresh token may be good for one use only."""


_Kept = TypeVar("_Kept", Begun, Tokens)


def _read(kind: type[_Kept], raw: dict[str, Any]) -> _Kept:
    known = raw["grantor"]
    grantor = Grantor(**(known | {"methods": tuple(known["methods"])}))
    return kind(**(raw | {"grantor": grantor, "client": OAuthClient(**raw["client"])}))
