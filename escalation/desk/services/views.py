"""Saved searches: a member's own, and everybody's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from audit.services import record
from core.errors import Invalid
from core.scope import tenant_scope
from escalation.desk.errors import LeadsOnly, NameTaken, NoSuchView
from escalation.desk.filters import filters_of
from escalation.desk.posts import Post
from escalation.models import View
from tenants.models import Member

MOST_VIEWS = 100


class BadView(Invalid):
    code = "bad_view"
    default_message = "A saved search has a name of 1 to 80 characters."


def save_view(*, post: Post, name: str, filters: Mapping[str, Any], shared: bool = False) -> View:
    """Keeps a search under a name; under a name of hers that is there, in its place.

    Raises:
        BadView, escalation.desk.filters.BadFilter
        LeadsOnly: to share one with everybody.
    """
    named = " ".join(name.replace("\x00", "").split())
    if not 0 < len(named) <= 80:
        raise BadView
    if shared and not post.is_lead:
        raise LeadsOnly
    plain = filters_of(filters).plain()
    with tenant_scope(post.tenant_id):
        member = None if shared else Member.objects.get(tenant_id=post.tenant_id, pk=post.member_id)
        if View.objects.filter(tenant_id=post.tenant_id, member=member).count() >= MOST_VIEWS:
            raise BadView(f"There are {MOST_VIEWS} saved searches already. Remove one first.")
        try:
            with transaction.atomic():
                row, _ = View.objects.update_or_create(
                    tenant_id=post.tenant_id, member=member, name=named, defaults={"filters": plain}
                )
        except IntegrityError as error:
            raise NameTaken from error
        record(actor=post.actor, action="view.saved", target=f"view:{row.public_id}", data={"shared": shared})
    return row


def remove_view(*, post: Post, view: str) -> None:
    """Forgets a saved search.

    Raises:
        NoSuchView: unknown, or a colleague's. LeadsOnly: everybody's.
    """
    with tenant_scope(post.tenant_id):
        row = View.objects.filter(tenant_id=post.tenant_id, public_id=_uuid(view)).first()
        if row is None or row.member_id not in {None, post.member_id}:
            raise NoSuchView
        if row.member_id is None and not post.is_lead:
            raise LeadsOnly
        row.delete()
        record(actor=post.actor, action="view.removed", target=f"view:{view}")


def _uuid(view: str) -> uuid.UUID:
    try:
        return uuid.UUID(view)
    except ValueError as error:
        raise NoSuchView from error
