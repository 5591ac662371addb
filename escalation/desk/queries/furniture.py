"""All of what a desk is furnished with, for who keeps it."""

from __future__ import annotations

from typing import Any

from core.scope import tenant_scope
from escalation.models import CannedReply, Disposition, Macro, Tag


def all_canned(tenant_id: int) -> list[dict[str, Any]]:
    """Every ready text, by shortcut."""
    with tenant_scope(tenant_id):
        rows = CannedReply.objects.filter(tenant_id=tenant_id).select_related("team")
        return [
            {
                "id": row.pk,
                "shortcut": row.shortcut,
                "title": row.title,
                "text": row.text,
                "language": row.language,
                "team": row.team.name if row.team else "",
            }
            for row in rows.order_by("shortcut", "language")
        ]


def all_macros(tenant_id: int) -> list[dict[str, Any]]:
    """Every macro, by name."""
    with tenant_scope(tenant_id):
        rows = Macro.objects.filter(tenant_id=tenant_id).order_by("name")
        return [{"id": row.pk, "name": row.name, "steps": row.steps} for row in rows]


def all_tags(tenant_id: int) -> list[dict[str, Any]]:
    """Every tag, by name."""
    with tenant_scope(tenant_id):
        rows = Tag.objects.filter(tenant_id=tenant_id).order_by("name")
        return [{"id": row.pk, "name": row.name, "colour": row.colour} for row in rows]


def all_dispositions(tenant_id: int) -> list[dict[str, Any]]:
    """Every disposition of the tenant's own list, those that are switched off too."""
    with tenant_scope(tenant_id):
        rows = Disposition.objects.filter(tenant_id=tenant_id).order_by("position", "name")
        return [
            {"id": row.pk, "name": row.name, "position": row.position, "is_active": row.is_active}
            for row in rows
        ]
