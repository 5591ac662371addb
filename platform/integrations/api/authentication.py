"""Who calls the API: a machine of one tenant's, shown by its key, and what that key may do.

Invariant: the tenant comes from the key and from nothing else in a request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.actors import Actor
from core.errors import Forbidden, NotAuthorised
from tenants.models import ApiKey
from tenants.queries import BadApiKey, api_key_by_value
from tenants.services import touch_api_key

if TYPE_CHECKING:  # the framework loads this module while it loads its own views
    from rest_framework.views import APIView

_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,200}) *", re.IGNORECASE)


class ApiKeyMissing(NotAuthorised):
    code = "api_key_missing"
    default_message = "Send a live key as 'Authorization: Bearer …'."


class ScopeMissing(Forbidden):
    code = "scope_missing"
    default_message = "This API key lacks a scope."


@dataclass(frozen=True, slots=True)
class Machine:
    """The caller, as `request.user` and `request.auth`."""

    tenant_id: int
    key_id: int
    actor: Actor
    scopes: frozenset[str]
    is_authenticated: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`."""

    def authenticate(self, request: Request) -> tuple[Machine, Machine]:
        """Finds the key.

        Raises:
            ApiKeyMissing, tenants.queries.BadApiKey
        """
        header = request.headers.get("Authorization")
        if header is None:
            raise ApiKeyMissing
        value = _BEARER.fullmatch(header)
        if value is None:
            raise BadApiKey
        now = timezone.now()
        key = api_key_by_value(value[1], now=now)
        touch_api_key(tenant_id=key.tenant_id, key=key, now=now)
        machine = machine_of(key)
        return machine, machine

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Switchboard"'


def machine_of(key: ApiKey) -> Machine:
    actor = Actor("api_key", str(key.public_id), key.name)
    return Machine(key.tenant_id, key.pk, actor, frozenset(key.scopes))


class HasScope(BasePermission):
    """Lets a key in that has the scope which the room names for the method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Says yes or raises ScopeMissing."""
        machine: Any = request.auth
        wanted = getattr(view, "scopes", {}).get(request.method)
        if wanted is not None and wanted not in machine.scopes:
            raise ScopeMissing(f"This API key lacks the scope '{wanted}'.")
        return True
