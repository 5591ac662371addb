"""Releases in the console: the list, drafts, what is different, publishing and going back."""

from engine.releases.admin.drafts import DraftAdmin
from engine.releases.admin.releases import ReleaseAdmin

__all__ = ["DraftAdmin", "ReleaseAdmin"]
