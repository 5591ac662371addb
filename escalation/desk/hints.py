"""How desks hear that something changed which no event of the log tells: a tag, an urgency, who takes part.

Invariant: hints only, after commit. Every name of a group holds the tenant's number.
"""

from __future__ import annotations

from typing import Any

from conversations import presence
from conversations.events import to_group
from core.offload import soon


def member_group(tenant_id: int, member_id: int) -> str:
    """All open desks of one member."""
    return f"desk.{tenant_id}.member.{member_id}"


def changed(tenant_id: int, conversation_id: int) -> None:
    """Says that a conversation's row, card or company is another; from synchronous code, after commit."""
    soon(tell_changed, tenant_id, conversation_id)


async def tell_changed(tenant_id: int, conversation_id: int) -> None:
    hint = {"type": "desk.hint", "conversation": conversation_id, "again": True}
    await to_group(presence.group(tenant_id), hint)


def called(tenant_id: int, member_id: int) -> None:
    """Says to a member's desks that something waits for her: an offer came or went."""
    soon(_to_member, tenant_id, member_id)


async def _to_member(tenant_id: int, member_id: int) -> None:
    await to_group(member_group(tenant_id, member_id), {"type": "desk.call"})


async def here(tenant_id: int, conversation_id: int, message: dict[str, Any]) -> None:
    """Says to the other desks at a conversation who looks and who writes."""
    await to_group(presence.talk_group(tenant_id, conversation_id), {"type": "desk.here", **message})
