"""Keeps drafts.

Invariant: a save names the version it began with; where that is not the newest, nothing is written and the caller
gets the newest to merge with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.scope import tenant_scope
from engine.releases import queries
from engine.releases.differing import changes, summary
from engine.releases.models import NEXT, Draft
from engine.releases.reading import storable
from engine.releases.values import Configuration, columns_of, configuration_of

MOST_DRAFTS = 50


class DraftChanged(Conflict):
    """Somebody saved the draft meanwhile; `draft` is how it stands now."""

    code = "draft_changed"
    default_message = (
        "{who} has saved this draft since you opened it (it is at version {version} now). Read it again and "
        "bring both changes together."
    )

    def __init__(self, draft: Draft) -> None:
        who = draft.edited_by or "Somebody"
        super().__init__(self.default_message.format(who=who, version=draft.version))
        self.draft = draft


class DraftNameTaken(Conflict):
    code = "draft_name_taken"
    default_message = "There is a draft of this name already. Choose another name."


class BadDraftName(Invalid):
    code = "bad_draft_name"
    default_message = "A draft needs a name of 1 to 60 characters."


class TooManyDrafts(Conflict):
    code = "too_many_drafts"
    default_message = f"There are {MOST_DRAFTS} drafts already. Remove those that nobody needs."


def ensure_draft(*, tenant_id: int, actor: Actor, name: str = NEXT) -> Draft:
    """The draft of this name; begun from what is live where there is none."""
    with tenant_scope(tenant_id):
        found = queries.find_draft(tenant_id, name)
        if found is not None:
            return found
        try:
            with transaction.atomic():
                return start_draft(tenant_id=tenant_id, name=name, actor=actor)
        except DraftNameTaken:  # somebody was quicker
            return queries.draft_named(tenant_id, name)


def start_draft(*, tenant_id: int, name: str, actor: Actor, number: int | None = None) -> Draft:
    """Begins a draft from a release.

    Args:
        number: of the release; the live one where None.

    Raises:
        BadDraftName, DraftNameTaken, TooManyDrafts
        engine.releases.queries.NoSuchRelease
    """
    name = " ".join(storable(name).split())
    if not 1 <= len(name) <= 60:
        raise BadDraftName
    with tenant_scope(tenant_id):
        if Draft.objects.filter(tenant_id=tenant_id).count() >= MOST_DRAFTS:
            raise TooManyDrafts
        live = queries.latest(tenant_id) if number is None else queries.by_number(tenant_id, number)
        configuration = configuration_of(live) if live else Configuration()
        base = live.number if live else 0
        try:
            with transaction.atomic():
                draft = Draft.objects.create(
                    tenant_id=tenant_id,
                    name=name,
                    base=base,
                    edited_by=_name(actor),
                    **columns_of(configuration),
                )
        except IntegrityError as error:
            raise DraftNameTaken from error
        record(actor=actor, action="release.draft_started", target=f"draft:{draft.pk}", data={"base": base})
    return draft


def save_draft(
    *, tenant_id: int, draft_id: int, version: int, configuration: Configuration, actor: Actor
) -> Draft:
    """Keeps what somebody has made of a draft. What is the same as before changes nothing.

    Args:
        version: that she began with.

    Raises:
        DraftChanged: it is not the newest.
        engine.releases.queries.NoSuchDraft
    """
    return edit(
        tenant_id=tenant_id, draft_id=draft_id, version=version, change=lambda _: configuration, actor=actor
    )


def edit(
    *,
    tenant_id: int,
    draft_id: int,
    version: int | None,
    change: Callable[[Configuration], Configuration],
    actor: Actor,
    now: dt.datetime | None = None,
) -> Draft:
    """As `save_draft`, with what is to be changed as a function of what stands there.

    Args:
        version: None: whichever is the newest.
    """
    with tenant_scope(tenant_id):
        draft = queries.get_draft(tenant_id, draft_id, lock=True)
        if version is not None and draft.version != version:
            raise DraftChanged(draft)
        before = configuration_of(draft)
        after = change(before)
        found = changes(before, after)
        if not found:
            return draft
        columns: dict[str, Any] = columns_of(after)
        columns |= {
            "version": draft.version + 1,
            "edited_by": _name(actor),
            "edited_at": now or timezone.now(),
        }
        for column, value in columns.items():
            setattr(draft, column, value)
        draft.save(update_fields=list(columns))
        told = {"version": draft.version, "changes": summary(found)}
        record(actor=actor, action="release.draft_saved", target=f"draft:{draft.pk}", data=told)
    return draft


def discard_draft(*, tenant_id: int, draft_id: int, actor: Actor) -> None:
    """Removes a draft.

    Raises:
        engine.releases.queries.NoSuchDraft
    """
    with tenant_scope(tenant_id):
        draft = queries.get_draft(tenant_id, draft_id, lock=True)
        Draft.objects.filter(tenant_id=tenant_id, pk=draft.pk).delete()
        told = {"name": draft.name, "version": draft.version}
        record(actor=actor, action="release.draft_removed", target=f"draft:{draft.pk}", data=told)


def _name(actor: Actor) -> str:
    return (actor.name or str(actor))[:120]
