"""Rows that changed, read once for all desks of a tenant, with what decides who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core import sql
from core.scope import tenant_scope
from escalation.desk.queries import lists

if TYPE_CHECKING:
    from escalation.desk.posts import Post

OWN = ("mine", "unread")
"""Fields of a row that are another for each member: the page works them out."""
_WHOSE = (
    "SELECT c.id, c.public_id, c.agent_id, (SELECT h.team_id FROM escalation_handoff h WHERE h.tenant_id = c.tenant_id "
    "AND h.conversation_id = c.id ORDER BY h.id DESC LIMIT 1), "
    "ARRAY(SELECT p.member_id FROM escalation_participant p WHERE p.tenant_id = c.tenant_id "
    "AND p.conversation_id = c.id AND p.left_at IS NULL) "
    "FROM conversations_conversation c WHERE c.tenant_id = %s AND c.id = ANY(%s::bigint[])"
)


@dataclass(frozen=True, slots=True)
class Hinted:
    """A row without what is one member's own. `user` is the row number of the person who has it."""

    row: dict[str, Any]
    user: int | None
    team: int | None
    members: frozenset[int]

    def is_for(self, post: Post) -> bool:
        """Whether it is hers to see; the same rule as that of a list."""
        return post.sees(self.team) or self.user == post.user.pk or post.member_id in self.members


def hinted(post: Post, ids: Iterable[int]) -> list[Hinted]:
    """Rows of the tenant by number, whoever may see them.

    Args:
        post: any of the tenant's.
    """
    wanted = list(ids)[: lists.MOST_ROWS]
    with tenant_scope(post.tenant_id):
        whose = {str(row[1]): row[2:] for row in sql.rows(_WHOSE, [post.tenant_id, wanted])}
        rows = lists.rows(_all_seeing(post), wanted)
    return [_hinted(row, *whose[row["conversation"]]) for row in rows if row["conversation"] in whose]


def _hinted(row: dict[str, Any], user: int | None, team: int | None, members: list[int]) -> Hinted:
    shared = {name: value for name, value in row.items() if name not in OWN}
    return Hinted(shared | {"user": user, "joined": members}, user, team, frozenset(members))


def _all_seeing(post: Post) -> Post:
    return replace(post, teams=None)
