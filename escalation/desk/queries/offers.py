"""The hand-off that is offered to a member at this moment."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from core import sql
from core.scope import tenant_scope
from escalation.desk.queries import lists

if TYPE_CHECKING:
    from escalation.desk.posts import Post

_OFFERED = (
    "SELECT h.public_id, h.conversation_id, h.reason, h.offered_until FROM escalation_handoff h "
    "WHERE h.tenant_id = %s AND h.offered_to_id = %s AND h.status = 'offered' AND h.offered_until > %s "
    "ORDER BY h.offered_until LIMIT 1"
)


def offered(post: Post, *, now: dt.datetime) -> dict[str, Any] | None:
    """What is offered to her, with what she decides by, and until when; None: nothing."""
    with tenant_scope(post.tenant_id):
        found = sql.row(_OFFERED, [post.tenant_id, post.member_id, now])
        row = lists.one(post, found[1]) if found else None
    if found is None or row is None:
        return None
    shown = {
        name: row[name] for name in ("conversation", "customer", "subject", "team", "language", "urgency")
    }
    return {"handoff": str(found[0]), "reason": found[2], "deadline": found[3].isoformat(), **shown}
