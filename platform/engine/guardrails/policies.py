"""The policies that turns go by, kept in the process.

A process asks the database at most every `FRESH_SECONDS` whether a tenant's policy is still the current one: a change
takes that long to reach everybody.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from core.sealing import SealBroken, unseal
from engine.guardrails import queries
from engine.guardrails.models import GuardService
from engine.guardrails.policy import BadPolicy, GuardPolicy, merged
from engine.guardrails.values import Action, FailMode, Stage
from tenants.models import Secret, secret_place

FRESH_SECONDS = 5.0
_TENANTS_KEPT = 1000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A guard service as it is asked.

    Args:
        key: goes along as a bearer token; empty: none.
        seconds: its deadline.
    """

    name: str
    kind: str
    url: str
    model: str
    key: str = field(repr=False)
    stages: frozenset[Stage]
    seconds: float
    fails: FailMode
    action: Action
    threshold: float | None


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    revision: queries.Revision
    settings: Mapping[str, Any]
    services: tuple[Service, ...]
    merged: dict[int, GuardPolicy]


_kept: OrderedDict[int, _Kept] = OrderedDict()


def policy_for(tenant_id: int, release_id: int, release_settings: Mapping[str, Any]) -> GuardPolicy:
    """The policy of a tenant with what its release says otherwise; within the tenant's scope.

    Settings that an older version wrote and this one does not know do not stop the answering: then the defaults hold.
    """
    kept = _current(tenant_id)
    found = kept.merged.get(release_id)
    if found is None:
        found = kept.merged[release_id] = _merged(tenant_id, kept.settings, release_settings)
    return found


def policy_of(tenant_id: int, release_settings: Mapping[str, Any]) -> GuardPolicy:
    """As `policy_for`, for a configuration that is no release yet."""
    return _merged(tenant_id, _current(tenant_id).settings, release_settings)


def services_for(tenant_id: int) -> tuple[Service, ...]:
    """The guard services that a tenant has switched on; within its scope."""
    return _current(tenant_id).services


def forget(tenant_id: int) -> None:
    """Lets this process read the tenant's policy anew at once."""
    _kept.pop(tenant_id, None)


def _merged(tenant_id: int, *settings: Mapping[str, Any]) -> GuardPolicy:
    try:
        return merged(*settings)
    except BadPolicy:
        log.exception("guardrail_policy_unusable", tenant=tenant_id)
        return GuardPolicy()


def _current(tenant_id: int) -> _Kept:
    kept = _kept.get(tenant_id)
    now = time.monotonic()
    if kept is not None and now - kept.at < FRESH_SECONDS:
        return kept
    revision = queries.revision(tenant_id)
    if kept is not None and kept.revision == revision:
        kept = replace(kept, at=now)
    else:
        services = tuple(
            filter(None, map(_service, queries.guard_services(tenant_id) if revision[0] else []))
        )
        settings = queries.get_policy(tenant_id).settings if revision[0] else {}
        kept = _Kept(now, revision, settings, services, {})
    _kept[tenant_id] = kept
    _kept.move_to_end(tenant_id)
    if len(_kept) > _TENANTS_KEPT:
        _kept.popitem(last=False)
    return kept


def _service(row: GuardService) -> Service | None:
    try:
        key = _opened(row.secret) if row.secret else ""
    except SealBroken:
        log.exception("guard_service_secret_broken", service=row.pk)
        return None
    return Service(
        name=row.name,
        kind=row.kind,
        url=row.url,
        model=row.model,
        key=key,
        stages=frozenset(Stage(stage) for stage in row.stages),
        seconds=row.timeout_ms / 1000,
        fails=FailMode(row.fails),
        action=Action(row.action),
        threshold=row.threshold,
    )


def _opened(secret: Secret) -> str:
    return unseal(secret.sealed, secret_place(secret.tenant_id, secret.name))
