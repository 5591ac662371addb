"""Writes about tools: each verb owns its transaction, bumps the tenant's revision and leaves an audit line."""

from __future__ import annotations

from engine.tools.services.connections import (
    ConnectionDraft,
    ConnectionInUse,
    ConnectionNameTaken,
    add_connection,
    change_connection,
    remove_connection,
)
from engine.tools.services.hosts import allow_host, forbid_host
from engine.tools.services.imports import (
    NothingChosen,
    Synced,
    approve_tool_change,
    import_openapi,
    operations,
    sync_mcp,
)
from engine.tools.services.tools import (
    CHANGEABLE,
    Definition,
    EssentialTool,
    ToolTaken,
    add_http_tool,
    change_tool,
    disable_tool,
    enable_tool,
    remove_tool,
    restrict_builtin,
)

__all__ = [
    "CHANGEABLE",
    "ConnectionDraft",
    "ConnectionInUse",
    "ConnectionNameTaken",
    "Definition",
    "EssentialTool",
    "NothingChosen",
    "Synced",
    "ToolTaken",
    "add_connection",
    "add_http_tool",
    "allow_host",
    "approve_tool_change",
    "change_connection",
    "change_tool",
    "disable_tool",
    "enable_tool",
    "forbid_host",
    "import_openapi",
    "operations",
    "remove_connection",
    "remove_tool",
    "restrict_builtin",
    "sync_mcp",
]
