"""Reads releases."""

from __future__ import annotations

from core.errors import Unavailable
from core.scope import tenant_scope
from engine.agent.values import Limits
from engine.releases.models import Release


class NoRelease(Unavailable):
    code = "no_release"
    default_message = "This assistant is not set up yet. A manager has to publish a release first."


def current(tenant_id: int) -> Release:
    """The newest release.

    Raises:
        NoRelease: nothing was published yet.
    """
    with tenant_scope(tenant_id):
        release = Release.objects.filter(tenant_id=tenant_id).order_by("-number").first()
    if release is None:
        raise NoRelease
    return release


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


def limits_of(release: Release) -> Limits:
    """The release's limits; a name that this version does not know is left out."""
    known = set(Limits.__dataclass_fields__)
    return Limits(**{name: value for name, value in release.limits.items() if name in known})
