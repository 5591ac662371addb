"""What each role may do: the table of DOMAIN, section 4, as data."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    AUDITOR = "auditor", _("Auditor")


class Right(TextChoices):
    """`read` and `write` of the four rooms of the table."""

    READ_MEMBERS = "members:read"
    WRITE_MEMBERS = "members:write"
    READ_CONFIGURATION = "configuration:read"
    WRITE_CONFIGURATION = "configuration:write"
    READ_CONVERSATIONS = "conversations:read"
    WRITE_CONVERSATIONS = "conversations:write"
    READ_AUDIT = "audit:read"
    WRITE_AUDIT = "audit:write"


_ALL = frozenset(Right)
_RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: _ALL,
    Role.ADMIN: _ALL,
    Role.MANAGER: frozenset(
        {Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION, Right.READ_CONVERSATIONS,
         Right.WRITE_CONVERSATIONS, Right.READ_AUDIT}
    ),
    Role.AGENT: frozenset({Right.READ_CONFIGURATION, Right.READ_CONVERSATIONS, Right.WRITE_CONVERSATIONS}),
    Role.AUDITOR: frozenset(
        {Right.READ_MEMBERS, Right.READ_CONFIGURATION, Right.READ_CONVERSATIONS, Right.READ_AUDIT}
    ),
}  # fmt: skip


DUTIES: dict[str, Any] = {
    Role.OWNER: _("Everything, and alone makes other owners. There is always one."),
    Role.ADMIN: _("Everything, except making or changing owners."),
    Role.MANAGER: _(
        "Runs the day: configuration, teams and conversations, and reads the audit. No members, no keys."
    ),
    Role.AGENT: _("Answers customers at the desk, and looks at the configuration without changing it."),
    Role.AUDITOR: _("Looks at everything and changes nothing."),
}
"""What each role is for, in words."""
ROOMS = (
    (_("Members, domains and API keys"), Right.READ_MEMBERS, Right.WRITE_MEMBERS),
    (
        _("Configuration: assistant, knowledge, tools, teams, money"),
        Right.READ_CONFIGURATION,
        Right.WRITE_CONFIGURATION,
    ),
    (_("Conversations, customers, tickets, approvals"), Right.READ_CONVERSATIONS, Right.WRITE_CONVERSATIONS),
    (_("Audit"), Right.READ_AUDIT, Right.WRITE_AUDIT),
)
"""The rooms of the table: their names, and the rights to read and to write there."""


def may(role: str, right: Right) -> bool:
    """Whether a member with this role has this right."""
    return right in _RIGHTS.get(role, frozenset())


class Scope(TextChoices):
    """What an API key may do."""

    READ_CONVERSATIONS = "conversations:read", _("Read conversations")
    WRITE_CONVERSATIONS = "conversations:write", _("Write conversations")
    READ_APPROVALS = "approvals:read", _("Read what awaits a yes")
    WRITE_APPROVALS = "approvals:write", _("Decide what awaits a yes")
    READ_KNOWLEDGE = "knowledge:read", _("Search knowledge")
    WRITE_KNOWLEDGE = "knowledge:write", _("Upload knowledge")
    READ_DESK = "desk:read", _("Read what members see at the desk")
    WRITE_DESK = "desk:write", _("Act at the desk in members' names")
    READ_CONFIGURATION = "configuration:read", _("Read the configuration")
    WRITE_CONFIGURATION = "configuration:write", _("Change the configuration")
