"""Reads a tenant's rules of handing over, and keeps them in the process for some seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from core.scope import tenant_scope
from engine.matrix.models import HandoverRules
from engine.matrix.rules import BadMatrix, Matrix, merged

FRESH_SECONDS = 5.0
_TENANTS_KEPT = 1000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    settings: Mapping[str, Any]
    merged: dict[int, Matrix] = field(default_factory=dict)


_kept: OrderedDict[int, _Kept] = OrderedDict()


def rules_of(tenant_id: int) -> HandoverRules:
    """What a tenant has set; an unsaved row with the defaults where it has set nothing."""
    with tenant_scope(tenant_id):
        row = HandoverRules.objects.filter(tenant_id=tenant_id).first()
    return row or HandoverRules(tenant_id=tenant_id, version=0)


def matrix_for(tenant_id: int, release_id: int, release_settings: Mapping[str, Any]) -> Matrix:
    """The matrix of a tenant with what its release says otherwise; within the tenant's scope.

    A change reaches everybody within five seconds. Settings that this version does not know do not stop the answering:
    then the usual rules hold.
    """
    kept = _kept.get(tenant_id)
    if kept is None or time.monotonic() - kept.at >= FRESH_SECONDS:
        settings = rules_of(tenant_id).settings
        again = kept.merged if kept is not None and kept.settings == settings else {}
        kept = _kept[tenant_id] = _Kept(time.monotonic(), settings, again)
        _kept.move_to_end(tenant_id)
        if len(_kept) > _TENANTS_KEPT:
            _kept.popitem(last=False)
    if release_id not in kept.merged:
        kept.merged[release_id] = _merged(tenant_id, kept.settings, release_settings)
    return kept.merged[release_id]


def forget(tenant_id: int) -> None:
    """Lets this process read the tenant's rules anew at once."""
    _kept.pop(tenant_id, None)


def _merged(tenant_id: int, *settings: Mapping[str, Any]) -> Matrix:
    try:
        return merged(*settings)
    except BadMatrix:
        log.exception("matrix_unusable", tenant=tenant_id)
        return Matrix()
