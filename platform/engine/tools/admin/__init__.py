"""Tools, connections and allowed hosts in the console."""

from __future__ import annotations

from engine.tools.admin.places import AllowedHostAdmin, ConnectionAdmin
from engine.tools.admin.tools import ToolAdmin

__all__ = ["AllowedHostAdmin", "ConnectionAdmin", "ToolAdmin"]
