"""Where an MCP tool is and who we are to its server: plain values.

Invariant: no token is part of a repr, and what is remembered about a server is kept apart by its token.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class McpAuth:
    """How we show who we are. What goes along is the token of "bearer" alone: of a connection by OAuth it has to be
    fetched first (`engine.tools.signing`), and whatever else its row holds is nobody's business there."""

    kind: Literal["none", "bearer", "oauth"] = "none"
    token: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.kind == "bearer" else {}


@dataclass(frozen=True, slots=True)
class McpTarget:
    """A tool on an MCP server; with an empty `tool`, the server.

    Args:
        url: the server's endpoint for streamable HTTP.
        tool: the tool's name there, which need not be the one a model sees.
    """

    url: str
    tenant_id: int
    connection_id: int
    tool: str = ""
    auth: McpAuth = field(default_factory=McpAuth)

    @property
    def server(self) -> tuple[int, int, str, bytes]:
        """The name under which what is known of the server is remembered."""
        secret = hashlib.blake2b(self.auth.token.encode(), digest_size=16).digest()
        return self.tenant_id, self.connection_id, self.url, secret
