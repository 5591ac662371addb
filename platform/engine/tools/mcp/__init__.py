"""Tools on MCP servers: found, pinned and called over streamable HTTP."""

from engine.tools.mcp.calling import call, perform
from engine.tools.mcp.discovery import Discovered, Survey, discover, fingerprint, survey, verify_pin
from engine.tools.mcp.errors import ServerUnfit, ToolChanged, ToolUnauthorised
from engine.tools.mcp.results import McpAnswer
from engine.tools.mcp.target import McpAuth, McpTarget

__all__ = [
    "Discovered",
    "McpAnswer",
    "McpAuth",
    "McpTarget",
    "ServerUnfit",
    "Survey",
    "ToolChanged",
    "ToolUnauthorised",
    "call",
    "discover",
    "fingerprint",
    "perform",
    "survey",
    "verify_pin",
]
