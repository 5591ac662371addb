"""What goes wrong with MCP servers beyond `engine.tools.errors`."""

from __future__ import annotations

from engine.tools.errors import ToolRefused


class ToolUnauthorised(ToolRefused):
    """HTTP 401 or 403: the token is missing, too old or not enough."""

    code = "tool_unauthorised"
    default_message = "The tool does not accept our credentials. A manager has to connect it again."

    def __init__(self, message: str = "", *, challenge: str = "") -> None:
        super().__init__(message)
        self.challenge = challenge
        """The `WWW-Authenticate` header, for the discovery of the authorization server."""


class ToolChanged(ToolRefused):
    """What the server offers is no longer what a manager approved."""

    code = "tool_changed"
    default_message = "The tool has changed since it was approved. A manager has to look at it."


class ServerUnfit(ToolRefused):
    """What the server lists cannot be taken."""

    code = "tool_server_unfit"
    default_message = "The tool's server offers something that cannot be used."
