"""Who may open a chat socket: pages of the tenant's own sites, our own pages, and programs (which send no Origin)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from core.errors import NotAuthorised
from tenants.queries import allows_origin, tenant_by_slug


class OriginRefused(NotAuthorised):
    code = "origin_refused"
    default_message = (
        "This site may not embed this chat. An administrator has to add its address to the domains."
    )


def origin_of(scope: Mapping[str, Any]) -> str | None:
    """The Origin header of a socket's request; None where there is none."""
    raw: bytes | None = dict(scope["headers"]).get(b"origin")
    return None if raw is None else raw.decode("latin-1")


def admit(slug: str, origin: str | None) -> int:
    """The tenant's row number, if a page from `origin` may chat with it.

    Raises:
        tenants.queries.NoSuchTenant, OriginRefused
    """
    tenant = tenant_by_slug(slug)
    if origin is None or origin == settings.PUBLIC_URL or allows_origin(tenant.pk, origin):
        return tenant.pk
    raise OriginRefused
