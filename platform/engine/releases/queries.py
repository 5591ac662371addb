"""Reads releases and drafts."""

from __future__ import annotations

from core.errors import NotFound, Unavailable
from core.scope import tenant_scope
from engine.agent.values import Limits
from engine.releases.models import Draft, Release
from engine.releases.values import limits_from


class NoRelease(Unavailable):
    code = "no_release"
    default_message = "This assistant is not set up yet. A manager has to publish a release first."


class NoSuchRelease(NotFound):
    code = "no_such_release"
    default_message = "There is no release of that number."


class NoSuchDraft(NotFound):
    code = "no_such_draft"
    default_message = "There is no such draft. It may have been removed."


def current(tenant_id: int) -> Release:
    """The newest release.

    Raises:
        NoRelease: nothing was published yet.
    """
    release = latest(tenant_id)
    if release is None:
        raise NoRelease
    return release


def latest(tenant_id: int) -> Release | None:
    """The newest release, if there is any."""
    with tenant_scope(tenant_id):
        return Release.objects.filter(tenant_id=tenant_id).order_by("-number").first()


def get(tenant_id: int, pk: int) -> Release:
    """A release with its tenant.

    Raises:
        NoRelease: not there, or another tenant's.
    """
    with tenant_scope(tenant_id):
        release = Release.objects.filter(tenant_id=tenant_id, pk=pk).select_related("tenant").first()
    if release is None:
        raise NoRelease
    return release


def by_number(tenant_id: int, number: int) -> Release:
    """A release by its number.

    Raises:
        NoSuchRelease
    """
    with tenant_scope(tenant_id):
        release = Release.objects.filter(tenant_id=tenant_id, number=number).first()
    if release is None:
        raise NoSuchRelease
    return release


def list_releases(tenant_id: int, *, before: int | None = None, limit: int = 50) -> list[Release]:
    """The newest first, of numbers below `before`."""
    with tenant_scope(tenant_id):
        rows = Release.objects.filter(tenant_id=tenant_id)
        rows = rows if before is None else rows.filter(number__lt=before)
        return list(rows.order_by("-number")[:limit])


def list_drafts(tenant_id: int) -> list[Draft]:
    """By name."""
    with tenant_scope(tenant_id):
        return list(Draft.objects.filter(tenant_id=tenant_id).order_by("name"))


def find_draft(tenant_id: int, name: str) -> Draft | None:
    with tenant_scope(tenant_id):
        return Draft.objects.filter(tenant_id=tenant_id, name=name).first()


def draft_named(tenant_id: int, name: str) -> Draft:
    """Raises NoSuchDraft."""
    found = find_draft(tenant_id, name)
    if found is None:
        raise NoSuchDraft
    return found


def get_draft(tenant_id: int, pk: int, *, lock: bool = False) -> Draft:
    """A draft.

    Args:
        lock: keep others from writing it until the transaction ends.

    Raises:
        NoSuchDraft
    """
    with tenant_scope(tenant_id):
        rows = Draft.objects.filter(tenant_id=tenant_id, pk=pk)
        found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NoSuchDraft
    return found


def limits_of(release: Release) -> Limits:
    """The release's limits; a name that this version does not know is left out."""
    return limits_from(release.limits)
