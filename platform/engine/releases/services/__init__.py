"""Changes drafts, and makes releases of them."""

from engine.releases.services.drafting import (
    DraftChanged,
    DraftNameTaken,
    discard_draft,
    edit,
    ensure_draft,
    save_draft,
    start_draft,
)
from engine.releases.services.publishing import NoMessage, publish, publish_draft, revert
from engine.releases.values import DISCLOSURE, PROMPT, Configuration

__all__ = [
    "DISCLOSURE",
    "PROMPT",
    "Configuration",
    "DraftChanged",
    "DraftNameTaken",
    "NoMessage",
    "discard_draft",
    "edit",
    "ensure_draft",
    "publish",
    "publish_draft",
    "revert",
    "save_draft",
    "start_draft",
]
