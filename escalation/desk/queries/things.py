"""What the desk's page loads once: ready texts, macros, tags, dispositions, teams, people, views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils import timezone

from conversations.models import Conversation
from core.scope import tenant_scope
from escalation.desk import canned
from escalation.desk.errors import NoSuchCanned, NoSuchMacro
from escalation.desk.queries import lists
from escalation.models import CannedReply, Disposition, Macro, Presence, Seat, Tag, Team, View
from escalation.queueing.presence import presences
from tenants.models import Member, Tenant
from tenants.roles import Right, may

if TYPE_CHECKING:
    from escalation.desk.posts import Post

DEFAULT_DISPOSITIONS = (
    "Answered",
    "Fixed",
    "Refunded",
    "Passed on to a ticket",
    "Not our matter",
    "Spam or abuse",
)
"""What a conversation may come to, until the tenant writes a list of its own."""
MOST = 500


def things(post: Post) -> dict[str, Any]:
    """All of it, as the page takes it."""
    with tenant_scope(post.tenant_id):
        return {
            "canned": _canned(post),
            "macros": _macros(post),
            "tags": _tags(post),
            "dispositions": dispositions(post.tenant_id),
            "teams": _teams(post),
            "members": _members(post),
            "views": views(post),
        }


def dispositions(tenant_id: int) -> list[str]:
    """The names one can choose from, in their order; the default set where the tenant has none of its own."""
    with tenant_scope(tenant_id):
        rows = list(Disposition.objects.filter(tenant_id=tenant_id).order_by("position", "name")[:MOST])
    if not rows:
        return list(DEFAULT_DISPOSITIONS)
    return [row.name for row in rows if row.is_active]


def views(post: Post) -> list[dict[str, Any]]:
    """The saved searches a member sees: her own, and everybody's."""
    with tenant_scope(post.tenant_id):
        rows = View.objects.filter(tenant_id=post.tenant_id).filter(
            Q(member_id=post.member_id) | Q(member=None)
        )
        return [
            {
                "view": str(row.public_id),
                "name": row.name,
                "filters": row.filters,
                "shared": row.member_id is None,
            }
            for row in rows.order_by("name")[:MOST]
        ]


def filled(post: Post, talk: Conversation, text: str) -> str:
    """A ready text with its variables filled in for a conversation."""
    wanted = canned.variables_of(text)
    if not wanted:
        return text
    with tenant_scope(post.tenant_id):
        return canned.fill(text, _values(post, talk, wanted))


def _values(post: Post, talk: Conversation, wanted: set[str]) -> dict[str, str]:
    customer = talk.customer
    values = {
        "customer.name": customer.name or "there",
        "customer.first_name": canned.first_word(customer.name) or "there",
        "customer.email": customer.email,
        "agent.name": post.name,
        "agent.first_name": canned.first_word(post.name),
        "conversation.id": str(talk.public_id),
    }
    if "tenant.name" in wanted:
        values["tenant.name"] = Tenant.objects.get(pk=post.tenant_id).name
    if "conversation.subject" in wanted:
        values["conversation.subject"] = (lists.one(post, talk.pk) or {}).get("subject", "")
    return values


def canned_text(post: Post, shortcut: str, language: str = "") -> str:
    """A ready text by its shortcut: in this language, else in any, else in the first there is.

    Raises:
        NoSuchCanned: none, or another team's.
    """
    with tenant_scope(post.tenant_id):
        rows = CannedReply.objects.filter(tenant_id=post.tenant_id, shortcut=shortcut.strip().lower()[:40])
        hers = [row for row in rows.order_by("language") if post.sees(row.team_id)]
        hers.sort(key=lambda row: (row.language != language, row.language != ""))
        if not hers:
            raise NoSuchCanned
        CannedReply.objects.filter(pk=hers[0].pk).update(used=F("used") + 1)
        return hers[0].text


def macro_steps_of(post: Post, name: str) -> list[dict[str, str]]:
    """The steps of a macro.

    Raises:
        NoSuchMacro
    """
    with tenant_scope(post.tenant_id):
        row = Macro.objects.filter(tenant_id=post.tenant_id, name=name.strip()[:80]).first()
    if row is None:
        raise NoSuchMacro
    return list(row.steps)


def _canned(post: Post) -> list[dict[str, Any]]:
    rows = CannedReply.objects.filter(tenant_id=post.tenant_id).select_related("team")
    return [
        {
            "id": row.pk,
            "shortcut": row.shortcut,
            "title": row.title,
            "text": row.text,
            "language": row.language,
            "team": row.team.name if row.team else "",
        }
        for row in rows.order_by("shortcut", "language")[:MOST]
        if post.sees(row.team_id)
    ]


def _macros(post: Post) -> list[dict[str, Any]]:
    rows = Macro.objects.filter(tenant_id=post.tenant_id).order_by("name")[:MOST]
    return [{"macro": row.name, "name": row.name, "steps": row.steps} for row in rows]


def _tags(post: Post) -> list[dict[str, Any]]:
    rows = Tag.objects.filter(tenant_id=post.tenant_id).order_by("name")[:MOST]
    return [{"name": row.name, "colour": row.colour} for row in rows]


def _teams(post: Post) -> list[dict[str, Any]]:
    rows = Team.objects.filter(tenant_id=post.tenant_id, is_active=True).order_by("name")[:MOST]
    return [
        {"name": row.name, "mine": row.pk in post.seats, "delivery": row.delivery, "picking": row.picking}
        for row in rows
    ]


def _members(post: Post) -> list[dict[str, Any]]:
    """Who can act at the desk, and whether she is there."""
    rows = Member.objects.filter(tenant_id=post.tenant_id, is_active=True).select_related("user")
    presence = presences(post.tenant_id, now=timezone.now())
    seats = _team_names(Seat.objects.filter(tenant_id=post.tenant_id).values_list("member_id", "team__name"))
    return [
        {
            "member": str(row.user.public_id),
            "name": str(row.user),
            "role": row.role,
            "teams": seats.get(row.pk, []),
            "presence": presence.get(row.pk, Presence.OFFLINE.value),
            "me": row.pk == post.member_id,
        }
        for row in rows.order_by("user__name", "id")[:MOST]
        if may(row.role, Right.WRITE_CONVERSATIONS)
    ]


def _team_names(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for member, name in pairs:
        found.setdefault(member, []).append(name)
    return found
